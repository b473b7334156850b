"""A year of deals behind the running ones, so that win rate, cycle time and ages say something; and quotes."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from catalog.models import Product, Segment, Territory
from deals.enums import DealState, MatchedBy
from deals.models import Deal, DealLine, DealTransaction
from deals.quotes import accept_quote, create_quote, send_quote
from partners.models import Partner
from portal.demo.deals import PARTNERS
from portal.demo.places import Place
from tenancy.actors import Actor

PAST, RUNNING = 90, 30
#: Numbers far from those that the counter gives.
FIRST = 900_001
_MARGIN = Decimal("0.95")


def make_pipeline(actor: Actor, place: Place, rng: Random, today: date) -> None:
    """Closed and running deals of the last year with lines, and transactions of most won ones."""
    segments, territories = (
        list(Segment.objects.order_by("code")),
        list(Territory.objects.filter(level__gt=0).order_by("code")),
    )
    products = list(Product.objects.filter(active=True).exclude(family__layer="core").order_by("code"))
    partners = {partner.code: partner for partner in Partner.objects.filter(code__in=PARTNERS)}
    deals = [
        _deal(place, rng, today, number, partners[PARTNERS[number % len(PARTNERS)]], segments, territories)
        for number in range(PAST + RUNNING)
    ]
    Deal.objects.bulk_create(deals)
    lines = [line for deal in deals for line in _lines(deal, rng, products)]
    DealLine.objects.bulk_create(lines)
    DealTransaction.objects.bulk_create(
        _transaction(line, number)
        for number, line in enumerate(lines)
        if line.deal.state == DealState.WON and line.deal.pk % 12
    )


def _deal(
    place: Place, rng: Random, today: date, number: int, partner: Partner, segments: Any, territories: Any
) -> Deal:
    past = number < PAST
    state = (
        rng.choice(("won", "won", "lost"))
        if past
        else rng.choice(("submitted", "under_review", "approved", "approved"))
    )
    begun = today - timedelta(days=rng.randrange(60, 340) if past else rng.randrange(2, 120))
    closed = min(begun + timedelta(days=rng.randrange(15, 110)), today)
    value = Decimal(place.unit * rng.randrange(40, 900) * 10)
    noon = time(9, tzinfo=UTC)
    return Deal(
        ref=f"D-{FIRST + number}",
        state=state,
        partner=partner,
        customer_name=f"{rng.choice(place.first_words)[0]} {rng.choice(place.second_words)[0]}",
        country=place.country,
        segment=rng.choice(segments),
        territory=rng.choice(territories),
        value=value,
        currency=place.currency,
        expected_close=closed if past else today + timedelta(days=rng.randrange(5, 170)),
        submitted_at=datetime.combine(begun, noon),
        decided_at=datetime.combine(begun + timedelta(days=2), noon),
        protected_until=today + timedelta(days=rng.randrange(5, 80)) if state == "approved" else None,
        closed_at=datetime.combine(closed, noon) if past else None,
        won_on=closed if state == "won" else None,
        won_amount=(value * _MARGIN).quantize(Decimal(1)) if state == "won" else None,
    )


def _lines(deal: Deal, rng: Random, products: list[Product]) -> list[DealLine]:
    chosen = rng.sample(products, rng.randint(1, 2))
    share = (deal.value / len(chosen)).quantize(Decimal(1))
    return [
        DealLine(
            deal=deal, partner_id=deal.partner_id, position=place, product=product, one_off=share, amount=share,
            quantity=rng.randint(1, 20),
        )
        for place, product in enumerate(chosen)
    ]  # fmt: skip


def _transaction(line: DealLine, number: int) -> DealTransaction:
    deal = line.deal
    return DealTransaction(
        deal=deal, partner_id=deal.partner_id, source="billing", external_id=f"{deal.ref}/{number}", product=line.product,
        day=deal.won_on or deal.created_at.date(), amount=(line.amount * _MARGIN).quantize(Decimal(1)), matched_by=MatchedBy.REFERENCE,
    )  # fmt: skip


def make_quotes(actor: Actor) -> None:
    """Quotes of protected deals: drafts, sent ones, an accepted one and an older version of it."""
    protected = Deal.objects.filter(state=DealState.APPROVED, ref__lt=f"D-{FIRST}").order_by("pk")[:6]
    for place, deal in enumerate(protected):
        quote = create_quote(actor, deal=deal.ref)
        if place % 3:
            send_quote(actor, number=quote.number)
        if place % 3 == 2:
            accept_quote(
                actor, number=send_quote(actor, number=create_quote(actor, deal=deal.ref).number).number
            )
