"""The WSGI application of pages and API."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
os.environ.setdefault("SHARIK_LOGIN", "sharik_web")
application = get_wsgi_application()

# What is loaded now stays: a full collection that walks it on every few dozen pages would stop one of them for 0.3 s.
gc.collect()
gc.freeze()
