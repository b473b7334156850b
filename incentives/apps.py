from django.apps import AppConfig


class IncentivesConfig(AppConfig):
    name = "incentives"

    def ready(self) -> None:
        # Registers the handlers of the outbox and of timers.
        from incentives import benefituse, book, disputes, handlers, holds, quotes  # noqa: F401
        from incentives.announcements import handlers as announcing  # noqa: F401
        from incentives.grants import benefits_granted
        from incentives.payments import services  # noqa: F401
        from incentives.settlement import worker  # noqa: F401
        from incentives.simulation import tasks  # noqa: F401
        from incentives.statements import acknowledge  # noqa: F401
        from incentives.tierworth import worth_of
        from programs import granted, stakes

        stakes.register(worth_of)
        granted.register(benefits_granted)
