"""Writes of prospects: what is told about them, scores, stages, and the invitation that becomes an application."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InputError, Invalid
from common.text import search_key
from partners.applications.applying import DRAFTED
from partners.applications.links import key_of, new_nonce, new_number
from partners.applications.scoring import cards, ensure_criteria, keep_scores, read_scores
from partners.enums import ApplicationState, Axis, ProspectStage
from partners.models import Application, Prospect, ProspectScore
from partners.scouting.fields import read
from partners.scouting.rules import BY_HAND, MACHINE
from partners.scouting.selectors import get_prospect
from tenancy import audit
from tenancy.access import office
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.outbox import emit
from workflow.states import move, note

_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
#: What an invitation needs to know.
NEEDED = ("company_name", "country", "contact_name", "contact_email")


@contextmanager
def open_prospect(actor: Actor, code: str) -> Iterator[Prospect]:
    """The prospect, locked. Raises ``NotFound``, ``Forbidden``."""
    found = get_prospect(actor, code)
    with office(actor):
        row: Prospect = Prospect.objects.select_for_update(no_key=True).get(pk=found.pk)
        yield row


def create_prospect(actor: Actor, *, fields: Mapping[str, Any], code: str = "") -> Prospect:
    """A company to look at; it is the actor's. Raises ``Invalid``, ``Conflict`` for a code in use."""
    actor.require(Permission.SCOUT)
    given = read(fields)
    if not given.get("company_name"):
        raise Invalid([InputError("required", _("This must not be empty."), "company_name")])
    with office(actor):
        ensure_criteria()
        code = code.strip() or "S-" + "".join(secrets.choice(_SIGNS) for _ in range(7))
        if Prospect.objects.filter(code=code).exists():
            raise Conflict("code_taken", _("This code is in use already."), "code")
        prospect = Prospect(code=code[:40], owner_id=actor.membership_id, **given)
        _keep(prospect)
        note(actor, prospect, "", ProspectStage.NEW)
        audit.record(actor, "prospect.create", prospect)
    return prospect


def change_prospect(actor: Actor, *, code: str, fields: Mapping[str, Any]) -> Prospect:
    """Raises ``Invalid``, ``NotFound``."""
    with open_prospect(actor, code) as prospect:
        for name, value in read(fields, prospect.country).items():
            setattr(prospect, name, value)
        _keep(prospect)
        audit.record(actor, "prospect.change", prospect, changes={"fields": sorted(fields)})
    return prospect


def _keep(prospect: Prospect) -> None:
    prospect.search_key = search_key(prospect.company_name)[:200]
    prospect.save()


def score_prospect(actor: Actor, *, code: str, scores: Mapping[str, Any]) -> Prospect:
    """Judge by some or all criteria; what is not judged counts as nothing. Raises ``Invalid``."""
    with open_prospect(actor, code) as prospect:
        ensure_criteria()
        keep_scores(actor, ProspectScore.objects, read_scores(scores), prospect=prospect)
        found = {card.axis: card.score for card in cards(ProspectScore.objects.filter(prospect=prospect))}
        prospect.technical, prospect.commercial = found[Axis.TECHNICAL], found[Axis.COMMERCIAL]
        prospect.save(update_fields=["technical", "commercial", "updated_at"])
        audit.record(
            actor, "prospect.score", prospect, changes={axis: str(value) for axis, value in found.items()}
        )
    return prospect


def move_prospect(actor: Actor, *, code: str, stage: str, text: str = "") -> Prospect:
    """Another stage by hand; dropping needs a reason. Raises ``InvalidTransition``, ``InputError``."""
    with open_prospect(actor, code) as prospect:
        if stage not in BY_HAND:
            raise InputError("unknown_choice", _("This stage comes by itself."), "stage")
        prospect.reason = text.strip()[:2000] if stage == ProspectStage.DROPPED else ""
        move(actor, prospect, stage, MACHINE, text=text.strip()[:2000], save=["reason", "updated_at"])
    return prospect


def invite_prospect(actor: Actor, *, code: str, language: str = "") -> Prospect:
    """Make an application of what is known, and mail its link: the company checks it, completes it and sends it itself.

    Raises ``Invalid`` for what an invitation needs and nobody told; ``Conflict`` while an invitation is open.
    """
    with open_prospect(actor, code) as prospect:
        missing = [name for name in NEEDED if not getattr(prospect, name)]
        if missing:
            text = _("An invitation needs this.")
            raise Invalid(InputError("required", text, name) for name in missing)
        _check_not_invited(prospect)
        application = _draft(actor, prospect, language)
        prospect.application = application
        move(actor, prospect, ProspectStage.INVITED, MACHINE, save=["application", "updated_at"])
    return prospect


def _check_not_invited(prospect: Prospect) -> None:
    over = (ApplicationState.WITHDRAWN, ApplicationState.EXPIRED, ApplicationState.REJECTED)
    before = Application.objects.filter(pk=prospect.application_id).first()
    if before is not None and before.state not in over:
        raise Conflict("invited", _("There is an application of this company already."))


def _draft(actor: Actor, prospect: Prospect, language: str) -> Application:
    nonce = new_nonce()
    operator = prospect.operator
    same = ("company_name", "legal_id", "country", "city", "territory", "website", "phone")
    layer = prospect.layer or (prospect.product.family.layer if prospect.product else "")
    application: Application = Application.objects.create(
        number=new_number(),
        link_nonce=nonce,
        link_hash=key_of(nonce),
        language=language if language in operator.languages else operator.main_language,
        contact_name=prospect.contact_name,
        contact_email=prospect.contact_email,
        roles=[prospect.role] if prospect.role else [],
        layers=[layer] if layer else [],
        **{name: getattr(prospect, name) for name in same},
    )
    note(actor, application, "", ApplicationState.DRAFT)
    audit.record(actor, "application.invite", application, ref=application.number)
    emit(DRAFTED, {"application_id": application.pk, "mail": "invited"})
    return application
