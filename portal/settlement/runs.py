"""Settlement runs: the list, opening one, the page of one with its steps, differences, totals and approval."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InputError, Invalid
from incentives.models import SettlementRun, Statement
from incentives.settlement import approve_run, ask_to_advance, discard_drafts, open_run, overview
from incentives.settlement.approval import is_preparer
from incentives.states import RunState
from portal.settlement.forms import ReasonForm, RunForm
from portal.settlement.tables import RunStatementTable, RunTable
from portal.shell.access import actor_of_request, member_page
from portal.shell.formats import formats_of
from portal.shell.forms import FormPage
from portal.shell.lists import Action, Empty, ListPage
from tenancy.enums import Permission

EXCLUDED = {
    "not_eligible": _("Not eligible"),
    "nothing_earned": _("Nothing earned"),
    "on_hold": _("Lines on hold"),
    "balance_rolls_on": _("Statements whose balance rolls on"),
}
PATH = (
    RunState.OPEN,
    RunState.CLOSING,
    RunState.GRACE,
    RunState.FROZEN,
    RunState.VERIFIED,
    RunState.STATEMENTS,
    RunState.APPROVED,
    RunState.PAID_OUT,
    RunState.CLOSED,
)


class RunList(ListPage):
    title = _("Settlements")
    subtitle = _("From what was accrued to approved statements, period by period.")
    table_class = RunTable
    permission = Permission.SETTLE
    audience = "staff"
    export_name = "settlements"
    empty = Empty(
        _("No settlements yet"),
        _("When a period is over, settle its schemes here."),
        "calculator",
        "settlement:open",
        _("Settle a period"),
    )

    def rows(self) -> QuerySet[SettlementRun]:
        return overview.runs_for(self.actor)

    def actions(self) -> list[Action]:
        return [Action(_("Settle a period"), reverse("settlement:open"))]


class OpenRun(FormPage):
    title = _("Settle a period")
    subtitle = _("Late data are waited for; then everything is recomputed and statements are drafted.")
    form_class = RunForm
    permission = Permission.SETTLE
    audience = "staff"
    submit_label = _("Begin")
    success = _("The settlement has begun. Its page shows how far it is.")

    def form_kwargs(self) -> dict[str, Any]:
        formats = formats_of(self.request)
        periods = [(code, formats.period(code)) for code in overview.periods_to_settle(self.actor)]
        return {"groups": overview.groups(self.actor), "periods": periods}

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": reverse("settlement:runs")}

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Settlements")), reverse("settlement:runs"))]

    def save(self, form: Any) -> str:
        run = open_run(self.actor, period=form.cleaned_data["period"], group=form.cleaned_data["group"])
        ask_to_advance(self.actor, run_id=run.pk)
        return reverse("settlement:run", args=[run.pk])


class RunPage(ListPage):
    """The statements of a run below how far it is."""

    table_class = RunStatementTable
    permission = Permission.SETTLE
    audience = "staff"
    template_name = "portal/settlement/run.html"
    export_name = "settlement"
    empty = Empty(
        _("No statements yet"), _("They are drafted when the recomputation agrees."), "file-invoice"
    )

    def rows(self) -> QuerySet[Statement]:
        self.run = overview.get_run(self.actor, self.kwargs["pk"])
        period = formats_of(self.request).period(self.run.period)
        name = overview.group_titles().get(self.run.group, self.run.group)
        self.title = f"{name} · {period}"  # type: ignore[misc]
        return overview.statements_of(self.actor, self.run)

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Settlements")), reverse("settlement:runs"))]

    def extra(self) -> dict[str, Any]:
        run = self.run
        counted = dict(run.report.get("excluded", {}))
        return {
            "run": run,
            "schemes": overview.scheme_names().get(run.group, ""),
            "steps": self.steps(),
            "excluded": [(EXCLUDED.get(name, name), count) for name, count in counted.items()],
            "evaluated": run.report.get("evaluated", 0),
            "payable": Decimal(run.report.get("payable", "0")),
            "exact_total": f"{run.total:f}",
            "own": is_preparer(self.actor, run),
            "may_approve": run.state == RunState.STATEMENTS
            and self.actor.can(Permission.APPROVE_SETTLEMENTS),
            "may_advance": run.state in (RunState.OPEN, RunState.GRACE, RunState.STOPPED, RunState.VERIFIED),
            "may_discard": run.state == RunState.STATEMENTS,
            "history": overview.history_of(self.actor, run),
        }

    def steps(self) -> list[dict[str, Any]]:
        """The run's way with what is behind it, where it stands, and what is to come."""
        state = RunState.FROZEN if self.run.state == RunState.STOPPED else RunState(self.run.state)
        here = PATH.index(state)
        return [
            {"label": each.label, "done": place < here, "here": place == here}
            for place, each in enumerate(PATH)
        ]


@member_page(Permission.SETTLE, audience="staff")
def advance(request: HttpRequest, pk: int) -> HttpResponse:
    """POST: have the worker take the run further."""
    actor = actor_of_request(request)
    run = overview.get_run(actor, pk)
    if request.method == "POST":
        ask_to_advance(actor, run_id=run.pk)
        messages.success(request, _("The settlement goes on in the background."))
    return HttpResponseRedirect(reverse("settlement:run", args=[pk]))


@member_page(Permission.APPROVE_SETTLEMENTS, audience="staff")
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """POST with the exact total that the page showed."""
    actor = actor_of_request(request)
    run = overview.get_run(actor, pk)
    if request.method == "POST":
        try:
            with transaction.atomic():
                approve_run(actor, run_id=run.pk, total=Decimal(request.POST.get("total", "")))
        except InvalidOperation:
            messages.error(request, _("The total is another one by now. Look at it again."))
        except (Conflict, InputError, Invalid) as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _("The settlement is approved. Statements are out, payments are due."))
    return HttpResponseRedirect(reverse("settlement:run", args=[pk]))


class DiscardDrafts(FormPage):
    title = _("Take the drafts back")
    subtitle = _("Nobody has seen them. The settlement freezes and recomputes anew.")
    form_class = ReasonForm
    permission = Permission.SETTLE
    audience = "staff"
    submit_label = _("Take back")

    def prepare(self) -> None:
        self.run = overview.get_run(self.actor, self.kwargs["pk"])

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": reverse("settlement:run", args=[self.run.pk])}

    def save(self, form: Any) -> str:
        discard_drafts(self.actor, run_id=self.run.pk, reason=form.cleaned_data["reason"])
        return reverse("settlement:run", args=[self.run.pk])
