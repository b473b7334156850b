"""Adjustments and holds: lists, new ones, and deciding about one."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, DomainError, InputError, Invalid, NotFound
from common.numbers import parse_decimal
from incentives import adjustments, holds
from incentives.models import Adjustment, Hold
from incentives.schemecodes import payable_schemes, scheme_id_of
from incentives.settlement.overview import scheme_names
from partners.selectors import get_partner, get_rep
from portal.settlement.forms import AdjustmentForm, HoldForm, WriteOffForm
from portal.settlement.tables import AdjustmentTable, HoldTable
from portal.shell.access import actor_of_request, member_page
from portal.shell.formats import formats_of
from portal.shell.forms import FormPage
from portal.shell.lists import Action, Empty, ListPage
from tenancy.actors import Actor
from tenancy.enums import Permission


def _partner(actor: Actor, code: str) -> int:
    try:
        return get_partner(actor, code).pk
    except NotFound:
        raise InputError("unknown", _("There is no partner with this code."), "partner") from None


class AdjustmentList(ListPage):
    title = _("Adjustments")
    subtitle = _("Money added or taken by hand. Another person than who proposed it decides.")
    table_class = AdjustmentTable
    permission = Permission.ADJUST
    audience = "staff"
    export_name = "adjustments"
    empty = Empty(
        _("No adjustments"),
        _("Propose one when money is owed or taken for another reason than a scheme."),
        "adjustments",
        "settlement:new_adjustment",
        _("Propose an adjustment"),
    )

    def rows(self) -> QuerySet[Adjustment]:
        return adjustments.adjustments_for(self.actor)

    def actions(self) -> list[Action]:
        propose = Action(_("Propose an adjustment"), reverse("settlement:new_adjustment"))
        if not adjustments.debts(self.actor):
            return [propose]
        address = reverse("settlement:write_off")
        return [Action(_("Write off a negative balance"), address, "eraser", plain=True), propose]


class NewAdjustment(FormPage):
    title = _("Propose an adjustment")
    form_class = AdjustmentForm
    permission = Permission.ADJUST
    audience = "staff"
    submit_label = _("Propose")
    success = _("Proposed. Another person of finance decides about it.")
    draft = "adjustment"

    def form_kwargs(self) -> dict[str, Any]:
        return {"schemes": payable_schemes(self.actor)}

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": reverse("settlement:adjustments")}

    def save(self, form: Any) -> str:
        given = form.cleaned_data
        data = adjustments.AdjustmentData(
            partner_id=_partner(self.actor, given["partner"]),
            scheme_id=scheme_id_of(self.actor, given["scheme"]),
            amount=given["amount"],
            reason=given["reason"],
            text=given["text"],
            reference=given["reference"],
        )
        row = adjustments.propose_adjustment(self.actor, data=data)
        return reverse("settlement:adjustment", args=[row.pk])


class WriteOff(FormPage):
    """Forget what a partner owes; another person decides about it, as about every adjustment."""

    title = _("Write off a negative balance")
    subtitle = _("The partner owes this amount no more. Another person of finance decides about it.")
    form_class = WriteOffForm
    permission = Permission.ADJUST
    audience = "staff"
    submit_label = _("Propose")
    success = _("Proposed. Another person of finance decides about it.")

    def form_kwargs(self) -> dict[str, Any]:
        formats = formats_of(self.request)
        names = scheme_names()
        debts = [
            (
                f"{each.partner_id}:{each.group}",
                f"{each.partner} · {names.get(each.group, each.group)} · {formats.money(each.amount, each.currency)}",
            )
            for each in adjustments.debts(self.actor)
        ]
        return {"debts": debts}

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": reverse("settlement:adjustments")}

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Adjustments")), reverse("settlement:adjustments"))]

    def save(self, form: Any) -> str:
        partner, _colon, group = form.cleaned_data["debt"].partition(":")
        row = adjustments.write_off(
            self.actor, partner_id=int(partner), group=group, reason=form.cleaned_data["reason"]
        )
        return reverse("settlement:adjustment", args=[row.pk])


@member_page(Permission.ADJUST, audience="staff")
def adjustment(request: HttpRequest, pk: int) -> HttpResponse:
    """One adjustment; POST decides about it (``decision``: approve with ``amount``, or refuse with ``reason``)."""
    actor = actor_of_request(request)
    row = adjustments.get_adjustment(actor, pk)
    if request.method == "POST":
        _try(request, lambda: _decide(actor, pk, request), _("Decided."))
        return HttpResponseRedirect(reverse("settlement:adjustment", args=[pk]))
    context = {
        "title": _("Adjustment for %(partner)s") % {"partner": row.partner},
        "row": row,
        "own": adjustments.is_author(actor, row.created_by_id),
        "exact": f"{row.amount:f}",
        "crumbs": [(_("Adjustments"), reverse("settlement:adjustments"))],
    }
    return render(request, "portal/settlement/adjustment.html", context)


def _decide(actor: Actor, pk: int, request: HttpRequest) -> None:
    if request.POST.get("decision") == "refuse":
        adjustments.refuse_adjustment(actor, adjustment_id=pk, reason=request.POST.get("reason", ""))
    else:
        amount = parse_decimal(request.POST.get("amount", ""))
        adjustments.approve_adjustment(actor, adjustment_id=pk, amount=amount)


def _try(request: HttpRequest, work: Any, done: Any) -> None:
    try:
        with transaction.atomic():
            work()
    except (Conflict, InputError, Invalid) as error:
        refused: DomainError = error
        messages.error(request, refused.message)
    else:
        messages.success(request, done)


class HoldList(ListPage):
    title = _("Holds")
    subtitle = _("Money that waits, why, and until when. Other lines of the partner go on.")
    table_class = HoldTable
    permission = Permission.HOLD
    audience = "staff"
    export_name = "holds"
    empty = Empty(
        _("Nothing is held"),
        _("Rules hold what looks wrong; place a hold yourself when you know more."),
        "hand-stop",
        "settlement:new_hold",
        _("Place a hold"),
    )

    def rows(self) -> QuerySet[Hold]:
        return holds.holds_for(self.actor)

    def actions(self) -> list[Action]:
        return [Action(_("Place a hold"), reverse("settlement:new_hold"))]


class NewHold(FormPage):
    title = _("Place a hold")
    form_class = HoldForm
    permission = Permission.HOLD
    audience = "staff"
    submit_label = _("Place a hold")
    success = _("The hold counts from the next settlement on. The partner is told.")

    def form_kwargs(self) -> dict[str, Any]:
        return {"schemes": payable_schemes(self.actor), "calendar": self.actor.operator.days}

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": reverse("settlement:holds")}

    def save(self, form: Any) -> str:
        given = form.cleaned_data
        made = holds.place_hold(
            self.actor,
            partner_id=_partner(self.actor, given["partner"]),
            rep_id=self._rep(given["rep"]),
            scheme_id=scheme_id_of(self.actor, given["scheme"]),
            reason=given["reason"],
            text=given["text"],
            until=given["until"],
        )
        return reverse("settlement:hold", args=[made.pk])

    def _rep(self, code: str) -> int | None:
        try:
            return get_rep(self.actor, code).pk if code else None
        except NotFound:
            raise InputError("unknown", _("There is no rep with this code."), "rep") from None


@member_page(Permission.HOLD, audience="staff")
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """One hold; POST ends it with a reason (``decision``: release or cancel)."""
    actor = actor_of_request(request)
    row = holds.get_hold(actor, pk)
    if request.method == "POST":
        end = holds.cancel_hold if request.POST.get("decision") == "cancel" else holds.release_hold
        reason = request.POST.get("reason", "")
        _try(request, lambda: end(actor, hold_id=pk, reason=reason), _("The hold has ended."))
        return HttpResponseRedirect(reverse("settlement:hold", args=[pk]))
    context = {
        "title": _("Hold on %(partner)s") % {"partner": row.partner},
        "row": row,
        "lines": holds.lines_held(actor, row),
        "crumbs": [(_("Holds"), reverse("settlement:holds"))],
    }
    return render(request, "portal/settlement/hold.html", context)
