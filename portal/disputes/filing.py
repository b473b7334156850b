"""The partner's steps: file a dispute, give information, escalate a denial."""

from typing import Any, ClassVar

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.errors import NotFound
from incentives import disputes as services
from incentives.disputes import get_dispute
from incentives.models import Dispute, StatementLine
from incentives.statements.content import title_of
from incentives.statements.selectors import get_line
from portal.schemes.fields import AmountField
from portal.shell.forms import FormPage
from tenancy.enums import Permission
from workflow.conversation import attach_file
from workflow.filetypes import ACCEPTED


class DisputeForm(forms.Form):
    text = forms.CharField(
        label=_("What is wrong"),
        widget=forms.Textarea({"rows": 5, "dir": "auto"}),
        max_length=10_000,
        help_text=_("Name the transactions, contracts or agreements that the amount leaves out."),
    )
    claimed = AmountField(
        label=_("What the line should be"),
        required=False,
        help_text=_("The whole amount; empty where you do not know."),
    )
    file = forms.FileField(
        label=_("Proof"),
        required=False,
        max_length=255,
        widget=forms.FileInput({"accept": ",".join(ACCEPTED)}),
        help_text=_("More files can follow on the dispute's page."),
    )


class TextForm(forms.Form):
    text = forms.CharField(
        label=_("Text"), widget=forms.Textarea({"rows": 5, "dir": "auto"}), max_length=10_000
    )


class File(FormPage):
    title = _("Dispute this line")
    subtitle = _(
        "This line alone waits until it is decided; everything else on the statement is paid as planned."
    )
    form_class = DisputeForm
    permission = Permission.DISPUTE
    audience = "partner"
    submit_label = _("File the dispute")
    success = _("The dispute is filed. You see its clock and every answer on this page.")
    draft = "dispute"
    line: StatementLine

    def prepare(self) -> None:
        self.line = get_line(self.actor, self.kwargs["statement"], self.kwargs["position"])
        if self.line.partner_id != self.actor.partner_id:
            raise NotFound()

    def crumbs(self) -> list[tuple[str, str]]:
        number = self.line.statement.number
        return [
            (number, reverse("statements:statement", args=[number])),
            (title_of(self.line), reverse("statements:line", args=[number, self.line.position])),
        ]

    def save(self, form: DisputeForm) -> str:
        given = form.cleaned_data
        made = services.file_dispute(
            self.actor, line_id=self.line.pk, text=given["text"], claimed=given["claimed"]
        )
        if given["file"]:
            attach_file(
                self.actor, made, name=given["file"].name, chunks=given["file"].chunks(), purpose="proof"
            )
        return reverse("disputes:dispute", args=[made.pk])


class Step(FormPage):
    """A step with a text; ``act`` does it."""

    form_class: ClassVar[type[forms.BaseForm]] = TextForm
    permission = Permission.DISPUTE
    found: Dispute

    def prepare(self) -> None:
        self.found = get_dispute(self.actor, self.kwargs["pk"])

    def crumbs(self) -> list[tuple[str, str]]:
        about = f"{self.found.line.statement.number} #{self.found.line.position}"
        return [(str(_("Disputes")), reverse("disputes:list")), (about, self.address)]

    @property
    def address(self) -> str:
        return reverse("disputes:dispute", args=[self.found.pk])

    def act(self, given: dict[str, Any]) -> None:
        raise NotImplementedError

    def save(self, form: Any) -> str:
        self.act(form.cleaned_data)
        return self.address


class Answer(Step):
    title = _("Give the information")
    audience = "partner"
    submit_label = _("Send")

    def act(self, given: dict[str, Any]) -> None:
        services.give_information(self.actor, dispute_id=self.found.pk, text=given["text"])


class Escalate(Step):
    title = _("Escalate the dispute")
    subtitle = _("Somebody else looks at it once more. This is possible once.")
    audience = "partner"
    submit_label = _("Escalate")

    def act(self, given: dict[str, Any]) -> None:
        services.escalate_dispute(self.actor, dispute_id=self.found.pk, text=given["text"])
