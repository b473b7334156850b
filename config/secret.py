"""The secret key of an installation without one in its environment: made once, kept in the data folder."""

import secrets
from pathlib import Path


def secret_key(var: Path) -> str:
    """Read ``var/secret_key``, making it (readable by its owner only) where it is missing."""
    path = var / "secret_key"
    try:
        return path.read_text()
    except FileNotFoundError:
        var.mkdir(parents=True, exist_ok=True)
    try:
        with open(path, "x", opener=_private) as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text()


def _private(path: str, flags: int) -> int:
    import os

    return os.open(path, flags, 0o600)
