"""Planning, preparing, holding and closing a review."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from common.errors import InputError, NotFound
from partners.book.enums import Side
from portal.catalog.formbase import CodeField, DayField
from portal.catalog.pickers import CodePicker
from portal.goals.forms import coming
from portal.shell.access import actor_of_request, member_page
from portal.shell.formats import formats_of
from portal.shell.forms import FormPage, StepPage, take_step
from programs.models import Review
from programs.reviews import services
from tenancy.actors import Actor
from tenancy.enums import Permission

WORK = Permission.WORK_BOOK
#: Quarters before the running one that can still be planned.
BEFORE = 3


class _DayForm(forms.Form):
    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, DayField):
                field.calendar = actor.operator.days


class ReviewForm(_DayForm):
    partner = CodeField(label=_("Partner"), widget=CodePicker("partners"))
    period = forms.ChoiceField(label=_("Quarter"))
    planned_on = DayField(label=_("Planned for"))

    def __init__(self, *args: Any, actor: Actor, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        formats = formats_of(request)
        quarters = coming(actor, "quarter", None)[:2]
        while len(quarters) < 2 + BEFORE:
            quarters.insert(0, quarters[0].previous())
        choices = [(each.code, formats.period(each.code)) for each in quarters]
        self.fields["period"].choices = choices  # type: ignore[attr-defined]


class HeldForm(_DayForm):
    held_on = DayField(label=_("Held on"))
    minutes = forms.CharField(
        label=_("Minutes"), max_length=services.LONGEST_TEXT, widget=forms.Textarea({"rows": 8, "dir": "auto"})
    )  # fmt: skip


class ActionForm(_DayForm):
    title = forms.CharField(
        label=_("Action"), max_length=services.LONGEST, widget=forms.TextInput({"dir": "auto"})
    )
    side = forms.ChoiceField(label=_("Who does it"), choices=Side.choices)
    due_on = DayField(label=_("Due on"))


def _trail() -> list[tuple[str, str]]:
    return [(str(_("Quarterly reviews")), reverse("reviews:list"))]


class ReviewCreate(FormPage):
    title = _("Plan a review")
    form_class = ReviewForm
    permission = WORK
    audience = "staff"

    def crumbs(self) -> list[tuple[str, str]]:
        return _trail()

    def form_kwargs(self) -> dict[str, Any]:
        initial = {"partner": self.request.GET.get("partner", "")}
        return {"actor": self.actor, "request": self.request, "initial": initial}

    def save(self, form: Any) -> str:
        try:
            made = services.plan_review(self.actor, **form.cleaned_data)
        except NotFound as error:
            raise InputError("unknown_code", _("There is no such partner."), "partner") from error
        return reverse("reviews:review", args=[made.pk])


class _OfReview(StepPage):
    permission = WORK
    audience = "staff"
    thing: Review

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def fetch(self) -> Review:
        return services.get_review(self.actor, self.kwargs["pk"])

    def trail(self) -> list[tuple[str, str]]:
        return _trail()

    def named(self) -> str:
        return self.thing.partner.label()

    def back(self) -> str:
        return reverse("reviews:review", args=[self.thing.pk])


class Held(_OfReview):
    title = _("The review was held")
    form_class = HeldForm
    draft = "review"

    def act(self, form: Any) -> None:
        services.hold_review(self.actor, review_id=self.thing.pk, **form.cleaned_data)


class ActionCreate(_OfReview):
    title = _("New action")
    form_class = ActionForm

    def act(self, form: Any) -> None:
        services.add_action(self.actor, review_id=self.thing.pk, **form.cleaned_data)


def _click(request: HttpRequest, pk: int, act: Callable[..., Any], **more: Any) -> HttpResponse:
    actor = actor_of_request(request)
    return take_step(request, reverse("reviews:review", args=[pk]), lambda: act(actor, review_id=pk, **more))


@require_POST
@member_page(WORK, audience="staff")
def prepare(request: HttpRequest, pk: int) -> HttpResponse:
    """Freeze the figures."""
    return _click(request, pk, services.prepare_review)


@require_POST
@member_page(WORK, audience="staff")
def agree(request: HttpRequest, pk: int) -> HttpResponse:
    """The actions become tasks."""
    return _click(request, pk, services.agree_actions)


@require_POST
@member_page(WORK, audience="staff")
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """It is over."""
    return _click(request, pk, services.close_review)


@require_POST
@member_page(WORK, audience="staff")
def drop(request: HttpRequest, pk: int, action_id: int) -> HttpResponse:
    """Take an action away."""
    return _click(request, pk, services.drop_action, action_id=action_id)
