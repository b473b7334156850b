"""Every other kind of scheme of a demo operator: discounts, fees, funds, points with their catalogue, benefits."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from common.periods import period_of
from incentives.models import Redemption
from incentives.rewards import balances, create_reward, decide_redemption
from incentives.services import SchemeData, VersionData, create_scheme, publish_version
from portal.demo.places import Place
from tenancy.actors import Actor
from workflow.states import note

#: Days back from which transactions count for these schemes.
SINCE = 150
Names = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Offer:
    """A scheme: code, kind, its names and the label of its component (English, Persian, Arabic), its formula."""

    code: str
    kind: str
    names: Names
    label: Names
    formula: str
    payee: str = "partner"
    period: str = "month"


def _in(place: Place, names: Names) -> dict[str, str]:
    return dict(zip(("en", "fa", "ar"), names, strict=True))


def make_kinds(actor: Actor, place: Place, today: date) -> None:
    """The schemes, published from the beginning of a quarter on, and the catalogue of rewards."""
    operator = actor.operator
    first = period_of(
        today - timedelta(days=SINCE), "quarter", operator.days, operator.fiscal_start_month
    ).start
    for offer, more in _offers(place):
        names = _in(place, offer.names)
        label = _in(place, offer.label)[place.language]
        draft = create_scheme(
            actor,
            scheme=SchemeData(
                code=offer.code,
                name=names[place.language],
                names=names,
                kind=offer.kind,
                payee=offer.payee,
                period=offer.period,
            ),
            version=VersionData(formula=f'"{label}": {offer.formula}', starts=first, **more),
        )
        publish_version(actor, version_id=draft.pk)
    _make_catalogue(actor, place)


def _offers(place: Place) -> list[tuple[Offer, dict[str, Any]]]:
    unit, money = place.unit, place.currency
    discount: Names = ("discount", "تخفیف", "خصم")
    tier_rates = '["platinum" -> 12%, "gold" -> 8%, "silver" -> 5%, else -> 0%]'
    return [
        (
            Offer("tier-discount", "discount", ("Tier discount", "تخفیف سطح", "خصم المستوى"), discount,
                  f"amount * by(tier, {tier_rates})"),
            {"stack_priority": 10, "eligibility": {"tiers": ["silver", "gold", "platinum"]}},
        ),
        (
            Offer("cloud-launch", "discount", ("Cloud for new customers", "ابر برای مشتریان تازه", "السحابة للعملاء الجدد"),
                  discount, "amount * 10%"),
            {"stack_priority": 20, "stack_policy": "net",
             "eligibility": {"product_layers": ["cloud"], "new_customer": ["yes"]}},
        ),
        (
            Offer("bundle", "discount", ("Ten or more", "ده عدد و بیشتر", "عشر وحدات فأكثر"), discount,
                  "amount * band(quantity, [0 -> 0%, 10 -> 3%, 25 -> 6%])"),
            {"stack_priority": 30, "stack_policy": "net", "stack_counts": False},
        ),
        (
            Offer("referral", "referral", ("Referral fee", "پرداخت ارجاع", "عمولة الإحالة"), ("fee", "پرداخت", "العمولة"),
                  'amount * by(role, ["consultant" -> by(layer, ["security" -> 8%, "cloud" -> 7%, else -> 6%]),'
                  ' "referral_agent" -> by(layer, ["security" -> 6%, else -> 5%]), else -> 4%])', period="quarter"),
            {"eligibility": {"kinds": ["referral_won", "sale"], "engagement_models": ["referral"]},
             "payments": [[0, 50], [90, 25], [180, 25]], "while_customer": True},
        ),
        (
            Offer("stay", "spiff", ("Customer who stays", "مشتری ماندگار", "عميل يبقى"), ("activation", "فعال‌سازی", "التفعيل"),
                  f"{money} {2 * unit}", payee="rep"),
            {"eligibility": {"kinds": ["activation"]}, "payments": [[30, 100]], "while_customer": True,
             "budget": Decimal(4600 * unit), "at_ceiling": "stop", "warn_at": [80, 95]},
        ),
        (
            Offer("fund", "mdf", ("Marketing fund", "بودجه توسعه بازار", "صندوق تطوير السوق"), ("share", "سهم", "الحصة"),
                  "amount * 1%", period="quarter"),
            {"eligibility": {"kinds": ["sale"], "product_layers": ["cloud", "security"]}},
        ),
        (
            Offer("points", "points", ("Club points", "امتیاز باشگاه", "نقاط النادي"), ("sold", "فروش", "المبيعات"),
                  f"amount / {money} {10 * unit}"),
            {"eligibility": {"kinds": ["sale", "renewal"]}},
        ),
        (
            Offer("rep-points", "points", ("Points of sellers", "امتیاز فروشندگان", "نقاط البائعين"),
                  ("sold", "فروش", "المبيعات"), f"amount / {money} {20 * unit}", payee="rep"),
            {"eligibility": {"kinds": ["sale"], "product_layers": ["iot", "data"]}},
        ),
        (
            Offer("seats", "benefit", ("Seats at the partner day", "صندلی روز شرکا", "مقاعد يوم الشركاء"),
                  ("certificate", "گواهینامه", "الشهادة"), "1", period="year"),
            {"eligibility": {"kinds": ["certificate"]}, "valid_days": 120, "benefit": "event_seats"},
        ),
    ]  # fmt: skip


#: Code, names, points, stock.
REWARDS: tuple[tuple[str, Names, int, int | None], ...] = (
    ("mug", ("Mug with the logo", "ماگ با نشان", "كوب بالشعار"), 40, None),
    ("headset", ("Headset", "هدست", "سماعة رأس"), 400, 25),
    ("course", ("Seat in a training course", "یک جا در دوره آموزشی", "مقعد في دورة تدريبية"), 900, None),
    ("trip", ("Week-end trip for two", "سفر آخر هفته دونفره", "رحلة عطلة لشخصين"), 4000, 3),
)


def _make_catalogue(actor: Actor, place: Place) -> None:
    for code, names, points, stock in REWARDS:
        words = _in(place, names)
        create_reward(actor, code=code, name=words[place.language], names=words, points=points, stock=stock)


def make_exchanges(actor: Actor) -> None:
    """A few partners have asked for something; some of it was decided."""
    from incentives.models import Reward

    rewards = {reward.code: reward for reward in Reward.objects.all()}
    ways: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("headset", ("approved", "delivered")),
        ("course", ("approved",)),
        ("mug", ()),
        ("headset", ("refused",)),
        ("course", ()),
    )
    rich = [each for each in balances(actor) if not each.rep and each.left >= 1000]
    for balance, (code, states) in zip(rich, ways, strict=False):
        row = Redemption.objects.create(
            reward=rewards[code], partner=balance.partner, points=rewards[code].points
        )
        note(actor, row, "", "requested")
        for state in states:
            decide_redemption(actor, pk=row.pk, target=state, reason="–" if state == "refused" else "")
