"""What a certificate holds up: the tier that would not be met without it, and the money that depends on that tier."""

from collections.abc import Callable
from decimal import Decimal

from django.utils import timezone

from programs.enums import Asks
from programs.models import Certificate, Enrolment, Evidence, Tier
from programs.requirements.counts import CERTIFICATES_HELD
from programs.requirements.loading import trees_of
from programs.requirements.trees import Leaf, is_met
from programs.stakes import worth_of
from programs.training.held import counting
from programs.training.numbers import requirements_most
from programs.training.stakes import Stake, register
from tenancy.actors import Actor
from tenancy.enums import Permission


def stake_of(actor: Actor, certificate: Certificate) -> Stake | None:
    """The tier in the main programme that the partner would miss, and what it would earn less one tier lower.

    The money is told to those who may know what the whole company earns.
    """
    held: Enrolment | None = (
        Enrolment.objects.filter(
            partner_id=certificate.partner_id, programme__main=True, programme__active=True
        )
        .select_related("tier", "programme")
        .first()
    )
    if held is None:
        return None
    (tree,) = [tree for tree in trees_of(held.programme) if tree.id == held.tier_id]
    have = {row.requirement_id: row for row in Evidence.objects.filter(enrolment=held)}
    loses = _losses(actor, certificate)

    def without(leaf: Leaf) -> bool:
        row = have.get(leaf.id)
        if row is None or row.measured is None:
            return False
        return bool(row.measured - loses(leaf) >= row.needed)

    needed = any(have[leaf.id].met and not without(leaf) for leaf in tree.leaves if leaf.id in have)
    if not needed or is_met(tree.root, without):
        return None
    money = _money(actor, held)
    return Stake(held.tier) if money is None else Stake(held.tier, money, actor.operator.currency)


def _losses(actor: Actor, certificate: Certificate) -> Callable[[Leaf], int]:
    """How much of each requirement goes with the certificate: a person with others of the kind still counts."""
    today = timezone.now().astimezone(actor.operator.zone).date()
    mine = counting([certificate.partner_id], today).filter(member_id=certificate.member_id)
    others = set(mine.exclude(pk=certificate.pk).values_list("certification_id", flat=True))
    most, kind = requirements_most(), certificate.certification_id
    per_person = min(len(others | {kind}), most) - min(len(others), most)

    def lost(leaf: Leaf) -> int:
        if leaf.asks == Asks.SOURCE:
            return per_person if leaf.source == CERTIFICATES_HELD else 0
        if leaf.asks != Asks.CERTIFICATES or leaf.certification_id not in (None, kind):
            return 0
        return int(not others if leaf.certification_id is None else kind not in others)

    return lost


def _money(actor: Actor, held: Enrolment) -> Decimal | None:
    """What the running periods would pay less one tier lower; ``None`` for nothing, and for eyes that are not to see it."""
    whole = actor.is_staff or actor.can(Permission.MANAGE_COMPANY)
    lower = Tier.objects.filter(programme=held.programme, rank__lt=held.tier.rank).order_by("rank").last()
    if lower is None or not whole or not actor.can(Permission.VIEW_ACCRUALS):
        return None
    worth = worth_of(actor, {held.partner_id: lower.code}).get(held.partner_id, Decimal(0))
    return -worth if worth < 0 else None


register(stake_of)
