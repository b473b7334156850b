"""Secrets that are shown once and kept as a hash."""

import hashlib
import secrets


def new_secret(prefix: str) -> str:
    """An unguessable token, recognisable by its prefix."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def hash_secret(secret: str) -> str:
    """What is stored; a fast hash is enough because the secret has 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()
