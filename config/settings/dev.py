"""Demo and development: plain http on ``*.localhost``, mail to files, embedded servers."""

from config.settings.base import *  # noqa: F403
from config.settings.base import VAR

DEBUG = False
PUBLIC_SCHEME = "http"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http"
# ``__Host-`` cookies need https, which a demo on localhost does not have.
SESSION_COOKIE_NAME = "sid"
CSRF_COOKIE_NAME = "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR / "mail"
