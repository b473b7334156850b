"""A small market for engine tests: few of everything, so that random lines collide often."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import count
from typing import Any

from catalog.models import Customer, Family, Product, Segment, Territory
from partners.models import Partner, PartnerLink, Rep
from performance.models import Credit, Kpi
from tenancy.actors import Actor, system_actor
from tenancy.enums import Audience
from tenancy.models import Operator
from tenancy.scope import scope
from tenancy.services import create_operator
from tests.kit.credits import queue_credits
from tests.kit.oracle import Facts
from tests.kit.world import make_partner


@dataclass
class Market:
    actor: Actor
    facts: Facts
    partners: list[Partner]
    reps: list[Rep]
    roots: dict[int, int]

    def scope(self) -> Any:
        return scope(self.actor.operator.pk, Audience.WORKER)


def make_market(slug: str, calendar: str = "gregorian", fiscal_start: int = 1) -> Market:
    operator = create_operator(
        slug=slug, name=slug, languages=["en"], calendar=calendar, currency="USD", time_zone="UTC"
    )
    with scope(None, Audience.PLATFORM):
        Operator.objects.filter(pk=operator.pk).update(fiscal_start_month=fiscal_start)
    operator.fiscal_start_month = fiscal_start
    actor = system_actor(operator)
    with scope(operator.pk, Audience.WORKER):
        facts = Facts(operator.days, fiscal_start)
        _catalogue(facts)
        partners = _partners(facts)
        reps = [Rep.objects.create(code=f"r{n}", name=f"Rep {n}", partner=partners[n % 3]) for n in range(4)]
    return Market(actor, facts, partners, reps, {p.pk: p.root_id or p.pk for p in partners})


def _catalogue(facts: Facts) -> None:
    for number, layer in enumerate(("cloud", "cloud", "security")):
        family = Family.objects.create(code=f"f{number}", name=f"Family {number}", layer=layer)
        for place in range(2):
            product = Product.objects.create(code=f"p{number}{place}", name="Product", family=family)
            facts.products[product.pk] = (product.code, family.pk, family.code, layer)
    for code in ("sme", "large"):
        segment = Segment.objects.create(code=code, name=code)
        facts.segments[segment.pk] = code
    above: list[Territory] = []
    for code in ("country", "province", "city"):
        territory = Territory.objects.create(code=code, name=code, parent=above[-1] if above else None)
        above.append(territory)
        Territory.objects.filter(pk=territory.pk).update(path=[each.pk for each in above])
        facts.territories[territory.pk] = [each.code for each in above]
    segments, places = [*facts.segments, None], [*facts.territories, None]
    sinces = [
        None,
        date(2024, 1, 15),
        date(2024, 4, 2),
        date(2024, 9, 30),
        date(2023, 12, 31),
        date(2024, 4, 20),
    ]
    for number, since in enumerate(sinces):
        customer = Customer.objects.create(
            code=f"c{number}", name="Customer", since=since,
            segment_id=segments[number % len(segments)], territory_id=places[number % len(places)],
        )  # fmt: skip
        facts.customers[customer.pk] = (customer.segment_id, customer.territory_id, since)


def _partners(facts: Facts) -> list[Partner]:
    """A distributor, its dealer, the dealer's dealer, and a stranger."""
    made: list[Partner] = []
    for code, roles in (
        ("top", ["distributor"]),
        ("mid", ["reseller", "msp"]),
        ("low", ["reseller"]),
        ("far", []),
    ):
        parent = made[-1] if code in ("mid", "low") else None
        made.append(make_partner(code, parent=parent, roles=roles))
    for partner in made:
        facts.roles[partner.pk] = partner.roles
        above = PartnerLink.objects.filter(descendant=partner).values_list("ancestor_id", flat=True)
        facts.ancestors[partner.pk] = list(above)
    return made


def make_kpi(code: str, **fields: Any) -> Kpi:
    defaults = {"name": code, "measure": "sum_amount", "beneficiary": "partner", "period": "quarter"}
    kpi: Kpi = Kpi.objects.create(code=code, **(defaults | fields))
    return kpi


_numbers = count(1)


def make_credit(market: Market, **fields: Any) -> Credit:
    """An unsaved credit with a reference of its own."""
    day = fields.pop("day", date(2024, 4, 5))
    defaults: dict[str, Any] = {
        "source": "erp", "external_id": f"L{next(_numbers)}", "digest": b"", "kind": "sale", "day": day,
        "occurred_at": datetime.combine(day, time(12), UTC), "partner_id": market.partners[0].pk,
        "quantity": Decimal(1), "amount": Decimal(100), "line_amount": Decimal(100), "currency": "USD",
        "share": Decimal(1),
    }  # fmt: skip
    return Credit(**(defaults | fields))


def queue(market: Market, credits: Sequence[Credit]) -> list[Credit]:
    return queue_credits(market.actor, credits, market.roots)
