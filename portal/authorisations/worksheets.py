"""Worksheets about opening core products: their list, a new one, and its decision by a second person."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import DomainError
from portal.authorisations.forms import SheetForm
from portal.authorisations.tables import SheetFilter, SheetTable
from portal.shell.access import actor_of_request, member_page
from portal.shell.forms import FormPage
from portal.shell.lists import Action, Empty, ListPage
from programs.authorisations.words import what, where, whom
from programs.authorisations.worksheets import (
    decide_worksheet,
    get_worksheet,
    result_of,
    withdraw_worksheet,
    worksheets_for,
    write_worksheet,
)
from programs.enums import Criterion, WorksheetState
from programs.models import Worksheet
from tenancy.actors import Actor
from tenancy.enums import Permission

MANAGE = Permission.MANAGE_AUTHORISATIONS


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Authorisations"), reverse("authorisations:list")), *more]


class SheetList(ListPage):
    title = gettext_lazy("Worksheets")
    subtitle = gettext_lazy(
        "Whether a core product is opened to partners is written down and decided by a second person."
    )
    table_class = SheetTable
    filter_class = SheetFilter
    permission = Permission.VIEW_AUTHORISATIONS
    audience = "staff"
    export_name = "worksheets"
    empty = Empty(
        gettext_lazy("No worksheets yet"),
        gettext_lazy("Write one before a core product is opened to partners."),
        "scale",
    )

    def rows(self) -> Any:
        return worksheets_for(self.actor)

    def crumbs(self) -> list[tuple[str, str]]:
        return _crumbs()

    def actions(self) -> list[Action]:
        if not self.actor.can(MANAGE):
            return []
        return [Action(_("New worksheet"), reverse("authorisations:new_worksheet"))]


class NewSheet(FormPage):
    title = gettext_lazy("New worksheet")
    subtitle = gettext_lazy("Weights and scores go from 0 to 10; a high score speaks for opening.")
    form_class = SheetForm
    permission = MANAGE
    audience = "staff"
    template_name = "portal/authorisations/form.html"
    submit_label = gettext_lazy("Hand in for a decision")
    success = gettext_lazy("The worksheet waits for a second person.")
    draft = "worksheet"

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": reverse("authorisations:worksheets")}

    def crumbs(self) -> list[tuple[str, str]]:
        return _crumbs((_("Worksheets"), reverse("authorisations:worksheets")))

    def save(self, form: Any) -> str:
        head = {name: form.cleaned_data[name] for name in ("title", "market_share", "reason")}
        row = write_worksheet(self.actor, criteria=form.criteria(), **head, **form.about())
        return reverse("authorisations:worksheet", args=[row.pk])


@member_page(Permission.VIEW_AUTHORISATIONS, audience="staff")
def sheet(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """A worksheet with its result and decision; a second person decides here."""
    actor = actor_of_request(request)
    found = get_worksheet(actor, sheet_id)
    problem = ""
    if request.method == "POST":
        try:
            with transaction.atomic():
                _step(request, actor, found)
        except DomainError as error:
            problem = error.message
        else:
            return HttpResponseRedirect(request.path)
    context = {
        "title": found.title,
        "sheet": found,
        "whom": whom(found),
        "what": what(found),
        "where": where(found),
        "criteria": [{**row, "label": Criterion(row["code"]).label} for row in found.criteria or []],
        "result": result_of(found) / 100,
        "share": found.market_share / 100,
        "waits": found.state == WorksheetState.WAITING and actor.can(MANAGE),
        "own": found.author_id == actor.membership_id,
        "rule": found.authorisations.first(),
        "problem": problem,
        "text": request.POST.get("decision", ""),
        "crumbs": _crumbs((_("Worksheets"), reverse("authorisations:worksheets"))),
    }
    return render(request, "portal/authorisations/worksheet.html", context, status=422 if problem else 200)


def _step(request: HttpRequest, actor: Actor, found: Worksheet) -> None:
    step = request.POST.get("step", "")
    if step == "withdraw":
        withdraw_worksheet(actor, pk=found.pk)
        messages.success(request, _("The worksheet is taken back."))
        return
    opens = step == "open"
    decide_worksheet(actor, pk=found.pk, opens=opens, decision=request.POST.get("decision", ""))
    messages.success(
        request,
        _("Opened: the authorisation holds.") if opens else _("It stays closed. The worksheet is kept."),
    )
