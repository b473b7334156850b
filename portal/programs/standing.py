"""Where partners stand: who is to be watched, a programme's partners, one partner's way to the next tier."""

from decimal import Decimal
from typing import Any

import django_filters as filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from common.errors import Conflict, InputError
from partners.selectors import get_partner
from portal.partners.tables import state_of as partner_state
from portal.programs.promised import manager_of
from portal.programs.words import Node, Words, benefit_words, lines, state_of
from portal.shell.access import actor_of_request, member_page
from portal.shell.formats import Formats, formats_of
from portal.shell.lists import Action, Empty, ListPage
from portal.shell.tables import DayColumn, SharikTable, StateColumn
from portal.templatetags.sharik import state_badge
from programs import enrolling, selectors
from programs.enums import TierState
from programs.honoured import use_of
from programs.models import Benefit, Enrolment, Programme, Tier
from programs.standing import demotions
from tenancy.enums import Permission

VIEW, MANAGE = Permission.VIEW_PROGRAMS, Permission.MANAGE_PROGRAMS


class _Standing(StateColumn):
    def render(self, value: Any, record: Any, bound_column: Any) -> Any:
        return state_badge(*state_of(record.state))


class StandingTable(SharikTable):
    partner = tables.Column(
        verbose_name=_("Partner"),
        linkify=lambda record: reverse(
            "programs:progress", args=[record.programme.code, record.partner.code]
        ),
    )
    programme = tables.Column(verbose_name=_("Programme"))
    tier = tables.Column(verbose_name=_("Tier"), order_by="tier__rank")
    state = _Standing(verbose_name=_("State"))
    target = tables.Column(verbose_name=_("Qualified for"), order_by="target__rank")
    due_on = DayColumn(verbose_name=_("Due on"))
    since = DayColumn(verbose_name=_("Since"))

    class Meta(SharikTable.Meta):
        pass


class StandingFilter(filters.FilterSet):  # type: ignore[misc]
    search = filters.CharFilter(
        label=_("Search"), method="by_text", widget=forms.TextInput({"type": "search", "autocomplete": "off"})
    )
    tier = filters.ChoiceFilter(label=_("Tier"), field_name="tier_id", empty_label=_("All"))
    state = filters.ChoiceFilter(label=_("State"), choices=TierState.choices, empty_label=_("All"))

    class Meta:
        model = Enrolment
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tiers = self.queryset.order_by("programme__code", "tier__rank").values_list("tier_id", flat=True)
        named = {tier.pk: tier.label() for tier in Tier.objects.filter(pk__in=tiers)}
        self.filters["tier"].extra["choices"] = list(named.items())

    def by_text(self, rows: QuerySet[Enrolment], name: str, value: str) -> QuerySet[Enrolment]:
        return rows.filter(Q(partner__name__icontains=value) | Q(partner__code__icontains=value))


class WatchList(ListPage):
    """Who does not simply hold the tier: at risk, in grace, by exception, or on the way up."""

    title = _("Tiers to watch")
    subtitle = _("At risk, in grace, by exception, or qualified for more.")
    table_class = StandingTable
    filter_class = StandingFilter
    permission = VIEW
    audience = "staff"
    export_name = "tiers"
    empty = Empty(_("Everybody holds the tier"), _("Nobody is at risk or on the way up."), "stairs")

    def rows(self) -> QuerySet[Enrolment]:
        return selectors.to_watch(self.actor)

    def actions(self) -> list[Action]:
        return [
            Action(_("Programmes"), reverse("programs:programmes"), "stairs", plain=True),
            Action(_("Exceptions"), reverse("programs:exceptions"), "shield-check", plain=True),
        ]


class Members(ListPage):
    """The partners of one programme."""

    table_class = StandingTable
    filter_class = StandingFilter
    permission = VIEW
    audience = "staff"
    export_name = "members"
    empty = Empty(_("Nobody is enrolled yet"), _("Enrol partners one by one or all that fit."), "users")

    def rows(self) -> QuerySet[Enrolment]:
        self.programme = selectors.get_programme(self.actor, self.kwargs["code"])
        self.title = self.programme.label()  # type: ignore[misc]
        return selectors.enrolments_for(self.actor, self.programme)

    def table_options(self) -> dict[str, Any]:
        return {"exclude": ("programme",)}

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Programmes")), reverse("programs:programmes"))]

    def actions(self) -> list[Action]:
        page = Action(
            _("Tiers"), reverse("programs:programme", args=[self.programme.code]), "stairs", plain=True
        )
        if not self.actor.can(MANAGE):
            return [page]
        return [Action(_("Enrol partners"), reverse("programs:enrol", args=[self.programme.code])), page]


@member_page(VIEW, audience="partner")
def mine(request: HttpRequest) -> HttpResponse:
    """The own company's programmes; with one alone, its page at once."""
    actor = actor_of_request(request)
    rows = list(selectors.enrolments_for(actor).filter(partner_id=actor.partner_id or 0))
    if len(rows) == 1:
        code = rows[0].partner.code
        return HttpResponseRedirect(reverse("programs:progress", args=[rows[0].programme.code, code]))
    context = {"title": _("Our tier"), "rows": [(row, state_of(row.state)) for row in rows]}
    return render(request, "portal/programs/mine.html", context)


@member_page(VIEW)
def progress(request: HttpRequest, code: str, partner: str) -> HttpResponse:
    """How far a partner is: the tier it holds, the next one, what is missing and what that would bring."""
    actor = actor_of_request(request)
    row = selectors.enrolment_of(actor, code, partner)
    context = {
        "title": row.programme.label(),
        "enrolment": row,
        "own": row.partner_id == actor.partner_id,
        "state": state_of(row.state),
        "may_manage": actor.can(MANAGE),
        "may_ask": actor.can(Permission.WORK_BOOK),
        "today": enrolling.today_of(actor),
        "manager": manager_of(actor, row.partner),
        "history": list(selectors.history_of(actor, row.partner_id).filter(programme=row.programme)[:50]),
        **standing_of(request, row),
        "crumbs": []
        if actor.is_partner
        else [
            (_("Programmes"), reverse("programs:programmes")),
            (row.programme.label(), reverse("programs:members", args=[code])),
        ],
    }
    return render(request, "portal/programs/progress.html", context)


@member_page(VIEW)
def of_partner(request: HttpRequest, code: str) -> HttpResponse:
    """A partner's programmes and the whole history of its tiers."""
    actor = actor_of_request(request)
    found = get_partner(actor, code)
    rows = selectors.enrolments_for(actor).filter(partner=found)
    context = {
        "title": found.label(),
        "partner": found,
        "tab": "tiers",
        "state": partner_state(found),
        "rows": [(row, state_of(row.state)) for row in rows],
        "manager": manager_of(actor, found),
        "history": [(step, state_of(step.state)) for step in selectors.history_of(actor, found.pk)[:200]],
        "crumbs": [] if found.pk == actor.partner_id else [(_("Partners"), reverse("partners:list"))],
    }
    return render(request, "portal/programs/of_partner.html", context)


def standing_of(request: HttpRequest, row: Enrolment) -> dict[str, Any]:
    """Held and next tier with the partner's own numbers, and the sentence about the way there."""
    actor, formats = actor_of_request(request), formats_of(request)
    evidence = {each.requirement_id: each for each in selectors.evidence_for(actor, row)}
    words = Words(formats)
    requirements = list(selectors.requirements_of(row.programme))
    trees = words.trees(requirements, evidence) if evidence else {}
    tiers = list(selectors.tiers_of(row.programme))
    held = next((tier for tier in tiers if tier.pk == row.tier_id), row.tier)
    above = next((tier for tier in tiers if tier.rank > held.rank), None)
    benefits = selectors.benefits_by_tier(row.programme)
    more = gains(benefits.get(held.pk, []), benefits.get(above.pk, []) if above else [], formats)
    return {
        "held": held,
        "next": above,
        "held_nodes": trees.get(held.pk, []),
        "next_nodes": trees.get(above.pk, []) if above else [],
        "held_benefits": [
            (benefit_words(each.kind, each.value, formats), use_of(each.kind), each.text)
            for each in benefits.get(held.pk, [])
        ],
        "more": more,
        "sentence": sentence(words, above, trees.get(above.pk, []), more) if above else "",
        "warning": words.gap(trees.get(held.pk, []))
        if row.state in (TierState.AT_RISK, TierState.GRACE)
        else "",
        "tiers": [(tier, tier.rank <= held.rank) for tier in tiers],
    }


def gains(held: list[Benefit], above: list[Benefit], formats: Formats) -> list[str]:
    """What the next tier gives that the held one does not, or gives less of."""
    have: dict[str, Decimal | None] = {each.kind: each.value for each in held}
    return [
        benefit_words(each.kind, each.value, formats)
        for each in above
        if each.kind not in have or have[each.kind] != each.value
    ]


def sentence(words: Words, above: Tier, nodes: list[Node], more: list[str]) -> str:
    """ "2 more … and 34,000 more … to Gold. Gold gives: …"."""
    names = {"tier": above.label(), "missing": words.gap(nodes), "benefits": lines(more)}
    if not nodes:
        way = gettext("%(tier)s is given by the operator.") % names
    elif names["missing"]:
        way = gettext("%(missing)s to %(tier)s.") % names
    else:
        way = gettext("Everything that %(tier)s asks is there.") % names
    brings = gettext("%(tier)s gives: %(benefits)s.") % names
    return f"{way} {brings}" if more else way


def _back(row: Enrolment) -> HttpResponse:
    return HttpResponseRedirect(reverse("programs:progress", args=[row.programme.code, row.partner.code]))


@require_POST
@member_page(MANAGE)
def decide(request: HttpRequest, enrolment_id: int, verb: str) -> HttpResponse:
    """After the grace: one tier lower, or more time."""
    actor, text = actor_of_request(request), request.POST.get("text", "")
    row = selectors.enrolments_for(actor).filter(pk=enrolment_id).first()
    steps = {"demote": demotions.confirm_demotion, "extend": demotions.extend_grace}
    if row is None or verb not in steps:
        return HttpResponse(status=404)
    try:
        steps[verb](actor, enrolment_id=enrolment_id, text=text)
    except (Conflict, InputError) as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("It was decided; the partner is told."))
    return _back(row)


@require_POST
@member_page(MANAGE)
def leave(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Take a partner out of the programme."""
    actor = actor_of_request(request)
    row = selectors.enrolments_for(actor).filter(pk=enrolment_id).first()
    if row is None:
        return HttpResponse(status=404)
    try:
        enrolling.leave(actor, enrolment_id=enrolment_id)
    except Conflict as error:
        messages.error(request, error.message)
        return _back(row)
    messages.success(request, _("The partner is no longer in the programme."))
    programme: Programme = row.programme
    return HttpResponseRedirect(reverse("programs:members", args=[programme.code]))
