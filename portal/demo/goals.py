"""Goals of the PAM's book: running ones, last quarter's, and one that both sides still talk about."""

from datetime import date
from decimal import Decimal
from typing import Any

from common.periods import period_of
from partners.models import BookEntry, Partner
from performance.models import Kpi, KpiTarget, Measurement
from portal.demo.places import Place
from programs.goals.services import counter_goal, draft_goal, propose_goal, start_goal
from programs.goals.targets import Wish
from tenancy.actors import Actor, actor_of
from tenancy.models import Membership

WORDS = {
    "fa": ("بر پایهٔ سه پروژهٔ در دست مذاکره", "نیروی فنی تازه از ماه دوم می‌رسد؛ این عدد واقع‌بینانه‌تر است."),
    "ar": (
        "استنادًا إلى ثلاثة مشاريع قيد التفاوض",
        "يلتحق المهندسون الجدد في الشهر الثاني؛ هذا الرقم أقرب إلى الواقع.",
    ),
}
FEW = 6


def demo_people(actor: Actor) -> dict[str, Actor]:
    """An actor for each role of the demo."""
    rows = Membership.objects.filter(active=True).order_by("-pk")
    return {row.role: actor_of(row, actor.operator) for row in rows}


def book_partners() -> list[Partner]:
    entries = BookEntry.objects.select_related("partner").order_by("partner__code")
    return [entry.partner for entry in entries]


def make_goals(actor: Actor, place: Place, today: date) -> None:
    """Last quarter's goals are closed by their timers, as in life."""
    people, operator = demo_people(actor), actor.operator
    running = period_of(today, "quarter", operator.days, operator.fiscal_start_month)
    sales = Kpi.objects.get(code="sales")
    names = (people["pam"].name, people["partner_owner"].name)
    for partner in book_partners()[:FEW]:
        for period in (running, running.previous()):
            target = KpiTarget.objects.filter(kpi=sales, partner=partner, period=period.code).first()
            if target is None:
                continue
            value = (
                target.value if period is running else (target.value * Decimal("0.9")).quantize(Decimal(1))
            )
            start_goal(
                actor, partner=partner, kpi=sales, period=period.code, target=value, names=names, text=WORDS[place.language][0]
            )  # fmt: skip
    _talked_about(people, place, running.next().code, running.code)


def _talked_about(people: dict[str, Any], place: Place, period: str, before: str) -> None:
    """The owner of the first partner answered with a smaller number."""
    row = Measurement.objects.filter(kpi__code="cloud_sales", partner__code="p001", period=before).first()
    base = (row.value if row and row.value > 0 else Decimal(1000 * place.unit)).quantize(Decimal(1))
    asked, offered = Wish(target=base * 2), Wish(target=(base * Decimal("1.5")).quantize(Decimal(1)))
    words = WORDS[place.language]
    goal = draft_goal(
        people["pam"], partner="p001", kpi="cloud_sales", period=period, wish=asked, text=words[0]
    )
    propose_goal(people["pam"], goal_id=goal.pk)
    counter_goal(people["partner_owner"], goal_id=goal.pk, wish=offered, text=words[1])
