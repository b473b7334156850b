"""Request bodies: JSON within limits, and nothing in it that the database could not hold."""

import codecs
import json
import re
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from api.errors import TooLarge

MAX_BODY = 1_000_000
MAX_DEPTH = 20
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
#: How halves of characters come through valid UTF-8.
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")


class StrictJSONParser(JSONParser):
    """JSON of at most ``most`` bytes and ``MAX_DEPTH`` levels, without NaN, NUL and half characters."""

    most = MAX_BODY

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        request = (parser_context or {})["request"]
        if int(request.META.get("CONTENT_LENGTH") or 0) > self.most:
            raise TooLarge()
        value = read_json(stream.read())
        check_storable(value)
        return value


def read_json(raw: bytes) -> Any:
    """The value in ``raw``, UTF-8; ``ParseError`` says what is wrong with it."""
    try:
        value = json.loads(codecs.decode(raw, "utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise malformed() from error
    if _HALF.search(raw):
        check_storable(value)
    return value


def malformed() -> ParseError:
    return ParseError(_("This is not valid JSON in UTF-8."), "malformed")


def check_storable(value: Any, depth: int = 0) -> None:
    """Refuse texts that the database cannot hold, and nesting without end."""
    if depth > MAX_DEPTH:
        raise ParseError(_("The JSON is nested too deeply."), "malformed")
    if isinstance(value, str):
        if _UNSTORABLE.search(value):
            raise ParseError(_("A text contains a character that cannot be stored."), "malformed")
    elif isinstance(value, dict):
        for name, inner in value.items():
            check_storable(name, depth + 1)
            check_storable(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            check_storable(inner, depth + 1)


def _no_constant(name: str) -> Any:
    raise ValueError(name)
