"""The ASGI application of the live streams, each of which lasts as long as somebody looks at the page."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
os.environ.setdefault("SHARIK_LOGIN", "sharik_web")
application = get_asgi_application()
