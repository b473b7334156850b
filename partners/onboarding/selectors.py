"""Reads of checklists and their templates. The walls narrow: a partner sees its own tree, a PAM the own book."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, Q, QuerySet

from common.errors import NotFound
from partners.models import Checklist, ChecklistStep, Onboarding, OnboardingStep, Partner
from partners.onboarding.enums import OPEN, SETTLED, OnboardingState, Side
from partners.onboarding.enums import StepState as S
from tenancy.actors import Actor
from tenancy.enums import Permission

VIEW = Permission.VIEW_ONBOARDING


def onboardings_for(actor: Actor) -> QuerySet[Onboarding]:
    """With their partners, newest first."""
    actor.require(VIEW)
    return Onboarding.objects.select_related("partner").order_by("-id")


def get_onboarding(actor: Actor, pk: int) -> Onboarding:
    """Raises ``NotFound``."""
    found = onboardings_for(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def onboarding_of(actor: Actor, partner: Partner) -> Onboarding | None:
    """The latest one that was not stopped."""
    found = onboardings_for(actor).filter(partner=partner).exclude(state=OnboardingState.STOPPED)
    return found.first()


def steps_for(actor: Actor) -> QuerySet[OnboardingStep]:
    actor.require(VIEW)
    return OnboardingStep.objects.select_related("partner", "onboarding", "after").order_by("position", "pk")


def get_step(actor: Actor, pk: int) -> OnboardingStep:
    """Raises ``NotFound``."""
    found = steps_for(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def steps_of(actor: Actor, onboarding: Onboarding) -> list[OnboardingStep]:
    return list(steps_for(actor).filter(onboarding=onboarding))


def held_by(steps: QuerySet[OnboardingStep], side: str) -> QuerySet[OnboardingStep]:
    """Open steps that ``side`` has to do something about."""
    opened = steps.filter(opened_at__isnull=False, state__in=OPEN)
    if side == Side.OPERATOR:
        return opened.filter(Q(state=S.SUBMITTED) | Q(side=Side.OPERATOR))
    return opened.filter(side=Side.PARTNER).exclude(state=S.SUBMITTED)


def overdue_steps(actor: Actor, now: datetime) -> QuerySet[OnboardingStep]:
    """What is stuck: open beyond its date, the longest first."""
    steps = steps_for(actor).exclude(onboarding__state=OnboardingState.STOPPED)
    return steps.filter(opened_at__isnull=False, state__in=OPEN, due_at__lt=now).order_by("due_at", "pk")


def waiting_for_operator(actor: Actor) -> QuerySet[OnboardingStep]:
    """What lies with the operator, the longest first."""
    steps = steps_for(actor).exclude(onboarding__state=OnboardingState.STOPPED)
    return held_by(steps, Side.OPERATOR).order_by(F("held_since").asc(nulls_last=True), "pk")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a checklist is. ``next`` is what its partner can do now, ``waits`` what lies with the operator."""

    done: int
    total: int
    mandatory_left: int
    next: OnboardingStep | None
    waits: OnboardingStep | None

    @property
    def share(self) -> float:
        return self.done / self.total if self.total else 1.0


def progress_of(steps: list[OnboardingStep]) -> Progress:
    """Of all steps of one onboarding."""
    left = [step for step in steps if step.state not in SETTLED]
    mine = [step for step in left if step.holder == Side.PARTNER]
    mine.sort(key=lambda step: (not step.mandatory, step.due_at is None, step.due_at, step.position))
    theirs = [step for step in left if step.holder == Side.OPERATOR]
    return Progress(
        done=len(steps) - len(left),
        total=len(steps),
        mandatory_left=sum(step.mandatory for step in left),
        next=mine[0] if mine else None,
        waits=theirs[0] if theirs else None,
    )


def due_day(actor: Actor, step: OnboardingStep) -> date | None:
    """The last day for the step, in the operator's zone."""
    if step.due_at is None:
        return None
    return (step.due_at - timedelta(seconds=1)).astimezone(actor.operator.zone).date()


def checklists_for(actor: Actor) -> QuerySet[Checklist]:
    """Templates, for the operator's people."""
    actor.require(Permission.MANAGE_ONBOARDING)
    return Checklist.objects.prefetch_related("steps").order_by("name", "pk")


def get_checklist(actor: Actor, pk: int) -> Checklist:
    """Raises ``NotFound``."""
    found = checklists_for(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def checklist_steps(actor: Actor, checklist: Checklist) -> list[ChecklistStep]:
    actor.require(Permission.MANAGE_ONBOARDING)
    return list(ChecklistStep.objects.filter(checklist=checklist).select_related("after"))


def checklist_for(actor: Actor, partner: Partner) -> Checklist | None:
    """The template that fits the partner's roles best; one without roles fits everybody."""
    active = [each for each in checklists_for(actor) if each.active]
    fitting = [each for each in active if set(each.roles) & set(partner.roles)]
    general = [each for each in active if not each.roles]
    return next(iter(fitting or general), None)


def get_plan(actor: Actor, pk: int) -> ChecklistStep:
    """A step of a template; raises ``NotFound``."""
    actor.require(Permission.MANAGE_ONBOARDING)
    found: ChecklistStep | None = ChecklistStep.objects.select_related("checklist").filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found
