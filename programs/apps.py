from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "programs"

    def ready(self) -> None:
        # Registers handlers of the outbox and of timers.
        from programs.goals import closing  # noqa: F401
