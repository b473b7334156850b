"""Granted benefits that were used: written down, and taken back."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from incentives import benefituse
from portal.catalog.formbase import DayField
from portal.schemes.fields import AmountField
from portal.shell.access import actor_of_request, member_page
from portal.shell.forms import FormPage, take_step
from tenancy.actors import Actor
from tenancy.enums import Permission


class UseForm(forms.Form):
    quantity = AmountField(label=_("How many"))
    day = DayField(label=_("Day"), required=False, help_text=_("Empty: today."))
    text = forms.CharField(
        label=_("What for"), required=False, max_length=200, widget=forms.TextInput({"dir": "auto"})
    )

    def __init__(self, *args: Any, actor: Actor, left: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].calendar = actor.operator.days  # type: ignore[attr-defined]
        self.initial["quantity"] = left


class UsePage(FormPage):
    """``?scheme=&partner=&rep=`` names whose benefit it is."""

    title = _("Write down what was used")
    form_class = UseForm
    permission = Permission.WORK_BOOK
    audience = "staff"
    success = _("It was written down; the partner is told.")

    def prepare(self) -> None:
        asked = self.request.GET
        self.own = {name: asked.get(name, "") for name in ("scheme", "partner", "rep")}
        self.held = benefituse.held_by(self.actor, **self.own)
        names = [self.held.version.scheme.label(), self.held.partner.label()]
        self.subtitle = " · ".join([*names, *([self.held.rep.label()] if self.held.rep else [])])  # type: ignore[misc]

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor, "left": self.held.quantity.normalize()}

    def save(self, form: UseForm) -> str:
        given: dict[str, Any] = self.own | form.cleaned_data
        benefituse.use_benefit(self.actor, **given)
        return reverse("points:benefits")

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": reverse("points:benefits")}

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Benefits and funds")), reverse("points:benefits"))]


@require_POST
@member_page(Permission.WORK_BOOK, audience="staff")
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of_request(request)
    done = _("It was taken back; the pieces can be used again.")
    return take_step(request, reverse("points:benefits"), lambda: benefituse.undo_use(actor, use_id=pk), done)
