"""What both sides write about a deal, and the files they add: comments for both, notes for the operator alone."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, Forbidden
from deals.enums import DealState
from deals.models import Deal
from deals.notices import COMMENT, tell_partner, tell_reviewers
from deals.selectors import get_deal
from deals.services.steps import moment
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.conversation import attach_file, attachments_of, messages_about, write_message
from workflow.models import Attachment, Message, Transition
from workflow.states import history

#: Nobody adds files to these any more.
SHUT = (DealState.WON, DealState.LOST, DealState.WITHDRAWN)


def write(actor: Actor, *, ref: str, text: str, internal: bool = False) -> None:
    """A comment, or a note of the operator's people. Whoever sees the deal may; the other side is told of comments."""
    deal = get_deal(actor, ref)
    _check_writer(actor, deal)
    write_message(actor, deal, text, internal=internal)
    if internal:
        return
    tell = tell_reviewers if actor.is_partner else tell_partner
    tell(COMMENT, deal, key=moment().isoformat()[:26])


def may_write(actor: Actor, deal: Deal) -> bool:
    """A partner's people about their own company's deals; of the operator's those who work with deals."""
    if actor.is_partner:
        return actor.can(Permission.REGISTER_DEALS) and deal.partner_id == actor.partner_id
    return actor.can(Permission.VIEW_DEALS)


def _check_writer(actor: Actor, deal: Deal) -> None:
    if not may_write(actor, deal):
        raise Forbidden()


def attach(
    actor: Actor, *, ref: str, name: str, chunks: Iterable[bytes], purpose: str = "", internal: bool = False
) -> Attachment:
    """Add a file; ``purpose`` is the code of the evidence that it is."""
    deal = get_deal(actor, ref)
    _check_writer(actor, deal)
    if deal.state in SHUT:
        raise Conflict("closed", _("This deal is closed."))
    return attach_file(actor, deal, name=name, chunks=chunks, purpose=purpose, internal=internal)


def messages_of(actor: Actor, *, ref: str) -> QuerySet[Message]:
    return messages_about(get_deal(actor, ref))


def files_of(actor: Actor, *, ref: str) -> QuerySet[Attachment]:
    return attachments_of(get_deal(actor, ref))


def history_of(actor: Actor, *, ref: str) -> QuerySet[Transition]:
    return history(get_deal(actor, ref))
