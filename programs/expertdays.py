"""Days with field experts: granted with the tier for a fiscal year, booked, then used or released. Never below zero."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, DomainError, Forbidden, InputError, Invalid, NotFound
from common.periods import Period, period_of
from common.text import clean_line
from partners.models import Partner
from programs.benefits import of_tiers
from programs.enums import BenefitKind, BookingState
from programs.granted import granted_to
from programs.honoured import honours
from programs.models import ExpertBalance, ExpertBooking
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.enums import Urgency
from workflow.notices import declare, names_of, notify, pams_of

ZERO, STEP = Decimal(0), Decimal("0.5")
BOOKED = declare(
    "tiers.expert_booked",
    Urgency.ACTION,
    _("%(partner)s booked %(days)s expert days from %(day)s: %(topic)s."),
)
honours(BenefitKind.EXPERT_DAYS, _("Days are booked under “Expert days”."))


def period_of_day(actor: Actor, day: date) -> Period:
    """The fiscal year that ``day`` is in."""
    return period_of(day, "year", actor.operator.days, actor.operator.fiscal_start_month)


def year_of(actor: Actor, day: date) -> str:
    """The code of the fiscal year that ``day`` is in."""
    return period_of_day(actor, day).code


def today_of(actor: Actor) -> date:
    return timezone.now().astimezone(actor.operator.zone).date()


def grant_days(actor: Actor, partner_ids: Collection[int], day: date) -> int:
    """Give partners the days of their tiers in the fiscal year of ``day``, and those that they earned in it beside them.

    What a tier gave is never taken back; what was earned can be, as far as it was not booked.
    """
    ids, year = list(partner_ids), period_of_day(actor, day)
    earned: dict[int, Decimal] = defaultdict(Decimal)
    for each in granted_to(ids, [BenefitKind.EXPERT_DAYS]):
        if year.contains(each.granted_on):
            earned[each.partner_id] += each.value
    wanted = of_tiers(ids, [BenefitKind.EXPERT_DAYS])
    rows = ExpertBalance.objects.select_for_update().filter(period=year.code, partner_id__in=ids)
    have = {row.partner_id: row for row in rows.order_by("pk")}
    new, more = [], []
    for partner_id in sorted({*wanted, *earned, *have}):
        held = wanted.get(partner_id, {}).get(BenefitKind.EXPERT_DAYS)
        days, row = (held.value if held else None) or ZERO, have.get(partner_id)
        if row is None:
            new.append(
                ExpertBalance(
                    partner_id=partner_id, period=year.code, granted=days, earned=earned[partner_id]
                )
            )
            continue
        before = (row.granted, row.earned)
        row.granted = max(row.granted, days)
        row.earned = max(earned[partner_id], row.booked + row.used - row.granted)
        if before != (row.granted, row.earned):
            more.append(row)
    ExpertBalance.objects.bulk_create(new, batch_size=1000, ignore_conflicts=True)
    ExpertBalance.objects.bulk_update(more, ["granted", "earned"], batch_size=1000)
    return len(new) + len(more)


def balance_of(actor: Actor, partner: Partner) -> ExpertBalance | None:
    """The balance of the running fiscal year, with ``left``; ``None`` where nothing was granted."""
    actor.require(Permission.VIEW_PROGRAMS)
    row: ExpertBalance | None = ExpertBalance.objects.filter(
        partner=partner, period=year_of(actor, today_of(actor))
    ).first()
    return row


def left_of(row: ExpertBalance) -> Decimal:
    """What can still be booked."""
    left: Decimal = row.given - row.booked - row.used
    return left


def bookings_of(actor: Actor, partner: Partner) -> QuerySet[ExpertBooking]:
    """Newest day first."""
    actor.require(Permission.VIEW_PROGRAMS)
    rows: QuerySet[ExpertBooking] = ExpertBooking.objects.filter(partner=partner).order_by("-day", "-pk")
    return rows


def book_days(
    actor: Actor, *, partner: Partner, day: date | None, days: Decimal | None, topic: str
) -> ExpertBooking:
    """Book ``days`` from ``day`` on, out of the balance of that day's fiscal year. Raises ``Invalid``."""
    _check_right(actor, partner.pk)
    errors: list[DomainError] = []
    topic = clean_line(topic)[:200]
    if day is None or day < today_of(actor):
        errors.append(InputError("past", _("Choose a day from today on."), "day"))
    if days is None or days <= 0 or days % STEP:
        errors.append(InputError("invalid", _("Book half or whole days."), "days"))
    if not topic:
        errors.append(InputError("required", _("Say what it is about."), "topic"))
    if errors or day is None or days is None:
        raise Invalid(errors)
    balance = _take(actor, partner, day, days)
    row: ExpertBooking = ExpertBooking.objects.create(
        balance=balance, partner=partner, day=day, days=days, topic=topic, booked_by=actor.name
    )
    audit.record(actor, "expertdays.book", row, changes={"days": days, "day": day.isoformat()})
    facts: dict[str, Any] = {
        "partner": names_of(partner),
        "days": f"{days.normalize():f}",
        "day": day,
        "topic": topic,
    }
    path = f"/tiers/experts/{partner.code}/"
    notify(BOOKED, row, to=pams_of(partner.pk, Permission.MANAGE_PROGRAMS), path=path, **facts)
    return row


def _check_right(actor: Actor, partner_id: int) -> None:
    """A company's sellers and owners book for it, and its account managers."""
    actor.require(Permission.VIEW_PROGRAMS)
    if actor.is_partner:
        actor.require(Permission.REGISTER_DEALS)
        if actor.partner_id != partner_id:
            raise Forbidden()
    else:
        actor.require(Permission.WORK_BOOK)


def _take(actor: Actor, partner: Partner, day: date, days: Decimal) -> ExpertBalance:
    """Move days from free to booked in one statement that only succeeds where they are there."""
    rows = ExpertBalance.objects.filter(partner=partner, period=year_of(actor, day))
    enough = rows.filter(granted__gte=F("booked") + F("used") + days - F("earned"))
    if not enough.update(booked=F("booked") + days):
        row = rows.first()
        left = left_of(row) if row else ZERO
        raise Invalid(
            [
                InputError(
                    "not_enough", _("Only %(left)s days are left."), "days", {"left": f"{left.normalize():f}"}
                )
            ]
        )
    found: ExpertBalance = rows.get()
    return found


def use_booking(actor: Actor, *, booking_id: int) -> ExpertBooking:
    """The expert was there."""
    actor.require(Permission.WORK_BOOK)
    row = _booked(actor, booking_id)
    if row.day > today_of(actor):
        raise Conflict("not_yet", _("This day is still to come."))
    _end(actor, row, BookingState.USED)
    ExpertBalance.objects.filter(pk=row.balance_id).update(
        booked=F("booked") - row.days, used=F("used") + row.days
    )
    return row


def release_booking(actor: Actor, *, booking_id: int) -> ExpertBooking:
    """Give the days back; a partner can do it until the day comes."""
    row = _booked(actor, booking_id)
    _check_right(actor, row.partner_id)
    if actor.is_partner and row.day <= today_of(actor):
        raise Conflict("too_late", _("Ask your account manager: the day has come."))
    _end(actor, row, BookingState.RELEASED)
    ExpertBalance.objects.filter(pk=row.balance_id).update(booked=F("booked") - row.days)
    return row


def _booked(actor: Actor, pk: int) -> ExpertBooking:
    actor.require(Permission.VIEW_PROGRAMS)
    row: ExpertBooking | None = ExpertBooking.objects.select_for_update(no_key=True).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    if row.state != BookingState.BOOKED:
        raise Conflict("not_booked", _("These days are not booked any more."))
    return row


def _end(actor: Actor, row: ExpertBooking, state: BookingState) -> None:
    row.state = state
    row.save(update_fields=["state"])
    audit.record(actor, f"expertdays.{state}", row, changes={"days": row.days})
