"""Answers to an offer, and revisions of what was agreed."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from portal.goals.forms import WishForm, initial_of
from portal.shell.access import actor_of_request, member_page
from portal.shell.forms import StepPage, take_step
from programs.goals import services
from programs.goals.selectors import get_goal
from programs.models import Goal
from tenancy.enums import Permission

MANAGE = Permission.MANAGE_PLANS


class ReviseForm(WishForm):
    reason = forms.CharField(
        label=_("Why the agreed target should change"),
        max_length=services.LONGEST,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["text"]


class RefuseForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=services.LONGEST, widget=forms.Textarea({"rows": 3, "dir": "auto"})
    )


class _Answer(StepPage):
    form_class: ClassVar[type[forms.BaseForm]] = WishForm
    permission = MANAGE
    thing: Goal

    def fetch(self) -> Goal:
        return get_goal(self.actor, self.kwargs["pk"])

    def form_kwargs(self) -> dict[str, Any]:
        return {"initial": initial_of(self.thing.kpi, self.thing)}

    def trail(self) -> list[tuple[str, str]]:
        return [(str(_("Goals")), reverse("goals:list"))]

    def named(self) -> str:
        return self.thing.kpi.label()

    def back(self) -> str:
        return reverse("goals:goal", args=[self.thing.pk])


class Counter(_Answer):
    title = _("Offer another target")
    submit_label = _("Offer")

    def act(self, form: Any) -> None:
        services.counter_goal(
            self.actor, goal_id=self.thing.pk, wish=form.wish(), text=form.cleaned_data["text"]
        )


class Revise(_Answer):
    title = _("Change an agreed goal")
    subtitle = _("The agreed target stays in force until the other side agrees to the new one.")
    form_class = ReviseForm
    submit_label = _("Offer")

    def act(self, form: Any) -> None:
        services.revise_goal(
            self.actor, goal_id=self.thing.pk, wish=form.wish(), reason=form.cleaned_data["reason"]
        )


class Refuse(_Answer):
    title = _("Refuse the offer")
    form_class = RefuseForm
    submit_label = _("Refuse")

    def form_kwargs(self) -> dict[str, Any]:
        return {}

    def act(self, form: Any) -> None:
        services.refuse_goal(self.actor, goal_id=self.thing.pk, reason=form.cleaned_data["reason"])


def _click(request: HttpRequest, pk: int, act: Callable[..., Any]) -> HttpResponse:
    actor = actor_of_request(request)
    return take_step(request, reverse("goals:goal", args=[pk]), lambda: act(actor, goal_id=pk))


@require_POST
@member_page(MANAGE)
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a draft to the other side."""
    return _click(request, pk, services.propose_goal)


@require_POST
@member_page(MANAGE)
def agree(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the offer of the other side."""
    return _click(request, pk, services.agree_goal)


@require_POST
@member_page(MANAGE)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back one's own offer."""
    return _click(request, pk, services.withdraw_goal)
