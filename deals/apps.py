from django.apps import AppConfig


class DealsConfig(AppConfig):
    name = "deals"

    def ready(self) -> None:
        from deals.matching import handlers  # noqa: F401  (registers the outbox handlers)
