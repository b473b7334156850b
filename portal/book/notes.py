"""Writing notes that no partner ever sees."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.errors import NotFound
from partners.book.notes import LONGEST, add_note, change_note, notes_for
from partners.models import Note, Partner
from partners.selectors import get_partner
from portal.shell.forms import FormPage
from tenancy.enums import Permission


class NoteForm(forms.Form):
    text = forms.CharField(
        label=_("Note"), max_length=LONGEST, widget=forms.Textarea({"rows": 6, "dir": "auto"})
    )
    pinned = forms.BooleanField(label=_("Keep on top"), required=False)


class _NotePage(FormPage):
    subtitle = _("For the operator's people only. The partner never sees it.")
    form_class = NoteForm
    permission = Permission.WORK_BOOK
    audience = "staff"
    partner: Partner

    @property
    def address(self) -> str:
        return reverse("book:partner", args=[self.partner.code])

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("My book")), reverse("book:home")), (self.partner.label(), self.address)]


class NoteCreate(_NotePage):
    title = _("New note")
    draft = "note"

    def prepare(self) -> None:
        self.partner = get_partner(self.actor, self.kwargs["code"])

    def save(self, form: Any) -> str:
        add_note(self.actor, partner=self.partner.code, **form.cleaned_data)
        return self.address


class NoteChange(_NotePage):
    title = _("Note")
    row: Note

    def prepare(self) -> None:
        found = notes_for(self.actor).filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise NotFound()
        self.row, self.partner = found, found.partner

    def form_kwargs(self) -> dict[str, Any]:
        return {"initial": {"text": self.row.text, "pinned": self.row.pinned}}

    def save(self, form: Any) -> str:
        change_note(self.actor, note_id=self.row.pk, **form.cleaned_data)
        return self.address
