"""Quotes of a deal: calculated with the discounts of the day, sent, accepted or expired; a new version replaces the one before.

Prices and rewards are the incentives' business, which stand above deals: they register how a deal is priced (``priced_by``).
A quote keeps what came out, with the reasons, so that it says the same tomorrow.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, Forbidden, InputError, NotFound
from common.text import clean_text
from deals.authorised import check_authorised, wishes
from deals.enums import DealState, LineState, QuoteState
from deals.models import Deal, DealCounter, DealLine, Quote, QuoteLine
from deals.selectors import deals_for
from tenancy import audit
from tenancy.access import office
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.enums import Urgency
from workflow.notices import Kind, declare, names_of, notify, pams_of, partner_people
from workflow.settings import define
from workflow.states import Machine, move, note
from workflow.timers import on_timer, schedule

EXPIRY = "deals.quote_expiry"
MACHINE = Machine(
    {
        QuoteState.DRAFT: (QuoteState.SENT, QuoteState.EXPIRED),
        QuoteState.SENT: (QuoteState.ACCEPTED, QuoteState.EXPIRED),
    },
    QuoteState,
)
quote_days = define("deals.quote_days", 30, _("A quote is valid for"), _("days"), least=1)
SENT = declare(
    "deals.quote_sent", Urgency.INFO, _("Quote %(number)s for deal %(ref)s of %(partner)s was sent.")
)
ACCEPTED = declare(
    "deals.quote_accepted", Urgency.INFO, _("Quote %(number)s for deal %(ref)s of %(partner)s was accepted.")
)
LONGEST = 366
_CLOSED = (DealState.REJECTED, DealState.DUPLICATE, DealState.WITHDRAWN, DealState.LOST, DealState.EXPIRED)
_NEXT = f"""
insert into {DealCounter._meta.db_table} as c (operator_id, name, value) values ((select app.op()), 'quote', 1)
on conflict (operator_id, name) do update set value = c.value + 1 returning value
"""


@dataclass(frozen=True, slots=True)
class PricedLine:
    """See ``QuoteLine``."""

    line: DealLine
    list_price: Decimal | None
    partner_price: Decimal
    net: Decimal
    applied: list[dict[str, Any]]
    refused: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Priced:
    lines: list[PricedLine]
    rewards: list[dict[str, Any]]


#: (actor, deal, its lines, day) -> prices and rewards; runs in the actor's own sight.
Pricer = Callable[[Actor, Deal, list[DealLine], date], Priced]
_pricers: list[Pricer] = []


def priced_by(pricer: Pricer) -> Pricer:
    """Register how deals are priced; the last one registered counts."""
    _pricers.append(pricer)
    return pricer


def quotes_for(actor: Actor) -> QuerySet[Quote]:
    """Quotes of the deals that ``actor`` sees, newest first, with deal and partner."""
    found: QuerySet[Quote] = Quote.objects.filter(deal__in=deals_for(actor).values("pk"))
    return found.select_related("deal", "partner")


def get_quote(actor: Actor, number: str) -> Quote:
    """Raises ``NotFound``."""
    quote = quotes_for(actor).filter(number=number).first()
    if quote is None:
        raise NotFound()
    return quote


def quote_lines(quote: Quote) -> QuerySet[QuoteLine]:
    return QuoteLine.objects.filter(quote=quote).select_related("product")


def create_quote(actor: Actor, *, deal: str, valid_until: date | None = None, text: str = "") -> Quote:
    """A draft of the next version for the deal with this number, priced now.

    Raises ``NotFound``, ``Conflict`` for a deal that is over or has no products, ``InputError`` for a product without price,
    ``Invalid("not_authorised")`` for what the company may not sell.
    """
    actor.require(Permission.REGISTER_DEALS)
    found = _own(actor, deals_for(actor).filter(ref=deal).first())
    lines = list(
        DealLine.objects.filter(deal=found, state=LineState.ACTIVE).select_related("product__family")
    )
    if found.state in _CLOSED:
        raise Conflict("deal_over", _("This deal is over."))
    if not lines:
        raise Conflict("no_lines", _("This deal has no products yet."))
    today = timezone.now().astimezone(actor.operator.zone).date()
    last = valid_until or today + timedelta(days=quote_days())
    if not today <= last <= today + timedelta(days=LONGEST):
        raise InputError("bad_validity", _("Choose a day from today up to a year ahead."), "valid_until")
    with office(actor):
        check_authorised(actor, found, wishes(line.product for line in lines))
    priced = _pricers[-1](actor, found, lines, today)
    with office(actor):
        Deal.objects.select_for_update(no_key=True).get(pk=found.pk)
        return _store(actor, found, priced, last, clean_text(text)[:2000])


def _own(actor: Actor, deal: Deal | None) -> Deal:
    if deal is None:
        raise NotFound()
    if actor.is_partner and deal.partner_id != actor.partner_id:
        raise Forbidden()
    return deal


def _store(actor: Actor, deal: Deal, priced: Priced, last: date, text: str) -> Quote:
    before = Quote.objects.filter(deal=deal).aggregate(most=Max("version"))["most"] or 0
    quote: Quote = Quote.objects.create(
        number=_next_number(), version=before + 1, deal=deal, partner_id=deal.partner_id,
        author_id=actor.membership_id, author_name=actor.name, valid_until=last, note=text, currency=deal.currency,
        partner_total=sum((each.partner_price for each in priced.lines), Decimal(0)),
        net_total=sum((each.net for each in priced.lines), Decimal(0)), rewards=priced.rewards,
    )  # fmt: skip
    QuoteLine.objects.bulk_create(
        QuoteLine(
            quote=quote, partner_id=deal.partner_id, position=place, product_id=each.line.product_id,
            quantity=each.line.quantity, list_price=each.list_price, partner_price=each.partner_price, net=each.net,
            applied=each.applied, refused=each.refused,
        )
        for place, each in enumerate(priced.lines)
    )  # fmt: skip
    for draft in Quote.objects.filter(deal=deal, state=QuoteState.DRAFT).exclude(pk=quote.pk):
        _close(actor, draft, QuoteState.EXPIRED)
    note(actor, quote, "", quote.state)
    audit.record(actor, "quote.create", quote)
    return quote


def _next_number() -> str:
    with connection.cursor() as cursor:
        cursor.execute(_NEXT)
        return f"Q-{cursor.fetchone()[0]:06d}"


def send_quote(actor: Actor, *, number: str) -> Quote:
    """Fix a draft. What was sent before for the same deal is no longer valid."""
    quote = _step(actor, number)
    with office(actor):
        quote = _locked(quote)
        _check_valid(actor, quote)
        quote.sent_at = timezone.now()
        move(actor, quote, QuoteState.SENT, MACHINE, save=["sent_at"])
        for old in Quote.objects.filter(deal_id=quote.deal_id, state=QuoteState.SENT).exclude(pk=quote.pk):
            _close(actor, old, QuoteState.EXPIRED)
        schedule(EXPIRY, quote, _end_of(actor, quote))
        _tell(actor, quote, SENT)
    return quote


def accept_quote(actor: Actor, *, number: str) -> Quote:
    """The customer takes it, within its validity."""
    quote = _step(actor, number)
    with office(actor):
        quote = _locked(quote)
        _check_valid(actor, quote)
        _close(actor, quote, QuoteState.ACCEPTED)
        _tell(actor, quote, ACCEPTED)
    return quote


def _tell(actor: Actor, quote: Quote, kind: Kind) -> None:
    """The other side: the partner's people, or its account managers."""
    theirs = pams_of(quote.partner_id, Permission.DECIDE_DEALS)
    to = theirs if actor.is_partner else partner_people(quote.partner_id, Permission.VIEW_DEALS)
    facts: dict[str, Any] = {
        "number": quote.number,
        "ref": quote.deal.ref,
        "partner": names_of(quote.partner),
    }
    notify(kind, quote, to=to, path=f"/quotes/{quote.number}/", **facts)


def _step(actor: Actor, number: str) -> Quote:
    actor.require(Permission.REGISTER_DEALS)
    quote = get_quote(actor, number)
    _own(actor, quote.deal)
    return quote


def _locked(quote: Quote) -> Quote:
    found: Quote = (
        Quote.objects.select_for_update(of=("self",)).select_related("deal", "partner").get(pk=quote.pk)
    )
    return found


def _check_valid(actor: Actor, quote: Quote) -> None:
    if quote.state in (QuoteState.DRAFT, QuoteState.SENT) and timezone.now() >= _end_of(actor, quote):
        raise Conflict("quote_expired", _("This quote is no longer valid. Make a new one."))


def _end_of(actor: Actor, quote: Quote) -> datetime:
    """The moment after the last valid day."""
    return datetime.combine(quote.valid_until + timedelta(days=1), time(), actor.operator.zone)


def _close(actor: Actor, quote: Quote, state: QuoteState) -> None:
    quote.closed_at = timezone.now()
    move(actor, quote, state, MACHINE, save=["closed_at"])


@on_timer(EXPIRY)
def expire_quote(actor: Actor, quote_id: int, payload: Mapping[str, Any]) -> None:
    """The last valid day is over."""
    quote = Quote.objects.select_for_update().filter(pk=quote_id, state=QuoteState.SENT).first()
    if quote is not None and timezone.now() >= _end_of(actor, quote):
        _close(actor, quote, QuoteState.EXPIRED)
