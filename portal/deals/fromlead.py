"""The button of a qualified lead: a draft of a deal with what the lead tells."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from common.errors import Conflict, InputError, Invalid
from deals.services.leads import convert_lead
from portal.shell.access import actor_of_request, member_page
from tenancy.enums import Permission


@require_POST
@member_page(Permission.REGISTER_DEALS)
def from_lead(request: HttpRequest, ref: str) -> HttpResponse:
    """The draft's form opens; a lead that cannot become a deal (any more) says why on its own page."""
    actor = actor_of_request(request)
    try:
        with transaction.atomic():
            made = convert_lead(actor, ref=ref)
    except (InputError, Conflict, Invalid) as error:
        messages.error(request, error.message)
        return HttpResponseRedirect(reverse("leads:lead", args=[ref]))
    return HttpResponseRedirect(reverse("deals:edit", args=[made.ref]))
