from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "programs"

    def ready(self) -> None:
        # Declares the operator's settings, and registers handlers of the outbox and of timers.
        from programs import authorisations, book  # noqa: F401
        from programs.goals import closing  # noqa: F401
        from programs.plans import book as planned  # noqa: F401
        from programs.plans import signing  # noqa: F401
        from programs.reviews import services  # noqa: F401
