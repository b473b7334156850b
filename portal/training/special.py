"""Specialisations: what they ask, who has them, how far the reader's company is; and their form for the operator."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from catalog.enums import Layer
from catalog.services import values
from common.digits import localize_digits, to_latin
from common.errors import InputError
from performance.models import Kpi
from performance.selectors import kpis_for
from portal.catalog.columns import choices_of
from portal.catalog.formbase import CodedForm
from portal.kpis.wording import value_writer
from portal.shell.access import actor_of_request, member_page
from portal.shell.formats import Formats, formats_of
from portal.shell.forms import FormPage
from portal.training.learning import text_in
from programs.models import Specialisation
from programs.training import selectors, specialising
from tenancy.actors import Actor
from tenancy.enums import Permission

VIEW, MANAGE = Permission.VIEW_TRAINING, Permission.MANAGE_TRAINING
ROWS = 6


@member_page(VIEW)
def specialisations(request: HttpRequest) -> HttpResponse:
    """Each with what it asks; partners see their own standing, staff how many have it."""
    actor = actor_of_request(request)
    names = {one.code: one.label() for one in selectors.certifications_for(actor)}
    formats = formats_of(request)
    kpis = {one.code: one for one in kpis_for(actor)} if actor.can(Permission.VIEW_KPIS) else {}
    subjects = specialising.specialisations_for(actor).order_by("name", "code")
    if not actor.can(MANAGE):
        subjects = subjects.filter(active=True)
    mine = specialising.standing_of(actor)
    holders = specialising.holders_of(actor)
    rows = [
        {
            "subject": subject,
            "text": text_in(actor, subject.texts),
            "needs": [
                {"name": names.get(code, code), "people": number, "have": mine.people(subject, code)}
                for code, number in subject.needs.items()
            ],
            "sales": _sales(subject, kpis.get(subject.kpi), formats),
            "held": mine.held.get(subject.pk),
            "holders": holders.get(subject.pk, 0),
        }
        for subject in subjects
    ]
    context = {
        "title": _("Specialisations"),
        "subtitle": _("What a company is special in: certified people, and perhaps sales."),
        "rows": rows,
        "may_manage": actor.can(MANAGE),
    }
    return render(request, "portal/training/specialisations.html", context)


def _sales(subject: Specialisation, kpi: Kpi | None, formats: Formats) -> str:
    """What it asks beside certified people: the KPI and its least value; empty where there is none."""
    if kpi is None or subject.least is None:
        return ""
    numbers = {"name": kpi.label(), "number": value_writer(kpi, formats)(subject.least)}
    return gettext("%(name)s: at least %(number)s") % numbers


class SpecialisationForm(CodedForm):
    layer = forms.ChoiceField(
        label=_("Technology layer"), choices=[("", _("None in particular")), *Layer.choices], required=False
    )
    kpi = forms.ChoiceField(label=_("KPI"), required=False, help_text=_("Empty: only people count."))
    least = forms.CharField(
        label=_("At least"),
        required=False,
        max_length=30,
        help_text=_("In the running period or the one before."),
        widget=forms.TextInput({"dir": "ltr", "inputmode": "decimal", "autocomplete": "off"}),
    )

    def offer(self, actor: Actor) -> None:
        self.choose("kpi", choices_of(kpis_for(actor)))
        subjects = choices_of(selectors.certifications_for(actor).filter(active=True))
        for number in range(1, ROWS + 1):
            place = localize_digits(str(number), get_language() or "en")
            self.fields[f"certification_{number}"] = forms.ChoiceField(
                label=gettext("Certification %(number)s") % {"number": place},
                required=number == 1,
                choices=[("", "---------"), *subjects],
            )
            self.fields[f"people_{number}"] = forms.CharField(
                label=gettext("Certified people %(number)s") % {"number": place},
                required=number == 1,
                max_length=4,
                widget=forms.TextInput({"dir": "ltr", "inputmode": "numeric", "autocomplete": "off"}),
            )
        for code in actor.operator.languages:
            language = {"language": dict(settings.LANGUAGES)[code]}
            self.fields[f"text_{code}"] = forms.CharField(
                label=gettext("What it says to customers (%(language)s)") % language,
                required=False,
                max_length=2000,
                widget=forms.Textarea({"rows": 2, "dir": "auto", "lang": code}),
            )

    def _fill(self, thing: Any) -> None:
        for name in ("name", "layer", "kpi", "active"):
            self.initial[name] = getattr(thing, name)
        self.initial["least"] = "" if thing.least is None else format(thing.least.normalize(), "f")
        for code, name in thing.names.items():
            self.initial[f"name_{code}"] = name
        for code, text in thing.texts.items():
            self.initial[f"text_{code}"] = text
        for number, (code, people) in enumerate(thing.needs.items(), 1):
            self.initial[f"certification_{number}"], self.initial[f"people_{number}"] = code, people

    def values(self) -> dict[str, Any]:
        data = super().values()
        texts = {name[5:]: data.pop(name) for name in list(data) if name.startswith("text_")}
        needs: dict[str, int] = {}
        for number in range(1, ROWS + 1):
            code, people = data.pop(f"certification_{number}"), data.pop(f"people_{number}")
            if not code:
                continue
            written = to_latin(people).strip()
            if not written.isdecimal():
                raise InputError("not_a_number", _("Write a whole number."), f"people_{number}")
            needs[code] = int(written)
        return {**data, "texts": texts, "needs": needs, "least": values.price(data["least"])}


class NewSpecialisation(FormPage):
    title = _("New specialisation")
    subtitle = _("One person counts in as many certifications as the settings say.")
    form_class = SpecialisationForm
    permission = MANAGE
    audience = "staff"
    success = _("The specialisation was saved. It is evaluated at night.")
    thing: Specialisation | None = None

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor, "thing": self.thing}

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": reverse("training:specialisations")}

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Specialisations")), reverse("training:specialisations"))]

    def save(self, form: SpecialisationForm) -> str:
        given = form.values()
        if self.thing is None:
            specialising.create_specialisation(self.actor, **given)
        else:
            specialising.change_specialisation(self.actor, **given)
        return reverse("training:specialisations")


class EditSpecialisation(NewSpecialisation):
    title = _("Specialisation")

    def prepare(self) -> None:
        self.thing = specialising.get_specialisation(self.actor, self.kwargs["code"])
