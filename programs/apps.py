from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "programs"

    def ready(self) -> None:
        # Registers the handlers of timers and of the outbox, and declares the operator's settings.
        from programs import authorisations  # noqa: F401
        from programs.directory import contacts  # noqa: F401
        from programs.training import enrolments, expiry, importing  # noqa: F401
