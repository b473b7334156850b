from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "programs"

    def ready(self) -> None:
        # Registers the handlers of timers and of the outbox, and declares the operator's settings and the notices.
        from programs import authorisations, expertdays, notices, numbers  # noqa: F401
        from programs.standing import handlers  # noqa: F401
        from programs.training import enrolments, expiry, importing  # noqa: F401
