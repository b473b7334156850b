from django.apps import AppConfig


class MarketingConfig(AppConfig):
    name = "marketing"

    def ready(self) -> None:
        # Registers the handlers of timers and of the outbox, and the kind of file.
        from marketing.leads import arrivals, handlers, importing  # noqa: F401
