"""The link that an applicant works with instead of a login.

Its secret is made of a random nonce and the server's key, so that mails of later steps carry the same link although the
database keeps nothing but the nonce and the secret's hash: neither of them opens anything by itself.
"""

import secrets
from base64 import urlsafe_b64encode

from django.utils.crypto import salted_hmac

from partners.models import Application
from tenancy.tokens import hash_secret

_SALT = "partners.applications.link"
#: Without signs that look like others: numbers are read out on the phone.
_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_nonce() -> str:
    return secrets.token_urlsafe(24)


def secret_of(nonce: str) -> str:
    digest = salted_hmac(_SALT, nonce, algorithm="sha256").digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


def key_of(nonce: str) -> str:
    """The hash by which the walls know the holder."""
    return hash_secret(secret_of(nonce))


def path_of(application: Application) -> str:
    """Where the holder of the link follows the application."""
    return f"/apply/{secret_of(application.link_nonce)}/"


def new_number() -> str:
    """A number that tells nothing of how many applications there are."""
    return "A-" + "".join(secrets.choice(_SIGNS) for _ in range(8))
