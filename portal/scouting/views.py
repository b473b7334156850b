"""Prospects as a two-by-two matrix with its list, and the forms."""

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.enums import Layer, PartnerRole
from common.text import search_key
from partners.applications.numbers import strong_from
from partners.enums import ProspectStage
from partners.models import Prospect
from partners.scouting import services
from partners.scouting.selectors import get_prospect, place_of, prospects_for
from portal.scouting.forms import ProspectForm
from portal.shell.charts import Chart, scatter
from portal.shell.formats import formats_of
from portal.shell.forms import FormPage
from portal.shell.lists import Action, Empty, ListPage
from portal.shell.tables import NumberColumn, SharikTable, StateColumn
from portal.templatetags.sharik import state_badge
from tenancy.enums import Permission

SCOUT = Permission.SCOUT
#: Names beyond these would only cover each other.
MOST_POINTS = 60
PRIORITIES: dict[str, Any] = {
    "first": _("First priority"),
    "candidate": _("Candidate"),
    "later": _("Later"),
}
LOOKS = {"first": "active", "candidate": "pending", "later": "plain"}


class ProspectColumn(tables.Column):  # type: ignore[misc]
    def render(self, record: Prospect) -> str:
        below = " · ".join(part for part in (record.code, record.city) if part)
        return format_html(
            '<a href="{}" dir="auto">{}</a><div class="row-sub"><bdi>{}</bdi></div>',
            reverse("scouting:prospect", args=[record.code]),
            record.company_name,
            below,
        )

    def value(self, record: Prospect) -> str:
        return str(record.company_name)


class LabelColumn(tables.Column):  # type: ignore[misc]
    def render(self, value: Any) -> str:
        return format_html("<bdi>{}</bdi>", value.label())

    def value(self, value: Any) -> str:
        return str(value.label())


class PriorityColumn(tables.Column):  # type: ignore[misc]
    """From both scores; the limit is read once for the table."""

    def render(self, record: Prospect, table: Any) -> str:
        return state_badge(*priority_of(record, table.limit))

    def value(self, record: Prospect, table: Any) -> str:
        return priority_of(record, table.limit)[1]


class ProspectTable(SharikTable):
    """``limit``: from which score on an axis is strong."""

    company_name = ProspectColumn(verbose_name=_("Company"))
    code = tables.Column(verbose_name=_("Code"), visible=False)
    product = LabelColumn(verbose_name=_("Product"), order_by="product__name")
    layer = tables.Column(verbose_name=_("Technology layer"))
    role = tables.Column(verbose_name=_("Partner role"))
    technical = NumberColumn(verbose_name=_("Technical"))
    commercial = NumberColumn(verbose_name=_("Commercial"))
    priority = PriorityColumn(verbose_name=_("Priority"), orderable=False, empty_values=())
    state = StateColumn(verbose_name=_("Stage"))

    def __init__(self, *args: Any, limit: int, **kwargs: Any) -> None:
        self.limit = limit
        super().__init__(*args, **kwargs)


def priority_of(prospect: Prospect, limit: int | None = None) -> tuple[str, str]:
    """As a badge: how it looks, and its words."""
    priority = place_of(prospect.technical, prospect.commercial, limit).priority
    return LOOKS[priority], str(PRIORITIES[priority])


class ProspectFilter(filters.FilterSet):  # type: ignore[misc]
    search = filters.CharFilter(
        label=_("Search"), method="by_text", widget=forms.TextInput({"type": "search", "autocomplete": "off"})
    )
    product = filters.CharFilter(field_name="product__code", label=_("Product"))
    layer = filters.ChoiceFilter(
        label=_("Technology layer"), choices=Layer.choices, empty_label=_("All"), method="by_layer"
    )
    role = filters.ChoiceFilter(label=_("Partner role"), choices=PartnerRole.choices, empty_label=_("All"))
    state = filters.ChoiceFilter(label=_("Stage"), choices=ProspectStage.choices, empty_label=_("All"))

    class Meta:
        model = Prospect
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        used = prospects_for(self.request.actor).exclude(product=None).order_by("product__name")
        products = {row.product.code: row.product.label() for row in used if row.product}
        widget = forms.Select(choices=[("", _("All")), *products.items()])
        self.form.fields["product"].widget = widget

    def by_text(self, rows: QuerySet[Prospect], name: str, value: str) -> QuerySet[Prospect]:
        return rows.filter(
            Q(search_key__contains=search_key(value)) | Q(code__icontains=value) | Q(city__icontains=value)
        )

    def by_layer(self, rows: QuerySet[Prospect], name: str, value: str) -> QuerySet[Prospect]:
        return rows.filter(Q(layer=value) | Q(layer="", product__family__layer=value))


class ProspectList(ListPage):
    title = _("Scouting")
    subtitle = _("Companies that could become partners, by what they can and what they bring.")
    table_class = ProspectTable
    filter_class = ProspectFilter
    permission = SCOUT
    audience = "staff"
    template_name = "portal/scouting/list.html"
    export_name = "prospects"
    empty = Empty(
        _("No prospects yet"),
        _("Add companies one by one, or bring in a list."),
        "target",
        "scouting:new",
        _("New prospect"),
    )
    shown: QuerySet[Prospect]

    def rows(self) -> QuerySet[Prospect]:
        return prospects_for(self.actor)

    def _filtered(self, request: HttpRequest) -> Any:
        found, rows = super()._filtered(request)
        self.shown = rows
        return found, rows

    def table_options(self) -> dict[str, Any]:
        return {"limit": strong_from()}

    def actions(self) -> list[Action]:
        out = [Action(_("New prospect"), reverse("scouting:new"))]
        if self.actor.can(Permission.RUN_IMPORTS):
            address = f"{reverse('imports:new')}?kind=prospects"
            out.append(Action(_("Import a file"), address, "upload", plain=True))
        return out

    def extra(self) -> dict[str, Any]:
        rows = list(self.shown.exclude(state=ProspectStage.DROPPED)[:MOST_POINTS])
        return {"matrix": matrix(rows, self.request) if rows else None}


def matrix(rows: list[Prospect], request: HttpRequest) -> Chart:
    """Technical against commercial, with the cross at the limit of strong."""
    limit = strong_from()
    return scatter(
        gettext("Technical against commercial score"),
        [(row.company_name, row.technical, row.commercial) for row in rows],
        (gettext("Technical"), gettext("Commercial")),
        write=formats_of(request).number,
        limits=(limit, limit),
        span=(0, 100),
        links=[reverse("scouting:prospect", args=[row.code]) for row in rows],
    )


class NewProspect(FormPage):
    title = _("New prospect")
    form_class = ProspectForm
    permission = SCOUT
    audience = "staff"
    success = _("The prospect was saved.")
    draft = "prospect"

    def form_kwargs(self) -> dict[str, Any]:
        wished = {name: self.request.GET.get(name, "") for name in ProspectForm.base_fields}
        country = self.actor.operator.currency[:2]
        initial = {"country": country} | {name: value for name, value in wished.items() if value}
        return {"actor": self.actor, "initial": initial}

    def save(self, form: ProspectForm) -> str:
        made = services.create_prospect(self.actor, fields=form.cleaned_data)
        return reverse("scouting:prospect", args=[made.code])

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Scouting")), reverse("scouting:list"))]


class ChangeProspect(NewProspect):
    title = _("Change the prospect")
    draft = ""

    def prepare(self) -> None:
        self.row = get_prospect(self.actor, self.kwargs["prospect"])

    def form_kwargs(self) -> dict[str, Any]:
        initial = {name: getattr(self.row, name) for name in ProspectForm.base_fields}
        for name in ("product", "territory", "segment"):
            initial[name] = initial[name].code if initial[name] else ""
        return {"actor": self.actor, "initial": initial}

    def save(self, form: ProspectForm) -> str:
        services.change_prospect(self.actor, code=self.row.code, fields=form.cleaned_data)
        return reverse("scouting:prospect", args=[self.row.code])
