"""What a new plan begins with, by what the partner is in the value chain. Everything can be changed before it is shared."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from catalog.enums import PartnerRole
from partners.book.enums import Side
from partners.models import Partner

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise


@dataclass(frozen=True, slots=True)
class Template:
    """``objectives``: title, weight, and whether the headline KPI measures it; ``commitments``: side, title, month of the year."""

    objectives: tuple[tuple["Text", int, bool], ...]
    commitments: tuple[tuple[str, "Text", int], ...]


_SALES = (_("Sales of the year"), 60, True)
_BOTH = (
    (Side.OPERATOR, _("Answer deal registrations within the agreed time"), 3),
    (Side.PARTNER, _("Send a forecast each quarter"), 3),
)
SELLS = Template(
    (_SALES, (_("New customers won together"), 20, False), (_("People with a valid certificate"), 20, False)),
    (
        *_BOTH,
        (Side.OPERATOR, _("Hold a sales training"), 2),
        (Side.PARTNER, _("Name and certify two sellers"), 6),
    ),
)
BUILDS = Template(
    (
        _SALES,
        (_("Reference projects described"), 15, False),
        (_("People with a valid certificate"), 25, False),
    ),
    (
        *_BOTH,
        (Side.OPERATOR, _("Open a laboratory for demonstrations"), 4),
        (Side.PARTNER, _("Describe a solution for one segment"), 6),
    ),
)
SPREADS = Template(
    (_SALES, (_("Active sub-partners"), 25, False), (_("Regions with an active sub-partner"), 15, False)),
    (
        *_BOTH,
        (Side.OPERATOR, _("Share coverage gaps each quarter"), 3),
        (Side.PARTNER, _("Recruit sub-partners in uncovered regions"), 9),
    ),
)
REFERS = Template(
    ((_("Referrals that were won"), 60, False), (_("Referrals handed in"), 40, False)),
    _BOTH,
)
#: Whoever does more than one thing is asked for the one that takes most: a distributor that also refers is a distributor.
_BY_ROLE: dict[str, Template] = {
    PartnerRole.DISTRIBUTOR: SPREADS,
    PartnerRole.SYSTEM_INTEGRATOR: BUILDS,
    PartnerRole.ISV: BUILDS,
    PartnerRole.MSP: BUILDS,
    PartnerRole.PLATFORM_PROVIDER: BUILDS,
    PartnerRole.RESELLER: SELLS,
    PartnerRole.HARDWARE_VENDOR: SELLS,
    PartnerRole.CONSULTANT: REFERS,
    PartnerRole.REFERRAL_AGENT: REFERS,
}


def _roles_of(template: Template) -> tuple[str, ...]:
    return tuple(role for role, each in _BY_ROLE.items() if each is template)


#: Title, roles and template, for an operator that wants to change them; the first is for everybody else.
BROUGHT: tuple[tuple["Text", tuple[str, ...], Template], ...] = (
    (_("Partners that sell"), (), SELLS),
    (_("Partners that build solutions"), _roles_of(BUILDS), BUILDS),
    (_("Distributors"), _roles_of(SPREADS), SPREADS),
    (_("Partners that refer and advise"), _roles_of(REFERS), REFERS),
)


def by_what_takes_most(roles: Sequence[str]) -> list[str]:
    """A partner's roles, the one first whose template counts."""
    order = list(_BY_ROLE)
    return sorted(roles, key=lambda role: order.index(role) if role in order else len(order))


def template_for(partner: Partner) -> Template:
    """By the role that takes most; who has none sells."""
    return next((template for role, template in _BY_ROLE.items() if role in partner.roles), SELLS)
