from django.apps import AppConfig


class DealsConfig(AppConfig):
    name = "deals"

    def ready(self) -> None:
        # Registers the handlers of timers and of the outbox, and the kind of file.
        from deals import handlers, importing, quotes, requirements, winning  # noqa: F401
        from deals.matching import handlers as matching  # noqa: F401
