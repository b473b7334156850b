"""``coverage``: server time of the three coverage maps and of a cell's partners with 10,000 partners (ids coverage_...).

The partners have 1,000 rules of their own, 80 for roles and tiers, 20,000 certificates and a quarter of a million places of sale; the 95th
percentile of whole answers to a logged-in programme manager, through the whole stack of the web.
"""

from datetime import date, timedelta
from random import Random
from typing import Any

from django.conf import settings
from django.db import connections
from django.test import override_settings
from django.utils import timezone

from bench.page import _PLAIN, _every_audience
from bench.pipeline import _client, _measure
from bench.result import Result

PARTNERS, PRODUCTS, PLACES, RULES = 10_000, 40, 25, 1_000
PAGES = {
    "role": "/coverage/?map=product-role",
    "territory": "/coverage/?map=product-territory",
    "segment": "/coverage/?map=segment-territory",
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
        with connections["owner"].cursor() as cursor:
            cursor.execute("analyze")
        return {f"coverage_{name}": _measure(client, address) for name, address in PAGES.items()}


def _build(dice: Random) -> None:
    from catalog.enums import Layer, PartnerRole
    from catalog.models import Family, Product, Segment
    from partners.models import Partner

    families = [Family.objects.create(code=layer, name=layer, layer=layer) for layer in Layer.values]
    products = [
        Product.objects.create(code=f"x{n}", name=f"Product {n}", family=families[n % 7], roles=dice.sample(PartnerRole.values, 4))
        for n in range(PRODUCTS)
    ]  # fmt: skip
    segments = [
        Segment.objects.create(code=f"s{n}", name=f"Segment {n}", key_account=not n) for n in range(5)
    ]
    regions, cities = _territories()
    partners = Partner.objects.bulk_create(
        Partner(
            code=f"d{n}", name=f"Partner {n}", roles=dice.sample(PartnerRole.values, dice.choice([1, 1, 2, 3])),
            territory=dice.choice(cities), state="active",
        )
        for n in range(PARTNERS)
    )  # fmt: skip
    tiers = _people(dice, partners)
    _rules(dice, products, segments, regions, tiers, partners)
    _sales(dice, partners, products, segments, cities)


def _territories() -> tuple[list[Any], list[Any]]:
    from catalog.models import Territory

    regions, cities = [], []
    for n in range(20):
        region = Territory.objects.create(code=f"t{n}", name=f"Region {n}")
        region.path = [region.pk]
        region.save()
        regions.append(region)
        for place in range(8):
            city = Territory.objects.create(
                code=f"t{n}-{place}", name=f"City {n}-{place}", parent=region, level=1
            )
            city.path = [region.pk, city.pk]
            city.save()
            cities.append(city)
    return regions, cities


def _people(dice: Random, partners: list[Any]) -> list[Any]:
    """Everybody holds a tier; twice as many certificates as partners."""
    from programs.models import Certificate, Certification, Enrolment, Programme, Tier
    from tenancy.models import Membership

    begun = date(2025, 1, 1)
    club = Programme.objects.create(code="club", name="Club")
    tiers = [
        Tier.objects.create(programme=club, code=f"k{rank}", name=f"K{rank}", rank=rank)
        for rank in range(1, 5)
    ]
    Enrolment.objects.bulk_create(
        Enrolment(programme=club, partner=partner, tier=dice.choice(tiers), since=begun)
        for partner in partners
    )
    kinds = [
        Certification.objects.create(code=layer, name=layer, layer=layer)
        for layer in ("cloud", "security", "iot")
    ]
    member = Membership.objects.get()
    Certificate.objects.bulk_create(
        Certificate(
            certification=dice.choice(kinds), partner=dice.choice(partners), member=member, person_name="A",
            state="passed", passed_on=begun,
        )
        for _each in range(2 * PARTNERS)
    )  # fmt: skip
    return tiers


def _rules(
    dice: Random, products: list[Any], segments: list[Any], regions: list[Any], tiers: list[Any], partners: list[Any]
) -> None:  # fmt: skip
    from catalog.enums import Layer, PartnerRole
    from programs.models import Authorisation

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
    rules += [
        rule(partner=partner, layer=layer(), segment=dice.choice(some))
        for partner in dice.sample(partners, RULES)
    ]
    Authorisation.objects.bulk_create(rules)


def _sales(
    dice: Random, partners: list[Any], products: list[Any], segments: list[Any], cities: list[Any]
) -> None:
    from programs.models import SoldWhere

    now = timezone.now()
    yesterday = now.date() - timedelta(days=1)
    places = [(product, segment, city) for product in products for segment in segments for city in cities]
    SoldWhere.objects.bulk_create(
        (
            SoldWhere(
                partner=partner, product=product, segment=segment, territory=city, path=city.path, lines=1,
                last_day=yesterday, gathered_at=now,
            )
            for partner in partners
            for product, segment, city in dice.sample(places, PLACES)
        ),
        batch_size=5000,
    )  # fmt: skip
