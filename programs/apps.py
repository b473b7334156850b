from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "programs"

    def ready(self) -> None:
        # Registers the handlers of timers and of the outbox and what the book is told, and declares the operator's settings.
        from programs import authorisations, book, expertdays, notices, numbers, promised  # noqa: F401
        from programs.goals import closing  # noqa: F401
        from programs.plans import book as planned  # noqa: F401
        from programs.plans import signing  # noqa: F401
        from programs.requirements import counts  # noqa: F401
        from programs.reviews import services  # noqa: F401
        from programs.standing import atstake  # noqa: F401
        from programs.standing import handlers as tier_handlers  # noqa: F401
        from programs.training import enrolments, expiry, importing  # noqa: F401
