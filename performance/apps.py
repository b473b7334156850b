from django.apps import AppConfig


class PerformanceConfig(AppConfig):
    name = "performance"

    def ready(self) -> None:
        from performance import book, facts  # noqa: F401  (registers its handlers)
        from performance.counting import handlers  # noqa: F401  (registers its handlers)
        from performance.feed import events  # noqa: F401  (registers its handlers)
        from performance.imports import prospects  # noqa: F401  (registers its kind of file)
