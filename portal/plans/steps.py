"""The ways of a plan: shared, put to signature, signed, returned, amended, ended; and actuals that are entered."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from common.errors import NotFound
from portal.plans.editing import OfPlan
from portal.schemes.fields import AmountField
from portal.shell.access import actor_of_request, member_page
from portal.shell.forms import take_step
from programs.models import ObjectiveTarget
from programs.plans import signing
from programs.plans.selectors import objectives_of
from programs.plans.services import LONGEST_TEXT
from tenancy.enums import Permission

MANAGE = Permission.MANAGE_PLANS
AREA = forms.Textarea({"rows": 3, "dir": "auto"})


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_TEXT, widget=AREA)


class _Step(OfPlan):
    form_class: ClassVar[type[forms.BaseForm]] = ReasonForm
    audience = ""
    step: ClassVar[Any]

    def act(self, form: Any) -> None:
        type(self).step(self.actor, plan_id=self.thing.pk, **form.cleaned_data)


class Return(_Step):
    title = _("Not like this")
    subtitle = _("The plan's words are open again, and signatures are forgotten.")
    submit_label = _("Send it back")
    step = staticmethod(signing.return_plan)


class Amend(_Step):
    title = _("Amend the plan")
    subtitle = _("The signed version stays in force until both sides have signed the new one.")
    audience = "staff"
    submit_label = _("Amend")
    step = staticmethod(signing.amend_plan)


class End(_Step):
    title = _("End the plan early")
    subtitle = _("It is scored as it stands today.")
    permission = Permission.MANAGE_PROGRAMS
    audience = "staff"
    submit_label = _("End it")
    step = staticmethod(signing.end_plan)


class GiveUp(_Step):
    title = _("Give the plan up")
    audience = "staff"
    submit_label = _("Give it up")
    step = staticmethod(signing.drop_plan)


class ActualForm(forms.Form):
    actual = AmountField(label=_("Reached"))
    proof = forms.CharField(
        label=_("What proves it"), max_length=LONGEST_TEXT, widget=AREA,
        help_text=_("Files can be added on the plan's page."),
    )  # fmt: skip


class Actual(_Step):
    title = _("Enter what was reached")
    form_class = ActualForm
    row: ObjectiveTarget

    def prepare(self) -> None:
        super().prepare()
        rows = [row for each in objectives_of(self.thing) for row in each.targets.all()]
        found = next((row for row in rows if row.pk == self.kwargs["target_id"]), None)
        if found is None:
            raise NotFound()
        self.row = found

    def form_kwargs(self) -> dict[str, Any]:
        return {"initial": {"actual": self.row.actual, "proof": self.row.proof}}

    def act(self, form: Any) -> None:
        signing.enter_actual(self.actor, plan_id=self.thing.pk, target_id=self.row.pk, **form.cleaned_data)


def _click(request: HttpRequest, pk: int, act: Callable[..., Any], **more: Any) -> HttpResponse:
    actor = actor_of_request(request)
    return take_step(request, reverse("plans:plan", args=[pk]), lambda: act(actor, plan_id=pk, **more))


@require_POST
@member_page(MANAGE, audience="staff")
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the partner see it."""
    return _click(request, pk, signing.share_plan)


@require_POST
@member_page(MANAGE, audience="staff")
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Put it to signature."""
    return _click(request, pk, signing.ask_to_sign)


@require_POST
@member_page(MANAGE)
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign what was read."""
    return _click(request, pk, signing.sign_plan, digest=request.POST.get("digest", ""))
