"""Reads of applications for the operator's people. Drafts are the applicants' own until they are sent."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Exists, F, IntegerField, OuterRef, QuerySet, Value, When

from common.errors import NotFound
from partners.applications.rules import OPEN
from partners.enums import ApplicationState, FlagLevel
from partners.models import (
    Application,
    ApplicationFlag,
    ApplicationReview,
    ApplicationScore,
    BlockEntry,
    Partner,
    ValueProposition,
)
from tenancy.actors import Actor
from tenancy.enums import Permission

REVIEW = Permission.REVIEW_APPLICATIONS


def applications_for(actor: Actor) -> QuerySet[Any]:
    """Everything that was sent, newest first, with ``due_at`` (while a first answer is owed) and ``flag`` (the highest level)."""
    actor.require(REVIEW)
    found = Application.objects.exclude(submitted_at=None).select_related("territory", "partner")
    review = ApplicationReview.objects.filter(application=OuterRef("pk"))
    flags = {
        level: Exists(ApplicationFlag.objects.filter(application=OuterRef("pk"), level=level))
        for level in FlagLevel
    }
    rows: QuerySet[Any] = found.annotate(
        due_at=review.filter(answered_at=None, paused_at=None).values("due_at")[:1],
        answered_at=review.values("answered_at")[:1],
        technical=review.values("technical")[:1],
        commercial=review.values("commercial")[:1],
        flag=Case(
            When(flags[FlagLevel.HIGH], then=Value("high")),
            When(flags[FlagLevel.MEDIUM], then=Value("medium")),
            When(flags[FlagLevel.LOW], then=Value("low")),
            default=Value(""),
        ),
    ).order_by("-submitted_at")
    return rows


def to_review(actor: Actor) -> QuerySet[Any]:
    """What waits for the operator, the earliest deadline first; what waits for the applicant comes last."""
    asked = Case(
        When(state=ApplicationState.INFORMATION_REQUIRED, then=1), default=0, output_field=IntegerField()
    )
    waiting = applications_for(actor).filter(state__in=OPEN)
    rows: QuerySet[Any] = waiting.annotate(asked=asked)
    return rows.order_by("asked", F("due_at").asc(nulls_last=True), "pk")


def get_application(actor: Actor, number: str) -> Application:
    """Raises ``NotFound``."""
    found: Application | None = applications_for(actor).filter(number=number).first()
    if found is None:
        raise NotFound()
    return found


def application_by_pk(actor: Actor, pk: int) -> Application:
    """Raises ``NotFound``."""
    found: Application | None = applications_for(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def review_row(actor: Actor, application: Application) -> ApplicationReview | None:
    actor.require(REVIEW)
    rows = ApplicationReview.objects.select_related("reviewer", "first_approver")
    found: ApplicationReview | None = rows.filter(application=application).first()
    return found


def scores_of(actor: Actor, application: Application) -> list[ApplicationScore]:
    """With their criteria, technical ones first."""
    actor.require(REVIEW)
    rows = ApplicationScore.objects.filter(application=application).select_related("criterion")
    return list(rows.order_by("-criterion__axis", "-criterion__weight", "criterion__code"))


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag with the other side, where the reader may see it; ``hidden``: it is a partner outside the reader's book."""

    row: ApplicationFlag
    partner: Partner | None
    other: Application | None
    hidden: bool


def flags_of(actor: Actor, application: Application) -> list[Flag]:
    """The worst first."""
    actor.require(REVIEW)
    rows = ApplicationFlag.objects.filter(application=application).order_by("pk")
    partners = Partner.objects.select_related("territory").in_bulk(
        [row.partner_id for row in rows if row.partner_id]
    )
    others = Application.objects.in_bulk([row.other_id for row in rows if row.other_id])
    found = [
        Flag(
            row,
            partners.get(row.partner_id or 0),
            others.get(row.other_id or 0),
            bool(row.partner_id) and row.partner_id not in partners,
        )
        for row in rows
    ]
    order = list(FlagLevel.values)
    return sorted(found, key=lambda flag: order.index(flag.row.level))


def propositions() -> list[ValueProposition]:
    """What the operator offers, for everybody who may read its public pages."""
    return list(ValueProposition.objects.order_by("role", "pk"))


def blocked_for(actor: Actor) -> QuerySet[BlockEntry]:
    """The block list, newest first."""
    actor.require(Permission.MANAGE_PROGRAMS)
    found: QuerySet[BlockEntry] = BlockEntry.objects.order_by("-pk")
    return found
