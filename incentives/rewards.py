"""Points: how many a beneficiary has, what they buy, and exchanging them. Nobody ever spends more than there are."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, DomainError, InputError, Invalid, NotFound
from incentives.enums import RedemptionState, SchemeKind
from incentives.models import Accrual, Redemption, Reward
from incentives.selectors import accruals_for
from partners.models import Partner, Rep
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission, Role
from workflow.enums import Urgency
from workflow.notices import declare, members, notify, staff
from workflow.states import Machine, move, note

S = RedemptionState
MACHINE = Machine(
    {
        S.REQUESTED: (S.APPROVED, S.REFUSED),
        S.APPROVED: (S.DELIVERED, S.REFUSED),
    },
    RedemptionState,
    frozenset({S.REFUSED}),
)
#: States in which the points are gone.
SPENT = (S.REQUESTED, S.APPROVED, S.DELIVERED)
ASKED = declare(
    "incentives.redemption_asked",
    Urgency.ACTION,
    _("%(who)s asks for “%(reward)s” for %(points)s points."),
    asks=(S.REQUESTED,),
)
DECIDED = {
    S.APPROVED: declare(
        "incentives.redemption_approved", Urgency.INFO, _("Your exchange for “%(reward)s” is approved.")
    ),
    S.REFUSED: declare(
        "incentives.redemption_refused",
        Urgency.INFO,
        _("Your exchange for “%(reward)s” was refused; the points are yours again."),
    ),
    S.DELIVERED: declare(
        "incentives.redemption_delivered", Urgency.INFO, _("“%(reward)s” was handed over to you.")
    ),
}
_LOCK = "select pg_advisory_xact_lock(hashtextextended(%s, (select app.op())))"


@dataclass(frozen=True, slots=True)
class Balance:
    """Points of a company (``rep`` is ``None``) or of one seller."""

    partner: Partner
    rep: Rep | None
    earned: Decimal
    spent: Decimal

    @property
    def left(self) -> Decimal:
        """What can be spent. Points taken back after they were spent leave nothing, not less than nothing."""
        return max(self.earned - self.spent, Decimal(0))


def balance_of(partner: Partner, rep: Rep | None) -> Balance:
    """The points of one beneficiary, within what the open scope may see."""
    accruals = Accrual.objects.filter(version__scheme__kind=SchemeKind.POINTS, partner=partner, rep=rep)
    given = Redemption.objects.filter(partner=partner, rep=rep, state__in=SPENT)
    earned = accruals.aggregate(total=Sum("amount"))["total"] or Decimal(0)
    return Balance(partner, rep, earned, Decimal(given.aggregate(total=Sum("points"))["total"] or 0))


def my_balance(actor: Actor) -> Balance | None:
    """The points that the actor may exchange: a seller's own, else the company's; ``None`` for staff and who has no rep."""
    if actor.partner_id is None:
        return None
    partner = Partner.objects.get(pk=actor.partner_id)
    if actor.role != Role.PARTNER_SELLER:
        return balance_of(partner, None)
    rep = Rep.objects.filter(membership_id=actor.membership_id, partner=partner).order_by("pk").first()
    return balance_of(partner, rep) if rep else None


def balances(actor: Actor) -> list[Balance]:
    """Everybody's points that the actor may see, by partner and rep."""
    accruals = accruals_for(actor).filter(version__scheme__kind=SchemeKind.POINTS)
    earned = accruals.order_by().values("partner_id", "rep_id").annotate(total=Sum("amount"))
    spent = (
        Redemption.objects.filter(state__in=SPENT)
        .values("partner_id", "rep_id")
        .annotate(total=Sum("points"))
    )
    gone = {(row["partner_id"], row["rep_id"]): Decimal(row["total"]) for row in spent}
    rows = list(earned)
    partners = Partner.objects.in_bulk({row["partner_id"] for row in rows})
    reps = Rep.objects.in_bulk({row["rep_id"] for row in rows if row["rep_id"]})
    found = [
        Balance(
            partners[row["partner_id"]],
            reps.get(row["rep_id"]),
            row["total"],
            gone.get((row["partner_id"], row["rep_id"]), Decimal(0)),
        )
        for row in rows
        if row["partner_id"] in partners
    ]
    return sorted(found, key=lambda each: (each.partner.code, each.rep.code if each.rep else ""))


# The catalogue


def rewards_for(actor: Actor) -> QuerySet[Reward]:
    """The catalogue: partners see what can be asked for."""
    actor.require(Permission.VIEW_SCHEMES)
    rewards = Reward.objects.order_by("points", "code")
    return rewards.filter(active=True) if actor.is_partner else rewards


def get_reward(actor: Actor, code: str) -> Reward:
    """One of ``rewards_for``; raises ``NotFound``."""
    reward = rewards_for(actor).filter(code=code).first()
    if reward is None:
        raise NotFound()
    return reward


def create_reward(actor: Actor, *, code: str, name: str, points: int, **fields: Any) -> Reward:
    """A new reward. ``fields``: names, description, stock, active."""
    actor.require(Permission.MANAGE_SCHEMES)
    if Reward.objects.filter(code=code).exists():
        raise Conflict("code_taken", _("There is already a reward with this code."), "code")
    row = Reward(code=code, name=name, points=points, **fields)
    _clean(row)
    row.save()
    audit.record(actor, "reward.create", row, changes={"points": [None, points]})
    return row


def change_reward(actor: Actor, *, code: str, **fields: Any) -> Reward:
    """Change a reward; what was asked for before keeps its points."""
    actor.require(Permission.MANAGE_SCHEMES)
    row: Reward | None = Reward.objects.select_for_update().filter(code=code).first()
    if row is None:
        raise NotFound()
    changes = {
        name: [getattr(row, name), value] for name, value in fields.items() if getattr(row, name) != value
    }
    for name, value in fields.items():
        setattr(row, name, value)
    _clean(row)
    row.save()
    if changes:
        audit.record(actor, "reward.change", row, changes=changes)
    return row


def _clean(row: Reward) -> None:
    try:
        row.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        errors: list[DomainError] = [
            InputError("invalid", message, name)
            for name, messages in error.message_dict.items()
            for message in messages
        ]
        raise Invalid(errors) from error


# Exchanging


def redemptions_for(actor: Actor) -> QuerySet[Redemption]:
    """Exchanges that the actor may see; a seller's are the own ones. Newest first."""
    actor.require(Permission.VIEW_ACCRUALS)
    found = Redemption.objects.select_related("reward", "partner", "rep").order_by("-pk")
    if actor.role == Role.PARTNER_SELLER:
        return found.filter(rep__in=Rep.objects.filter(membership_id=actor.membership_id))
    return found


def get_redemption(actor: Actor, pk: int) -> Redemption:
    """One of ``redemptions_for``; raises ``NotFound``."""
    found = redemptions_for(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def ask_for_reward(actor: Actor, *, code: str, quantity: int = 1) -> Redemption:
    """Ask for a reward with the actor's points, which are set aside at once.

    Raises ``Conflict`` when there are not enough points or nothing is left in stock.
    """
    actor.require(Permission.VIEW_ACCRUALS)
    reward = get_reward(actor, code)
    if quantity < 1 or quantity > 1000:
        raise InputError("quantity", _("Ask for at least one."), "quantity")
    _hold(f"reward:{reward.pk}")
    _hold(f"points:{actor.partner_id}")
    balance = my_balance(actor)
    if balance is None:
        raise Conflict("no_points", _("You have no points of your own."))
    points = reward.points * quantity
    if points > balance.left:
        raise Conflict("too_few_points", _("There are not enough points for this."), "quantity")
    if reward.stock is not None and _asked(reward) + quantity > reward.stock:
        raise Conflict("out_of_stock", _("Not that many are left."), "quantity")
    row = Redemption(
        reward=reward,
        partner=balance.partner,
        rep=balance.rep,
        quantity=quantity,
        points=points,
        requested_by_id=actor.membership_id,
    )
    row.save()
    note(actor, row, "", S.REQUESTED)
    who = balance.rep.name if balance.rep else balance.partner.name
    words: dict[str, Any] = {"who": who, "reward": reward.name, "points": points}
    notify(ASKED, row, to=staff(Permission.MANAGE_SCHEMES), path="/rewards/exchanges/", **words)
    return row


def _asked(reward: Reward) -> int:
    """How many of a reward are given away, within the open scope's sight (staff approve within all of it)."""
    rows = Redemption.objects.filter(reward=reward, state__in=SPENT)
    return int(rows.aggregate(total=Sum("quantity"))["total"] or 0)


def _hold(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [name])


def decide_redemption(actor: Actor, *, pk: int, target: str, reason: str = "") -> Redemption:
    """Approve, refuse (with a reason) or deliver. Approving looks again whether points and stock are there."""
    actor.require(Permission.MANAGE_SCHEMES)
    row = _locked(pk)
    _hold(f"reward:{row.reward_id}")
    _hold(f"points:{row.partner_id}")
    MACHINE.check(row.state, target)
    if target == S.APPROVED:
        _check_cover(row)
    move(actor, row, target, MACHINE, text=reason)
    told = DECIDED[RedemptionState(target)]
    notify(told, row, to=members([row.requested_by_id]), path="/rewards/points/", reward=row.reward.name)
    return row


def _check_cover(row: Redemption) -> None:
    balance = balance_of(row.partner, row.rep)
    if balance.spent > balance.earned:
        raise Conflict("too_few_points", _("Points were taken back since. There are not enough for this."))
    if row.reward.stock is not None and _asked(row.reward) > row.reward.stock:
        raise Conflict("out_of_stock", _("Not that many are left."))


def _locked(pk: int) -> Redemption:
    row: Redemption | None = (
        Redemption.objects.select_for_update(of=("self",))
        .select_related("reward", "partner", "rep")
        .filter(pk=pk)
        .first()
    )
    if row is None:
        raise NotFound()
    return row
