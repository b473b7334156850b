"""Statements: the list, the page, its documents, and the confirmation that it was received."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from common.errors import Conflict
from incentives.models import Statement
from incentives.statements.acknowledge import acknowledge_statement, acknowledgement
from incentives.statements.content import Content, Item, content_of
from incentives.statements.files import PDF, XLSX, statement_pdf, statement_xlsx
from incentives.statements.selectors import get_statement, statements_for
from incentives.states import LineKind, StatementState
from incentives.wording import isolated
from partners.selectors import partners_for
from portal.shell.access import actor_of_request, member_page
from portal.shell.formats import formats_of
from portal.shell.lists import Empty, ListPage
from portal.statements.tables import StatementFilter, StatementTable
from tenancy.enums import Permission

VIEW = Permission.VIEW_STATEMENTS
#: Sections of the page in order: heading, kinds of lines.
SECTIONS = (
    (gettext_lazy("Earned"), (LineKind.EARNED, LineKind.LATE)),
    (gettext_lazy("Clawbacks"), (LineKind.CLAWBACK,)),
    (gettext_lazy("Adjustments"), (LineKind.ADJUSTMENT,)),
    (gettext_lazy("Held back and released"), (LineKind.HOLD, LineKind.RELEASE)),
    (gettext_lazy("Tax and withholding"), (LineKind.TAX, LineKind.WITHHOLDING)),
    (gettext_lazy("Balance"), (LineKind.OPENING,)),
)


class StatementList(ListPage):
    title = gettext_lazy("Statements")
    subtitle = gettext_lazy(
        "What was settled and paid, period by period. Each line opens into how it came about."
    )
    table_class = StatementTable
    filter_class = StatementFilter
    permission = VIEW
    export_name = "statements"
    empty = Empty(
        gettext_lazy("No statements yet"),
        gettext_lazy("When a period is settled, its statement appears here with everything it is made of."),
        "file-invoice",
    )

    def rows(self) -> QuerySet[Statement]:
        return statements_for(self.actor)

    def table_options(self) -> dict[str, Any]:
        alone = self.actor.is_partner and partners_for(self.actor).count() < 2
        return {"exclude": ("partner",) if alone else ()}


@member_page(VIEW)
def statement(request: HttpRequest, statement: str) -> HttpResponse:
    """Everything a statement says; each line leads to its explanation."""
    actor = actor_of_request(request)
    found = get_statement(actor, statement)
    content = content_of(actor, found, formats_of(request))
    confirmed = acknowledgement(found)
    own = actor.is_partner and actor.partner_id == found.partner_id
    open_state = found.state not in (StatementState.DRAFT, StatementState.SUPERSEDED)
    return render(request, "portal/statements/statement.html", {
        "title": _("Statement %(number)s") % {"number": isolated(found.number)},
        "crumbs": [(_("Statements"), reverse("statements:list"))],
        "statement": found,
        "content": content,
        "sections": sections_of(content),
        "confirmed": confirmed,
        "may_confirm": own and confirmed is None and open_state,
        "may_dispute": own and open_state and actor.can(Permission.DISPUTE),
    })  # fmt: skip


def sections_of(content: Content) -> list[tuple[Any, list[Item]]]:
    """The lines below headings, without empty ones."""
    found = [
        (heading, [item for item in content.items if item.line.kind in kinds]) for heading, kinds in SECTIONS
    ]
    return [(heading, items) for heading, items in found if items]


@member_page(VIEW)
def pdf(request: HttpRequest, statement: str) -> HttpResponse:
    actor = actor_of_request(request)
    found = get_statement(actor, statement)
    return _file(statement_pdf(actor, found, formats_of(request)), PDF, f"{found.number}.pdf")


@member_page(VIEW)
def xlsx(request: HttpRequest, statement: str) -> HttpResponse:
    actor = actor_of_request(request)
    found = get_statement(actor, statement)
    return _file(statement_xlsx(actor, found, formats_of(request)), XLSX, f"{found.number}.xlsx")


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)


@require_POST
@member_page(VIEW, audience="partner")
def acknowledge(request: HttpRequest, statement: str) -> HttpResponse:
    """Somebody at the partner says that the statement was received."""
    try:
        acknowledge_statement(actor_of_request(request), number=statement)
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Thank you. The receipt is confirmed."))
    return HttpResponseRedirect(reverse("statements:statement", args=[statement]))
