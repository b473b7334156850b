from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "tenancy"

    def ready(self) -> None:
        import config.celery  # noqa: F401  (else tasks would be sent to another broker than ours)
