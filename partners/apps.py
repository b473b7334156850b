from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "partners"

    def ready(self) -> None:
        # Registers the handlers of timers and of the outbox, and what the book knows about its partners.
        from partners import handlers  # noqa: F401
        from partners.book import own  # noqa: F401
