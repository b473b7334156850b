"""The list of disputes and the page of one, for both sides."""

from datetime import datetime
from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incentives.disputes import disputes_for, get_dispute
from incentives.machines import DISPUTE
from incentives.models import Dispute
from incentives.statements.content import title_of
from incentives.statements.selectors import statement_lines
from incentives.states import DisputeState
from incentives.wording import isolated
from partners.selectors import partners_for
from portal.shell.access import actor_of_request, member_page
from portal.shell.lists import Empty, ListPage
from portal.shell.tables import NOTHING, DayColumn, MomentColumn, MoneyColumn, SharikTable, StateColumn
from portal.workflow.about import about
from tenancy.actors import Actor
from tenancy.enums import Permission

VIEW = Permission.VIEW_STATEMENTS
S = DisputeState


class DueColumn(MomentColumn):
    """The deadline that runs now."""

    def render(self, value: Any, record: Dispute, table: SharikTable) -> str:
        due = due_of(record)
        return super().render(due, record, table) if due else NOTHING

    def value(self, record: Dispute) -> datetime | None:
        return due_of(record)


class DisputeTable(SharikTable):
    line = tables.Column(verbose_name=gettext_lazy("Line"), orderable=False)
    partner = tables.Column(verbose_name=gettext_lazy("Partner"), order_by="partner__name")
    amount = MoneyColumn(
        verbose_name=gettext_lazy("Amount"), accessor="line__amount", currency="line__statement__currency"
    )
    claimed = MoneyColumn(
        verbose_name=gettext_lazy("Should be"), accessor="claimed", currency="line__statement__currency"
    )
    outcome = MoneyColumn(
        verbose_name=gettext_lazy("Added by the outcome"), currency="line__statement__currency"
    )
    state = StateColumn(verbose_name=gettext_lazy("State"))
    opened_at = DayColumn(verbose_name=gettext_lazy("Filed"))
    due = DueColumn(verbose_name=gettext_lazy("Answer due"), empty_values=(), orderable=False)

    def render_line(self, record: Dispute) -> str:
        number = self.value_line(record)
        url = reverse("disputes:dispute", args=[record.pk])
        return format_html('<a class="row-title" href="{}"><bdi dir="ltr">{}</bdi></a>', url, number)

    def value_line(self, record: Dispute) -> str:
        return f"{record.line.statement.number} #{record.line.position}"


class DisputeFilter(filters.FilterSet):  # type: ignore[misc]
    state = filters.ChoiceFilter(
        label=gettext_lazy("State"), choices=S.choices, empty_label=gettext_lazy("All")
    )

    class Meta:
        model = Dispute
        fields: list[str] = []


class DisputeList(ListPage):
    title = gettext_lazy("Disputes")
    subtitle = gettext_lazy("Objections to single lines of statements. The rest of a statement goes on.")
    table_class = DisputeTable
    filter_class = DisputeFilter
    permission = VIEW
    export_name = "disputes"
    empty = Empty(
        gettext_lazy("No disputes"),
        gettext_lazy("Whoever finds a line of a statement wrong opens the line and disputes it there."),
        "message-report",
        "statements:list",
        gettext_lazy("To the statements"),
    )

    def rows(self) -> Any:
        found: QuerySet[Dispute] = disputes_for(self.actor)
        return found

    def table_options(self) -> dict[str, Any]:
        alone = self.actor.is_partner and partners_for(self.actor).count() < 2
        return {"exclude": ("partner",) if alone else ()}


def due_of(dispute: Dispute) -> datetime | None:
    """The deadline that runs now; none once it is decided or the partner is asked."""
    if dispute.state == S.SUBMITTED:
        found: datetime | None = dispute.due_first
        return found
    return dispute.due_resolution if dispute.state == S.IN_REVIEW else None


@member_page(VIEW)
def dispute(request: HttpRequest, pk: int) -> HttpResponse:
    """One dispute: the line, the clock, what was said and decided, and what can follow."""
    actor = actor_of_request(request)
    found = get_dispute(actor, pk)
    statement = found.line.statement
    line = statement_lines(statement).get(pk=found.line_id)
    due = due_of(found)
    return render(request, "portal/disputes/dispute.html", {
        "title": _("Dispute about %(number)s") % {"number": isolated(f"{statement.number} #{line.position}")},
        "crumbs": [(_("Disputes"), reverse("disputes:list"))],
        "dispute": found,
        "line": line,
        "line_title": title_of(line),
        "statement": statement,
        "due": due,
        "overdue": due is not None and due < timezone.now(),
        "steps": [
            (reverse(f"disputes:{name}", args=[pk]), label, icon, at_once)
            for name, label, icon, at_once in steps_of(actor, found)
        ],
        **about(actor, found, states=DisputeState),
    })  # fmt: skip


def steps_of(actor: Actor, dispute: Dispute) -> list[tuple[str, Any, str, bool]]:
    """What the actor can do now: name of the address, label, icon, and whether a click alone does it."""
    following = DISPUTE.following(dispute.state)
    if actor.can(Permission.DECIDE_DISPUTES):
        return [step for step in _decider(dispute) if step[0] in _open_to_deciders(dispute, following)]
    if not actor.is_partner or actor.partner_id != dispute.partner_id or not actor.can(Permission.DISPUTE):
        return []
    if dispute.state == S.INFORMATION_REQUIRED:
        return [("answer", gettext_lazy("Give the information"), "message-reply", False)]
    if dispute.state == S.DENIED and not dispute.escalated:
        return [("escalate", gettext_lazy("Escalate"), "arrow-up-circle", False)]
    return []


def _decider(dispute: Dispute) -> list[tuple[str, Any, str, bool]]:
    return [
        ("review", gettext_lazy("Take into review"), "eye", True),
        ("uphold", gettext_lazy("Uphold"), "check", False),
        ("deny", gettext_lazy("Deny"), "x", False),
        ("ask", gettext_lazy("Ask for information"), "help-circle", False),
        ("close", gettext_lazy("Close"), "lock", True),
    ]


def _open_to_deciders(dispute: Dispute, following: tuple[str, ...]) -> set[str]:
    names = {
        S.IN_REVIEW: "review",
        S.UPHELD: "uphold",
        S.DENIED: "deny",
        S.INFORMATION_REQUIRED: "ask",
        S.CLOSED: "close",
    }
    found = {names[DisputeState(state)] for state in following if state in names}
    return found - {"review"} if dispute.state == S.DENIED else found
