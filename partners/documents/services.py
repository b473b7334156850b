"""Documents are added by either side, checked by the operator, warned about and at last no longer valid."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.services import values
from common.errors import Conflict, DomainError, Forbidden, InputError, Invalid
from common.text import clean_line
from partners.documents import notices
from partners.documents.enums import DocumentKind
from partners.documents.enums import DocumentState as S
from partners.documents.rules import (
    DOCUMENTS,
    EXPIRE,
    WARN,
    WARNING_DAYS,
    may_add,
    may_check,
    may_refuse,
    may_withdraw,
)
from partners.documents.selectors import get_document, today_of
from partners.models import PartnerDocument
from partners.selectors import get_partner
from tenancy import outbox
from tenancy.actors import Actor
from workflow.calendar import work_calendar
from workflow.conversation import attach_file
from workflow.states import move, note
from workflow.timers import schedule

VALID = "partners.document_valid"
INVALID = "partners.document_invalid"


def add_document(
    actor: Actor,
    *,
    partner: str,
    kind: str,
    file_name: str,
    chunks: Iterable[bytes],
    title: str = "",
    number: str = "",
    issuer: str = "",
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> PartnerDocument:
    """A document of a partner (its code) with its file. The operator checks what a partner adds; what the operator's own people
    add still has to be checked, too. Raises ``Invalid``, ``InputError("file")``, ``Forbidden``."""
    company = get_partner(actor, partner)
    if not may_add(actor, company.pk):
        raise Forbidden()
    given = {"kind": kind, "title": title, "number": number, "issuer": issuer}
    fields = _read(actor, given, valid_from, valid_until)
    document: PartnerDocument = PartnerDocument.objects.create(
        partner=company, submitted_by_id=actor.membership_id, **fields
    )
    attach_file(actor, document, name=file_name, chunks=chunks)
    note(actor, document, "", S.SUBMITTED)
    notices.tell(notices.ADDED, document, notices.managers(document))
    return document


_READERS: dict[str, values.Clean] = {
    "kind": values.choice(DocumentKind),
    "title": values.text(200),
    "number": values.text(80),
    "issuer": values.text(200),
}


def _read(
    actor: Actor, given: dict[str, str], valid_from: date | None, valid_until: date | None
) -> dict[str, Any]:
    errors: list[DomainError] = []
    found: dict[str, Any] = {"valid_from": valid_from, "valid_until": valid_until}
    for name, value in given.items():
        try:
            found[name] = _READERS[name](value)
        except DomainError as error:
            errors.append(error.at(name))
    if found.get("kind") == DocumentKind.OTHER and not found.get("title"):
        errors.append(InputError("required", _("Say what it is."), "title"))
    if valid_from and valid_until and valid_until < valid_from:
        errors.append(InputError("ends_first", _("It would end before it begins."), "valid_until"))
    elif valid_until and valid_until < today_of(actor):
        errors.append(InputError("past", _("This document is no longer valid."), "valid_until"))
    if errors:
        raise Invalid(errors)
    return found


def accept_document(
    actor: Actor, *, document_id: int, valid_until: date | None = None, text: str = ""
) -> PartnerDocument:
    """It is what it says. ``valid_until`` corrects the date. An older one of the kind is replaced; whoever added it cannot accept it."""
    document = _locked(actor, document_id)
    if not may_check(actor, document):
        raise _no(document)
    if document.submitted_by_id == actor.membership_id:
        raise Forbidden("second_person", _("Whoever added a document cannot accept it."))
    if valid_until is not None:
        if valid_until < today_of(actor):
            raise InputError("past", _("This document is no longer valid."), "valid_until")
        document.valid_until = valid_until
    document.checked_by, document.checked_at = actor.name, timezone.now()
    move(
        actor,
        document,
        S.VALID,
        DOCUMENTS,
        text=text.strip(),
        save=["checked_by", "checked_at", "valid_until"],
    )
    _replace(actor, document)
    _watch(actor, document)
    notices.checked(document)
    notices.tell(notices.VALID, document, notices.people(document))
    outbox.emit(VALID, _payload(document))
    return document


def _replace(actor: Actor, document: PartnerDocument) -> None:
    """The kinds that there can be several of are left alone."""
    if document.kind == DocumentKind.OTHER:
        return
    older = PartnerDocument.objects.select_for_update(no_key=True).filter(
        partner=document.partner, kind=document.kind, state__in=(S.VALID, S.EXPIRED)
    )
    for old in older.exclude(pk=document.pk):
        move(actor, old, S.REPLACED, DOCUMENTS)
        notices.followed(old)


def _watch(actor: Actor, document: PartnerDocument) -> None:
    if document.valid_until is None:
        return
    calendar, now, until = work_calendar(actor.operator), timezone.now(), document.valid_until
    for days in WARNING_DAYS:
        # At the beginning of the day that lies so many days before the last one.
        at = calendar.end_of(until - timedelta(days=days + 1))
        if at > now:
            schedule(WARN, document, at, days=days, until=until.isoformat())
    schedule(EXPIRE, document, calendar.end_of(until), until=until.isoformat())


def refuse_document(actor: Actor, *, document_id: int, text: str) -> PartnerDocument:
    """It is not what it should be; the partner reads why. A step that stood on it needs action again."""
    document = _locked(actor, document_id)
    if not may_refuse(actor, document):
        raise _no(document)
    was_valid = document.state == S.VALID
    document.reason = clean_line(text)[:1000]
    document.checked_by, document.checked_at = actor.name, timezone.now()
    move(
        actor,
        document,
        S.REFUSED,
        DOCUMENTS,
        text=document.reason,
        save=["reason", "checked_by", "checked_at"],
    )
    notices.checked(document)
    notices.tell(notices.REFUSED, document, notices.people(document))
    if was_valid:
        outbox.emit(INVALID, {**_payload(document), "expired": False, "text": document.reason})
    return document


def withdraw_document(actor: Actor, *, document_id: int) -> PartnerDocument:
    """The partner takes back what was not checked yet."""
    document = _locked(actor, document_id)
    if not may_withdraw(actor, document):
        raise _no(document)
    move(actor, document, S.WITHDRAWN, DOCUMENTS)
    notices.checked(document)
    return document


def warn(actor: Actor, document_id: int, days: int, until: str) -> None:
    """For the timer: both sides, while the document is the valid one."""
    document = _current(document_id, until)
    if document is None:
        return
    facts = {"days": days, "day": until}
    notices.tell(notices.ENDING, document, notices.people(document), key=f"{days}@{until}", **facts)
    notices.tell(notices.ENDING_OF, document, notices.managers(document), key=f"{days}@{until}", **facts)


def expire(actor: Actor, document_id: int, until: str) -> None:
    """For the timer: the last day is over."""
    document = _current(document_id, until)
    if document is None or date.fromisoformat(until) >= today_of(actor):
        return
    move(actor, document, S.EXPIRED, DOCUMENTS)
    notices.tell(notices.ENDED, document, notices.people(document), key=until)
    notices.tell(notices.ENDED_OF, document, notices.managers(document), key=until)
    outbox.emit(INVALID, {**_payload(document), "expired": True, "text": ""})


def _current(document_id: int, until: str) -> PartnerDocument | None:
    rows = PartnerDocument.objects.select_related("partner").select_for_update(of=("self",), no_key=True)
    found: PartnerDocument | None = rows.filter(pk=document_id, state=S.VALID, valid_until=until).first()
    return found


def _payload(document: PartnerDocument) -> dict[str, Any]:
    return {"partner_id": document.partner_id, "kind": document.kind, "document_id": document.pk}


def _no(document: PartnerDocument) -> DomainError:
    if document.state not in (S.SUBMITTED, S.VALID):
        return Conflict("settled", _("This document was decided already."))
    return Forbidden()


def _locked(actor: Actor, pk: int) -> PartnerDocument:
    found = get_document(actor, pk)
    rows = PartnerDocument.objects.select_related("partner").select_for_update(of=("self",), no_key=True)
    locked: PartnerDocument = rows.get(pk=found.pk)
    return locked
