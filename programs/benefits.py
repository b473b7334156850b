"""What partners are entitled to: the one lookup that the rest of the system asks, and how it is written down.

A partner has the best of what its tiers in all active programmes give; after a demotion those of the former tier run on to the
end of the review period. What it was granted beside its tiers (``programs.granted``) comes on top where it can be counted, else
it counts where it is better. A partner that is suspended or has ended is entitled to nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError, InputError, Invalid, NotFound
from common.text import clean_line
from partners.enums import PartnerState
from partners.models import Partner
from programs.enums import BenefitKind
from programs.granted import Granted, granted_to
from programs.models import Benefit, Enrolment, Tier
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission

#: Kinds that are there or not; the others need a number.
WITHOUT_NUMBER = frozenset({BenefitKind.ACCESS, BenefitKind.DEDICATED_PAM, BenefitKind.DIRECTORY})
#: Of these the smaller number is the better one.
SMALLER_IS_BETTER = frozenset({BenefitKind.SLA_FACTOR})
#: The largest number of each kind; percents end at 100, factors shorten times and never lengthen them.
MOST = {
    BenefitKind.SLA_FACTOR: Decimal(1),
    BenefitKind.LEAD_PRIORITY: Decimal(100),
    BenefitKind.DISCOUNT_LEVEL: Decimal(100),
    BenefitKind.MDF_RATE: Decimal(100),
    BenefitKind.PROTECTION_DAYS: Decimal(730),
    BenefitKind.EXPERT_DAYS: Decimal(366),
    BenefitKind.EVENT_SEATS: Decimal(1000),
}
#: What can be counted: grants add up with what the tier gives.
COUNTED = frozenset({BenefitKind.EXPERT_DAYS, BenefitKind.EVENT_SEATS})
WHOLE = frozenset({BenefitKind.PROTECTION_DAYS, BenefitKind.EVENT_SEATS, BenefitKind.LEAD_PRIORITY})
ACTIVE = (PartnerState.ACTIVE, PartnerState.ONBOARDING)


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What a partner has, and from which tier (none: granted beside it). ``until``: the last day, where it runs out;
    ``since``: the first day in that tier, or of the grant."""

    kind: str
    value: Decimal | None
    text: str
    tier: Tier | None
    until: date | None = None
    since: date | None = None

    @property
    def merit(self) -> Decimal:
        """The larger, the better for the partner."""
        value = self.value or Decimal(0)
        return -value if self.kind in SMALLER_IS_BETTER else value


def benefit_of(partner: Partner, kind: str) -> Entitlement | None:
    """What ``partner`` is entitled to of this kind today; ``None`` for nothing."""
    return benefits_of(partner).get(kind)


def benefits_of(partner: Partner) -> dict[str, Entitlement]:
    """Kind -> what the partner is entitled to today. Two queries."""
    return entitlements([partner.pk]).get(partner.pk, {})


def is_offered(kind: str) -> bool:
    """Whether any tier of an active programme gives this: what no tier gives, everybody has."""
    found: bool = Benefit.objects.filter(kind=kind, tier__programme__active=True).exists()
    return found


def may_have(partner: Partner, kind: str) -> bool:
    """Whether ``partner`` is entitled to something that is there or not, or nobody needs to be."""
    return benefit_of(partner, kind) is not None or not is_offered(kind)


def allowed(partner_ids: Iterable[int], kind: str) -> set[int]:
    """Those of many partners that ``may_have`` it."""
    ids = set(partner_ids)
    return set(entitlements(ids, [kind])) if is_offered(kind) else ids


def entitlements(
    partner_ids: Iterable[int], kinds: Collection[str] = ()
) -> dict[int, dict[str, Entitlement]]:
    """Partner id -> kind -> entitlement, for many partners at once (all kinds, or these)."""
    ids = list(partner_ids)
    found = of_tiers(ids, kinds)
    granted = list(granted_to(ids, kinds))
    working = Partner.objects.filter(pk__in={each.partner_id for each in granted}, state__in=ACTIVE)
    active = set(working.values_list("pk", flat=True)) if granted else set()
    for each in granted:
        if each.partner_id in active:
            kinds_of = found.setdefault(each.partner_id, {})
            kinds_of[each.kind] = _with(kinds_of.get(each.kind), each)
    return found


def shares_of(partner_ids: Iterable[int], kinds: Collection[str]) -> dict[int, dict[str, Decimal]]:
    """Partner id -> kind -> what it has of these kinds in percent, as a fraction: 5 % is 0.05, never above 1."""
    found = entitlements(partner_ids, kinds)
    return {
        pk: {kind: min((each.value or Decimal(0)) / 100, Decimal(1)) for kind, each in kinds_of.items()}
        for pk, kinds_of in found.items()
    }


def _with(old: Entitlement | None, more: Granted) -> Entitlement:
    """What somebody has with one grant more."""
    value = None if more.kind in WITHOUT_NUMBER else more.value
    if old is None:
        return Entitlement(more.kind, value, more.text, None, more.until, more.granted_on)
    if more.kind in COUNTED:
        return replace(old, value=(old.value or Decimal(0)) + more.value)
    new = Entitlement(more.kind, value, more.text, None, more.until, more.granted_on)
    return new if new.merit > old.merit else old


def of_tiers(partner_ids: Iterable[int], kinds: Collection[str] = ()) -> dict[int, dict[str, Entitlement]]:
    """The same of tiers alone."""
    rows = Enrolment.objects.filter(
        partner_id__in=list(partner_ids), programme__active=True, partner__state__in=ACTIVE
    )
    held: list[tuple[int, int, date | None, date]] = []
    for row in rows.select_related("operator").only(
        "operator", "partner_id", "tier_id", "former_id", "former_until", "since"
    ):
        held.append((row.partner_id, row.tier_id, None, row.since))
        today = timezone.now().astimezone(row.operator.zone).date()
        if row.former_id is not None and row.former_until is not None and row.former_until >= today:
            held.append((row.partner_id, row.former_id, row.former_until, row.since))
    given = _given({tier for _partner, tier, _until, _since in held}, kinds)
    found: dict[int, dict[str, Entitlement]] = defaultdict(dict)
    for partner_id, tier_id, until, since in held:
        for benefit in given[tier_id]:
            new = Entitlement(benefit.kind, benefit.value, benefit.text, benefit.tier, until, since)
            old = found[partner_id].get(benefit.kind)
            if old is None or new.merit > old.merit:
                found[partner_id][benefit.kind] = new
    return dict(found)


def _given(tier_ids: Collection[int], kinds: Collection[str]) -> dict[int, list[Benefit]]:
    rows = Benefit.objects.filter(tier_id__in=list(tier_ids)).select_related("tier").order_by("kind")
    if kinds:
        rows = rows.filter(kind__in=list(kinds))
    found: dict[int, list[Benefit]] = defaultdict(list)
    for row in rows:
        found[row.tier_id].append(row)
    return found


def save_benefit(
    actor: Actor, *, tier_id: int, kind: str, value: Decimal | None = None, text: str = ""
) -> Benefit:
    """What a tier gives of a kind, made or changed. Raises ``Invalid`` with an error per wrong field."""
    actor.require(Permission.MANAGE_PROGRAMS)
    tier = Tier.objects.filter(pk=tier_id).first()
    if tier is None:
        raise NotFound()
    value = _check(kind, value)
    row: Benefit
    defaults = {"value": value, "text": clean_line(text)[:200]}
    row, _created = Benefit.objects.update_or_create(tier=tier, kind=kind, defaults=defaults)
    audit.record(actor, "benefit.save", row, changes={"tier": tier.code, "kind": kind, **defaults})
    return row


def remove_benefit(actor: Actor, *, benefit_id: int) -> None:
    """A tier gives this no longer."""
    actor.require(Permission.MANAGE_PROGRAMS)
    row = Benefit.objects.select_related("tier").filter(pk=benefit_id).first()
    if row is None:
        raise NotFound()
    audit.record(actor, "benefit.remove", row, changes={"tier": row.tier.code, "kind": row.kind})
    row.delete()


def _check(kind: str, value: Decimal | None) -> Decimal | None:
    errors: list[DomainError] = []
    if kind not in BenefitKind.values:
        errors.append(InputError("unknown_choice", _("This value is not valid."), "kind"))
    elif kind in WITHOUT_NUMBER:
        return None
    elif value is None:
        errors.append(InputError("required", _("This must not be empty."), "value"))
    else:
        errors += _number_errors(BenefitKind(kind), value)
    if errors:
        raise Invalid(errors)
    return value


def _number_errors(kind: BenefitKind, value: Decimal) -> list[DomainError]:
    exponent = value.as_tuple().exponent
    if not value.is_finite() or value <= 0 or not isinstance(exponent, int) or exponent < -4:
        return [InputError("invalid", _("This value is not valid."), "value")]
    if value > MOST[kind]:
        return [
            InputError("too_large", _("At most %(most)s is possible."), "value", {"most": int(MOST[kind])})
        ]
    if kind in WHOLE and value != value.to_integral_value():
        return [InputError("not_whole", _("This is a whole number."), "value")]
    return []
