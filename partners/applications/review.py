"""What the operator's people do with an application: ask, score, talk, approve, reject."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InputError
from partners.applications.blocklist import block_applicant
from partners.applications.notices import SECOND, settle, tell_managers
from partners.applications.numbers import answer_days, reapply_days
from partners.applications.rules import ASKABLE, MACHINE
from partners.applications.scoring import cards, ensure_criteria, keep_scores, read_scores
from partners.applications.steps import (
    advance,
    mail,
    open_application,
    pause_clock,
    review_of,
    stop_clock,
    touch,
)
from partners.enums import ApplicationState as S
from partners.enums import Axis, FlagLevel, PartnerState
from partners.models import Application, ApplicationFlag, ApplicationScore, Partner
from partners.services import assign_book, create_partner
from tenancy.actors import Actor, system_actor
from tenancy.enums import Audience, Permission, Role
from tenancy.models import Membership
from tenancy.outbox import emit
from workflow.timers import schedule

APPROVED = "partners.application_approved"


def request_information(
    actor: Actor, *, number: str, text: str, fields: Collection[str] = (), version: int | None = None
) -> Application:
    """Ask the applicant: the clock stops, and only ``fields`` can be changed; files can always be added."""
    with open_application(actor, number, version=version) as application:
        if not text.strip():
            raise InputError("required", _("Write what you need to know."), "text")
        if not set(fields) <= set(ASKABLE):
            raise InputError("unknown_field", _("There is no such field."), "fields")
        now = timezone.now()
        application.question = text.strip()[:4000]
        application.asked_fields = [name for name in ASKABLE if name in set(fields)]
        application.answer_due_at = due = now + timedelta(days=answer_days())
        save = ["question", "asked_fields", "answer_due_at"]
        advance(actor, application, S.INFORMATION_REQUIRED, text=application.question, save=save)
        pause_clock(review_of(application), now)
        schedule("partners.application_answer", application, due, due=due.isoformat())
        settle(application)
        mail(application, "question")
    return application


def score_application(
    actor: Actor, *, number: str, scores: Mapping[str, Any], version: int | None = None
) -> Application:
    """Fill in the score card, or a part of it; complete, it brings the application out of the screening. Raises ``Invalid``."""
    with open_application(actor, number, version=version) as application:
        if application.state not in (S.SCREENING, S.SCORED, S.INTERVIEW):
            MACHINE.check(application.state, S.SCORED)
        known = ensure_criteria()
        keep_scores(actor, ApplicationScore.objects, read_scores(scores), application=application)
        _sum_up(application)
        judged = set(
            ApplicationScore.objects.filter(application=application).values_list("criterion__code", flat=True)
        )
        if application.state == S.SCREENING and all(each.code in judged for each in known):
            review = review_of(application)
            review.reviewer_id = actor.membership_id
            review.save(update_fields=["reviewer"])
            stop_clock(review)
            settle(application)
            advance(actor, application, S.SCORED, internal=True)
        else:
            touch(actor, application, "scored")
    return application


def _sum_up(application: Application) -> None:
    review = review_of(application)
    found = {
        card.axis: card.score for card in cards(ApplicationScore.objects.filter(application=application))
    }
    review.technical, review.commercial = found[Axis.TECHNICAL], found[Axis.COMMERCIAL]
    review.save(update_fields=["technical", "commercial"])


def invite_to_interview(
    actor: Actor, *, number: str, text: str = "", version: int | None = None
) -> Application:
    """Talk before deciding; the words go to the applicant."""
    with open_application(actor, number, version=version) as application:
        application.question = text.strip()[:4000]
        advance(actor, application, S.INTERVIEW, text=application.question, save=["question"])
        mail(application, "interview")
    return application


def approve_application(
    actor: Actor,
    *,
    number: str,
    code: str = "",
    pam: int | None = None,
    text: str = "",
    version: int | None = None,
) -> Application:
    """Take the company on: a partner in onboarding, whose first owner is invited. With a high flag a second person decides.

    ``code`` of the new partner (default: after the application's number); ``pam``: whose book it comes into (default: the
    approving account manager). Raises ``Conflict``: ``second_person``; ``InputError`` for a code in use.
    """
    with open_application(actor, number, version=version) as application:
        MACHINE.check(application.state, S.APPROVED)
        if not _is_enough(actor, application):
            return application
        partner = _take_on(actor, application, code.strip() or application.number.replace("A-", "P-"))
        _into_book(actor, partner, pam)
        application.partner = partner
        application.closed_at = timezone.now()
        application.question = ""
        save = ["partner", "closed_at", "question"]
        advance(actor, application, S.APPROVED, text=text, internal=True, save=save)
        settle(application)
        emit(APPROVED, {"partner_id": partner.pk, "application_id": application.pk})
        mail(application, "approved")
    return application


def _is_enough(actor: Actor, application: Application) -> bool:
    """Whether this approval is the last one needed; the first of two is noted."""
    if not ApplicationFlag.objects.filter(application=application, level=FlagLevel.HIGH).exists():
        return True
    if actor.membership_id is None:
        raise Conflict("flagged", _("A flagged application is decided by people."))
    review = review_of(application)
    if review.first_approver_id is None:
        review.first_approver_id, review.first_approved_at = actor.membership_id, timezone.now()
        review.save(update_fields=["first_approver", "first_approved_at"])
        touch(actor, application, "first_approval")
        tell_managers(SECOND, application)
        return False
    if review.first_approver_id == actor.membership_id:
        raise Conflict("second_person", _("A second person has to approve this application."))
    return True


def _take_on(actor: Actor, application: Application, code: str) -> Partner:
    """The new company. The right to approve is the right to make just this partner."""
    hand = system_actor(application.operator, actor.name)
    return create_partner(
        hand,
        code=code,
        name=application.company_name,
        roles=application.roles,
        layers=application.layers,
        territory=application.territory.code if application.territory else "",
        legal_id=application.legal_id,
        city=application.city,
        website=application.website,
        phone=application.phone,
        state=PartnerState.ONBOARDING,
    )


def _into_book(actor: Actor, partner: Partner, pam: int | None) -> None:
    own = actor.membership_id if actor.audience is Audience.PAM else None
    wanted = pam or own
    if wanted is not None:
        assign_book(system_actor(partner.operator, actor.name), wanted, [partner.code])


def reject_application(
    actor: Actor,
    *,
    number: str,
    text: str,
    days: int | None = None,
    block: bool = False,
    version: int | None = None,
) -> Application:
    """Refuse with a reason that the applicant reads, and the day from which it may apply again.

    ``days`` until then (default: the operator's); ``block``: onto the block list, for programme managers only.
    """
    with open_application(actor, number, version=version) as application:
        if not text.strip():
            raise InputError("reason_required", _("Give a reason."), "text")
        if days is not None and not 0 <= days <= 3650:
            raise InputError("out_of_range", _("Write a number of days up to 3,650."), "days")
        if block:
            actor.require(Permission.MANAGE_PROGRAMS)
            block_applicant(actor, application, text.strip())
        today = timezone.now().astimezone(application.operator.zone).date()
        application.reason = text.strip()[:4000]
        application.reapply_after = today + timedelta(days=reapply_days() if days is None else days)
        application.closed_at = timezone.now()
        save = ["reason", "reapply_after", "closed_at"]
        advance(actor, application, S.REJECTED, text=application.reason, save=save)
        stop_clock(review_of(application))
        settle(application)
        mail(application, "rejected")
    return application


def pam_choices(actor: Actor) -> list[tuple[int, str]]:
    """Account managers whose book the new partner can come into."""
    actor.require(Permission.REVIEW_APPLICATIONS)
    rows = Membership.objects.filter(role=Role.PAM, active=True).order_by("name", "pk")
    if actor.audience is Audience.PAM:
        rows = rows.filter(pk=actor.membership_id)
    return list(rows.values_list("pk", "name"))
