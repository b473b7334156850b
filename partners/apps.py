from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "partners"

    def ready(self) -> None:
        # Registers the handlers of timers and of the outbox, the settings, and what the book knows about its partners.
        from partners import handlers  # noqa: F401
        from partners.applications import handlers as applications  # noqa: F401
        from partners.book import own  # noqa: F401
        from partners.scouting import handlers as scouting  # noqa: F401
