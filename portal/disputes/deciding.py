"""The operator's steps: review, ask, uphold, deny, close."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from incentives import disputes as services
from portal.disputes.filing import Step
from portal.schemes.fields import AmountField
from portal.shell.access import actor_of_request, member_page
from portal.shell.forms import take_step
from tenancy.enums import Permission

DECIDE = Permission.DECIDE_DISPUTES


class UpholdForm(forms.Form):
    amount = AmountField(
        label=_("Added to the line"),
        help_text=_("A second person approves it; it comes with the next statement."),
    )
    in_part = forms.BooleanField(label=_("Only a part of what was claimed"), required=False)
    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea({"rows": 4, "dir": "auto"}), max_length=10_000
    )


class _Decision(Step):
    permission = DECIDE
    audience = "staff"


class Ask(_Decision):
    title = _("Ask for information")
    submit_label = _("Ask")

    def act(self, given: dict[str, Any]) -> None:
        services.ask_for_information(self.actor, dispute_id=self.found.pk, text=given["text"])


class Deny(_Decision):
    title = _("Deny the dispute")
    submit_label = _("Deny")

    def act(self, given: dict[str, Any]) -> None:
        services.deny_dispute(self.actor, dispute_id=self.found.pk, reason=given["text"])


class Uphold(_Decision):
    title = _("Uphold the dispute")
    form_class = UpholdForm
    submit_label = _("Uphold")

    def form_kwargs(self) -> dict[str, Any]:
        claimed = self.found.claimed
        return {} if claimed is None else {"initial": {"amount": f"{claimed - self.found.line.amount:f}"}}

    def act(self, given: dict[str, Any]) -> None:
        services.uphold_dispute(
            self.actor,
            dispute_id=self.found.pk,
            amount=given["amount"],
            reason=given["reason"],
            in_part=given["in_part"],
        )


def _click(request: HttpRequest, pk: int, act: Callable[..., Any]) -> HttpResponse:
    actor = actor_of_request(request)
    return take_step(request, reverse("disputes:dispute", args=[pk]), lambda: act(actor, dispute_id=pk))


@require_POST
@member_page(DECIDE, audience="staff")
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody looks at it now."""
    return _click(request, pk, services.review_dispute)


@require_POST
@member_page(DECIDE, audience="staff")
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """A decided dispute ends."""
    return _click(request, pk, services.close_dispute)
