"""Settings shared by every process. Everything that differs between installations comes from the environment."""

import os
from pathlib import Path

from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.databases import databases
from config.secret import secret_key

BASE_DIR = Path(__file__).resolve().parents[2]
VAR = Path(os.environ.get("VAR", BASE_DIR / ".var")).resolve()
SECRET_KEY = os.environ.get("SECRET_KEY") or secret_key(VAR)
DEBUG = False
BASE_DOMAIN = os.environ.get("BASE_DOMAIN", "localhost")
PORT = os.environ.get("PORT", "8000")
PUBLIC_SCHEME = os.environ.get("PUBLIC_SCHEME", "https")
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", f".{BASE_DOMAIN}").split(",")

INSTALLED_APPS = [
    "tenancy",
    "workflow",
    "catalog",
    "partners",
    "performance",
    "programs",
    "marketing",
    "deals",
    "incentives",
    "portal",
    "api",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_tables2",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "csp",
]

# The door stands outside the session: it opens the transaction in which session, membership and page are read.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.shell.policy.PolicyMiddleware",
    "tenancy.middleware.DoorMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.shell.locale.OperatorLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tenancy.middleware.AudienceMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.shell.context.shell",
            ],
        },
    }
]

LOGIN_ROLE = os.environ.get("SHARIK_LOGIN", "sharik_worker")
DATABASES = databases(VAR, SECRET_KEY, LOGIN_ROLE)
DATABASE_ROUTERS = ["tenancy.routers.OwnerMigrates"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "tenancy.Person"


def redis_url(number: int) -> str:
    """The address of Redis database ``number``: 0 broker, 1 cache."""
    url = os.environ.get("REDIS_URL")
    if url is None:
        from config.embedded import current

        url = (current(VAR) or {}).get("redis", "redis://127.0.0.1:6379/0")
    return url.rsplit("/", 1)[0] + f"/{number}" if url.startswith("redis://") else url


CACHES = {
    "default": {
        "BACKEND": "config.cache.KeptRedisCache",
        "LOCATION": redis_url(1),
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
    }
}

CELERY_BROKER_URL = redis_url(0)
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 1800,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 10,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    # Senders give up at once: kombu would try for ever, with somebody's page waiting.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "performance.tasks.sweep", "schedule": 3, "options": {"expires": 3}},
    "unresolved": {"task": "performance.tasks.sweep_unresolved", "schedule": 60, "options": {"expires": 60}},
    "imports": {
        "task": "performance.imports.tasks.sweep_imports",
        "schedule": 60,
        "options": {"expires": 60},
    },
    # Once in the night of every zone is enough; several times do no harm.
    "tiers": {"task": "programs.tasks.evaluate_tiers", "schedule": 6 * 3600, "options": {"expires": 3600}},
    "timers": {"task": "workflow.tasks.sweep_timers", "schedule": 10, "options": {"expires": 10}},
    "specialisations": {
        "task": "programs.training.tasks.sweep_specialisations",
        "schedule": 6 * 3600,
        "options": {"expires": 3600},
    },
    "coverage": {
        "task": "programs.coverage.tasks.gather_coverage",
        "schedule": crontab(hour="1", minute="20"),
    },
    "mails": {"task": "portal.workflow.tasks.sweep_mails", "schedule": 20, "options": {"expires": 20}},
}
# Counting is split by root partner into this many lanes per operator, which workers take independently.
FEED_LANES = 8

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fa", "فارسی"), ("ar", "العربية")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static", BASE_DIR / ".build" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = VAR / "media"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "components/table.html"

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "portal.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = PUBLIC_SCHEME
ACCOUNT_SESSION_REMEMBER = False
# How many proxies of our own stand before the web: without it they all look like one visitor to the limits.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXY_COUNT", "0"))
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_TOLERANCE = 0
MFA_TOTP_ISSUER = "Sharik"
# A write on every request, and on every look of a live page, would be too dear for a column "last seen".
USERSESSIONS_TRACK_ACTIVITY = False
NO_OPERATOR_VIEW = "config.errors.no_operator"
UNAVAILABLE_VIEW = "config.errors.unavailable"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "Sharik <no-reply@sharik.example>")
EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS") == "1"
# A mail server that does not answer holds up nobody's page and no worker for long.
EMAIL_TIMEOUT = 10

SESSION_COOKIE_NAME = "__Host-sid"
CSRF_COOKIE_NAME = "__Host-csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "portal.shell.errors.csrf_failure"
SESSION_COOKIE_AGE = 12 * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        # Plotly positions its elements through the style attribute from script, which CSP does not restrict; the
        # style sheet that it inserts is allowed by nonce.
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["api.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["api.permissions.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "api.pagination.Pages",
    "PAGE_SIZE": 50,
    "EXCEPTION_HANDLER": "api.errors.handle",
    "UNAUTHENTICATED_USER": None,
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": _("Sharik API"),
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "api.schema.close_requests",
    ],
    "ENUM_NAME_OVERRIDES": {
        "LayerEnum": "catalog.enums.Layer",
        "TierStateEnum": "programs.enums.TierState",
        "ExceptionStateEnum": "programs.enums.ExceptionState",
        "ConflictStateEnum": "deals.enums.CaseState",
        "ConflictDecisionEnum": "deals.enums.Decision",
        "DealReasonKindEnum": "deals.enums.ReasonKind",
        "LeadStateEnum": "marketing.enums.LeadState",
        "LeadSourceEnum": "marketing.enums.LeadSource",
        "DealLeadsEnum": "deals.enums.Leads",
        "ReviewPeriodEnum": "programs.enums.ReviewPeriod",
        "BenefitKindEnum": "programs.enums.BenefitKind",
        "PartnerRoleEnum": "catalog.enums.PartnerRole",
        "PartnerStateEnum": "partners.enums.PartnerState",
        "KpiPeriodEnum": "performance.enums.PeriodKind",
        "KpiStateEnum": "performance.enums.KpiState",
        "BeneficiaryEnum": "performance.enums.Beneficiary",
        "SchemePeriodEnum": "incentives.enums.SchemePeriod",
        "SchemeStateEnum": "incentives.enums.SchemeState",
        "PayeeEnum": "incentives.enums.Payee",
        "RunStateEnum": "incentives.states.RunState",
        "AdjustmentStateEnum": "incentives.states.AdjustmentState",
        "HoldStateEnum": "incentives.states.HoldState",
        "HoldReasonEnum": "incentives.states.HoldReason",
        "GoalStateEnum": "programs.goals.enums.GoalState",
        "GoalBasisEnum": "programs.goals.enums.GoalBasis",
        "PlanStateEnum": "programs.plans.enums.PlanState",
        "ReviewStateEnum": "programs.reviews.enums.ReviewState",
        "SideEnum": "partners.book.enums.Side",
        "TaskStateEnum": "partners.book.enums.TaskState",
        "CorrectionReasonEnum": "incentives.states.CorrectionReason",
        "OnboardingStateEnum": "partners.onboarding.enums.OnboardingState",
        "StepStateEnum": "partners.onboarding.enums.StepState",
        "StepKindEnum": "partners.onboarding.enums.StepKind",
        "DocumentStateEnum": "partners.documents.enums.DocumentState",
        "SchemeKindEnum": "incentives.enums.SchemeKind",
        "DocumentKindEnum": "partners.documents.enums.DocumentKind",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
}
