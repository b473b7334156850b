"""Adjustments: money added or taken by hand, with reason and reference, decided by a second person."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InputError, NotFound
from common.money import quantize
from incentives.machines import ADJUSTMENT
from incentives.models import Adjustment, Scheme, Statement
from incentives.settlement.drafts import COUNTING
from incentives.settlement.runs import schemes_in
from incentives.states import AdjustmentState, CorrectionReason
from partners.models import Partner
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.models import Membership
from workflow.enums import Urgency
from workflow.notices import declare, notify, staff
from workflow.states import move, note

PROPOSED = declare(
    "settlement.adjustment",
    Urgency.ACTION,
    _("An adjustment for %(partner)s waits for a second person."),
    asks=(AdjustmentState.PROPOSED,),
)


@dataclass(frozen=True, slots=True)
class AdjustmentData:
    """``amount``: positive adds. Without a scheme it comes with the partner's next statement of any."""

    partner_id: int
    amount: Decimal
    reason: str
    reference: str
    text: str = ""
    scheme_id: int | None = None


def adjustments_for(actor: Actor) -> QuerySet[Adjustment]:
    """Adjustments that the actor may see, newest first; partners see decided ones of their own."""
    if not actor.can(Permission.ADJUST):
        actor.require(Permission.VIEW_STATEMENTS)
    related = ("partner", "scheme", "created_by", "decided_by")
    found: QuerySet[Adjustment] = Adjustment.objects.select_related(*related).order_by("-pk")
    return found


def get_adjustment(actor: Actor, pk: int) -> Adjustment:
    """One of ``adjustments_for``; raises ``NotFound``."""
    row = adjustments_for(actor).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def propose_adjustment(actor: Actor, *, data: AdjustmentData) -> Adjustment:
    """Propose money for or from a partner. Raises ``InputError`` for no money, parts of the smallest unit, no grounds."""
    actor.require(Permission.ADJUST)
    _check(actor, data)
    row: Adjustment = Adjustment.objects.create(
        partner_id=data.partner_id,
        scheme_id=data.scheme_id,
        amount=data.amount,
        reason=data.reason,
        text=data.text.strip(),
        reference=data.reference.strip(),
        created_by_id=actor.membership_id,
    )
    note(actor, row, "", AdjustmentState.PROPOSED, reason=data.reason, text=data.text, internal=True)
    audit.record(actor, "adjustment.propose", row, changes={"amount": [None, str(data.amount)]})
    notify(PROPOSED, row, to=staff(Permission.ADJUST), path="/adjustments/", partner=row.partner.code)
    return row


def _check(actor: Actor, data: AdjustmentData) -> None:
    if not data.amount:
        raise InputError("zero", _("An adjustment needs an amount."), "amount")
    if quantize(data.amount, actor.operator.currency) != data.amount:
        raise InputError("not_in_units", _("The amount has more decimals than the currency."), "amount")
    if data.reason not in CorrectionReason.values:
        raise InputError("reason", _("Choose a reason."), "reason")
    if not data.reference.strip():
        raise InputError("reference", _("Name the customer or document that this refers to."), "reference")


def approve_adjustment(actor: Actor, *, adjustment_id: int, amount: Decimal | None = None) -> Adjustment:
    """Approve as a second person (binding ``amount`` where given): it comes with the next run."""
    row = _deciding(actor, adjustment_id, AdjustmentState.APPROVED)
    if amount is not None and amount != row.amount:
        raise Conflict("amount_differs", _("The amount is another one by now. Look at it again."), "amount")
    return _decide(actor, row, AdjustmentState.APPROVED, "")


def refuse_adjustment(actor: Actor, *, adjustment_id: int, reason: str) -> Adjustment:
    """Refuse as a second person, with a reason."""
    return _decide(
        actor, _deciding(actor, adjustment_id, AdjustmentState.REFUSED), AdjustmentState.REFUSED, reason
    )


def _deciding(actor: Actor, adjustment_id: int, state: str) -> Adjustment:
    actor.require(Permission.ADJUST)
    row: Adjustment | None = Adjustment.objects.select_for_update().filter(pk=adjustment_id).first()
    if row is None:
        raise NotFound()
    ADJUSTMENT.check(row.state, state)
    if is_author(actor, row.created_by_id):
        raise Conflict("same_person", _("Who proposed an adjustment cannot decide about it."))
    return row


def is_author(actor: Actor, membership_id: int | None) -> bool:
    """Whether a record by this membership is the actor's own, under whatever membership."""
    if membership_id is None:
        return False
    if membership_id == actor.membership_id:
        return True
    person = Membership.objects.filter(pk=membership_id).values_list("person_id", flat=True).first()
    return person is not None and person == actor.person_id


def _decide(actor: Actor, row: Adjustment, state: str, reason: str) -> Adjustment:
    row.decided_by_id, row.decided_at = actor.membership_id, timezone.now()
    move(actor, row, state, ADJUSTMENT, text=reason, internal=True, save=["decided_by", "decided_at"])
    return row


@dataclass(frozen=True, slots=True)
class Debt:
    """A negative balance that rolls on: ``amount`` is what the partner owes, above zero."""

    partner_id: int
    partner: Partner
    group: str
    amount: Decimal
    currency: str


def debts(actor: Actor) -> list[Debt]:
    """Partners whose newest statement of a group closed below zero and who are not forgiven already, the largest first."""
    actor.require(Permission.ADJUST)
    rows = Statement.objects.filter(state__in=COUNTING).order_by("run__group", "partner_id", "-pk")
    newest = rows.distinct("run__group", "partner_id").select_related("run", "partner")
    forgiven = _forgiven()
    found = [
        Debt(each.partner_id, each.partner, each.run.group, -each.closing, each.currency)
        for each in newest
        if each.closing < 0 and (each.partner_id, each.number) not in forgiven
    ]
    return sorted(found, key=lambda debt: (-debt.amount, debt.partner_id))


def _forgiven() -> set[tuple[int, str]]:
    """(partner, number of the statement) that a write-off was proposed for and not refused."""
    kept = Adjustment.objects.exclude(state=AdjustmentState.REFUSED)
    return set(kept.filter(reason=CorrectionReason.WRITE_OFF).values_list("partner_id", "reference"))


def write_off(actor: Actor, *, partner_id: int, group: str, reason: str) -> Adjustment:
    """Propose to forget a partner's negative balance of a group. Raises ``Conflict`` where there is none."""
    actor.require(Permission.ADJUST)
    statements = Statement.objects.filter(run__group=group, partner_id=partner_id, state__in=COUNTING)
    newest = statements.order_by("-pk").first()
    if newest is None or newest.closing >= 0:
        raise Conflict("no_debt", _("There is no negative balance."))
    if not reason.strip():
        raise InputError("reason_required", _("Give a reason."), "reason")
    if (partner_id, newest.number) in _forgiven():
        raise Conflict("proposed", _("Writing this balance off was proposed already."))
    schemes: list[Scheme] = schemes_in(group)
    data = AdjustmentData(
        partner_id,
        -newest.closing,
        CorrectionReason.WRITE_OFF,
        newest.number,
        reason,
        schemes[0].pk if schemes else None,
    )
    return propose_adjustment(actor, data=data)
