from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "programs"

    def ready(self) -> None:
        # Registers the handlers of timers and of the outbox.
        from programs.training import enrolments, expiry  # noqa: F401
