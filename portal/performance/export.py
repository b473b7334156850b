"""Transactions as a file: the newest lines of a filtered list."""

import tempfile
from typing import Any, BinaryIO, cast

from django.http import FileResponse, Http404, HttpRequest
from django.utils.translation import gettext as _

from common import exports
from performance.transactions import Asked, page_of_credits
from portal.performance.rows import CreditRow, credit_rows
from portal.shell.downloads import TYPES
from portal.shell.formats import formats_of
from tenancy.actors import Actor

#: The newest lines that one file holds.
MOST = 50_000


def exported(request: HttpRequest, actor: Actor, asked: Asked, kind: str) -> FileResponse:
    """Up to ``MOST`` lines as CSV or XLSX, with values as they are stored; ``Http404`` for another kind of file."""
    if kind not in TYPES:
        raise Http404
    credits, _more = page_of_credits(actor, asked, most=MOST)
    formats = formats_of(request)
    rows = (_values(row, formats.zone) for row in credit_rows(actor, credits))
    file = cast(BinaryIO, tempfile.SpooledTemporaryFile(max_size=4_000_000))  # noqa: SIM115 - closed with the response
    if kind == "csv":
        exports.write_csv(file, _header(), rows)
    else:
        exports.write_xlsx(file, _header(), rows, title=_("Transactions"), language=formats.language)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"transactions.{kind}", content_type=TYPES[kind])


def _header() -> list[str]:
    return [
        _("Source"), _("Reference"), _("Date"), _("Kind"), _("Partner"), _("Rep"), _("Product"), _("Customer"),
        _("Quantity"), _("Amount"), _("Currency"),
    ]  # fmt: skip


def _values(row: CreditRow, zone: Any) -> list[Any]:
    credit = row.credit
    return [
        credit.source, credit.external_id, credit.occurred_at.astimezone(zone), row.kind, str(credit.partner),
        str(credit.rep or ""), row.product, row.customer, credit.quantity, row.amount, credit.currency,
    ]  # fmt: skip
