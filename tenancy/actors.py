"""Who acts: the member behind a request, a token or a task."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from common.errors import Forbidden
from tenancy.enums import Audience, Permission, audience_of
from tenancy.permissions import PERMISSIONS, SYSTEM

if TYPE_CHECKING:
    from tenancy.models import Membership, Operator


#: Under which name the product itself acts.
SYSTEM_NAME = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """A member at work, or the system itself (``membership_id`` and ``person_id`` are ``None``)."""

    operator: "Operator"
    role: str
    name: str
    email: str
    audience: Audience
    membership_id: int | None = None
    person_id: int | None = None
    partner_id: int | None = None

    @property
    def permissions(self) -> frozenset[Permission]:
        return SYSTEM if self.audience is Audience.WORKER else PERMISSIONS.get(self.role, frozenset())

    def can(self, permission: Permission) -> bool:
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raise ``Forbidden`` unless the actor has ``permission``."""
        if not self.can(permission):
            raise Forbidden()

    @property
    def is_partner(self) -> bool:
        return self.audience is Audience.PARTNER

    @property
    def is_staff(self) -> bool:
        """Whether the actor works for the operator (PAMs included)."""
        return self.audience not in (Audience.PARTNER, Audience.APPLICANT)


def actor_of(membership: "Membership", operator: "Operator") -> Actor:
    """The actor behind ``membership``."""
    return Actor(
        operator=operator,
        role=membership.role,
        name=membership.name,
        email=membership.email,
        audience=audience_of(membership.role),
        membership_id=membership.pk,
        person_id=membership.person_id,
        partner_id=membership.partner_id,
    )


def system_actor(operator: "Operator", name: str = SYSTEM_NAME) -> Actor:
    """The actor of tasks and commands, who may do everything inside ``operator``."""
    return Actor(operator=operator, role="system", name=name, email="", audience=Audience.WORKER)


def applicant_actor(operator: "Operator", name: str, email: str) -> Actor:
    """Somebody without a login who holds the link of an application; has no permission at all."""
    return Actor(operator=operator, role="applicant", name=name, email=email, audience=Audience.APPLICANT)
