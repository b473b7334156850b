from django.apps import AppConfig


class IncentivesConfig(AppConfig):
    name = "incentives"

    def ready(self) -> None:
        from incentives import handlers  # noqa: F401  (registers the outbox handlers)
        from incentives.announcements import handlers as announcing  # noqa: F401
        from incentives.simulation import tasks  # noqa: F401  (registers the timer)
