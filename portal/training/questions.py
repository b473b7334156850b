"""The questions of a course's quiz: written, changed, moved and removed."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from common.digits import localize_digits
from common.errors import InputError, NotFound
from portal.shell.access import actor_of_request, member_page
from portal.shell.forms import take_step
from portal.training.building import MANAGE, CoursePage, digits, whole
from programs.enums import QuestionKind
from programs.training import authoring, selectors
from programs.training.quiz import OPTIONS_MOST
from tenancy.actors import Actor


class QuestionForm(forms.Form):
    """Answers are lines of text per language; the numbers of the right ones stand in ``right``."""

    kind = forms.ChoiceField(label=_("How it is answered"), choices=QuestionKind.choices)
    weight = digits(_("Weight"), initial="1")
    right = forms.MultipleChoiceField(
        label=_("Right answers, by their line"),
        choices=lambda: [
            (str(n), localize_digits(str(n), get_language() or "en")) for n in range(1, OPTIONS_MOST + 1)
        ],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.languages = list(actor.operator.languages)
        main = self.languages[0]
        first: list[str] = []
        later: list[str] = []
        for code in self.languages:
            language = {"language": dict(settings.LANGUAGES)[code]}
            kept = first if code == main else later
            fields: dict[str, tuple[str, int, Any]] = {
                "text": (gettext("Question (%(language)s)") % language, 2, ""),
                "options": (
                    gettext("Answers (%(language)s)") % language,
                    4,
                    _("One on a line, in the same order in every language."),
                ),
                "why": (gettext("Explanation (%(language)s)") % language, 2, _("Shown after the quiz.")),
            }
            for name, (label, rows, hint) in fields.items():
                self.fields[f"{name}_{code}"] = forms.CharField(
                    label=label,
                    required=code == main and name != "why",
                    help_text=hint,
                    widget=forms.Textarea({"rows": rows, "dir": "auto", "lang": code}),
                )
                kept.append(f"{name}_{code}")
        self.order_fields(["kind", *first, "right", "weight", *later])

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        lines = {
            code: [line.strip() for line in data[f"options_{code}"].splitlines() if line.strip()]
            for code in self.languages
        }
        count = len(lines[self.languages[0]])
        for code, rows in lines.items():
            if rows and len(rows) != count:
                raise InputError(
                    "lines", _("There must be as many lines in every language."), f"options_{code}"
                )
        right = {int(one) for one in data["right"]}
        return {
            "kind": data["kind"],
            "weight": whole(self, "weight"),
            "text": {code: data[f"text_{code}"] for code in self.languages},
            "why": {code: data[f"why_{code}"] for code in self.languages},
            "options": [
                {
                    "text": {code: rows[place] for code, rows in lines.items() if rows},
                    "right": place + 1 in right,
                }
                for place in range(count)
            ],
        }


class NewQuestion(CoursePage):
    title = _("Question")
    form_class = QuestionForm
    success = _("The question was saved.")
    draft = "course-question"
    number: int | None = None

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def act(self, form: QuestionForm) -> None:
        main = self.actor.operator.main_language
        try:
            authoring.save_question(
                self.actor, code=self.thing.code, question_id=self.number, **form.values()
            )
        except InputError as error:
            if error.field in ("text", "options", "why"):
                error.at(f"{error.field}_{main}")
            raise

    def save(self, form: QuestionForm) -> str:
        return f"{super().save(form)}#quiz"


class EditQuestion(NewQuestion):
    draft = ""

    def prepare(self) -> None:
        super().prepare()
        self.number = self.kwargs["number"]

    def form_kwargs(self) -> dict[str, Any]:
        version = selectors.draft_of(self.actor, self.thing) or selectors.version_shown(self.thing)
        found = next((one for one in version.quiz if one["id"] == self.number), None) if version else None
        if version is None or found is None:
            raise NotFound()
        answers = selectors.answers_of(self.actor, version)[str(self.number)]
        initial: dict[str, Any] = {
            "kind": found["kind"],
            "weight": found["weight"],
            "right": [str(one) for one in answers["right"]],
        }
        for code in self.actor.operator.languages:
            initial[f"text_{code}"] = found["text"].get(code, "")
            initial[f"why_{code}"] = answers["why"].get(code, "")
            rows = [option["text"].get(code, "") for option in found["options"]]
            initial[f"options_{code}"] = "\n".join(rows).strip()
        return {"actor": self.actor, "initial": initial}


def _quiz(code: str) -> str:
    return reverse("training:build", args=[code]) + "#quiz"


@require_POST
@member_page(MANAGE, audience="staff")
def move(request: HttpRequest, code: str, number: int) -> HttpResponse:
    actor = actor_of_request(request)
    by = -1 if request.POST.get("way") == "up" else 1
    return take_step(
        request, _quiz(code), lambda: authoring.move_question(actor, code=code, question_id=number, by=by)
    )


@require_POST
@member_page(MANAGE, audience="staff")
def remove(request: HttpRequest, code: str, number: int) -> HttpResponse:
    actor = actor_of_request(request)
    return take_step(
        request, _quiz(code), lambda: authoring.remove_question(actor, code=code, question_id=number)
    )
