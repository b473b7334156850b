"""Registered deals of a demo operator in every state, with conflicts, a waiting list and the rules behind them."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from catalog.models import Customer
from deals.authorised import asked_before
from deals.models import Deal
from deals.services.cases import decide_case
from deals.services.closing import lose_deal, win_deal
from deals.services.drafts import create_draft, note_progress
from deals.services.extensions import request_extension
from deals.services.review import approve_deal, reject_deal, request_information
from deals.services.rulebook import save_account, save_form, save_rule
from deals.services.submission import submit_deal
from deals.services.talk import write
from partners.models import Partner
from portal.demo.dealwords import WISHES, WORDS
from portal.demo.offer import FAMILIES
from portal.demo.places import Place
from tenancy.actors import Actor
from tenancy.enums import Role
from tenancy.models import Membership

#: The first is the company of the demo's logins; the PAM's book holds the first two.
PARTNERS = ("p001", "p004", "p002", "p003", "p005", "p006")


def make_deals(actor: Actor, place: Place, rng: Random, today: date) -> None:
    """Rules first, then deals; everything through the services, as people would do it."""
    _rules(actor, place)
    steps = (_draft, _waits, _asked, _protected, _protected, _extended, _won, _won, _lost, _rejected)
    for number in range(30):
        deal = _registered(actor, place, rng, today, number)
        steps[number % len(steps)](actor, deal, today)
    _compete(actor, place, rng, today)


def _rules(actor: Actor, place: Place) -> None:
    seller = Membership.objects.get(role=Role.DIRECT_SELLER)
    save_rule(actor, leads="direct", on_conflict="refuse", segment="public")
    save_rule(actor, leads="co_sell", on_conflict="co_sell", family="security")
    save_form(actor, engagement_model="referral", auto_limit=Decimal(place.unit * 200))
    save_form(actor, engagement_model="sell_with", required=["contact_name", "description"])
    for number in (11, 12, 13):
        save_account(actor, customer=f"c{number:05d}", seller_id=seller.pk)


def _registered(actor: Actor, place: Place, rng: Random, today: date, number: int, **given: Any) -> Deal:
    partner = PARTNERS[number % len(PARTNERS)] if "partner" not in given else given.pop("partner")
    wishes = WISHES[place.language]
    region = place.regions[rng.randrange(len(place.regions))]
    fields: dict[str, Any] = {
        "customer_name": f"{rng.choice(place.first_words)[0]} {rng.choice(place.second_words)[0]}",
        "country": place.country,
        "customer_number": f"c{100 + number:05d}",
        "city": region[2][0][0],
        "contact_name": rng.choice(place.people),
        "engagement_model": rng.choice(("sell_to", "sell_to", "sell_with")),
        "expected_close": (today + timedelta(days=_days_ahead(rng, number))).isoformat(),
        "description": wishes[number % len(wishes)],
        "presales": [
            {
                "day": (today - timedelta(days=rng.randrange(3, 40))).isoformat(),
                "text": WORDS[place.language]["visit"],
            }
        ],
        "lines": _lines(place, rng),
    }
    fields |= given
    fields["lines"] = _sellable(actor, place, partner, fields)
    return create_draft(actor, fields=fields, partner=partner)


def _sellable(actor: Actor, place: Place, partner: str, fields: dict[str, Any]) -> list[dict[str, str]]:
    """Of the lines those that the company may sell to this customer, whoever the dice have made it; else a fibre line."""
    customers = Customer.objects.select_related("segment", "territory")
    customer = customers.filter(code=fields["customer_number"]).first()
    said = asked_before(
        actor,
        Partner.objects.get(code=partner),
        [line["product"] for line in fields["lines"]],
        segment=customer.segment.code if customer and customer.segment else "",
        territory=customer.territory.code if customer and customer.territory else "",
        model=fields["engagement_model"],
    )
    good = {one.product.code for one in said if one.answer.allowed}
    lines = [line for line in fields["lines"] if line["product"] in good]
    return lines or [{"product": "fiber-1000", "quantity": "2", "amount": str(120 * place.unit)}]


def _days_ahead(rng: Random, number: int) -> int:
    """Every third is to be signed within three weeks."""
    return rng.randrange(3, 21) if number % 3 == 0 else rng.randrange(20, 150)


def _lines(place: Place, rng: Random) -> list[dict[str, str]]:
    items = [item for family in FAMILIES for item in family[5]]
    chosen = rng.sample(items, rng.randint(1, 3))
    return [
        {
            "product": item.code,
            "quantity": str(rng.randint(1, 20)),
            "amount": str(item.price * place.unit * rng.randint(1, 6)),
            "monthly": str(item.price * place.unit // 4),
            "term_months": rng.choice(("12", "24", "36")),
        }
        for item in chosen
    ]


def _say(actor: Actor, name: str) -> str:
    return WORDS[actor.operator.main_language][name]


def _draft(actor: Actor, deal: Deal, today: date) -> None:
    """Stays as it is."""


def _waits(actor: Actor, deal: Deal, today: date) -> None:
    submit_deal(actor, ref=deal.ref)
    write(actor, ref=deal.ref, text=_say(actor, "note"), internal=True)


def _asked(actor: Actor, deal: Deal, today: date) -> None:
    submit_deal(actor, ref=deal.ref)
    request_information(
        actor,
        ref=deal.ref,
        reason="customer_unclear",
        fields=["legal_id", "city"],
        text=_say(actor, "question"),
    )


def _protected(actor: Actor, deal: Deal, today: date) -> None:
    submit_deal(actor, ref=deal.ref)
    approve_deal(actor, ref=deal.ref)
    note_progress(actor, ref=deal.ref, text=_say(actor, "progress"))


def _extended(actor: Actor, deal: Deal, today: date) -> None:
    _protected(actor, deal, today)
    request_extension(actor, ref=deal.ref, evidence=_say(actor, "extension"))


def _won(actor: Actor, deal: Deal, today: date) -> None:
    _protected(actor, deal, today)
    win_deal(actor, ref=deal.ref, amount=deal.value, won_on=today - timedelta(days=deal.pk % 5))


def _lost(actor: Actor, deal: Deal, today: date) -> None:
    _protected(actor, deal, today)
    lose_deal(actor, ref=deal.ref, reason="price", competitor=_say(actor, "competitor"))


def _rejected(actor: Actor, deal: Deal, today: date) -> None:
    submit_deal(actor, ref=deal.ref)
    reject_deal(actor, ref=deal.ref, reason="no_presales", text=_say(actor, "rejection"))


def _compete(actor: Actor, place: Place, rng: Random, today: date) -> None:
    """One customer wanted by three, one by two that still wait, and two of direct sales' accounts."""
    fiber = [{"product": "fiber-1000", "quantity": "4", "amount": str(240 * place.unit)}]

    def wanted(partner: str, number: int) -> Deal:
        return _registered(
            actor, place, rng, today, number, partner=partner, customer_number=f"c{number:05d}", lines=fiber
        )

    for index, partner in enumerate(("p001", "p004", "p002")):
        deal = wanted(partner, 900)
        submit_deal(actor, ref=deal.ref)
        if index == 0:
            approve_deal(actor, ref=deal.ref)
    for partner in ("p004", "p001"):
        submit_deal(actor, ref=wanted(partner, 901).ref)
    for number in (11, 12):
        submit_deal(actor, ref=wanted("p001", number).ref)
    decided = wanted("p004", 13)
    submit_deal(actor, ref=decided.ref)
    decide_case(actor, ref=decided.ref, decision="go_on", reason="capability", text=_say(actor, "override"))
