"""``coverage``: server time of the three coverage maps, each of who is able and who sells, and of a cell's partners with 10,000 partners (ids coverage_...).

The partners have 1,000 rules of their own, 80 for roles and tiers, 20,000 certificates and a quarter of a million places of sale; the 95th
percentile of whole answers to a logged-in programme manager, through the whole stack of the web.
"""

from datetime import date
from random import Random
from typing import Any

from django.conf import settings
from django.db import connection, connections
from django.test import override_settings

from bench.page import _PLAIN, _every_audience
from bench.pipeline import _client, _measure
from bench.result import Result

PARTNERS, PRODUCTS, PLACES, RULES = 10_000, 40, 25, 1_000
_ROLES = (
    "array['reseller', 'distributor', 'msp', 'consultant', 'isv', 'system_integrator', 'hardware_vendor',"
    " 'referral_agent', 'platform_provider']::text[]"
)
_OP = "(select app.op())"
_PARTNERS = f"""
insert into partners_partner (operator_id, code, name, names, active, created_at, updated_at, search_key, roles, layers, tier,
  state, legal_id, city, website, phone, territory_id)
select {_OP}, 'd' || n, 'Partner ' || n, '{{}}', true, now(), now(), '',
  (select array_agg(distinct ({_ROLES})[1 + (n * step) % 9]) from generate_series(1, 1 + n % 3) step), '{{}}', '', 'active', '', '', '', '',
  t.id
from generate_series(0, {PARTNERS - 1}) n
join catalog_territory t on t.operator_id = {_OP} and t.code = 't' || ((n / 8) % 20) || '-' || (n % 8)
"""
_ENROLMENTS = f"""
insert into programs_enrolment (operator_id, programme_id, partner_id, tier_id, state, since)
select {_OP}, t.programme_id, p.id, t.id, 'held', date '2025-01-01'
from partners_partner p join programs_tier t on t.operator_id = {_OP} and t.rank = 1 + p.id % 4 where p.operator_id = {_OP}
"""
_CERTIFICATES = f"""
insert into programs_certificate (operator_id, certification_id, partner_id, member_id, person_name, state, passed_on, reference)
select {_OP}, c.id, p.id, (select min(id) from tenancy_membership where operator_id = {_OP}), 'A', 'passed', date '2025-01-01', ''
from partners_partner p join programs_certification c on c.operator_id = {_OP} and (p.id + c.id) % 3 <> 0 where p.operator_id = {_OP}
"""
_SALES = f"""
insert into programs_soldwhere (operator_id, partner_id, product_id, segment_id, territory_id, path, lines, last_day, gathered_at)
select {_OP}, p.id, x.id, s.id, t.id, t.path, 1, current_date - 1, now()
from partners_partner p cross join generate_series(0, {PLACES - 1}) n
join catalog_product x on x.operator_id = {_OP} and x.code = 'x' || ((p.id * 7 + n * 3) % {PRODUCTS})
join catalog_segment s on s.operator_id = {_OP} and s.code = 's' || (n % 5)
join catalog_territory t on t.operator_id = {_OP} and t.code = 't' || ((p.id + n) % 20) || '-' || (n % 8)
where p.operator_id = {_OP}
"""
PAGES = {
    "role": "/coverage/?map=product-role",
    "territory": "/coverage/?map=product-territory",
    "segment": "/coverage/?map=segment-territory",
    "role_sell": "/coverage/?map=product-role&show=sell",
    "territory_sell": "/coverage/?map=product-territory&show=sell",
    "segment_sell": "/coverage/?map=segment-territory&show=sell",
    "partners": "/coverage/partners/?product=x1&territory=t1",
}


def run() -> dict[str, Result]:
    from tenancy.enums import Audience
    from tenancy.scope import scope
    from tenancy.services import create_operator

    with (
        _every_audience(),
        override_settings(STORAGES=settings.STORAGES | _PLAIN, ALLOWED_HOSTS=[".localhost"]),
    ):
        operator = create_operator(
            slug="coverage",
            name="Coverage",
            languages=["en"],
            calendar="gregorian",
            currency="USD",
            time_zone="UTC",
        )
        client = _client(operator)
        with scope(operator.pk, Audience.WORKER):
            _build(Random(1))
        _analyze()
        with scope(operator.pk, Audience.WORKER), connection.cursor() as cursor:
            cursor.execute(_SALES)
        _analyze()
        return {f"coverage_{name}": _measure(client, address) for name, address in PAGES.items()}


def _analyze() -> None:
    """What autovacuum does in time."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("analyze")


def _build(dice: Random) -> None:
    from catalog.enums import Layer, PartnerRole
    from catalog.models import Family, Product, Segment

    families = [Family.objects.create(code=layer, name=layer, layer=layer) for layer in Layer.values]
    products = [
        Product.objects.create(code=f"x{n}", name=f"Product {n}", family=families[n % 7], roles=dice.sample(PartnerRole.values, 4))
        for n in range(PRODUCTS)
    ]  # fmt: skip
    segments = [
        Segment.objects.create(code=f"s{n}", name=f"Segment {n}", key_account=not n) for n in range(5)
    ]
    regions = _territories()
    tiers = _programme()
    for statement in (_PARTNERS, _ENROLMENTS, _CERTIFICATES):
        with connection.cursor() as cursor:
            cursor.execute(statement)
    _rules(dice, products, segments, regions, tiers)


def _territories() -> list[Any]:
    """The regions, each with eight cities."""
    from catalog.models import Territory

    regions = []
    for n in range(20):
        region = Territory.objects.create(code=f"t{n}", name=f"Region {n}")
        region.path = [region.pk]
        region.save()
        regions.append(region)
        cities = Territory.objects.bulk_create(
            Territory(code=f"t{n}-{place}", name=f"City {n}-{place}", parent=region, level=1)
            for place in range(8)
        )
        for city in cities:
            city.path = [region.pk, city.pk]
        Territory.objects.bulk_update(cities, ["path"])
    return regions


def _programme() -> list[Any]:
    """Four tiers, and something to be certified in."""
    from programs.models import Certification, Programme, Tier

    club = Programme.objects.create(code="club", name="Club")
    for layer in ("cloud", "security", "iot"):
        Certification.objects.create(code=layer, name=layer, layer=layer)
    return [
        Tier.objects.create(programme=club, code=f"k{rank}", name=f"K{rank}", rank=rank)
        for rank in range(1, 5)
    ]


def _rules(
    dice: Random, products: list[Any], segments: list[Any], regions: list[Any], tiers: list[Any]
) -> None:  # fmt: skip
    from catalog.enums import Layer, PartnerRole
    from partners.models import Partner
    from programs.models import Authorisation

    partners = list(Partner.objects.order_by("pk")[: RULES * 3 : 3])

    def rule(**about: Any) -> Any:
        effect = dice.choice(["allow", "allow", "refuse"])
        return Authorisation(effect=effect, starts=date(2025, 1, 1), author_name="bench", **about)

    def layer() -> Any:
        return dice.choice(Layer.values)

    some = [*segments, None, None]
    rules = [
        rule(
            role=dice.choice(PartnerRole.values), layer=layer(), segment=dice.choice(some),
            territory=dice.choice([None, *regions]),
        )
        for _each in range(60)
    ]  # fmt: skip
    rules += [rule(tier=dice.choice(tiers), product=dice.choice(products)) for _each in range(20)]
    rules += [rule(partner=partner, layer=layer(), segment=dice.choice(some)) for partner in partners]
    Authorisation.objects.bulk_create(rules)
