"""Days with field experts: the balance, booking, using and releasing."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from common.errors import Conflict, Forbidden
from partners.models import Partner
from partners.selectors import get_partner, own_company
from portal.programs.forms import BookingForm
from portal.shell.access import actor_of_request, member_page
from portal.shell.forms import FormPage
from programs import expertdays
from programs.enums import BookingState
from tenancy.actors import Actor
from tenancy.enums import Permission

KINDS = {BookingState.BOOKED: "busy", BookingState.USED: "good", BookingState.RELEASED: "plain"}


def may_book(actor: Actor, partner: Partner) -> bool:
    """Whether the page offers booking; the service decides."""
    if actor.is_partner:
        return actor.can(Permission.REGISTER_DEALS) and actor.partner_id == partner.pk
    return actor.can(Permission.WORK_BOOK)


@member_page(Permission.VIEW_PROGRAMS)
def days(request: HttpRequest, code: str) -> HttpResponse:
    """What was granted this year, what is left, and every booking."""
    actor = actor_of_request(request)
    partner = get_partner(actor, code)
    balance = expertdays.balance_of(actor, partner)
    left = expertdays.left_of(balance) if balance else Decimal(0)
    context = {
        "title": _("Expert days"),
        "subtitle": partner.label(),
        "partner": partner,
        "balance": balance,
        "left": left,
        "rows": [
            (row, KINDS[BookingState(row.state)]) for row in expertdays.bookings_of(actor, partner)[:100]
        ],
        "may_book": may_book(actor, partner) and left > 0,
        "may_release": may_book(actor, partner),
        "may_use": actor.can(Permission.WORK_BOOK),
    }
    return render(request, "portal/programs/experts.html", context)


@member_page(Permission.VIEW_PROGRAMS, audience="partner")
def own_days(request: HttpRequest) -> HttpResponseBase:
    """The own company's days."""
    return days(request, own_company(actor_of_request(request)).code)


class Book(FormPage):
    title = _("Book expert days")
    form_class = BookingForm
    permission = Permission.VIEW_PROGRAMS
    submit_label = _("Book")
    success = _("The days are booked; your account manager is told.")

    def prepare(self) -> None:
        self.partner = get_partner(self.actor, self.kwargs["code"])
        if not may_book(self.actor, self.partner):
            raise Forbidden()
        self.subtitle = self.partner.label()  # type: ignore[misc]

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def _home(self) -> str:
        return reverse("programs:experts", args=[self.partner.code])

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self._home()}

    def save(self, form: BookingForm) -> str:
        expertdays.book_days(self.actor, partner=self.partner, **form.cleaned_data)
        return self._home()


@require_POST
@member_page(Permission.VIEW_PROGRAMS)
def act(request: HttpRequest, code: str, booking_id: int, verb: str) -> HttpResponse:
    """Say that the expert was there, or give the days back."""
    actor = actor_of_request(request)
    steps = {"use": expertdays.use_booking, "release": expertdays.release_booking}
    if verb not in steps:
        return HttpResponse(status=404)
    try:
        steps[verb](actor, booking_id=booking_id)
    except Conflict as error:
        messages.error(request, error.message)
    return HttpResponseRedirect(reverse("programs:experts", args=[code]))
