"""What an applicant does, without a login: write, verify the mail address by its link, send, answer, withdraw.

Every step works as the audience ``applicant``, which sees no table of the operator's people and no row but the own application.
Nothing is looked up here: who applies gets the same answer, in the same time, whether the company is known or not.
The screening comes later, in the worker.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InputError, Invalid, NotFound
from partners.applications.fields import read
from partners.applications.links import key_of, new_nonce, new_number
from partners.applications.rules import ASKABLE, MACHINE, MOST_FILES, REQUIRED
from partners.enums import ApplicationState as S
from partners.models import Application
from tenancy import audit
from tenancy.access import as_applicant
from tenancy.actors import Actor, applicant_actor
from tenancy.models import Operator
from tenancy.outbox import emit
from tenancy.tokens import hash_secret
from workflow.conversation import attach_file, attachments_of
from workflow.models import Attachment
from workflow.states import move, note

DRAFTED, SUBMITTED = "partners.application_drafted", "partners.application_submitted"
ANSWERED, WITHDRAWN = "partners.application_answered", "partners.application_withdrawn"


@contextmanager
def holding(operator: Operator, secret: str, *, lock: bool = False) -> Iterator[tuple[Actor, Application]]:
    """The application whose link somebody holds, in the sight of an applicant. Raises ``NotFound``."""
    key = hash_secret(secret)
    with as_applicant(operator.pk, key):
        rows = Application.objects.select_related("territory").filter(link_hash=key)
        found = (rows.select_for_update(of=("self",), no_key=True) if lock else rows).first()
        if found is None:
            raise NotFound()
        yield applicant_actor(operator, found.contact_name, found.contact_email), found


def create_draft(operator: Operator, *, language: str, fields: Mapping[str, Any]) -> None:
    """Keep what was written and have the link mailed. Raises ``Invalid``; answers nothing, whoever applies."""
    nonce = new_nonce()
    with as_applicant(operator.pk, key_of(nonce)):
        given = read(fields)
        draft = Application.objects.create(
            number=new_number(), language=language, link_nonce=nonce, link_hash=key_of(nonce), **given
        )
        actor = applicant_actor(operator, draft.contact_name, draft.contact_email)
        note(actor, draft, "", S.DRAFT)
        audit.record(actor, "application.create", draft, ref=draft.number)
        emit(DRAFTED, {"application_id": draft.pk})


def change(operator: Operator, secret: str, fields: Mapping[str, Any]) -> None:
    """Change a draft, or what was asked about. Raises ``Invalid``, ``Conflict``, ``NotFound``."""
    with holding(operator, secret, lock=True) as (actor, application):
        _fill(actor, application, fields)


def _fill(actor: Actor, application: Application, fields: Mapping[str, Any]) -> None:
    allowed = changeable(application)
    refused = [name for name in fields if name not in allowed]
    if refused:
        text = _("This cannot be changed now.")
        raise Invalid(InputError("not_asked", text, name) for name in refused)
    required = [name for name in REQUIRED if name in fields]
    for name, value in read(fields, required=required, country=application.country).items():
        setattr(application, name, value)
    application.version += 1
    application.save(update_fields=["version", *fields])
    audit.record(actor, "application.change", application, ref=application.number)


def changeable(application: Application) -> tuple[str, ...]:
    """Names of the fields that the applicant may write now."""
    if application.state == S.DRAFT:
        return ASKABLE
    return tuple(application.asked_fields) if application.state == S.INFORMATION_REQUIRED else ()


def submit(operator: Operator, secret: str, fields: Mapping[str, Any] | None = None) -> Application:
    """Send the draft, or the answer to a question, with last changes. The link itself proves the mail address."""
    with holding(operator, secret, lock=True) as (actor, application):
        if fields:
            _fill(actor, application, fields)
        if application.state == S.INFORMATION_REQUIRED:
            _answer(actor, application)
        else:
            _submit(actor, application)
    return application


def _submit(actor: Actor, application: Application) -> None:
    MACHINE.check(application.state, S.SUBMITTED)
    missing = [name for name in REQUIRED if not getattr(application, name)]
    if missing:
        raise Invalid(InputError("required", _("This must not be empty."), name) for name in missing)
    application.submitted_at = now = timezone.now()
    application.verified_at = application.verified_at or now
    application.version += 1
    save = ["version", "submitted_at", "verified_at"]
    move(actor, application, S.SUBMITTED, MACHINE, save=save)
    emit(SUBMITTED, {"application_id": application.pk})


def _answer(actor: Actor, application: Application) -> None:
    application.asked_fields, application.answer_due_at = [], None
    application.version += 1
    move(actor, application, S.SCREENING, MACHINE, save=["version", "asked_fields", "answer_due_at"])
    emit(ANSWERED, {"application_id": application.pk})


def withdraw(operator: Operator, secret: str, text: str = "") -> None:
    """Take the application back, before it is decided."""
    with holding(operator, secret, lock=True) as (actor, application):
        sent = application.state != S.DRAFT
        application.closed_at = timezone.now()
        application.asked_fields, application.answer_due_at = [], None
        application.version += 1
        save = ["version", "closed_at", "asked_fields", "answer_due_at"]
        move(actor, application, S.WITHDRAWN, MACHINE, text=text[:2000], save=save)
        if sent:
            emit(WITHDRAWN, {"application_id": application.pk})


def attach(operator: Operator, secret: str, *, name: str, chunks: Iterable[bytes], purpose: str = "") -> None:
    """Add a file to a draft or to an answer. Raises ``InputError``, ``Conflict``, ``NotFound``."""
    with holding(operator, secret, lock=True) as (actor, application):
        if not may_attach(application):
            raise Conflict("closed", _("Nothing can be added now."))
        if attachments_of(application).count() >= MOST_FILES:
            most = {"most": MOST_FILES}
            raise InputError("too_many_files", _("At most %(most)s files."), "file", most)
        attach_file(actor, application, name=name, chunks=chunks, purpose=purpose)


def may_attach(application: Application) -> bool:
    return application.state in (S.DRAFT, S.INFORMATION_REQUIRED)


def files_of(application: Application) -> list[Attachment]:
    """The applicant's files, in the open sight."""
    return list(attachments_of(application))
