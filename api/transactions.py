"""``POST transactions/``: lines of a source system as JSON, NDJSON or CSV; each is answered for."""

import codecs
import io
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Resource
from api.parsers import malformed, read_json
from api.plain import Endpoint, plain
from common.errors import InputError, LineError
from common.sheets import Limits, read_table
from performance.feed.intake import receive_lines
from tenancy.enums import Permission

MAX_LINES = 10_000
MAX_BODY = 20_000_000
_CSV = Limits(file=MAX_BODY, unpacked=MAX_BODY, rows=MAX_LINES, columns=100, field=10_000)
#: Workbooks and compressed files, which a file import would unpack.
_PACKED = (b"PK\x03\x04", b"\x1f\x8b")


class LineBody(serializers.Serializer[Any]):
    """One line as a source system knows it. ``amount`` and ``quantity`` are texts, so that no digit is lost."""

    source = serializers.CharField(max_length=40)  # type: ignore[assignment]
    external_id = serializers.CharField(max_length=120)
    kind = serializers.CharField(max_length=30, required=False)
    occurred_at = serializers.CharField(help_text="A day, or a moment with its zone.")
    collected_at = serializers.CharField(required=False, allow_null=True)
    partner = serializers.CharField(required=False, allow_null=True)
    rep = serializers.CharField(required=False, allow_null=True)
    product = serializers.CharField(required=False, allow_null=True)
    customer = serializers.CharField(required=False, allow_null=True)
    segment = serializers.CharField(required=False, allow_null=True)
    territory = serializers.CharField(required=False, allow_null=True)
    engagement_model = serializers.CharField(required=False, allow_null=True)
    contribution = serializers.CharField(required=False, allow_null=True)
    share = serializers.CharField(required=False, allow_null=True)
    quantity = serializers.CharField(required=False, allow_null=True)
    amount = serializers.CharField(required=False, allow_null=True)
    margin = serializers.CharField(required=False, allow_null=True)
    currency = serializers.CharField(required=False, allow_null=True)
    reverses = serializers.CharField(required=False, allow_null=True)
    credits = serializers.ListField(child=serializers.DictField(), required=False, allow_null=True)
    attributes = serializers.DictField(required=False, allow_null=True)


class Lines(serializers.Serializer[Any]):
    lines = LineBody(many=True)


class RejectedLine(serializers.Serializer[Any]):
    index = serializers.IntegerField(help_text="Place in the batch, from 0.")
    code = serializers.CharField()
    message = serializers.CharField()


class ReceiptBody(serializers.Serializer[Any]):
    """Every line is in exactly one of the five."""

    accepted = serializers.IntegerField()
    duplicates = serializers.IntegerField()
    revised = serializers.IntegerField()
    unresolved = serializers.IntegerField()
    rejected = RejectedLine(many=True)


class Transactions(Resource):
    """How OpenAPI sees the endpoint below."""

    resource = "transactions"
    writes = Permission.SEND_FEED
    serializer_class = ReceiptBody

    @extend_schema(
        operation_id="transactions_create",
        request={"application/json": Lines, "application/x-ndjson": str, "text/csv": str},
        responses={200: ReceiptBody},
    )
    def create(self, request: Request) -> Response:
        """Send up to 10,000 lines. Sending them again is safe: what is known already counts as a duplicate."""
        return Response(receive(request._request, request._request.body))


def receive(request: HttpRequest, raw: bytes) -> dict[str, Any]:
    """Take the lines in the body ``raw``."""
    lines, wrong = read_lines(request, raw)
    if len(lines) > MAX_LINES:
        raise too_many()
    receipt = receive_lines(request.actor, lines, channel="api")
    reasons = [(item.index, wrong.get(item.index) or item) for item in receipt.rejected]
    return {
        "accepted": receipt.accepted,
        "duplicates": receipt.duplicates,
        "revised": receipt.revised,
        "unresolved": receipt.unresolved,
        "rejected": [
            {"index": index, "code": reason.code, "message": reason.message} for index, reason in reasons
        ],
    }


def too_many() -> InputError:
    return InputError(
        "too_many_lines", _("A batch has at most %(most)s lines."), "lines", {"most": MAX_LINES}
    )


def read_lines(request: HttpRequest, raw: bytes) -> tuple[list[Any], dict[int, LineError]]:
    """The lines of a body in any of the three types, and what is wrong with the form of some of them."""
    kind = request.content_type
    if kind == "application/json":
        return _json_lines(raw), {}
    if kind == "application/x-ndjson":
        return _separate_lines(raw), {}
    if kind == "text/csv" and not raw.startswith(_PACKED):
        return _table_lines(raw, (request.content_params or {}).get("charset", "utf-8"))
    raise UnsupportedMediaType(request.headers.get("Content-Type", ""))


def _json_lines(raw: bytes) -> list[Any]:
    body = read_json(raw)
    if not isinstance(body, dict) or set(body) != {"lines"} or not isinstance(body["lines"], list):
        raise ParseError(_('Send an object with one list: {"lines": [...]}.'), "malformed")
    return body["lines"]


def _separate_lines(raw: bytes) -> list[Any]:
    """One JSON object per line. A line that is none is refused by itself, the others are taken."""
    try:
        text = codecs.decode(raw, "utf-8-sig")
    except UnicodeDecodeError as error:
        raise malformed() from error
    return [_one_line(line) for line in text.split("\n") if line.strip()]


def _one_line(line: str) -> Any:
    try:
        return read_json(line.encode())
    except ParseError:
        return line


def _table_lines(raw: bytes, charset: str) -> tuple[list[Any], dict[int, LineError]]:
    lines: list[Any] = []
    wrong: dict[int, LineError] = {}

    def refuse(error: LineError) -> None:
        wrong[len(lines)] = error
        lines.append(error.message)

    encoding = "utf-8" if charset.lower() == "utf8" else charset
    try:
        for _number, record in read_table(io.BytesIO(raw), limits=_CSV, encoding=encoding, on_error=refuse):
            lines.append(record)
    except LineError as error:
        if error.code == "too_many_rows":
            raise too_many() from error
        raise
    return lines, wrong


transactions = plain(Endpoint(receive, Transactions, Permission.SEND_FEED, MAX_BODY))
