"""Exceptions: the list, asking for one, deciding."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from common.errors import Conflict, Forbidden, InputError
from portal.programs.forms import ExceptionForm
from portal.shell.access import actor_of_request, member_page
from portal.shell.forms import FormPage
from programs import selectors
from programs.enums import ExceptionState
from programs.standing import exceptions
from tenancy.enums import Permission

SHOWN = 200


@member_page(Permission.VIEW_PROGRAMS, audience="staff")
def exception_list(request: HttpRequest) -> HttpResponse:
    """What waits for a decision first, then what runs, then what is over."""
    actor = actor_of_request(request)
    order = {state: number for number, state in enumerate(ExceptionState.values)}
    rows = sorted(exceptions.exceptions_for(actor)[:SHOWN], key=lambda row: (order[row.state], -row.pk))
    context = {
        "title": _("Exceptions"),
        "subtitle": _(
            "Tiers against the requirements: one person asks, another approves, and they end on a day."
        ),
        "rows": rows,
        "may_decide": actor.can(Permission.MANAGE_PROGRAMS),
        "member": actor.membership_id,
        "crumbs": [(_("Tiers to watch"), reverse("programs:watch"))],
    }
    return render(request, "portal/programs/exceptions.html", context)


class AskException(FormPage):
    title = _("Ask for an exception")
    form_class = ExceptionForm
    permission = Permission.WORK_BOOK
    submit_label = _("Ask")
    success = _("Another person decides now.")

    def prepare(self) -> None:
        self.row = exceptions.enrolment_of(self.actor, self.kwargs["enrolment_id"])
        self.subtitle = self.row.partner.label()  # type: ignore[misc]

    def form_kwargs(self) -> dict[str, Any]:
        tiers = selectors.tiers_of(self.row.programme).filter(rank__gte=self.row.tier.rank)
        return {"actor": self.actor, "tiers": [(tier.code, tier.label()) for tier in tiers]}

    def _home(self) -> str:
        return reverse("programs:progress", args=[self.row.programme.code, self.row.partner.code])

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self._home()}

    def save(self, form: ExceptionForm) -> str:
        exceptions.ask_exception(self.actor, enrolment_id=self.row.pk, **form.cleaned_data)
        return self._home()


@require_POST
@member_page(Permission.MANAGE_PROGRAMS)
def act(request: HttpRequest, exception_id: int, verb: str) -> HttpResponse:
    """Approve, refuse, or end early."""
    actor, answer = actor_of_request(request), request.POST.get("answer", "")
    try:
        if verb == "end":
            exceptions.end_exception(actor, exception_id=exception_id)
        elif verb in ("approve", "refuse"):
            exceptions.decide_exception(
                actor, exception_id=exception_id, approve=verb == "approve", answer=answer
            )
        else:
            return HttpResponse(status=404)
    except (Conflict, InputError, Forbidden) as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("It was decided."))
    return HttpResponseRedirect(reverse("programs:exceptions"))
