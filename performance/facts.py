"""Facts of the house that count like transactions: somebody joined, earned a certificate, reached a goal.

The app that knows the fact says so in the transaction that made it one; it reaches the feed through the outbox, so that
KPIs and schemes (points, benefits, fees) see it as they see lines of source systems. The same fact twice counts once.
"""

from datetime import datetime
from typing import Any

from django.utils import timezone

from partners.models import Partner
from performance.enums import LineKind
from performance.feed.intake import receive_lines
from tenancy.actors import Actor
from tenancy.outbox import emit, on

TOPIC = "fact.happened"
#: The source under which such lines stand.
SOURCE = "sharik"


def tell_fact(
    *,
    kind: str,
    reference: str,
    partner: str,
    occurred_at: datetime,
    rep: str = "",
    customer: str = "",
    product: str = "",
) -> None:
    """A fact of ``kind`` (``performance.enums.LineKind`` or an own word) about a partner's code.

    ``reference`` names it once and for all, such as ``goal:17:2026-Q1``.
    """
    named = {"rep": rep, "customer": customer, "product": product}
    line = {
        "source": SOURCE,
        "external_id": reference,
        "kind": kind,
        "occurred_at": occurred_at.isoformat(),
        "partner": partner,
        "quantity": "1",
        "amount": "0",
        **{name: code for name, code in named.items() if code},
    }
    emit(TOPIC, {"line": line})


@on(TOPIC)
def fact_happened(actor: Actor, payload: dict[str, Any]) -> None:
    """Take the fact as one line of the feed; a line that is refused stays in the queue of events as an error."""
    line = {**payload["line"], "currency": actor.operator.currency}
    receipt = receive_lines(actor, [line], channel="facts")
    if receipt.rejected:
        raise ValueError(f"fact refused: {receipt.rejected[0].message}")


@on("partners.activated")
def partner_activated(actor: Actor, payload: dict[str, Any]) -> None:
    """A partner has come in: once in its life."""
    partner = Partner.objects.get(pk=payload["partner_id"])
    reference = f"joined:{partner.pk}"
    tell_fact(kind=LineKind.JOINED, reference=reference, partner=partner.code, occurred_at=timezone.now())
