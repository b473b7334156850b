"""The rules: their list, a new one, one with its history, and its end."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import DomainError
from portal.authorisations.forms import EndForm, RuleForm
from portal.authorisations.tables import RuleFilter, RuleTable, effect, standing
from portal.shell.access import actor_of_request, member_page
from portal.shell.forms import FormPage, add_errors
from portal.shell.lists import Action, Empty, ListPage
from programs.authorisations.about import today_of
from programs.authorisations.selectors import authorisations_for, get_authorisation, with_state
from programs.authorisations.services import add_authorisation, end_authorisation
from programs.authorisations.words import sentence, what, whom
from tenancy.enums import Permission

MANAGE = Permission.MANAGE_AUTHORISATIONS


class RuleList(ListPage):
    title = gettext_lazy("Authorisations")
    subtitle = gettext_lazy(
        "Who may sell what to whom. Key accounts and core telecom are closed without a rule."
    )
    table_class = RuleTable
    filter_class = RuleFilter
    permission = Permission.VIEW_AUTHORISATIONS
    audience = "staff"
    export_name = "authorisations"
    empty = Empty(
        gettext_lazy("No rules yet"),
        gettext_lazy("Without rules everything is open but key accounts and core telecom."),
        "shield-check",
    )

    def rows(self) -> Any:
        return with_state(authorisations_for(self.actor), today_of(self.actor))

    def actions(self) -> list[Action]:
        found = [
            Action(_("Ask"), reverse("authorisations:ask"), "help-circle", plain=True),
            Action(_("Worksheets"), reverse("authorisations:worksheets"), "scale", plain=True),
        ]
        if self.actor.can(MANAGE):
            found.insert(0, Action(_("New rule"), reverse("authorisations:new")))
        return found


class NewRule(FormPage):
    title = gettext_lazy("New rule")
    subtitle = gettext_lazy(
        "What is left out means any. The most exact rule counts: who, then what, segment, territory, model."
    )
    form_class = RuleForm
    permission = MANAGE
    audience = "staff"
    template_name = "portal/authorisations/form.html"
    success = gettext_lazy("The rule holds from its first day on. It can be ended, not changed.")

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": reverse("authorisations:list")}

    def crumbs(self) -> list[tuple[str, str]]:
        return [(_("Authorisations"), reverse("authorisations:list"))]

    def save(self, form: Any) -> str:
        data = form.cleaned_data
        row = add_authorisation(self.actor, effect=data["effect"], reason=data["reason"], **form.about())
        return reverse("authorisations:rule", args=[row.pk])


@member_page(Permission.VIEW_AUTHORISATIONS, audience="staff")
def rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    """A rule with who added and who ended it; who manages rules ends it here."""
    actor = actor_of_request(request)
    found = get_authorisation(actor, rule_id)
    ending = found.endings.first()
    form = EndForm(request.POST or None, actor=actor)
    may_end = actor.can(MANAGE) and ending is None and found.standing != "over"
    if request.method == "POST" and may_end and form.is_valid():
        try:
            with transaction.atomic():
                end_authorisation(actor, pk=found.pk, **form.cleaned_data)
        except DomainError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("The rule is ended. Days that are over stay as they were."))
            return HttpResponseRedirect(request.path)
    context = {
        "title": sentence(found),
        "rule": found,
        "whom": whom(found),
        "what": what(found),
        "effect": effect(found),
        "standing": standing(found),
        "ending": ending,
        "may_end": may_end,
        "form": form,
        "crumbs": [(_("Authorisations"), reverse("authorisations:list"))],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "portal/authorisations/rule.html", context, status=status)
