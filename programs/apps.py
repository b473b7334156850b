from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "programs"

    def ready(self) -> None:
        # Declares the operator's settings.
        from programs import authorisations  # noqa: F401
