from django.apps import AppConfig


class DealsConfig(AppConfig):
    name = "deals"

    def ready(self) -> None:
        from deals import (  # noqa: F401  (register timers' and outbox handlers)
            handlers,
            importing,
            quotes,
            winning,
        )
        from deals.matching import handlers as matching  # noqa: F401  (registers the outbox handlers)
