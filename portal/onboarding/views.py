"""Checklists: the partner's own, the operator's view of each partner, and what is stuck."""

from collections.abc import Sequence
from typing import Any

import django_tables2 as tables
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_POST

from common.errors import Conflict, InputError
from partners.enums import PartnerState
from partners.models import Onboarding, Partner
from partners.onboarding import running, selectors
from partners.onboarding.enums import OnboardingState, Side, StepState
from partners.selectors import get_partner, own_company
from portal.onboarding.words import guide_of, row_of
from portal.partners.tables import state_of
from portal.shell.access import actor_of_request, member_page
from portal.shell.lists import Action, Empty, ListPage
from portal.shell.tables import DayColumn, MomentColumn, SharikTable, StateColumn
from tenancy.actors import Actor
from tenancy.enums import Permission

VIEW = Permission.VIEW_ONBOARDING
MANAGE = Permission.MANAGE_ONBOARDING


@member_page(VIEW)
def home(request: HttpRequest) -> HttpResponse:
    """A partner's own checklist; for the operator everybody who is on the way in."""
    actor = actor_of_request(request)
    if actor.is_partner:
        return _checklist(request, actor, own_company(actor))
    return _overview(request, actor)


def _checklist(request: HttpRequest, actor: Actor, company: Partner) -> HttpResponse:
    onboarding = selectors.onboarding_of(actor, company)
    steps = selectors.steps_of(actor, onboarding) if onboarding else []
    progress = selectors.progress_of(steps)
    own = company.pk == actor.partner_id
    context = {
        "title": _("Your way in") if own else company.label(),
        "partner": company,
        "own": own,
        "state": state_of(company),
        "onboarding": onboarding,
        "progress": progress,
        "next": row_of(actor, progress.next) if progress.next else None,
        "next_guide": guide_of(progress.next) if progress.next else "",
        "rows": [row_of(actor, step) for step in steps],
        "may_start": actor.is_staff and actor.can(MANAGE) and _startable(actor, company, onboarding),
        "may_stop": _stoppable(actor, onboarding),
        "checklists": _choices(actor),
        "tab": "onboarding",
        "crumbs": [] if own else [(pgettext_lazy("the process", "Onboarding"), reverse("onboarding:home"))],
    }
    return render(request, "portal/onboarding/checklist.html", context)


def _choices(actor: Actor) -> list[Any]:
    if actor.is_partner or not actor.can(MANAGE):
        return []
    return [each for each in selectors.checklists_for(actor) if each.active]


def _startable(actor: Actor, company: Partner, onboarding: Onboarding | None) -> bool:
    if onboarding and onboarding.state == OnboardingState.RUNNING:
        return False
    return company.state != PartnerState.ENDED or actor.can(Permission.MANAGE_PARTNERS)


def _stoppable(actor: Actor, onboarding: Onboarding | None) -> bool:
    running = onboarding is not None and onboarding.state == OnboardingState.RUNNING
    return running and actor.is_staff and actor.can(Permission.MANAGE_PARTNERS)


@member_page(VIEW)
def partner(request: HttpRequest, code: str) -> HttpResponse:
    """One partner's checklist, for the operator and for the distributor above it."""
    actor = actor_of_request(request)
    return _checklist(request, actor, get_partner(actor, code))


def _overview(request: HttpRequest, actor: Actor) -> HttpResponse:
    found = list(selectors.onboardings_for(actor).filter(state=OnboardingState.RUNNING)[:200])
    by_partner: dict[int, list[Any]] = {each.pk: [] for each in found}
    for step in selectors.steps_for(actor).filter(onboarding__in=found):
        by_partner[step.onboarding_id].append(step)
    cards = [_card(actor, each, by_partner[each.pk]) for each in found]
    cards.sort(key=lambda card: (-card["late"], -card["waiting"], card["onboarding"].started_at))
    now = timezone.now()
    context = {
        "title": pgettext_lazy("the process", "Onboarding"),
        "subtitle": _("Who is on the way in, what is stuck, and who holds it."),
        "cards": cards,
        "stuck": selectors.overdue_steps(actor, now).count(),
        "waiting": selectors.waiting_for_operator(actor).count(),
        "may_build": actor.can(Permission.MANAGE_PARTNERS),
    }
    return render(request, "portal/onboarding/overview.html", context)


def _card(actor: Actor, onboarding: Onboarding, steps: Sequence[Any]) -> dict[str, Any]:
    rows = [row_of(actor, step) for step in steps]
    return {
        "onboarding": onboarding,
        "progress": selectors.progress_of(list(steps)),
        "late": sum(row.late for row in rows),
        "waiting": sum(row.step.holder == Side.OPERATOR for row in rows),
        "open": [row for row in rows if row.holder][:3],
    }


class _StepColumn(tables.Column):  # type: ignore[misc]
    def render(self, record: Any) -> str:
        return format_html(
            '<a href="{}"><bdi>{}</bdi></a>', reverse("onboarding:step", args=[record.pk]), record.label()
        )

    def value(self, record: Any) -> str:
        return str(record.label())


class _PartnerColumn(tables.Column):  # type: ignore[misc]
    def render(self, record: Any) -> str:
        address = reverse("onboarding:partner", args=[record.partner.code])
        return format_html('<a href="{}"><bdi>{}</bdi></a>', address, record.partner.label())

    def value(self, record: Any) -> str:
        return str(record.partner.label())


def _state(step: Any) -> tuple[str, str]:
    return step.state, str(StepState(step.state).label)


class StuckTable(SharikTable):
    name = _StepColumn(verbose_name=_("Step"), order_by="name")
    partner = _PartnerColumn(verbose_name=_("Partner"), order_by="partner__name")
    holder = tables.Column(verbose_name=_("Who holds it"), orderable=False)
    held_since = MomentColumn(verbose_name=_("Since"))
    due_at = DayColumn(verbose_name=_("Due"))
    state = StateColumn(verbose_name=_("State"), state=_state)

    def render_holder(self, value: str) -> str:
        return str(Side(value).label)

    def value_holder(self, value: str) -> str:
        return str(Side(value).label)


class Stuck(ListPage):
    title = _("What is stuck")
    subtitle = _("Steps beyond their date, the longest first.")
    table_class = StuckTable
    permission = VIEW
    audience = "staff"
    export_name = "stuck-steps"
    empty = Empty(_("Nothing is stuck"), _("Every step is within its time."), "checkbox")

    def rows(self) -> QuerySet[Any]:
        if self.request.GET.get("waiting"):
            return selectors.waiting_for_operator(self.actor)
        return selectors.overdue_steps(self.actor, timezone.now())

    def actions(self) -> list[Action]:
        here = reverse("onboarding:stuck")
        if self.request.GET.get("waiting"):
            return [Action(_("What is stuck"), here, "clock-exclamation", plain=True)]
        return [Action(_("What waits for us"), f"{here}?waiting=1", "inbox", plain=True)]

    def extra(self) -> dict[str, Any]:
        if self.request.GET.get("waiting"):
            return {"title": _("What waits for us"), "subtitle": _("Steps that lie with the operator.")}
        return {}

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(pgettext_lazy("the process", "Onboarding")), reverse("onboarding:home"))]


@require_POST
@member_page(MANAGE, audience="staff")
def start(request: HttpRequest, code: str) -> HttpResponse:
    """Begin a partner's checklist."""
    actor = actor_of_request(request)
    chosen = request.POST.get("checklist", "")
    try:
        running.start_onboarding(actor, code=code, checklist_id=int(chosen) if chosen.isdecimal() else None)
    except (Conflict, InputError) as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The checklist has begun; the partner was told."))
    return HttpResponseRedirect(reverse("onboarding:partner", args=[code]))


@require_POST
@member_page(Permission.MANAGE_PARTNERS, audience="staff")
def stop(request: HttpRequest, code: str) -> HttpResponse:
    """End a checklist that leads nowhere."""
    actor = actor_of_request(request)
    found = selectors.onboarding_of(actor, get_partner(actor, code))
    try:
        if found is None:
            raise Conflict("not_running", _("This checklist is not under way."))
        running.stop_onboarding(actor, onboarding_id=found.pk, text=request.POST.get("text", ""))
    except (Conflict, InputError) as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The checklist was stopped."))
    return HttpResponseRedirect(reverse("onboarding:partner", args=[code]))
