from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "partners"

    def ready(self) -> None:
        # Registers the handlers of timers and of the outbox.
        from partners import handlers  # noqa: F401
