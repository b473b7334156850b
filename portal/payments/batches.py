"""Batches: prepare, approve, give out the file, bring in the bank's answer."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from common.errors import Conflict, DomainError, InputError, NotFound
from incentives.models import BankResponse, PaymentBatch
from incentives.payments import selectors, services
from incentives.payments.enums import ISSUES, Effect
from incentives.payments.people import is_same_person
from incentives.payments.reasons import reason_text
from incentives.states import BatchState
from portal.payments.forms import PrepareForm, ResponseForm
from portal.payments.tables import KINDS, BatchTable, PaymentTable
from portal.shell.access import actor_of_request, member_page
from portal.shell.formats import formats_of
from portal.shell.forms import FormPage
from portal.shell.lists import Action, Empty, ListPage
from tenancy.actors import Actor
from tenancy.enums import Permission

MANAGE, VIEW = Permission.MANAGE_PAYMENTS, Permission.VIEW_PAYMENTS


class BatchList(ListPage):
    title = _("Payment batches")
    subtitle = _("Each batch is one file to the bank: one person prepares it, another approves it.")
    table_class = BatchTable
    permission = VIEW
    audience = "staff"
    export_name = "batches"
    empty = Empty(
        _("No batches yet"),
        _("Prepare the first one from what is to be paid."),
        "files",
        "payments:due",
        _("To be paid"),
    )

    def rows(self) -> QuerySet[PaymentBatch]:
        return selectors.batches_for(self.actor)

    def actions(self) -> list[Action]:
        if not self.actor.can(MANAGE):
            return []
        return [Action(_("Bring in a bank response"), reverse("payments:response"), "upload")]


@require_POST
@member_page(MANAGE, audience="staff")
def prepare(request: HttpRequest) -> HttpResponse:
    """A batch of the ticked payments, or of all that can go."""
    actor = actor_of_request(request)
    form = PrepareForm(request.POST, calendar=actor.operator.days)
    if not form.is_valid():
        return _back(request, "payments:due", next(iter(form.errors.values()))[0])
    picked = [int(text) for text in request.POST.getlist("payment") if text.isdecimal() and len(text) < 19]
    if request.POST.get("which") == "picked" and not picked:
        return _back(request, "payments:due", _("Tick at least one payment."))
    try:
        with transaction.atomic():
            made = services.prepare_batch(
                actor,
                format=form.cleaned_data["format"],
                execute_on=form.cleaned_data["execute_on"],
                payment_ids=picked if request.POST.get("which") == "picked" else None,
            )
    except (Conflict, InputError) as error:
        return _back(request, "payments:due", error.message)
    messages.success(request, _("The batch is prepared. Another person approves it now."))
    return HttpResponseRedirect(reverse("payments:batch", args=[made.pk]))


def _back(request: HttpRequest, url_name: str, text: Any, *args: Any) -> HttpResponse:
    messages.error(request, text)
    return HttpResponseRedirect(reverse(url_name, args=args))


@member_page(VIEW, audience="staff")
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """One batch: its payments, totals, who did what, and the bank's answers."""
    actor = actor_of_request(request)
    found = selectors.get_batch(actor, pk)
    payments = selectors.payments_in(actor, found)
    table = PaymentTable(payments, request=request, orderable=False)
    return render(request, "portal/payments/batch.html", {
        "title": found.number,
        "batch": found,
        "sum_text": formats_of(request).money(found.money, found.currency),
        "kind": KINDS.get(BatchState(found.state), ""),
        "digest": [found.file_digest[place : place + 16] for place in range(0, len(found.file_digest), 16)],
        "table": table,
        "answers": [_told(response) for response in selectors.responses_to(actor, found)],
        "may_approve": _may_approve(actor, found),
        "own": is_same_person(actor, found.prepared_by_id),
        "may_manage": actor.can(MANAGE),
        "may_cancel": actor.can(MANAGE) and found.state in (BatchState.PREPARED, BatchState.APPROVED),
        "has_file": found.state not in (BatchState.PREPARED, BatchState.CANCELLED),
        "awaits_answer": found.state in (BatchState.EXPORTED, BatchState.ANSWERED),
        "crumbs": [(_("Payment batches"), reverse("payments:batches"))],
    })  # fmt: skip


def _may_approve(actor: Actor, found: PaymentBatch) -> bool:
    other = not is_same_person(actor, found.prepared_by_id)
    return found.state == BatchState.PREPARED and actor.can(Permission.APPROVE_SETTLEMENTS) and other


def _told(response: BankResponse) -> dict[str, Any]:
    """A response for its reader: how many of each effect, and the lines to look at."""
    counts, lines = response.result.get("counts", {}), response.result.get("lines", [])
    return {
        "response": response,
        "counts": [(Effect(name).label, number, name) for name, number in counts.items()],
        "issues": [_line(line) for line in lines if line["effect"] in ISSUES],
        "refused": [_line(line) for line in lines if line["effect"] == Effect.REFUSED],
    }


def _line(line: dict[str, str]) -> dict[str, Any]:
    words = reason_text(line["reason"]) if line["reason"] else ""
    return line | {"label": Effect(line["effect"]).label, "words": words}


@require_POST
@member_page(Permission.APPROVE_SETTLEMENTS, audience="staff")
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve the total and number that the page showed."""

    def work(actor: Actor) -> None:
        total, count = (_whole(request, name) for name in ("total", "count"))
        services.approve_batch(actor, batch_id=pk, total=total, count=count)

    return _step(request, pk, work, _("The batch is approved. Its file can go to the bank."))


def _whole(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 20 else -1


@require_POST
@member_page(MANAGE, audience="staff")
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    def work(actor: Actor) -> None:
        services.cancel_batch(actor, batch_id=pk, reason=request.POST.get("reason", "")[:500])

    return _step(request, pk, work, _("The batch is cancelled; its payments can go into another one."))


def _step(request: HttpRequest, pk: int, work: Callable[[Actor], None], done: Any) -> HttpResponse:
    try:
        with transaction.atomic():
            work(actor_of_request(request))
    except NotFound:
        raise
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, done)
    return HttpResponseRedirect(reverse("payments:batch", args=[pk]))


@require_POST
@member_page(MANAGE, audience="staff")
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """The file of an approved batch; the first time it is made, afterwards the same bytes are given again."""
    try:
        with transaction.atomic():
            made = services.export_batch(actor_of_request(request), batch_id=pk)
    except (Conflict, InputError) as error:
        return _back(request, "payments:batch", error.message, pk)
    kind = "application/xml" if made.name.endswith(".xml") else "text/csv; charset=utf-8"
    headers = {
        "Content-Disposition": f'attachment; filename="{made.name}"',
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(made.content, content_type=kind, headers=headers)


class AnyResponse(FormPage):
    """A response whose batch the file itself names."""

    title = _("Bring in a bank response")
    subtitle = _("Each line does what it says once. What does not fit is listed and changes nothing.")
    form_class = ResponseForm
    permission = MANAGE
    audience = "staff"
    submit_label = _("Bring in")
    batch_id: int | None = None

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Payment batches")), reverse("payments:batches"))]

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": reverse("payments:batches"), "lost": self._lost()}

    def _lost(self) -> list[dict[str, Any]]:
        return [_told(response) for response in selectors.lost_responses(self.actor)[:20]]

    template_name = "portal/payments/response.html"

    def save(self, form: ResponseForm) -> str:
        given = form.cleaned_data["file"]
        if given.size > services.MOST_BYTES:
            raise InputError("too_large", _("The file is too large."), "file")
        found = services.import_response(
            self.actor, content=given.read(), name=given.name, batch_id=self.batch_id
        )
        self._say(found)
        if found.response.batch_id is None:
            return reverse("payments:response")
        return reverse("payments:batch", args=[found.response.batch_id])

    def _say(self, found: services.Imported) -> None:
        issues = found.response.result.get("issues", 0)
        if found.again:
            messages.info(self.request, _("This file was brought in before. Nothing changed."))
        elif issues:
            text = ngettext("%(n)s line needs a look.", "%(n)s lines need a look.", issues) % {"n": issues}
            messages.warning(self.request, text)
        else:
            messages.success(self.request, _("The bank's response is in."))


class BatchResponse(AnyResponse):
    """A response to one batch, which a CSV file need not name."""

    def prepare(self) -> None:
        if self.actor.can(MANAGE):
            self.batch = selectors.get_batch(self.actor, self.kwargs["pk"])
            self.batch_id = self.batch.pk

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": reverse("payments:batch", args=[self.batch.pk])}

    def crumbs(self) -> list[tuple[str, str]]:
        return [*super().crumbs(), (self.batch.number, reverse("payments:batch", args=[self.batch.pk]))]
