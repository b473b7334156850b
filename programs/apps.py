from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "programs"

    def ready(self) -> None:
        # Declares the operator's settings and the notices.
        from programs import authorisations, notices, numbers  # noqa: F401
