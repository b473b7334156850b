"""Tests: the application speaks through a login without rights of its own, as in production."""

import os

os.environ.setdefault("SHARIK_LOGIN", "sharik_test")

from config.settings.dev import *  # noqa: F403

EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ALLOWED_HOSTS = [".localhost", "testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Pages of the live test server take their static files where they lie, without collecting them first.
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}  # noqa: F405
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
# Tests empty the cache, and rate limits stand in it: each process of pytest-xdist has a database of its own.
CACHES["default"]["LOCATION"] = redis_url(2 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 12)  # noqa: F405
