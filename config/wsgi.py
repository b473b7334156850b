"""The WSGI application of pages and API."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
os.environ.setdefault("SHARIK_LOGIN", "sharik_web")
application = get_wsgi_application()
