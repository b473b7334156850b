"""Which database logins this process uses.

Two aliases. ``owner`` migrates and builds the walls; ``default`` is what the application speaks through: a login
without any table grant that can only become an audience role for one transaction (see ``tenancy.scope``).

``DATABASE_URL`` names the application's login and ``OWNER_DATABASE_URL`` the owner's. With the embedded servers there is
one superuser address; the application's logins are derived from it, their passwords from the secret key. So is the
password of a ``DATABASE_URL`` that has none.
"""

import hashlib
import hmac
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

# What is prepared (``tenancy.prepared``) fits any values; deciding that again at each connection would plan it five times.
_OPTIONS = {"connect_timeout": "5", "options": "-c plan_cache_mode=force_generic_plan"}
LOGINS = ("sharik_web", "sharik_worker", "sharik_test")


def login_password(secret: str, login: str) -> str:
    """The password of an application login, reproducible by every process that knows the secret key."""
    return hmac.new(secret.encode(), f"login:{login}".encode(), hashlib.sha256).hexdigest()


def parse_url(url: str) -> dict[str, Any]:
    """A Django database dictionary from ``postgresql://user:password@host:port/name?option=value``."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(options.pop("host", parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def databases(var: Path, secret: str, login: str) -> dict[str, dict[str, Any]]:
    """The ``DATABASES`` setting for this process, which logs in as ``login``."""
    url, owner_url = os.environ.get("DATABASE_URL"), os.environ.get("OWNER_DATABASE_URL")
    if url is None and owner_url is None:
        from config.embedded import current

        owner_url = (current(var) or {}).get("database", "postgresql://postgres@127.0.0.1:5432/sharik")
    owner = parse_url(owner_url or url or "")
    default = parse_url(url or owner_url or "")
    if url is None:
        default["USER"] = login
    if url is None or not default["PASSWORD"]:
        default["PASSWORD"] = login_password(secret, default["USER"])
    default |= {"ATOMIC_REQUESTS": True, "CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
    default["OPTIONS"] = _OPTIONS | {"application_name": login} | default["OPTIONS"]
    default["TEST"] = {"MIRROR": "owner"}
    return {"default": default, "owner": owner}
