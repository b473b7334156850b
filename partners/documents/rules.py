"""How a document moves, and who may what."""

from partners.documents.enums import DocumentState
from partners.documents.enums import DocumentState as S
from partners.models import PartnerDocument
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.states import Machine

DOCUMENTS = Machine(
    ways={
        S.SUBMITTED: (S.VALID, S.REFUSED, S.WITHDRAWN),
        S.VALID: (S.REFUSED, S.EXPIRED, S.REPLACED),
        S.EXPIRED: (S.REPLACED,),
    },
    labels=DocumentState,
    reasons=frozenset({S.REFUSED}),
)
#: Days before the end of validity on which both sides are warned.
WARNING_DAYS = (90, 60, 30, 7)
WARN = "documents.warn"
EXPIRE = "documents.expire"


def may_add(actor: Actor, partner_id: int) -> bool:
    """The company itself, and whoever takes partners on."""
    if actor.is_partner:
        return actor.partner_id == partner_id and actor.can(Permission.VIEW_ONBOARDING)
    return actor.can(Permission.MANAGE_ONBOARDING)


def may_check(actor: Actor, document: PartnerDocument) -> bool:
    return actor.is_staff and actor.can(Permission.MANAGE_ONBOARDING) and document.state == S.SUBMITTED


def may_refuse(actor: Actor, document: PartnerDocument) -> bool:
    """Also when it turns out later that it is not what it seemed."""
    open_states = (S.SUBMITTED, S.VALID)
    return actor.is_staff and actor.can(Permission.MANAGE_ONBOARDING) and document.state in open_states


def may_withdraw(actor: Actor, document: PartnerDocument) -> bool:
    return document.state == S.SUBMITTED and actor.partner_id == document.partner_id
