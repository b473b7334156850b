from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        from portal.shell.discovery import import_from_packages

        import_from_packages("navigation")
        import_from_packages("panels")
        import_from_packages("about")
