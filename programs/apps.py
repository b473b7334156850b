from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "programs"

    def ready(self) -> None:
        # Registers the handlers of timers and of the outbox, and declares the operator's settings and the notices.
        from programs import (  # noqa: F401
            authorisations,
            notices,
            numbers,
        )
        from programs.training import enrolments, expiry  # noqa: F401
