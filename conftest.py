"""Names the settings of the tests and starts the servers of the session, before Django reads its settings."""

import os

# Here and not in the plugin: importing anything of ``config`` makes the Celery app known, which names its own default.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
pytest_plugins = ["config.embedded.testing"]
