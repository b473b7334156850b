"""The list of quarterly reviews, one review, and its pack as a PDF."""

from decimal import Decimal
from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict
from partners.selectors import partners_for
from portal.catalog.columns import ThingColumn
from portal.shell.access import actor_of_request, member_page
from portal.shell.charts import Chart, bar
from portal.shell.formats import Formats, formats_of
from portal.shell.lists import Action, Empty, ListPage
from portal.shell.tables import DayColumn, SharikTable, StateColumn
from portal.workflow.about import about
from programs.models import Review
from programs.reviews.document import review_pdf
from programs.reviews.enums import ReviewState as S
from programs.reviews.services import actions_of, get_review, reviews_for
from tenancy.actors import Actor
from tenancy.enums import Permission

VIEW = Permission.VIEW_PLANS


class ReviewTable(SharikTable):
    period = tables.Column(verbose_name=_("Quarter"))
    partner = ThingColumn(verbose_name=_("Partner"), order_by="partner__name")
    planned_on = DayColumn(verbose_name=_("Planned for"))
    held_on = DayColumn(verbose_name=_("Held on"))
    state = StateColumn(verbose_name=_("State"))

    def render_period(self, record: Review) -> str:
        url = reverse("reviews:review", args=[record.pk])
        return format_html('<a class="row-title" href="{}">{}</a>', url, self.formats.period(record.period))


class ReviewFilter(filters.FilterSet):  # type: ignore[misc]
    state = filters.ChoiceFilter(label=_("State"), choices=S.choices, empty_label=_("All"))
    partner = filters.CharFilter(field_name="partner__code", label=_("Partner"))

    class Meta:
        model = Review
        fields: list[str] = []


class ReviewList(ListPage):
    title = _("Quarterly reviews")
    subtitle = _("Each quarter both sides look at the same figures and agree on what to do")
    table_class = ReviewTable
    filter_class = ReviewFilter
    permission = VIEW
    export_name = "reviews"
    empty = Empty(
        _("No reviews yet"),
        _("The account manager plans one for each quarter."),
        "presentation-analytics",
    )

    def rows(self) -> QuerySet[Review]:
        return reviews_for(self.actor)

    def actions(self) -> list[Action]:
        may = self.actor.can(Permission.WORK_BOOK)
        return [Action(_("Plan a review"), reverse("reviews:new"))] if may else []

    def table_options(self) -> dict[str, Any]:
        alone = self.actor.is_partner and partners_for(self.actor).count() < 2
        return {"exclude": ("partner",) if alone else ()}


@member_page(VIEW)
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """One review: frozen figures, minutes, actions and what can follow."""
    actor = actor_of_request(request)
    found, formats = get_review(actor, pk), formats_of(request)
    work = actor.can(Permission.WORK_BOOK)
    return render(request, "portal/reviews/review.html", {
        "title": formats.period(found.period),
        "review": found,
        "chart": sales_chart(found, formats),
        "facts": found.pack.get("words", {}).get(formats.language, {}).get("facts", []),
        "actions": actions_of(found),
        "noting": work and found.state in (S.PREPARED, S.HELD),
        "languages": [("en", "English"), ("fa", "فارسی"), ("ar", "العربية")] if found.pack else [],
        "steps": [
            (reverse(f"reviews:{name}", args=[pk]), label, icon, at_once) for name, label, icon, at_once in steps_of(actor, found)
        ],
        "crumbs": [(_("Quarterly reviews"), reverse("reviews:list"))],
        **about(actor, found, states=S),
    })  # fmt: skip


def sales_chart(review: Review, formats: Formats) -> Chart | None:
    """The frozen sales by quarter."""
    sales = review.pack.get("sales")
    if not sales:
        return None
    labels = [formats.period(row["period"]) for row in sales["quarters"]]
    name = sales["kpi"]["names"].get(formats.language) or sales["kpi"]["name"]
    values = [Decimal(row["value"]) for row in sales["quarters"]]
    return bar(
        name,
        labels,
        {name: values},
        write=formats.money,
        short=lambda value: formats.money(value, compact=True),
    )


def steps_of(actor: Actor, review: Review) -> list[tuple[str, Any, str, bool]]:
    """What the actor can do now: name of the address, label, icon, and whether a click alone does it."""
    if not actor.can(Permission.WORK_BOOK):
        return []
    prepare = ("prepare", _("Prepare it"), "snowflake", True)
    found: dict[str, list[tuple[str, Any, str, bool]]] = {
        S.PLANNED: [prepare],
        S.OVERDUE: [prepare],
        S.PREPARED: [
            ("held", _("It was held"), "check", False), ("prepare", _("Freeze newer figures"), "refresh", True),
        ],
        S.HELD: [("agree", _("The actions are agreed"), "checks", True)],
        S.ACTIONS_AGREED: [("close", _("Close it"), "lock", True)],
    }  # fmt: skip
    return found.get(review.state, [])


@member_page(VIEW)
def pack(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The PDF in the reader's language, or that of ``?language=``."""
    actor = actor_of_request(request)
    language = request.GET.get("language", "")
    language = language if language in ("en", "fa", "ar") else get_language() or "en"
    found = get_review(actor, pk)
    try:
        made = review_pdf(actor, pk, language)
    except Conflict as error:
        messages.error(request, error.message)
        return HttpResponseRedirect(reverse("reviews:review", args=[pk]))
    name = f"review-{found.partner.code}-{found.period}.pdf"
    return HttpResponse(
        made,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
