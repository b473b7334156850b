"""Budgets that are used up: how they stand, and more money with a second person's word."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, Forbidden, InputError
from incentives.accrual.ceilings import ceiling_of, has_ceiling
from incentives.enums import Ceiling
from incentives.models import BudgetUse, SchemeVersion
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.outbox import emit

RAISED = "budget.raised"


@dataclass(frozen=True, slots=True)
class BudgetState:
    """``ceiling`` is the budget with what was approved on top; ``short`` is what was earned beyond it."""

    version: SchemeVersion
    ceiling: Decimal
    extra: Decimal
    wanted: Decimal
    granted: Decimal

    @property
    def short(self) -> Decimal:
        return max(self.wanted - self.granted, Decimal(0))

    @property
    def waits(self) -> bool:
        """Whether somebody may approve more."""
        return self.version.at_ceiling == Ceiling.APPROVAL and self.short > 0


def budget_state(actor: Actor, version: SchemeVersion) -> BudgetState | None:
    """How the ceiling of a published version stands; ``None`` where it has none. Staff only."""
    actor.require(Permission.VIEW_ACCRUALS)
    if actor.is_partner or not has_ceiling(version):
        return None
    use = BudgetUse.objects.filter(version=version).first()
    if use is None:
        return None
    return BudgetState(version, ceiling_of(version, use), use.extra, use.wanted, use.granted)


def approve_overrun(actor: Actor, *, version_id: int, amount: Decimal, reason: str) -> BudgetUse:
    """Put ``amount`` on top of a budget whose ceiling asks for approval. Not by the person who published it.

    What was left out is given out in the background, in the order in which it happened.
    """
    actor.require(Permission.APPROVE_SCHEMES)
    version = SchemeVersion.objects.select_related("scheme").get(pk=version_id)
    if version.at_ceiling != Ceiling.APPROVAL or version.published_at is None:
        raise Conflict("no_approval", _("This budget cannot be raised: make a new version."))
    if actor.membership_id is not None and actor.membership_id == version.published_by_id:
        raise Forbidden("second_person", _("A second person approves more money than you published."))
    if amount <= 0:
        raise InputError("amount", _("The amount is above zero."), "amount")
    if not reason.strip():
        raise InputError("reason_required", _("Give a reason."), "reason")
    use: BudgetUse = BudgetUse.objects.select_for_update().get(version=version)
    before, use.extra = use.extra, use.extra + amount
    use.warned = 0
    use.save(update_fields=["extra", "warned"])
    changes = {"extra": [before, use.extra], "reason": [None, reason.strip()]}
    audit.record(actor, "scheme.raise_budget", version.scheme, changes=changes)
    emit(RAISED, {"version_id": version.pk})
    return use
