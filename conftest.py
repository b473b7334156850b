"""Names the settings of the tests, starts the session's servers, then Django, before any test module is imported."""

import os

# Before anything of ``config``: importing that package makes the Celery app known, which names its own default.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

import django

import config.embedded.testing  # noqa: F401  (settings read the servers' addresses)

django.setup()
