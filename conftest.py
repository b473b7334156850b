"""Names the settings of the tests, starts the session's servers, then Django, before any test module is imported."""

import os

# Before anything of ``config``: importing that package makes the Celery app known, which names its own default.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

import django
from hypothesis import settings

import config.embedded.testing  # noqa: F401  (settings read the servers' addresses)

django.setup()

# How long an example takes says more about the machine than about the code.
settings.register_profile("sharik", deadline=None)
settings.load_profile("sharik")
