from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "partners"

    def ready(self) -> None:
        # Registers what the book knows about its partners.
        from partners.book import own  # noqa: F401
