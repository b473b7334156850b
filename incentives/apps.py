from django.apps import AppConfig


class IncentivesConfig(AppConfig):
    name = "incentives"

    def ready(self) -> None:
        from incentives import handlers, quotes  # noqa: F401  (register outbox handlers and the prices of quotes)
