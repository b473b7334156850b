"""Lists and pages of partners and reps; a partner's people see their own company through the same pages."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from catalog.enums import Layer
from catalog.selectors import territory_line
from common.errors import Conflict, InputError
from partners import selectors
from partners.models import Partner, Rep
from partners.rules import may_change
from partners.services import life
from portal.catalog.columns import role_labels
from portal.onboarding.card import card_of, papers_of
from portal.partners.filters import PartnerFilter, RepFilter
from portal.partners.forms import StateForm
from portal.partners.tables import ManagedRepTable, PartnerTable, RepTable, state_of
from portal.shell.access import actor_of_request, member_page
from portal.shell.context import role_name
from portal.shell.forms import add_errors
from portal.shell.lists import Action, Empty, ListPage
from portal.shell.tables import SharikTable
from portal.workflow.about import about
from tenancy.actors import Actor
from tenancy.enums import Permission

VIEW = Permission.VIEW_PARTNERS


class _List(ListPage):
    """Whoever may not add anything gets no button that leads to a refusal."""

    permission = VIEW
    add: tuple[Any, str] = ("", "")
    imports = ""

    def actions(self) -> list[Action]:
        if not may_change(self.actor):
            return []
        label, name = self.add
        bring_in = Action(_("Import"), f"{reverse('imports:new')}?kind={self.imports}", "upload", plain=True)
        return [bring_in, Action(label, reverse(name))]

    def _context(self, request: HttpRequest, table: SharikTable, filtered: Any) -> dict[str, Any]:
        context = super()._context(request, table, filtered)
        return context if may_change(self.actor) else context | {"empty_url": ""}


class PartnerList(_List):
    table_class = PartnerTable
    filter_class = PartnerFilter
    export_name = "partners"
    add = (_("Add a partner"), "partners:new")
    imports = "partners"
    empty = Empty(
        _("No partners yet"),
        _("Add the first company, or bring them all in from a file."),
        "building-community",
        "partners:new",
        _("Add a partner"),
    )

    @property
    def title(self) -> Any:  # type: ignore[override]
        return _("Sub-partners") if self.actor.is_partner else _("Partners")

    def rows(self) -> QuerySet[Any]:
        partners = selectors.with_counts(selectors.partners_for(self.actor)).order_by("name", "code")
        return partners.exclude(pk=self.actor.partner_id) if self.actor.is_partner else partners

    def table_options(self) -> dict[str, Any]:
        return {"exclude": ("pams",)} if self.actor.is_partner else {}


class RepList(_List):
    title = _("Reps")
    subtitle = _("Sellers of partners, as source systems know them.")
    filter_class = RepFilter
    export_name = "reps"
    add = (_("Add a rep"), "partners:new_rep")
    imports = "reps"
    empty = Empty(
        _("No reps yet"),
        _("Sellers are named in transactions and can earn rewards of their own."),
        "id-badge-2",
        "partners:new_rep",
        _("Add a rep"),
    )

    @property
    def table_class(self) -> type[SharikTable]:  # type: ignore[override]
        return ManagedRepTable if may_change(self.actor) else RepTable

    def rows(self) -> QuerySet[Rep]:
        return selectors.reps_for(self.actor).order_by("name", "code")


class _PartnerTab(_List):
    """A list inside a partner's page."""

    template_name = "portal/partners/tab_list.html"
    tab = ""
    partner: Partner

    def rows(self) -> QuerySet[Any]:
        self.partner = selectors.get_partner(self.actor, self.kwargs["code"])
        return self.of_partner()

    def of_partner(self) -> QuerySet[Any]:
        return selectors.partners_for(self.actor).none()

    def actions(self) -> list[Action]:
        return []

    def extra(self) -> dict[str, Any]:
        return {
            "title": self.partner.label(),
            "partner": self.partner,
            "tab": self.tab,
            "state": state_of(self.partner),
        }

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Partners")), reverse("partners:list"))]


class PartnerReps(_PartnerTab):
    tab = "reps"
    table_class = RepTable
    empty = Empty(_("No reps yet"), _("This company has no sellers of its own in the portal."), "id-badge-2")

    def of_partner(self) -> QuerySet[Any]:
        return selectors.reps_for(self.actor).filter(partner=self.partner).order_by("name", "code")

    def table_options(self) -> dict[str, Any]:
        return {"exclude": ("partner",)}


class PartnerSubs(_PartnerTab):
    tab = "subs"
    table_class = PartnerTable
    empty = Empty(_("No sub-partners"), _("No other company stands below this one."), "hierarchy")

    def of_partner(self) -> QuerySet[Any]:
        return selectors.children_of(self.actor, self.partner).order_by("name", "code")

    def table_options(self) -> dict[str, Any]:
        return {"exclude": ("parent", "pams") if self.actor.is_partner else ("parent",)}


@member_page(VIEW)
def partner(request: HttpRequest, code: str) -> HttpResponse:
    """A partner at a glance."""
    return _partner(request, actor_of_request(request), code)


def _partner(request: HttpRequest, actor: Actor, code: str, refused: StateForm | None = None) -> HttpResponse:
    summary = selectors.partner_summary(actor, code)
    found = summary.partner
    manages = may_change(actor)
    context = {
        "title": found.label(),
        "partner": found,
        "summary": summary,
        "tab": "overview",
        "state": state_of(found),
        "roles": role_labels(found.roles),
        "layers": [Layer(layer).label for layer in found.layers],
        "territories": [place.label() for place in territory_line(found.territory)]
        if found.territory
        else [],
        "may_change": manages,
        "state_form": (refused or StateForm(partner=found, actor=actor)) if manages else None,
        "state_refused": refused is not None,
        "onboarding": card_of(actor, found),
        "papers": papers_of(actor, found),
        "own": found.pk == actor.partner_id,
        "crumbs": [] if found.pk == actor.partner_id else [(_("Partners"), reverse("partners:list"))],
    }
    return render(request, "portal/partners/partner.html", context, status=422 if refused else 200)


@member_page(VIEW, audience="partner")
def company(request: HttpRequest) -> HttpResponseBase:
    """The own company of a partner's member."""
    return partner(request, selectors.own_company(actor_of_request(request)).code)


@member_page(VIEW)
def people(request: HttpRequest, code: str) -> HttpResponse:
    """Who works at the partner and may sign in."""
    found = selectors.get_partner(actor_of_request(request), code)
    members = [(member, role_name(member.role)) for member in selectors.people_of(found)]
    context = {
        "title": found.label(),
        "partner": found,
        "members": members,
        "tab": "people",
        "state": state_of(found),
        "crumbs": [(_("Partners"), reverse("partners:list"))],
    }
    return render(request, "portal/partners/people.html", context)


@member_page(VIEW)
def conversation(request: HttpRequest, code: str) -> HttpResponse:
    """What both sides write and keep about the partner, and the notes of the operator's people."""
    actor = actor_of_request(request)
    found = selectors.get_partner(actor, code)
    context = {
        "title": found.label(),
        "partner": found,
        "tab": "conversation",
        "state": state_of(found),
        "crumbs": [] if found.pk == actor.partner_id else [(_("Partners"), reverse("partners:list"))],
        **about(actor, found),
    }
    return render(request, "portal/partners/conversation.html", context)


@require_POST
@member_page(Permission.MANAGE_PARTNERS)
def state(request: HttpRequest, code: str) -> HttpResponse:
    """Suspend, resume, end; refused, the page comes back with what was typed."""
    actor = actor_of_request(request)
    found = selectors.get_partner(actor, code)
    form = StateForm(data=request.POST, partner=found, actor=actor)
    if form.is_valid():
        try:
            with transaction.atomic():
                life.change_state(actor, code=code, **form.cleaned_data)
        except (InputError, Conflict) as error:
            add_errors(form, error)
        else:
            messages.success(request, _("The state was changed; both sides are told."))
            return HttpResponseRedirect(reverse("partners:detail", args=[code]))
    return _partner(request, actor, code, form)


@require_POST
@member_page(Permission.MANAGE_PARTNERS)
def keep(request: HttpRequest, code: str) -> HttpResponse:
    """Call a planned end off."""
    try:
        life.keep_partner(actor_of_request(request), code=code)
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The partnership goes on."))
    return HttpResponseRedirect(reverse("partners:detail", args=[code]))
