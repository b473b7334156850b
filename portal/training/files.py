"""Files of a course: the authors' form, and the download for those who take the course."""

from typing import Any

from django import forms
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from portal.shell.access import actor_of_request, member_page
from portal.shell.forms import take_step
from portal.training.building import MANAGE, CoursePage
from portal.training.learning import VIEW
from portal.workflow.talk import sent
from programs.training import files
from workflow.filetypes import ACCEPTED


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        max_length=255,
        help_text=_("PDF, pictures, Office files, text, CSV, XML or mails, up to 20 MB."),
        widget=forms.FileInput({"accept": ",".join(ACCEPTED)}),
    )
    title = forms.CharField(
        label=_("Title"),
        required=False,
        max_length=200,
        help_text=_("Empty: the name of the file."),
        widget=forms.TextInput({"dir": "auto"}),
    )


class NewFile(CoursePage):
    title = _("Add a file")
    subtitle = _("It belongs to the next version; learners see it once that is published.")
    form_class = FileForm
    submit_label = _("Add")
    success = _("The file was added.")

    def save(self, form: FileForm) -> str:
        given: dict[str, Any] = form.cleaned_data
        file, code = given["file"], self.thing.code
        files.add_file(self.actor, code=code, name=file.name, chunks=file.chunks(), title=given["title"])
        return f"{self.back()}#files"


@require_POST
@member_page(MANAGE, audience="staff")
def drop(request: HttpRequest, code: str, file_id: int) -> HttpResponse:
    actor = actor_of_request(request)
    address = reverse("training:build", args=[code]) + "#files"
    done = _("The file was removed.")
    return take_step(request, address, lambda: files.remove_file(actor, code=code, file_id=file_id), done)


@member_page(VIEW)
def fetch(request: HttpRequest, code: str, file_id: int) -> FileResponse:
    """The file itself, as a download."""
    return sent(files.get_file(actor_of_request(request), code, file_id))
