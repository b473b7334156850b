"""The lists of leads: a partner's own, and the operator's."""

from datetime import datetime
from typing import Any

import django_filters as filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from catalog.enums import Layer
from marketing.enums import LeadSource, LeadState
from marketing.leads import selectors
from marketing.models import Lead, LeadContact
from portal.catalog.columns import ThingColumn
from portal.leads.availability import paused_until
from portal.shell.formats import Formats
from portal.shell.lists import Action, Empty, ListPage
from portal.shell.tables import NUMBER, DeadlineColumn, MomentColumn, SharikTable, StateColumn
from tenancy.actors import Actor
from tenancy.enums import Permission


class RefColumn(tables.Column):  # type: ignore[misc]
    """The lead's number as a link to its page; below it who it is, for those who may know."""

    def render(self, record: Lead, table: Any) -> str:
        contact = table.contacts.get(record.pk)
        known = (contact.company or contact.person) if contact else ""
        return format_html(
            '<a href="{}"><bdi dir="ltr">{}</bdi></a><div class="row-sub" dir="auto">{}</div>',
            reverse("leads:lead", args=[record.ref]),
            record.ref,
            known,
        )

    def value(self, record: Lead) -> str:
        return str(record.ref)


class WishColumn(tables.Column):  # type: ignore[misc]
    """The product (or technology layer), the need below it."""

    def render(self, record: Lead) -> str:
        return format_html(
            '<div><span dir="auto">{}</span><div class="row-sub">{}</div></div>',
            wanted(record),
            record.get_need_display(),
        )

    def value(self, record: Lead) -> str:
        return wanted(record)


def wanted(lead: Lead) -> str:
    """Product or technology layer, in the reader's language."""
    return str(lead.product.label() if lead.product else lead.get_layer_display() or "–")


class ScoreColumn(tables.Column):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, attrs=NUMBER, **kwargs)

    def render(self, record: Lead, table: SharikTable) -> str:
        hot = format_html(' <span class="badge lead-hot">{}</span>', _("Hot")) if record.hot else ""
        return format_html("<span><bdi>{}</bdi>{}</span>", table.formats.number(record.score), hot)

    def value(self, record: Lead) -> int:
        return int(record.score)


class LeadTable(SharikTable):
    ref = RefColumn(verbose_name=_("Lead"))
    product = WishColumn(verbose_name=_("Wanted"), order_by="product__name", empty_values=())
    territory = ThingColumn(verbose_name=_("Territory"), order_by="territory__name")
    partner = ThingColumn(verbose_name=_("Partner"), order_by="partner__name")
    score = ScoreColumn(verbose_name=_("Score"))
    source = tables.Column(verbose_name=_("Source"))
    received_at = MomentColumn(verbose_name=_("Received"))
    offer_due_at = DeadlineColumn(verbose_name=_("Answer due"))
    state = StateColumn(verbose_name=_("State"))
    contacts: dict[int, LeadContact]

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        self.actor, self.contacts = actor, {}
        super().__init__(*args, **kwargs)

    def before_render(self, request: HttpRequest) -> None:
        """Who it is stands in another table, which the walls open row by row: one query for the page."""
        self.contacts = selectors.contacts_of(self.actor, [row.record for row in self.paginated_rows])


class AgeColumn(MomentColumn):
    """How long something has waited; a file gets the moment."""

    def write(self, formats: Formats, value: datetime, record: Any) -> str:
        return formats.ago(value)


class QueueTable(LeadTable):
    manual_since = AgeColumn(verbose_name=_("Waits since"))

    class Meta(LeadTable.Meta):
        sequence = ("ref", "product", "territory", "score", "source", "received_at", "manual_since")
        exclude = ("partner", "offer_due_at", "state")


class LeadFilter(filters.FilterSet):  # type: ignore[misc]
    search = filters.CharFilter(
        label=_("Search"),
        method="by_words",
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
    state = filters.ChoiceFilter(label=_("State"), choices=LeadState.choices, empty_label=_("All"))
    layer = filters.ChoiceFilter(label=_("Technology layer"), choices=Layer.choices, empty_label=_("All"))
    source = filters.ChoiceFilter(label=_("Source"), choices=LeadSource.choices, empty_label=_("All"))

    class Meta:
        model = Lead
        fields: list[str] = []

    def by_words(self, rows: QuerySet[Lead], name: str, value: str) -> QuerySet[Lead]:
        return selectors.matching(rows, value)


class QueueFilter(LeadFilter):
    state = None


class OwnFilter(LeadFilter):
    source = None


class LeadList(ListPage):
    title = _("Leads")
    template_name = "portal/leads/list.html"
    table_class = LeadTable
    permission = Permission.VIEW_LEADS
    export_name = "leads"

    @property
    def subtitle(self) -> Any:  # type: ignore[override]
        if self.actor.is_partner:
            return _("Potential customers that are offered to you or that you work on. Offers come first.")
        return _("Potential customers on their way to a partner and to a deal.")

    @property
    def empty(self) -> Empty:  # type: ignore[override]
        if self.actor.is_partner:
            return Empty(_("No leads yet"), _("What the operator offers you appears here."), "magnet")
        return Empty(
            _("No leads yet"), _("Leads of the public form, files and the API appear here."), "magnet"
        )

    @property
    def filter_class(self) -> type[LeadFilter]:  # type: ignore[override]
        return OwnFilter if self.actor.is_partner else LeadFilter

    def rows(self) -> QuerySet[Lead]:
        found = selectors.leads_for(self.actor)
        return selectors.in_working_order(found) if self.actor.is_partner else found

    def actions(self) -> list[Action]:
        if self.actor.can(Permission.WORK_LEADS):
            return [
                Action(_("Pause and capacity"), reverse("leads:availability"), "player-pause", plain=True)
            ]
        if not self.actor.can(Permission.MANAGE_LEADS):
            return []
        found = [Action(_("Pinned customers"), reverse("leads:pins"), "pin", plain=True)]
        if self.actor.can(Permission.RUN_IMPORTS):
            imports = f"{reverse('imports:new')}?kind=leads"
            found.append(Action(_("Import"), imports, "upload", plain=True))
        return [*found, Action(_("New lead"), reverse("leads:new"))]

    def extra(self) -> dict[str, Any]:
        if not self.actor.is_partner:
            return {}
        paused = paused_until(self.actor, selectors.settings_of(self.actor))
        return {"paused_until": paused, "may_work": self.actor.can(Permission.WORK_LEADS)}

    def table_options(self) -> dict[str, Any]:
        hidden = ("partner", "source") if self.actor.is_partner else ("offer_due_at",)
        return {"exclude": hidden, "actor": self.actor}


class Queue(ListPage):
    title = _("Leads to place")
    subtitle = _("No partner fits these leads, or all have declined. The oldest first.")
    table_class = QueueTable
    filter_class = QueueFilter
    permission = Permission.MANAGE_LEADS
    audience = "staff"
    empty = Empty(_("Nothing to place"), _("The rules found a partner for every lead."), "checkbox")

    def rows(self) -> QuerySet[Lead]:
        return selectors.manual_queue(self.actor)

    def table_options(self) -> dict[str, Any]:
        return {"actor": self.actor}
