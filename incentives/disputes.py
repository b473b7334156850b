"""Disputes about one line of a statement: that line alone leaves the payment, the outcome is a linked adjustment."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InputError, NotFound
from common.money import quantize, to_minor
from incentives.ledger import Posting, post
from incentives.machines import DISPUTE
from incentives.models import Adjustment, Dispute, Payment, StatementLine
from incentives.settlement import options
from incentives.states import (
    AdjustmentState,
    CorrectionReason,
    DisputeState,
    LineKind,
    LineState,
    PaymentState,
)
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.outbox import emit, on
from workflow.calendar import work_calendar
from workflow.enums import Urgency
from workflow.notices import declare, notify, partner_people, staff
from workflow.states import move, note
from workflow.timers import on_timer, schedule

TO_DECIDE = (DisputeState.SUBMITTED, DisputeState.IN_REVIEW)
FILED = declare(
    "disputes.filed", Urgency.ACTION, _("%(partner)s disputes a line of %(number)s."), asks=TO_DECIDE
)
ANSWERED = declare(
    "disputes.answered",
    Urgency.ACTION,
    _("Your dispute about %(number)s: %(state)s."),
    state=DisputeState,
    asks=(
        DisputeState.INFORMATION_REQUIRED,
        DisputeState.UPHELD,
        DisputeState.UPHELD_IN_PART,
        DisputeState.DENIED,
    ),
)
LATE = declare(
    "disputes.late",
    Urgency.ACTION,
    _("A dispute about %(number)s waits too long."),
    asks=(*TO_DECIDE, DisputeState.INFORMATION_REQUIRED),
)
DUE, CLOSES = "incentives.dispute_due", "incentives.dispute_closes"
DISPUTABLE = (LineKind.EARNED, LineKind.LATE, LineKind.CLAWBACK, LineKind.ADJUSTMENT, LineKind.RELEASE)


def disputes_for(actor: Actor) -> QuerySet[Dispute]:
    """Disputes that the actor may see, newest first."""
    if not actor.can(Permission.DECIDE_DISPUTES):
        actor.require(Permission.VIEW_STATEMENTS)
    found: QuerySet[Dispute] = Dispute.objects.select_related("line__statement", "line__scheme", "partner")
    return found.order_by("-pk")


def get_dispute(actor: Actor, pk: int) -> Dispute:
    """One of ``disputes_for``; raises ``NotFound``."""
    dispute = disputes_for(actor).filter(pk=pk).first()
    if dispute is None:
        raise NotFound()
    return dispute


def file_dispute(actor: Actor, *, line_id: int, text: str, claimed: Decimal | None = None) -> Dispute:
    """Object to a line of one's own statement; ``claimed`` is what it should be.

    Raises ``NotFound``; ``Conflict``: ``too_late`` after the days for it, ``disputed`` while another one is open.
    """
    actor.require(Permission.DISPUTE)
    line = StatementLine.objects.select_related("statement").filter(pk=line_id).first()
    if line is None or line.partner_id != actor.partner_id:
        raise NotFound()
    _check_filing(actor, line, text, claimed)
    calendar, now = work_calendar(actor.operator), timezone.now()
    dispute: Dispute = Dispute.objects.create(
        line=line,
        partner_id=line.partner_id,
        text=text.strip(),
        claimed=claimed,
        opened_by_id=actor.membership_id,
        due_first=calendar.due_after(now, options.dispute_first()),
        due_resolution=calendar.due_after(now, options.dispute_resolution()),
    )
    note(actor, dispute, "", DisputeState.SUBMITTED, text=text)
    audit.record(actor, "dispute.file", dispute)
    for due in (dispute.due_first, dispute.due_resolution):
        if due:
            schedule(DUE, dispute, due)
    emit("dispute.filed", {"dispute_id": dispute.pk})
    who = {"partner": actor.name, "number": line.statement.number}
    notify(FILED, dispute, to=staff(Permission.DECIDE_DISPUTES), path=f"/disputes/{dispute.pk}/", **who)
    return dispute


def _check_filing(actor: Actor, line: StatementLine, text: str, claimed: Decimal | None) -> None:
    if not text.strip():
        raise InputError("required", _("Say what is wrong."), "text")
    if claimed is not None and quantize(claimed, actor.operator.currency) != claimed:
        raise InputError("not_in_units", _("The amount has more decimals than the currency."), "claimed")
    if line.kind not in DISPUTABLE:
        raise Conflict(
            "not_disputable", _("This line cannot be disputed; dispute the one that it belongs to.")
        )
    issued = line.statement.issued_at
    if issued is None or timezone.now() > issued + timedelta(days=options.dispute_days()):
        raise Conflict("too_late", _("The time to dispute this statement is over."))
    if Dispute.objects.filter(line=line).exclude(state=DisputeState.CLOSED).exists():
        raise Conflict("disputed", _("This line is disputed already."))


@on("dispute.filed")
def dispute_filed(actor: Actor, payload: Mapping[str, Any]) -> None:
    """Take the line out of a payment that has not left yet; later, the outcome alone matters. Again is no harm."""
    dispute = Dispute.objects.select_related("line__statement").get(pk=payload["dispute_id"])
    line = StatementLine.objects.select_for_update().get(pk=dispute.line_id)
    payment = (
        Payment.objects.select_for_update()
        .filter(statement_id=line.statement_id, state=PaymentState.PAYABLE, batch=None)
        .first()
    )
    if line.state != LineState.APPROVED or payment is None or dispute.state == DisputeState.CLOSED:
        return
    minor = to_minor(line.amount, payment.currency)
    if payment.amount - minor < 0:
        return
    line.state, line.dispute = LineState.DISPUTED, dispute
    line.save(update_fields=["state", "dispute"])
    lines = [Posting("payable", minor, line.partner_id), Posting("expense", -minor)]
    post("disputed", dispute, lines, currency=payment.currency, period=line.period)
    if payment.amount == minor:
        payment.delete()
    else:
        payment.amount -= minor
        payment.save(update_fields=["amount"])


def review_dispute(actor: Actor, *, dispute_id: int) -> Dispute:
    """Begin to look at it (or go on, after information came)."""
    return _step(actor, dispute_id, DisputeState.IN_REVIEW)


def ask_for_information(actor: Actor, *, dispute_id: int, text: str) -> Dispute:
    """Ask the partner for what is missing."""
    return _step(actor, dispute_id, DisputeState.INFORMATION_REQUIRED, text)


def give_information(actor: Actor, *, dispute_id: int, text: str) -> Dispute:
    """The partner answers: the dispute is in review again."""
    actor.require(Permission.DISPUTE)
    dispute = _locked(dispute_id, actor.partner_id)
    if not text.strip():
        raise InputError("required", _("Give the information that is asked for."), "text")
    if dispute.state != DisputeState.INFORMATION_REQUIRED:
        DISPUTE.check(dispute.state, DisputeState.SUBMITTED)
    _moved(actor, dispute, DisputeState.IN_REVIEW, text)
    return dispute


def uphold_dispute(
    actor: Actor, *, dispute_id: int, amount: Decimal, reason: str, in_part: bool = False
) -> Dispute:
    """Give (in part) right: ``amount`` is what the line gets beside what it says, by an adjustment of a second person."""
    actor.require(Permission.DECIDE_DISPUTES)
    dispute = _locked(dispute_id)
    state = DisputeState.UPHELD_IN_PART if in_part else DisputeState.UPHELD
    DISPUTE.check(dispute.state, state)
    if quantize(amount, actor.operator.currency) != amount:
        raise InputError("not_in_units", _("The amount has more decimals than the currency."), "amount")
    dispute.outcome, dispute.adjustment = amount, _adjustment(actor, dispute, amount, reason)
    _decided(actor, dispute, state, reason, ["outcome", "adjustment"])
    return dispute


def _adjustment(actor: Actor, dispute: Dispute, amount: Decimal, reason: str) -> Adjustment | None:
    """The outcome's adjustment; whoever decides the dispute proposes it, another person approves it."""
    if not amount:
        return None
    line = dispute.line
    row: Adjustment = Adjustment.objects.create(
        partner_id=dispute.partner_id,
        scheme_id=line.scheme_id,
        amount=amount,
        reason=CorrectionReason.DISPUTE,
        text=reason,
        reference=f"{line.statement.number} #{line.position}",
        created_by_id=actor.membership_id,
    )
    note(
        actor, row, "", AdjustmentState.PROPOSED, reason=CorrectionReason.DISPUTE, text=reason, internal=True
    )
    audit.record(actor, "adjustment.propose", row, changes={"amount": [None, str(amount)]})
    return row


def deny_dispute(actor: Actor, *, dispute_id: int, reason: str) -> Dispute:
    """The line is right. The partner may escalate once; else it closes after some days."""
    actor.require(Permission.DECIDE_DISPUTES)
    dispute = _locked(dispute_id)
    dispute.outcome = Decimal(0)
    _decided(actor, dispute, DisputeState.DENIED, reason, ["outcome"])
    days = timedelta(days=0 if dispute.escalated else options.dispute_escalation())
    schedule(CLOSES, dispute, timezone.now() + days, version=dispute.version)
    return dispute


def escalate_dispute(actor: Actor, *, dispute_id: int, text: str) -> Dispute:
    """The partner does not accept a denial: it is looked at once more, by somebody else."""
    actor.require(Permission.DISPUTE)
    dispute = _locked(dispute_id, actor.partner_id)
    if dispute.state == DisputeState.DENIED and dispute.escalated:
        raise Conflict("escalated", _("A dispute can be escalated once."))
    if dispute.state != DisputeState.DENIED:
        DISPUTE.check(dispute.state, DisputeState.DENIED)
    dispute.escalated = True
    dispute.due_resolution = work_calendar(actor.operator).due_after(
        timezone.now(), options.dispute_resolution()
    )
    _moved(actor, dispute, DisputeState.IN_REVIEW, text, ["escalated", "due_resolution"])
    schedule(DUE, dispute, dispute.due_resolution)
    number = dispute.line.statement.number
    who = {"partner": actor.name, "number": number}
    to = staff(Permission.DECIDE_DISPUTES)
    notify(FILED, dispute, to=to, path=f"/disputes/{dispute.pk}/", key="escalated", **who)
    return dispute


def close_dispute(actor: Actor, *, dispute_id: int) -> Dispute:
    """End a decided dispute. A line that left its payment comes with the next run."""
    actor.require(Permission.DECIDE_DISPUTES)
    dispute = _locked(dispute_id)
    _moved(actor, dispute, DisputeState.CLOSED, "")
    return dispute


def _step(actor: Actor, dispute_id: int, state: str, text: str = "") -> Dispute:
    actor.require(Permission.DECIDE_DISPUTES)
    dispute = _locked(dispute_id)
    if dispute.state == DisputeState.DENIED:
        DISPUTE.check(DisputeState.CLOSED, state)
    _moved(actor, dispute, state, text)
    if state == DisputeState.INFORMATION_REQUIRED:
        _tell(dispute)
    return dispute


def _decided(actor: Actor, dispute: Dispute, state: str, reason: str, save: list[str]) -> None:
    if dispute.escalated and dispute.decided_by_id and dispute.decided_by_id == actor.membership_id:
        raise Conflict("same_person", _("Another person decides about an escalated dispute."))
    dispute.decided_by_id, dispute.decided_at = actor.membership_id, timezone.now()
    _moved(actor, dispute, state, reason, [*save, "decided_by", "decided_at"])
    _tell(dispute)


def _moved(actor: Actor, dispute: Dispute, state: str, text: str, save: list[str] | None = None) -> None:
    dispute.version += 1
    move(actor, dispute, state, DISPUTE, text=text, save=[*(save or []), "version"])


def _tell(dispute: Dispute) -> None:
    to = partner_people(dispute.partner_id, Permission.VIEW_STATEMENTS)
    words = {"number": dispute.line.statement.number, "state": dispute.state}
    notify(ANSWERED, dispute, to=to, path=f"/disputes/{dispute.pk}/", key=str(dispute.version), **words)


def _locked(dispute_id: int, partner_id: int | None = None) -> Dispute:
    found = Dispute.objects.select_for_update(of=("self",)).select_related("line__statement")
    dispute: Dispute | None = found.filter(pk=dispute_id).first()
    if dispute is None or (partner_id is not None and dispute.partner_id != partner_id):
        raise NotFound()
    return dispute


@on_timer(DUE)
def dispute_due(actor: Actor, dispute_id: int, payload: Mapping[str, Any]) -> None:
    """Say that an answer is overdue, unless there is one."""
    dispute = Dispute.objects.select_related("line__statement").filter(pk=dispute_id).first()
    if dispute is None:
        return
    now = timezone.now()
    first = dispute.state == DisputeState.SUBMITTED
    open_ = dispute.state == DisputeState.IN_REVIEW
    overdue = dispute.due_resolution is not None and dispute.due_resolution <= now
    if first or (open_ and overdue):
        to = staff(Permission.DECIDE_DISPUTES)
        key = "first" if first and not overdue else f"resolution{dispute.escalated}"
        number = dispute.line.statement.number
        notify(LATE, dispute, to=to, path=f"/disputes/{dispute.pk}/", key=key, number=number)


@on_timer(CLOSES)
def dispute_closes(actor: Actor, dispute_id: int, payload: Mapping[str, Any]) -> None:
    """Nobody escalated a denial: it stands."""
    dispute = Dispute.objects.filter(
        pk=dispute_id, state=DisputeState.DENIED, version=payload.get("version")
    ).first()
    if dispute is not None:
        close_dispute(actor, dispute_id=dispute_id)


def close_settled(actor: Actor) -> None:
    """Upheld disputes whose adjustment stands in an approved statement are over."""
    done = Adjustment.objects.filter(state=AdjustmentState.SETTLED).values("pk")
    rows = Dispute.objects.filter(
        state__in=(DisputeState.UPHELD, DisputeState.UPHELD_IN_PART), adjustment_id__in=done
    )
    for pk in list(rows.values_list("pk", flat=True)):
        close_dispute(actor, dispute_id=pk)
