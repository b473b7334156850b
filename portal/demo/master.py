"""Catalogue, territories, customers, partners and people of a demo operator."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from catalog import services as catalog
from catalog.services import CUSTOMER, PRODUCT, SEGMENT, write
from common.digits import localize_digits
from partners import services as partners
from partners.models import Partner
from partners.services import PARTNER, REP
from portal.demo.offer import FAMILIES, ROLES, SEGMENTS, TIERS
from portal.demo.places import Place
from tenancy.actors import Actor
from tenancy.enums import Audience
from tenancy.scope import scope
from tenancy.services import add_membership, ensure_person

PASSWORD = "sharik-demo"  # noqa: S105  (printed by `make demo`)
_SHARES = [0.35, 0.35, 0.2, 0.1]
#: Formulas name all tiers, so each has somebody in it.
_FIRST_TIERS = {1: "gold", 2: "platinum", 3: "silver", 4: "registered"}


@dataclass
class Demo:
    """What the transactions of an operator choose from. Partners: (code, weight, growth, reps)."""

    place: Place
    partners: list[tuple[str, float, float, list[str]]] = field(default_factory=list)
    customers: dict[str, list[str]] = field(default_factory=dict)


def make_catalogue(actor: Actor, place: Place) -> None:
    """Families, products, segments and territories."""
    for code, layer, en, fa, ar, items in FAMILIES:
        catalog.save_family(actor, code=code, layer=layer, **_named(place, en, fa, ar))
        rows = [
            {
                "code": item.code,
                "family": code,
                "strategic": item.strategic,
                "list_price": str(item.price * place.unit),
                "partner_price": str(item.price * place.unit * 88 // 100),
                **_named(place, item.en, item.fa, item.ar),
            }
            for item in items
        ]
        _write(actor, PRODUCT, rows)
    _write(
        actor,
        SEGMENT,
        [
            {"code": code, "key_account": key, **_named(place, en, fa, ar)}
            for code, en, fa, ar, key, _share in SEGMENTS
        ],
    )
    for number, (local, english, cities) in enumerate(place.regions, 1):
        region = f"r{number:02d}"
        catalog.save_territory(actor, code=region, name=local, names={"en": english})
        for index, (city, city_en) in enumerate(cities, 1):
            catalog.save_territory(
                actor, code=f"{region}-{index}", name=city, names={"en": city_en}, parent=region
            )


def _named(place: Place, en: str, fa: str, ar: str) -> dict[str, Any]:
    texts = {"en": en, "fa": fa, "ar": ar}
    return {"name": texts[place.language], "names": texts}


def _write(actor: Actor, kind: Any, rows: list[dict[str, Any]]) -> None:
    refused = [draft for draft in write(actor, kind, rows) if draft.errors]
    if refused:
        raise ValueError(f"demo data refused: {refused[0].given} {refused[0].errors}")


def make_customers(actor: Actor, place: Place, rng: Random, today: date) -> None:
    """Customers with segment, city and the day since they are known: one in four came in the demo's own time."""
    rows: list[dict[str, Any]] = []
    for number in range(1, place.customers + 1):
        first, second = rng.choice(place.first_words), rng.choice(place.second_words)
        region = rng.randrange(len(place.regions))
        city = rng.randrange(len(place.regions[region][2])) + 1
        age = rng.randrange(0, 540) if rng.random() < 0.25 else rng.randrange(541, 3000)
        rows.append(
            {
                "code": f"c{number:05d}",
                "name": f"{first[0]} {second[0]} {localize_digits(str(number), place.language)}",
                "names": {"en": f"{first[1]} {second[1]} {number}"},
                "segment": rng.choices([s[0] for s in SEGMENTS], [s[5] for s in SEGMENTS])[0],
                "territory": f"r{region + 1:02d}-{city}",
                "since": (today - timedelta(days=age)).isoformat(),
            }
        )
    _write(actor, CUSTOMER, rows)


def make_partners(
    actor: Actor, place: Place, rng: Random, today: date
) -> list[tuple[str, float, float, list[str]]]:
    """Partners with reps; a few distributors have sub-dealers. Returns what ``Demo.partners`` holds."""
    names = [(a, b) for a in place.first_words for b in place.second_words]
    rng.shuffle(names)
    rows, reps, made = [], [], []
    for number in range(1, place.partners + 1):
        code = f"p{number:03d}"
        role = "distributor" if number <= 3 else rng.choice(ROLES)
        (first, first_en), (second, second_en) = names[number - 1]
        region = rng.randrange(len(place.regions))
        row: dict[str, Any] = {
            "code": code,
            "name": f"{first} {second}",
            "names": {"en": f"{first_en} {second_en}"},
            "roles": sorted({role, *rng.sample(["reseller", "consultant"], rng.randrange(2))}),
            "layers": rng.sample(["connectivity", "cloud", "security", "iot"], rng.randint(1, 3)),
            "tier": _FIRST_TIERS.get(number) or rng.choices(TIERS, _SHARES)[0],
            "territory": f"r{region + 1:02d}",
            "city": place.regions[region][2][0][0],
            "joined_on": (today - timedelta(days=rng.randrange(60, 2200))).isoformat(),
        }
        if number > 3 and rng.random() < 0.25:
            row["parent"] = f"p{rng.randint(1, 3):03d}"
        codes = [f"{code}-s{index}" for index in range(1, rng.randint(2, 4) + 1)]
        reps += [{"code": each, "name": rng.choice(place.people), "partner": code} for each in codes]
        rows.append(row)
        made.append((code, 12.0 if number == 1 else rng.paretovariate(1.3), rng.uniform(-0.3, 0.8), codes))
    _write(actor, PARTNER, rows)
    _write(actor, REP, reps)
    return made


STAFF = ("programme_manager", "pam", "channel_finance", "executive", "support_agent", "direct_seller")
PARTNER_PEOPLE = ("partner_owner", "partner_seller", "partner_technician", "partner_finance")


def logins(place: Place) -> list[tuple[str, str]]:
    """Role and e-mail of the demo's logins at this operator."""
    return [
        (role, f"{role.removeprefix('partner_')}@{place.slug}.example") for role in (*STAFF, *PARTNER_PEOPLE)
    ]


def make_people(actor: Actor, place: Place) -> None:
    """One login per role; the partner's people belong to the first partner, the PAM's book holds every third one."""
    members: dict[str, int] = {}
    with scope(actor.operator.pk, Audience.AUTH):
        first = Partner.objects.get(code="p001")
        for index, (role, email) in enumerate(logins(place)):
            person = ensure_person(
                email=email, name=place.people[index], language=place.language, password=PASSWORD
            )
            partner_id = first.pk if role.startswith("partner_") else None
            members[role] = add_membership(person, role=role, partner_id=partner_id).pk
    codes = [f"p{number:03d}" for number in range(1, place.partners + 1, 3)]
    partners.assign_book(actor, members["pam"], codes)
    partners.link_rep(actor, code="p001-s1", member_id=members["partner_seller"])
