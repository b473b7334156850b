"""Errors that services raise and that the portal and the API translate, each in its own way.

A message is English source text (usually lazy gettext) with ``%(name)s`` places; ``params`` fills them, so
that the text is translated into the reader's language when it is shown, not when it is raised.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise


class DomainError(Exception):
    """A refusal with a stable ``code``, a translatable ``message`` and perhaps the ``field`` to blame."""

    default_code = "error"
    default_message: Text = _("This is not possible.")

    def __init__(
        self,
        code: str | None = None,
        message: Text | None = None,
        field: str | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> None:
        self.code = code or self.default_code
        self.template: Text = self.default_message if message is None else message
        self.field = field
        self.params: dict[str, Any] = dict(params or {})
        super().__init__(self.code)

    @property
    def message(self) -> str:
        """The text in the language that is active now."""
        text = str(self.template)
        return text % self.params if self.params else text

    def __str__(self) -> str:
        return self.message

    def at(self, field: str) -> DomainError:
        """The same error, blamed on ``field``."""
        self.field = field
        return self

    def as_item(self) -> dict[str, Any]:
        """``{"code", "message"}`` with ``"field"`` when one is known."""
        item: dict[str, Any] = {"code": self.code, "message": self.message}
        return {"field": self.field, **item} if self.field else item

    def as_dict(self) -> dict[str, Any]:
        """The API's shape: ``{"code", "message", "errors": [...]}``."""
        return {"code": self.code, "message": self.message, "errors": [self.as_item()] if self.field else []}


class NotFound(DomainError):
    """There is no such object, or the actor may not know that there is one."""

    default_code = "not_found"
    default_message = _("Nothing was found here.")


class Forbidden(DomainError):
    """The actor may know the object but not do this to it."""

    default_code = "forbidden"
    default_message = _("You are not allowed to do this.")


class Conflict(DomainError):
    """The object is in a state, or was changed by someone else, so that this can not be done now."""

    default_code = "conflict"
    default_message = _("This was changed in the meantime. Reload and try again.")


class TooMany(DomainError):
    """The actor did this too often; later it is possible again."""

    default_code = "too_many"
    default_message = _("This was done too often. Try again later.")


class InputError(DomainError, ValueError):
    """A value that can not be read: malformed, ambiguous or out of range."""

    default_code = "invalid"
    default_message = _("This value is not valid.")


class LineError(InputError):
    """An error at a line of a file; ``line`` counts from 1, the header included."""

    def __init__(
        self,
        line: int,
        code: str,
        message: Text,
        field: str | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code, message, field, params)
        self.line = line

    def as_item(self) -> dict[str, Any]:
        return {"line": self.line, **super().as_item()}


class Invalid(DomainError):
    """Several errors at once (a form, a batch); ``errors`` are ``DomainError``s in the order of the input."""

    default_code = "invalid"
    default_message = _("Some values are not valid.")

    def __init__(
        self, errors: Iterable[DomainError], code: str | None = None, message: Text | None = None
    ) -> None:
        super().__init__(code, message)
        self.errors = list(errors)

    def as_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "message": self.message,
            "errors": [error.as_item() for error in self.errors],
        }
