from django.apps import AppConfig


class DealsConfig(AppConfig):
    name = "deals"

    def ready(self) -> None:
        from deals import handlers, quotes, winning  # noqa: F401  (register timers' and outbox handlers)
        from deals.matching import handlers as matching  # noqa: F401  (registers the outbox handlers)
