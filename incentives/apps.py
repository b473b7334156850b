from django.apps import AppConfig


class IncentivesConfig(AppConfig):
    name = "incentives"

    def ready(self) -> None:
        from incentives import handlers  # noqa: F401  (registers the outbox handlers)
        from incentives.payments import services  # noqa: F401  (registers timers, notices and settings)
