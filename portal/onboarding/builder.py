"""Templates of checklists, built by programme managers: a list of steps that can be added, changed, moved and removed."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from catalog.enums import PartnerRole
from partners.documents.enums import DocumentKind
from partners.models import Checklist, ChecklistStep
from partners.onboarding import selectors, templates
from partners.onboarding.enums import Approver, Side, StepKind
from portal.catalog.columns import role_labels
from portal.onboarding.words import ICONS, guide_of
from portal.shell.access import actor_of_request, member_page
from portal.shell.forms import FormPage
from tenancy.actors import Actor
from tenancy.enums import Permission

MANAGE = Permission.MANAGE_PARTNERS


@member_page(MANAGE)
def checklists(request: HttpRequest) -> HttpResponse:
    """All templates."""
    actor = actor_of_request(request)
    rows = [
        {"checklist": each, "roles": role_labels(each.roles), "steps": len(each.steps.all())}
        for each in selectors.checklists_for(actor)
    ]
    context = {
        "title": _("Checklists"),
        "subtitle": _("What a new partner goes through, by the kind of partner."),
        "rows": rows,
    }
    return render(request, "portal/onboarding/checklists.html", context)


@member_page(MANAGE)
def checklist(request: HttpRequest, pk: int) -> HttpResponse:
    """One template with its steps in order."""
    actor = actor_of_request(request)
    found = selectors.get_checklist(actor, pk)
    steps = selectors.checklist_steps(actor, found)
    context = {
        "title": found.label(),
        "checklist": found,
        "roles": role_labels(found.roles),
        "rows": [
            {"step": each, "icon": ICONS[each.kind], "guide": guide_of(each), "first": n == 0}
            for n, each in enumerate(steps)
        ],
        "crumbs": [(_("Checklists"), reverse("onboarding:checklists"))],
    }
    return render(request, "portal/onboarding/builder.html", context)


@require_POST
@member_page(MANAGE)
def default(request: HttpRequest) -> HttpResponse:
    """Make the checklist of the product."""
    made = templates.make_default(actor_of_request(request))
    messages.success(request, _("The checklist is ready. Change what is different with you."))
    return HttpResponseRedirect(reverse("onboarding:checklist", args=[made.pk]))


@require_POST
@member_page(MANAGE)
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """A template to begin another one from."""
    made = templates.copy_checklist(actor_of_request(request), checklist_id=pk)
    messages.success(request, _("This is the copy. Give it a name and switch it on."))
    return HttpResponseRedirect(reverse("onboarding:checklist_change", args=[made.pk]))


def _language(code: str) -> str:
    return str(dict(settings.LANGUAGES)[code])


def _add_languages(
    form: forms.Form, actor: Actor, field: str, label: str, *, long: bool = False
) -> list[str]:
    """A field like ``field`` for each further language of the operator; returns their names."""
    names = []
    for code in actor.operator.languages:
        if code == actor.operator.main_language:
            continue
        attrs = {"dir": "auto", "lang": code}
        widget = forms.Textarea({"rows": 2, **attrs}) if long else forms.TextInput(attrs)
        names.append(f"{field}_{code}")
        form.fields[names[-1]] = forms.CharField(
            label=f"{label} ({_language(code)})",
            max_length=4000 if long else 200,
            required=False,
            widget=widget,
        )
    return names


def _said(data: dict[str, Any], field: str) -> dict[str, str]:
    return {name.rpartition("_")[2]: value for name, value in data.items() if name.startswith(f"{field}_")}


class ChecklistForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput({"dir": "auto"}))
    roles = forms.MultipleChoiceField(
        label=_("For partners that are"),
        choices=PartnerRole.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None: for everybody without a checklist of their own."),
    )
    active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, actor: Actor, thing: Checklist | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        more = _add_languages(self, actor, "name", gettext("Name"))
        self.order_fields(["name", *more, "roles", "active"])
        if thing is not None:
            self.initial.update({"name": thing.name, "roles": thing.roles, "active": thing.active})
            self.initial.update({f"name_{code}": word for code, word in thing.names.items()})

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        names = {code: word for code, word in _said(data, "name").items() if word}
        return {"name": data["name"], "names": names, "roles": data["roles"], "active": data["active"]}


class NewChecklist(FormPage):
    title = _("New checklist")
    permission = MANAGE
    form_class = ChecklistForm
    thing: Checklist | None = None

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor, "thing": self.thing}

    def save(self, form: ChecklistForm) -> str:
        pk = self.thing.pk if self.thing else None
        saved = templates.save_checklist(self.actor, checklist_id=pk, **form.values())
        return reverse("onboarding:checklist", args=[saved.pk])

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Checklists")), reverse("onboarding:checklists"))]


class ChangeChecklist(NewChecklist):
    title = _("Change the checklist")
    success = _("The checklist was changed. What is under way stays as it is.")

    def prepare(self) -> None:
        self.thing = selectors.get_checklist(self.actor, self.kwargs["pk"])


class PlanForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=StepKind.choices)
    document_kind = forms.ChoiceField(
        label=_("Document"),
        choices=[("", "---------"), *DocumentKind.choices],
        required=False,
        help_text=_("For steps that wait for a document in the vault."),
    )
    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput({"dir": "auto"}))
    guide = forms.CharField(
        label=_("Guide for whoever does it"),
        max_length=4000,
        required=False,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )
    side = forms.ChoiceField(label=_("Done by"), choices=Side.choices)
    approver = forms.ChoiceField(label=_("Approved by"), choices=Approver.choices)
    after = forms.TypedChoiceField(label=_("After"), required=False, coerce=int, empty_value=None)
    due_days = forms.IntegerField(label=_("Working days"), min_value=1, max_value=250, initial=5)
    amount = forms.IntegerField(
        label=_("How many"), min_value=1, max_value=1000, initial=1, help_text=_("Users that it takes.")
    )
    mandatory = forms.BooleanField(
        label=_("Mandatory"),
        required=False,
        initial=True,
        help_text=_("The partner becomes active when all mandatory steps are done."),
    )

    def __init__(
        self,
        *args: Any,
        actor: Actor,
        others: list[ChecklistStep],
        thing: ChecklistStep | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        names = _add_languages(self, actor, "name", gettext("Name"))
        guides = _add_languages(self, actor, "guide", gettext("Guide for whoever does it"), long=True)
        after: Any = self.fields["after"]
        after.choices = [("", _("Nothing: it opens at once")), *((each.pk, each.label()) for each in others)]
        self.order_fields(["kind", "document_kind", "name", *names, "guide", *guides])
        if thing is not None:
            self._fill(thing)

    def _fill(self, thing: ChecklistStep) -> None:
        plain = (
            "kind",
            "document_kind",
            "name",
            "guide",
            "side",
            "approver",
            "due_days",
            "amount",
            "mandatory",
        )
        self.initial.update({name: getattr(thing, name) for name in plain} | {"after": thing.after_id})
        self.initial.update({f"name_{code}": word for code, word in thing.names.items()})
        self.initial.update({f"guide_{code}": word for code, word in thing.guides.items()})

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        further = {name for name in data if name.startswith(("name_", "guide_"))}
        found = {name: value for name, value in data.items() if name not in further}
        found["after_id"] = found.pop("after")
        names = {code: word for code, word in _said(data, "name").items() if word}
        return found | {"names": names, "guides": _said(data, "guide")}


class _Plan(FormPage):
    permission = MANAGE
    form_class = PlanForm
    checklist: Checklist
    thing: ChecklistStep | None = None

    def form_kwargs(self) -> dict[str, Any]:
        steps = selectors.checklist_steps(self.actor, self.checklist)
        others = [each for each in steps if self.thing is None or each.pk != self.thing.pk]
        return {"actor": self.actor, "others": others, "thing": self.thing}

    def back(self) -> str:
        return reverse("onboarding:checklist", args=[self.checklist.pk])

    def save(self, form: PlanForm) -> str:
        pk = self.thing.pk if self.thing else None
        templates.save_step(self.actor, checklist_id=self.checklist.pk, step_id=pk, **form.values())
        return self.back()

    def crumbs(self) -> list[tuple[str, str]]:
        return [
            (str(_("Checklists")), reverse("onboarding:checklists")),
            (str(self.checklist.label()), self.back()),
        ]

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.back()}


class NewPlan(_Plan):
    title = _("New step")

    def prepare(self) -> None:
        self.checklist = selectors.get_checklist(self.actor, self.kwargs["pk"])


class ChangePlan(_Plan):
    title = _("Change the step")
    success = _("The step was changed. What is under way stays as it is.")

    def prepare(self) -> None:
        self.thing = selectors.get_plan(self.actor, self.kwargs["pk"])
        self.checklist = self.thing.checklist


@require_POST
@member_page(MANAGE)
def plan_up(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up."""
    return _moved(request, pk, up=True)


@require_POST
@member_page(MANAGE)
def plan_down(request: HttpRequest, pk: int) -> HttpResponse:
    """One place down."""
    return _moved(request, pk, up=False)


def _moved(request: HttpRequest, pk: int, *, up: bool) -> HttpResponse:
    actor = actor_of_request(request)
    plan = selectors.get_plan(actor, pk)
    templates.move_step(actor, checklist_id=plan.checklist_id, step_id=pk, up=up)
    return HttpResponseRedirect(reverse("onboarding:checklist", args=[plan.checklist_id]))


@require_POST
@member_page(MANAGE)
def plan_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a step out of the template."""
    actor = actor_of_request(request)
    plan = selectors.get_plan(actor, pk)
    templates.remove_step(actor, checklist_id=plan.checklist_id, step_id=pk)
    messages.success(request, _("The step was removed."))
    return HttpResponseRedirect(reverse("onboarding:checklist", args=[plan.checklist_id]))
