"""The operator's builder: a course's settings, its material by language, its quiz, and publication."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from catalog.enums import Layer, PartnerRole
from common.errors import InputError, NotFound
from portal.catalog.columns import choices_of, role_labels
from portal.catalog.formbase import CodedForm
from portal.shell.access import actor_of_request, member_page
from portal.shell.forms import FormPage, StepPage, take_step
from portal.training.learning import text_in
from programs.enums import QuestionKind
from programs.models import Certification, Course
from programs.training import authoring, selectors
from programs.training.files import files_of
from programs.training.markup import sections_of
from tenancy.actors import Actor
from tenancy.enums import Permission

MANAGE = Permission.MANAGE_TRAINING
ANY_LAYER = [("", _("None in particular")), *Layer.choices]


class _CodedPage(FormPage):
    permission = MANAGE
    audience = "staff"
    thing: Any = None

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor, "thing": self.thing}

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.back()}

    def back(self) -> str:
        return reverse("training:courses")

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Courses")), reverse("training:courses"))]


class CertificationForm(CodedForm):
    layer = forms.ChoiceField(label=_("Technology layer"), choices=ANY_LAYER, required=False)
    valid_months = forms.CharField(
        label=_("Valid for months"),
        required=False,
        max_length=4,
        help_text=_("Empty: for good."),
        widget=forms.TextInput({"dir": "ltr", "inputmode": "numeric", "autocomplete": "off"}),
    )


class NewCertification(_CodedPage):
    title = _("New certification")
    form_class = CertificationForm
    success = _("The certification was saved.")

    def back(self) -> str:
        return reverse("training:certifications")

    def crumbs(self) -> list[tuple[str, str]]:
        return [*super().crumbs(), (str(_("Certifications")), self.back())]

    def save(self, form: CertificationForm) -> str:
        authoring.create_certification(self.actor, **form.values())
        return self.back()


class EditCertification(NewCertification):
    title = _("Certification")
    thing: Certification

    def prepare(self) -> None:
        self.thing = selectors.get_certification(self.actor, self.kwargs["code"])

    def save(self, form: CertificationForm) -> str:
        authoring.change_certification(self.actor, **form.values())
        return self.back()


class CourseForm(CodedForm):
    layer = forms.ChoiceField(label=_("Technology layer"), choices=ANY_LAYER, required=False)
    minutes = forms.CharField(
        label=_("Takes minutes"),
        required=False,
        max_length=5,
        widget=forms.TextInput({"dir": "ltr", "inputmode": "numeric", "autocomplete": "off"}),
    )
    certification = forms.ChoiceField(label=_("Whoever completes it is certified in"), required=False)
    mandatory = forms.BooleanField(label=_("Mandatory for the companies below"), required=False)
    roles = forms.MultipleChoiceField(
        label=_("For partner roles"),
        choices=PartnerRole.choices,
        required=False,
        help_text=_("None: for all."),
        widget=forms.CheckboxSelectMultiple,
    )
    layers = forms.MultipleChoiceField(
        label=_("For technology layers"),
        choices=Layer.choices,
        required=False,
        help_text=_("None: for all."),
        widget=forms.CheckboxSelectMultiple,
    )

    def offer(self, actor: Actor) -> None:
        subjects = selectors.certifications_for(actor).filter(active=True)
        self.choose("certification", choices_of(subjects))


class NewCourse(_CodedPage):
    title = _("New course")
    subtitle = _("Material and quiz come next.")
    form_class = CourseForm

    def save(self, form: CourseForm) -> str:
        made = authoring.create_course(self.actor, **form.values())
        return reverse("training:build", args=[made.code])


class CoursePage(StepPage):
    permission = MANAGE
    audience = "staff"
    thing: Course

    def fetch(self) -> Course:
        return selectors.get_course(self.actor, self.kwargs["code"])

    def back(self) -> str:
        return reverse("training:build", args=[self.thing.code])

    def trail(self) -> list[tuple[str, str]]:
        return [(str(_("Courses")), reverse("training:courses"))]

    def named(self) -> str:
        return self.thing.label()


class EditCourse(CoursePage):
    title = _("Whom the course is for")
    form_class = CourseForm
    success = _("The course was saved.")

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor, "thing": self.thing}

    def act(self, form: CourseForm) -> None:
        authoring.change_course(self.actor, **form.values())


@member_page(MANAGE, audience="staff")
def build(request: HttpRequest, code: str) -> HttpResponse:
    """A course as its authors see it: the draft where there is one, else what is published."""
    actor = actor_of_request(request)
    course = selectors.get_course(actor, code)
    draft, published = selectors.draft_of(actor, course), selectors.version_shown(course)
    version = draft or published
    if version is None:
        raise NotFound()
    answers = selectors.answers_of(actor, version)
    context = {
        "title": course.label(),
        "course": course,
        "draft": draft,
        "published": published,
        "version": version,
        "languages": [
            {
                "name": dict(settings.LANGUAGES)[language],
                "sections": len(sections_of(version.body.get(language, ""))),
            }
            for language in actor.operator.languages
        ],
        "questions": [_shown(actor, question, answers) for question in version.quiz],
        "roles": role_labels(course.roles),
        "layers": [Layer(layer).label for layer in course.layers],
        "files": list(files_of(version)),
        "versions": list(selectors.versions_of(course).filter(published_at__isnull=False)),
        "crumbs": [(_("Courses"), reverse("training:courses"))],
    }
    return render(request, "portal/training/build.html", context)


def _shown(actor: Actor, question: dict[str, Any], answers: dict[str, Any]) -> dict[str, Any]:
    right = answers[str(question["id"])]["right"]
    return {
        "id": question["id"],
        "text": text_in(actor, question["text"]),
        "weight": question["weight"],
        "kind": QuestionKind(question["kind"]).label,
        "options": [
            {"text": text_in(actor, option["text"]), "right": option["id"] in right}
            for option in question["options"]
        ],
    }


def digits(label: Any, **options: Any) -> forms.CharField:
    widget = forms.TextInput({"dir": "ltr", "inputmode": "numeric", "autocomplete": "off"})
    return forms.CharField(label=label, max_length=4, widget=widget, **options)


def whole(form: forms.Form, name: str) -> int:
    written = form.cleaned_data[name].strip()
    if not written.isdecimal():
        raise InputError("not_a_number", _("Write a whole number."), name)
    return int(written)


class MaterialForm(forms.Form):
    links = forms.CharField(
        label=_("Links"),
        required=False,
        help_text=_("One on a line: the address, a blank, its title."),
        widget=forms.Textarea({"rows": 3, "dir": "ltr"}),
    )
    pass_mark = digits(_("Pass mark in percent"))
    attempts_most = digits(_("Attempts"), help_text=_("0: as many as wanted."))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.languages = list(actor.operator.languages)
        names = []
        for code in self.languages:
            language = {"language": dict(settings.LANGUAGES)[code]}
            self.fields[f"summary_{code}"] = forms.CharField(
                label=gettext("Summary (%(language)s)") % language,
                required=False,
                widget=forms.Textarea({"rows": 2, "dir": "auto", "lang": code}),
            )
            self.fields[f"body_{code}"] = forms.CharField(
                label=gettext("Material (%(language)s)") % language,
                required=False,
                help_text=_("Markdown. Each line that begins with ## begins a section."),
                widget=forms.Textarea({"rows": 14, "dir": "auto", "lang": code}),
            )
            names += [f"summary_{code}", f"body_{code}"]
        self.order_fields([*names, "links", "pass_mark", "attempts_most"])

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "summary": {code: data[f"summary_{code}"] for code in self.languages},
            "body": {code: data[f"body_{code}"] for code in self.languages},
            "links": [
                {"url": url, "title": title.strip()}
                for url, _blank, title in (
                    line.strip().partition(" ") for line in data["links"].splitlines() if line.strip()
                )
            ],
            "pass_mark": whole(self, "pass_mark"),
            "attempts_most": whole(self, "attempts_most"),
        }


class Material(CoursePage):
    title = _("Material")
    form_class = MaterialForm
    success = _("The draft was saved.")
    draft = "course-material"

    def form_kwargs(self) -> dict[str, Any]:
        version = selectors.draft_of(self.actor, self.thing) or selectors.version_shown(self.thing)
        if version is None:
            raise NotFound()
        texts = {f"summary_{code}": text for code, text in version.summary.items()}
        texts |= {f"body_{code}": text for code, text in version.body.items()}
        links = "\n".join(f"{link['url']} {link['title']}" for link in version.links)
        rest = {"pass_mark": version.pass_mark, "attempts_most": version.attempts_most}
        return {"actor": self.actor, "initial": {**texts, **rest, "links": links}}

    def act(self, form: MaterialForm) -> None:
        authoring.save_content(self.actor, code=self.thing.code, **form.values())


@require_POST
@member_page(MANAGE, audience="staff")
def publish(request: HttpRequest, code: str) -> HttpResponse:
    actor = actor_of_request(request)
    address = reverse("training:build", args=[code])
    done = _("The course is published.")
    return take_step(request, address, lambda: authoring.publish_course(actor, code=code), done)
