from django.apps import AppConfig


class DealsConfig(AppConfig):
    name = "deals"

    def ready(self) -> None:
        # Registers the handlers of timers and of the outbox, and the kind of file.
        from deals import (  # noqa: F401
            book,
            handlers,
            importing,
            quotes,
            requirements,
            winning,
        )
        from deals.matching import handlers as matching  # noqa: F401
