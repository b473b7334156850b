"""Questions to listed partners are leads; old addresses of theirs still lead there."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from marketing.leads.selectors import lead_of_question
from portal.shell.access import actor_of_request, member_page
from tenancy.enums import Permission


@require_safe
@member_page(Permission.VIEW_LEADS)
def contacts(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(reverse("leads:list"))


@require_safe
@member_page(Permission.VIEW_LEADS)
def contact(request: HttpRequest, request_id: int) -> HttpResponse:
    lead = lead_of_question(actor_of_request(request), request_id)
    return HttpResponseRedirect(reverse("leads:lead", args=[lead.ref]))
