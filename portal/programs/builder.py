"""The programme manager's pages: programmes, their tiers, what these ask and give."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from common.errors import Conflict, InputError, NotFound
from portal.programs.forms import (
    BenefitForm,
    EnrolForm,
    ProgrammeForm,
    RequirementForm,
    TemplateForm,
    TierForm,
)
from portal.programs.words import Words, benefit_words
from portal.shell.access import actor_of_request, member_page
from portal.shell.formats import formats_of
from portal.shell.forms import FormPage, add_errors
from programs import enrolling, programmes, selectors, templates
from programs.benefits import remove_benefit, save_benefit
from programs.honoured import is_honoured
from programs.requirements import editing
from programs.standing.evaluating import evaluate_programme
from tenancy.actors import Actor
from tenancy.enums import Permission

VIEW, MANAGE = Permission.VIEW_PROGRAMS, Permission.MANAGE_PROGRAMS


@member_page(VIEW, audience="staff")
def programme_list(request: HttpRequest) -> HttpResponse:
    """Every programme with its tiers and how many partners hold each."""
    return _programmes(request, actor_of_request(request))


def _programmes(request: HttpRequest, actor: Actor, refused: TemplateForm | None = None) -> HttpResponse:
    rows = []
    for programme in selectors.programmes_for(actor):
        counts = selectors.counts_of(actor, programme)
        tiers = [(tier, counts.get(tier.pk, {}).get("all", 0)) for tier in selectors.tiers_of(programme)]
        rows.append({"programme": programme, "tiers": tiers, "partners": sum(n for _tier, n in tiers)})
    context = {
        "title": _("Programmes"),
        "subtitle": _("What partners can reach, what it takes and what it gives."),
        "rows": rows,
        "may_manage": actor.can(MANAGE),
        "form": refused or TemplateForm(actor=actor),
    }
    return render(request, "portal/programs/programmes.html", context, status=422 if refused else 200)


@member_page(VIEW, audience="staff")
def programme(request: HttpRequest, code: str) -> HttpResponse:
    """One programme: its tiers from the highest down, with requirements and benefits."""
    actor = actor_of_request(request)
    found = selectors.get_programme(actor, code)
    formats = formats_of(request)
    trees = Words(formats).trees(selectors.requirements_of(found))
    benefits = selectors.benefits_by_tier(found)
    counts = selectors.counts_of(actor, found)
    tiers = [
        {
            "tier": tier,
            "nodes": trees.get(tier.pk, []),
            "benefits": [
                (row, benefit_words(row.kind, row.value, formats), is_honoured(row.kind))
                for row in benefits.get(tier.pk, [])
            ],
            "partners": counts.get(tier.pk, {}).get("all", 0),
        }
        for tier in selectors.tiers_of(found).reverse()
    ]
    context = {
        "title": found.label(),
        "programme": found,
        "tiers": tiers,
        "may_manage": actor.can(MANAGE),
        "crumbs": [(_("Programmes"), reverse("programs:programmes"))],
    }
    return render(request, "portal/programs/programme.html", context)


class _Page(FormPage):
    permission = MANAGE
    code = ""

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def home(self) -> str:
        return (
            reverse("programs:programme", args=[self.code]) if self.code else reverse("programs:programmes")
        )

    def crumbs(self) -> list[tuple[str, str]]:
        found = [(str(_("Programmes")), reverse("programs:programmes"))]
        if not self.code:
            return found
        return [*found, (selectors.get_programme(self.actor, self.code).label(), self.home())]

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.home()}


class NewProgramme(_Page):
    title = _("New programme")
    form_class = ProgrammeForm
    draft = "programme"
    success = _("The programme was made. Give it tiers now.")

    def save(self, form: ProgrammeForm) -> str:
        code = form.cleaned_data["code"]
        made = programmes.create_programme(self.actor, code=code, **form.values())
        return reverse("programs:programme", args=[made.code])


class ChangeProgramme(_Page):
    title = _("Change the programme")
    form_class = ProgrammeForm
    success = _("The programme was changed.")

    def prepare(self) -> None:
        self.thing = selectors.get_programme(self.actor, self.kwargs["code"])
        self.code = self.thing.code

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor, "thing": self.thing}

    def save(self, form: ProgrammeForm) -> str:
        programmes.change_programme(self.actor, code=self.code, **form.values())
        return self.home()


class NewTier(_Page):
    title = _("New tier")
    subtitle = _("It stands above the others; it can be moved.")
    form_class = TierForm
    success = _("The tier was added.")

    def prepare(self) -> None:
        self.code = selectors.get_programme(self.actor, self.kwargs["code"]).code

    def save(self, form: TierForm) -> str:
        code = form.cleaned_data["code"]
        programmes.add_tier(self.actor, programme=self.code, code=code, **form.naming())
        return self.home()


class ChangeTier(_Page):
    title = _("Rename the tier")
    form_class = TierForm
    success = _("The tier was renamed.")

    def prepare(self) -> None:
        self.tier = selectors.tier_by_id(self.actor, self.kwargs["tier_id"])
        self.code = self.tier.programme.code

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor, "thing": self.tier}

    def save(self, form: TierForm) -> str:
        programmes.change_tier(self.actor, tier_id=self.tier.pk, **form.naming())
        return self.home()


class NewRequirement(_Page):
    title = _("New requirement")
    form_class = RequirementForm
    template_name = "portal/programs/form.html"
    draft = "requirement"
    success = _("The requirement was added. It counts from the next evaluation.")

    def prepare(self) -> None:
        self.tier = selectors.tier_by_id(self.actor, self.kwargs["tier_id"])
        self.code = self.tier.programme.code
        self.subtitle = self.tier.label()  # type: ignore[misc]

    def save(self, form: RequirementForm) -> str:
        parent = self.request.GET.get("parent", "")
        parent_id = int(parent) if parent.isdecimal() else None
        editing.add_requirement(self.actor, tier_id=self.tier.pk, parent_id=parent_id, **form.cleaned_data)
        return self.home()


class ChangeRequirement(_Page):
    title = _("Change the requirement")
    form_class = RequirementForm
    template_name = "portal/programs/form.html"
    success = _("The requirement was changed. It counts from the next evaluation.")

    def prepare(self) -> None:
        self.row = selectors.get_requirement(self.actor, self.kwargs["requirement_id"])
        self.code = self.row.tier.programme.code
        self.subtitle = self.row.tier.label()  # type: ignore[misc]

    def _page(self, form: Any, status: int) -> Any:
        form.fill(self.row)
        return super()._page(form, status)

    def save(self, form: RequirementForm) -> str:
        editing.change_requirement(self.actor, requirement_id=self.row.pk, **form.cleaned_data)
        return self.home()


class NewBenefit(_Page):
    title = _("Benefit of the tier")
    template_name = "portal/programs/form.html"
    form_class = BenefitForm
    success = _("The benefit was saved.")

    def prepare(self) -> None:
        self.tier = selectors.tier_by_id(self.actor, self.kwargs["tier_id"])
        self.code = self.tier.programme.code
        self.subtitle = self.tier.label()  # type: ignore[misc]

    def save(self, form: BenefitForm) -> str:
        save_benefit(self.actor, tier_id=self.tier.pk, **form.cleaned_data)
        return self.home()


class Enrol(_Page):
    title = _("Enrol partners")
    subtitle = _("Those that are in the programme already, or that it is not for, are left out.")
    form_class = EnrolForm
    submit_label = _("Enrol")

    def prepare(self) -> None:
        self.programme = selectors.get_programme(self.actor, self.kwargs["code"])
        self.code = self.programme.code

    def form_kwargs(self) -> dict[str, Any]:
        tiers = [(tier.code, tier.label()) for tier in selectors.tiers_of(self.programme)]
        return {"actor": self.actor, "tiers": tiers}

    def save(self, form: EnrolForm) -> str:
        data = form.cleaned_data
        codes = [part.strip() for part in data["partners"].replace("،", ",").split(",") if part.strip()]
        rows = selectors.fitting_partners(
            self.actor, role=data["role"], layer=data["layer"], territory=data["territory"]
        )
        if codes:
            rows = rows.filter(code__in=codes)
            gone = [code for code in codes if code not in set(rows.values_list("code", flat=True))]
            if gone:
                raise InputError(
                    "unknown",
                    _("There is no such partner: %(codes)s."),
                    "partners",
                    {"codes": ", ".join(gone[:5])},
                )
        ids = list(rows.values_list("pk", flat=True))
        number = enrolling.enrol(self.actor, programme=self.code, partner_ids=ids, tier=data["tier"])
        told = _("%(number)s partners are in the programme now.") % {
            "number": formats_of(self.request).number(number)
        }
        messages.success(self.request, told)
        return reverse("programs:members", args=[self.code])


@require_POST
@member_page(MANAGE)
def from_template(request: HttpRequest, kind: str) -> HttpResponse:
    """Make a programme out of a template."""
    actor = actor_of_request(request)
    form = TemplateForm(data=request.POST, actor=actor)
    if not form.is_valid():
        return _programmes(request, actor, form)
    try:
        with transaction.atomic():
            made = templates.make(actor, kind, unit=form.cleaned_data["unit"])
    except (Conflict, InputError) as error:
        add_errors(form, error)
        return _programmes(request, actor, form)
    messages.success(request, _("The programme is a draft of yours now: change what does not fit."))
    return HttpResponseRedirect(reverse("programs:programme", args=[made.code]))


@require_POST
@member_page(MANAGE)
def act_tier(request: HttpRequest, tier_id: int, verb: str) -> HttpResponse:
    """Move a tier up or down, or remove it."""
    actor = actor_of_request(request)
    code = selectors.tier_by_id(actor, tier_id).programme.code
    try:
        if verb == "remove":
            programmes.remove_tier(actor, tier_id=tier_id)
        elif verb in ("up", "down"):
            programmes.move_tier(actor, tier_id=tier_id, up=verb == "up")
        else:
            raise NotFound
    except Conflict as error:
        messages.error(request, error.message)
    return HttpResponseRedirect(reverse("programs:programme", args=[code]))


@require_POST
@member_page(MANAGE)
def act_requirement(request: HttpRequest, requirement_id: int, verb: str) -> HttpResponse:
    """Move a requirement up or down, or remove it with everything below it."""
    actor = actor_of_request(request)
    code = selectors.get_requirement(actor, requirement_id).tier.programme.code
    if verb == "remove":
        editing.remove_requirement(actor, requirement_id=requirement_id)
    elif verb in ("up", "down"):
        editing.move_requirement(actor, requirement_id=requirement_id, up=verb == "up")
    else:
        raise NotFound
    return HttpResponseRedirect(reverse("programs:programme", args=[code]))


@require_POST
@member_page(MANAGE)
def drop_benefit(request: HttpRequest, code: str, benefit_id: int) -> HttpResponse:
    """A tier gives this no longer."""
    remove_benefit(actor_of_request(request), benefit_id=benefit_id)
    return HttpResponseRedirect(reverse("programs:programme", args=[code]))


@require_POST
@member_page(MANAGE)
def evaluate(request: HttpRequest, code: str) -> HttpResponse:
    """Evaluate the programme now instead of tonight."""
    actor = actor_of_request(request)
    summary = evaluate_programme(actor, selectors.get_programme(actor, code))
    formats = formats_of(request)
    steps = {
        "partners": formats.number(summary.partners),
        "steps": formats.number(sum(summary.steps.values())),
    }
    messages.success(
        request, _("%(partners)s partners were evaluated; %(steps)s stand elsewhere now.") % steps
    )
    return HttpResponseRedirect(reverse("programs:members", args=[code]))
