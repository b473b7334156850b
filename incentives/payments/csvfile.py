"""Payment files and bank responses as CSV, for banks that take no ISO 20022.

Out: the columns ``COLUMNS``, UTF-8 with mark, amounts as plain decimals of the currency, days as ``2026-11-24``. In: at least
``end_to_end_id`` and ``status``; ``bank_reference``, ``reason``, ``text``, ``amount`` and ``currency`` where the bank gives them,
``message_id`` in every line or none (then the batch is chosen by whoever brings the file in).
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from common.errors import InputError
from common.exports import write_csv
from common.numbers import parse_decimal
from common.sheets import Limits, read_table
from common.text import clean_line
from incentives.payments.answers import MOST_BYTES, Answer, Response
from incentives.payments.latin import to_payment_set
from incentives.payments.orders import OrderFile, amount_text, check

COLUMNS: Final = (
    "message_id", "end_to_end_id", "execute_on", "payer_iban", "holder", "iban", "bic", "amount", "currency",
    "statement", "statement_date", "text",
)  # fmt: skip
_NEEDED: Final = ("end_to_end_id", "status")
_LIMITS: Final = Limits(
    file=MOST_BYTES, unpacked=5 * MOST_BYTES, rows=200_000, columns=40, field=2_000, seconds=20
)
#: Words that banks write in the place of a code.
_WORDS: Final[Mapping[str, str]] = {
    "PAID": "ACSC", "DONE": "ACSC", "SETTLED": "ACSC", "SUCCESS": "ACSC", "OK": "ACSC",
    "ACCEPTED": "ACCP", "PENDING": "PDNG", "PROCESSING": "ACSP",
    "REFUSED": "RJCT", "REJECTED": "RJCT", "FAILED": "RJCT", "RETURNED": "RJCT",
}  # fmt: skip


def build(file: OrderFile) -> bytes:
    """The CSV file of a batch; the same batch always gives the same bytes."""
    check(file)
    target = io.BytesIO()
    write_csv(target, COLUMNS, _rows(file))
    return target.getvalue()


def _rows(file: OrderFile) -> Iterator[tuple[str, ...]]:
    for order in file.orders:
        name = to_payment_set(order.name, 70) if file.latin_only else order.name
        yield (
            file.message_id,
            order.end_to_end_id,
            file.execute_on.isoformat(),
            file.payer.iban,
            name,
            order.iban,
            order.bic,
            amount_text(order.amount, file.currency),
            file.currency,
            order.document,
            order.document_date.isoformat(),
            to_payment_set(order.text, 140) if file.latin_only else order.text,
        )


def parse(content: bytes, message_id: str = "") -> Response:
    """Read a response; ``message_id`` is the batch's where the file names none.

    ``InputError``: those of ``common.sheets`` and ``no_message_id``, ``missing_columns``, ``two_files``, ``not_a_number``.
    """
    table = read_table(io.BytesIO(content), limits=_LIMITS)
    missing = [name for name in _NEEDED if name not in map(str.lower, table.header)]
    if missing:
        raise InputError(
            "missing_columns",
            _("The file needs the columns %(names)s."),
            params={"names": ", ".join(missing)},
        )
    lines = [{name.lower(): clean_line(text) for name, text in record.items()} for _line, record in table]
    named = {line["message_id"] for line in lines if line.get("message_id")} or {message_id} - {""}
    if not named:
        raise InputError("no_message_id", _("The response does not say which file it answers."))
    if len(named) > 1:
        raise InputError("two_files", _("The file answers several batches. Bring in one file per batch."))
    return Response(named.pop(), "", [_answer(line) for line in lines])


def _answer(line: dict[str, str]) -> Answer:
    status = line["status"].upper()
    amount = line.get("amount", "")
    return Answer(
        end_to_end_id=line["end_to_end_id"].lstrip("'")[:35],
        status=_WORDS.get(status, status)[:20],
        reason=line.get("reason", "").upper()[:35],
        text=line.get("text", "")[:500],
        bank_reference=line.get("bank_reference", "")[:140],
        amount=_amount(amount) if amount else None,
        currency=line.get("currency", "").upper()[:3],
    )


def _amount(text: str) -> Decimal:
    return parse_decimal(text)
