"""Contact requests: made of a visitor's event, answered, closed, taken into a deal."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, Forbidden, NotFound
from programs.directory import notices
from programs.directory.public import ASKED
from programs.enums import ContactState
from programs.models import ContactRequest, DirectoryEntry
from tenancy.access import office
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.outbox import on
from workflow.notices import done
from workflow.states import Machine, move, note

S = ContactState
MACHINE = Machine(
    ways={S.NEW: (S.ANSWERED, S.CLOSED), S.ANSWERED: (S.CLOSED,)},
    labels=S,
)
FIELDS = ("name", "company", "email", "phone", "city", "text", "language")


@on(ASKED)
def visitor_asked(actor: Actor, payload: dict[str, Any]) -> None:
    """A visitor's event has come."""
    contact_asked(actor, payload)


def contact_asked(actor: Actor, payload: dict[str, Any]) -> ContactRequest | None:
    """Keep it and tell the company and its account managers; an entry that is gone meanwhile gets nothing."""
    entry = DirectoryEntry.objects.filter(pk=payload["entry"]).first()
    if entry is None:
        return None
    request: ContactRequest = ContactRequest.objects.create(
        partner_id=entry.partner_id,
        received_at=timezone.now(),
        **{name: payload[name] for name in FIELDS},
    )
    note(actor, request, "", request.state)
    notices.tell_contact(request)
    return request


def may_answer(actor: Actor) -> bool:
    wanted = (Permission.MANAGE_COMPANY, Permission.WORK_BOOK, Permission.MANAGE_PROGRAMS)
    return any(actor.can(permission) for permission in wanted)


def contacts_for(actor: Actor) -> QuerySet[ContactRequest]:
    """Of the own company for its owner, of the book for a PAM, all for programme managers. Raises ``Forbidden``."""
    if not may_answer(actor):
        raise Forbidden()
    found: QuerySet[ContactRequest] = ContactRequest.objects.select_related("partner")
    return found.filter(partner_id=actor.partner_id or 0) if actor.is_partner else found


def contact_by_pk(actor: Actor, pk: int) -> ContactRequest:
    found = contacts_for(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def mark_contact(actor: Actor, *, request_id: int, state: str, text: str = "") -> ContactRequest:
    """Answered or closed."""
    contact_by_pk(actor, request_id)
    with office(actor):
        request = _locked(request_id)
        if state == S.ANSWERED:
            request.answered_at = timezone.now()
        move(actor, request, state, MACHINE, text=text, save=["answered_at"])
        done(request, [notices.CONTACT])
    return request


def link_deal(actor: Actor, *, request_id: int, deal: str) -> ContactRequest:
    """Note the deal that was made of it; a second one is refused."""
    contact_by_pk(actor, request_id)
    with office(actor):
        request = _locked(request_id)
        if request.deal:
            raise Conflict("has_deal", _("A deal was made of it already."))
        request.deal = deal
        fields = ["deal"]
        if request.state == S.NEW:
            request.answered_at = timezone.now()
            move(actor, request, S.ANSWERED, MACHINE, save=[*fields, "answered_at"])
            done(request, [notices.CONTACT])
        else:
            request.save(update_fields=fields)
    return request


def _locked(request_id: int) -> ContactRequest:
    found: ContactRequest = ContactRequest.objects.select_for_update(no_key=True).get(pk=request_id)
    return found


def deal_fields(request: ContactRequest) -> dict[str, str]:
    """What a draft of a deal begins with."""
    return {
        "customer_name": request.company or request.name,
        "contact_name": request.name,
        "contact_email": request.email,
        "contact_phone": request.phone,
        "city": request.city,
        "description": request.text,
    }
