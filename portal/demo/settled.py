"""The past of a demo operator's money: settled periods, payments, a clawback, a hold, an adjustment and a dispute."""

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from common.periods import Period
from incentives.adjustments import AdjustmentData, approve_adjustment, propose_adjustment
from incentives.disputes import ask_for_information, file_dispute, review_dispute
from incentives.enums import SchemeKind
from incentives.holds import place_hold
from incentives.models import Payment, Scheme, SettlementRun, StatementLine
from incentives.settlement import advance_run, approve_run, open_run
from incentives.standing import clock_of
from incentives.states import (
    CorrectionReason,
    HoldReason,
    LineKind,
    RunState,
)
from partners.models import Partner, Rep
from performance.feed.intake import receive_lines
from performance.models import Credit
from performance.tasks import deliver_events
from portal.demo.banking import pay_out
from portal.demo.places import Place
from tenancy.access import scope_of
from tenancy.actors import Actor, actor_of
from tenancy.enums import Audience
from tenancy.models import Membership
from workflow.settings import change_setting

QUARTERS, MONTHS = 4, 2
TEXTS = {
    "fa": {
        "group": "پاداش‌های فصلی",
        "hold": "حجم فروش این فروشنده سه برابر میانهٔ معمول است. قراردادهای مشتریان را بفرستید.",
        "adjustment": "جبران دیرکرد گزارش بهار، طبق توافق با مدیر شرکا.",
        "dispute": "ده سفارش ابری مشتری پتروشیمی در این مبلغ دیده نشده است. فهرست سفارش‌ها پیوست است.",
        "ask": "شمارهٔ قراردادها را هم بفرستید تا در سامانهٔ صورت‌حساب بیابیم.",
    },
    "ar": {
        "group": "مكافآت ربع سنوية",
        "hold": "حجم مبيعات هذا البائع ثلاثة أضعاف الوسيط المعتاد. أرسلوا عقود العملاء.",
        "adjustment": "تعويض عن تأخر تقرير الربيع، بالاتفاق مع مدير الشركاء.",
        "dispute": "عشرة طلبات سحابية لعميل واحد غير محسوبة في هذا المبلغ. القائمة مرفقة.",
        "ask": "أرسلوا أرقام العقود أيضًا لنجدها في نظام الفوترة.",
    },
}


@dataclass(frozen=True, slots=True)
class Team:
    """Who settles, who approves, and the first partner's owner."""

    finance: Actor
    manager: Actor
    owner: Actor


def settle_past(actor: Actor, place: Place) -> None:
    """Settle the last quarters and months, pay most of them, and leave what people have to deal with."""
    group = TEXTS[place.language]["group"]
    with scope_of(actor):
        team = _team(actor)
        Scheme.objects.filter(period="quarter").update(settlement_group=group)
        spiffs = list(
            Scheme.objects.filter(period="month", published=True, kind=SchemeKind.SPIFF).values_list(
                "code", flat=True
            )
        )
        # Made-up returns come at random, also around the ends of periods: the rule would hold half of the channel.
        change_setting(actor, "settlement.return_window", 0)
        clock = clock_of(actor.operator)
    quarters, months = _past(clock.running["quarter"], QUARTERS), _past(clock.running["month"], MONTHS)
    for period in quarters[:-1]:
        _settle(actor, team, group, period, keep=0)
    _take_back(actor, quarters[-2])
    with scope_of(actor):
        _correct_by_hand(team, place)
    _settle(actor, team, group, quarters[-1], keep=2)
    for code in spiffs:
        for period in months:
            _settle(actor, team, code, period, keep=0 if period is months[0] else 3)
    with scope_of(actor):
        dispute_id = _object(team.owner, place)
    deliver_events(actor)
    with scope_of(actor):
        review_dispute(team.finance, dispute_id=dispute_id)
        ask_for_information(team.finance, dispute_id=dispute_id, text=TEXTS[place.language]["ask"])
    deliver_events(actor)


def _team(actor: Actor) -> Team:
    roles = ("channel_finance", "programme_manager", "partner_owner")
    found = {
        row.role: actor_of(row, actor.operator)
        for row in Membership.objects.filter(role__in=roles).order_by("-pk")
    }
    return Team(*(found[role] for role in roles))


def _past(running: Period, most: int) -> list[Period]:
    """The last ``most`` periods before the running one, oldest first."""
    found = [running.previous()]
    while len(found) < most:
        found.append(found[-1].previous())
    return found[::-1]


def _settle(actor: Actor, team: Team, group: str, period: Period, *, keep: int) -> None:
    """One run as far as its grace time allows; of its payments one in ``keep`` (0: none) is not made yet."""
    with scope_of(actor):
        run = open_run(team.finance, period=period.code, group=group)
    advance_run(replace(team.finance, audience=Audience.WORKER), run_id=run.pk)
    with scope_of(actor):
        run.refresh_from_db()
        if run.state != RunState.STATEMENTS:
            return
        approve_run(team.manager, run_id=run.pk, total=run.total)
        payments = list(
            Payment.objects.filter(statement__run=run).order_by("pk").values_list("pk", flat=True)
        )
        pay_out(
            actor, [pk for number, pk in enumerate(payments) if not keep or number % keep], refuse=bool(keep)
        )
        # The demo's past is made in a minute; the figures show when it would have been.
        done = timezone.now() - timedelta(
            days=max((clock_of(actor.operator).today - period.end).days - 11, 0)
        )
        SettlementRun.objects.filter(pk=run.pk, closed_at__isnull=False).update(closed_at=done)
    deliver_events(actor)


def _take_back(actor: Actor, period: Period) -> None:
    """Customers return what the first partner sold in a settled quarter: its next statement claws back."""
    with scope_of(actor):
        sales = Credit.objects.filter(
            partner__code="p001", kind="sale", sign=1, reverses="", day__gte=period.start, day__lt=period.end
        ).exclude(external_id__in=Credit.objects.exclude(reverses="").values("reverses"))
        lines = [_return(sale, number) for number, sale in enumerate(sales.order_by("-amount", "pk")[:3], 1)]
        receipt = receive_lines(actor, lines, channel="demo")
        if receipt.rejected:
            raise ValueError(f"demo return refused: {receipt.rejected[0].message}")


def _return(sale: Credit, number: int) -> dict[str, Any]:
    return {
        "source": sale.source,
        "external_id": f"{sale.external_id}-R{number}",
        "occurred_at": sale.occurred_at.isoformat(),
        "reverses": sale.external_id,
    }


def _correct_by_hand(team: Team, place: Place) -> None:
    """An adjustment that a second person approves, and a hold that says what to do, both of the first partner."""
    first, texts = Partner.objects.get(code="p001"), TEXTS[place.language]
    data = AdjustmentData(
        first.pk, Decimal(120 * place.unit), CorrectionReason.GOODWILL, "MEMO-1404/31", texts["adjustment"]
    )
    proposed = propose_adjustment(team.finance, data=data)
    approve_adjustment(team.manager, adjustment_id=proposed.pk, amount=proposed.amount)
    place_hold(
        team.finance,
        partner_id=first.pk,
        reason=HoldReason.UNUSUAL_VOLUME,
        until=clock_of(team.finance.operator).today + timedelta(days=20),
        text=texts["hold"],
        rep_id=Rep.objects.get(code="p001-s2").pk,
    )


def _object(owner: Actor, place: Place) -> int:
    """The first partner disputes a line of its newest quarter."""
    line = (
        StatementLine.objects.filter(
            kind=LineKind.EARNED, statement__partner_id=owner.partner_id, rep=None, scheme__isnull=False
        )
        .order_by("-statement_id", "position")
        .first()
    )
    if line is None:
        raise ValueError("the demo's first partner has earned nothing")
    claimed = line.amount + 100 * place.unit
    return int(
        file_dispute(owner, line_id=line.pk, text=TEXTS[place.language]["dispute"], claimed=claimed).pk
    )
