"""The shared pages of a conversation: write a message, add a file, fetch a file."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django import forms
from django.http import FileResponse, HttpRequest
from django.utils.translation import gettext_lazy as _

from common.errors import Forbidden
from portal.shell.access import actor_of_request, member_page
from portal.shell.forms import FormPage
from portal.shell.views import safe_next
from portal.workflow.about import Registered, find
from tenancy.base import Named
from workflow.conversation import LONGEST, attach_file, get_attachment, path_of, write_message
from workflow.enums import Urgency
from workflow.filetypes import ACCEPTED
from workflow.models import StoredFile
from workflow.notices import declare, names_of, notify, pams_of, partner_people
from workflow.states import partner_of

COMMENTED = declare("workflow.commented", Urgency.INFO, _("%(author)s commented on %(title)s"))
#: Should a browser show the file all the same, it has no script, no form, no network and an origin of its own.
FILE_POLICY = "default-src 'none'; sandbox"


class MessageForm(forms.Form):
    """``staff`` may write a note instead of a comment."""

    text = forms.CharField(
        label=_("Message"), max_length=LONGEST, widget=forms.Textarea({"rows": 4, "dir": "auto"})
    )
    audience = forms.ChoiceField(
        label=_("Who sees it"),
        choices=[("comment", _("Everybody: the partner and us")), ("note", _("Note: only our own people"))],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, staff: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not staff:
            del self.fields["audience"]


class FileForm(forms.Form):
    """``purposes`` are offered where the object's domain names any."""

    file = forms.FileField(
        label=_("File"), max_length=255, widget=forms.FileInput({"accept": ",".join(ACCEPTED)})
    )
    purpose = forms.ChoiceField(label=_("What it is"), required=False)
    internal = forms.BooleanField(label=_("Only for our own people"), required=False)

    def __init__(self, *args: Any, staff: bool, purposes: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].choices = list(purposes.items())  # type: ignore[attr-defined]
        if not purposes:
            del self.fields["purpose"]
        if not staff:
            del self.fields["internal"]


class _AboutPage(FormPage):
    """A form about a registered object. On its page the form stands inside a component; refused, it comes back alone."""

    may = ""
    known: Registered
    obj: Any

    def prepare(self) -> None:
        self.known, self.obj = find(self.actor, self.kwargs["label"], self.kwargs["pk"])
        if not getattr(self.known, self.may)(self.actor, self.obj):
            raise Forbidden()

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.back()}

    def back(self) -> str:
        return safe_next(self.request, self.known.page_of(self.obj))

    def crumbs(self) -> list[tuple[str, str]]:
        return [(self.known.title_of(self.obj), self.back())]


class WriteMessage(_AboutPage):
    title = _("Write a message")
    form_class = MessageForm
    submit_label = _("Send")
    may = "may_write"

    def form_kwargs(self) -> dict[str, Any]:
        return {"staff": self.actor.is_staff, "initial": {"audience": "comment"}}

    def save(self, form: MessageForm) -> str:
        internal = form.cleaned_data.get("audience") == "note"
        write_message(self.actor, self.obj, form.cleaned_data["text"], internal=internal)
        if not internal:
            tell_other_side(self)
        return f"{self.back()}#conversation"


def tell_other_side(page: _AboutPage) -> None:
    """A partner's comment reaches its account managers, the operator's one the partner's people."""
    partner_id, known = partner_of(page.obj), page.known
    if partner_id is None or known.title is None or known.path is None:
        return
    to = pams_of(partner_id) if page.actor.is_partner else partner_people(partner_id, known.tells)
    named = names_of(page.obj) if isinstance(page.obj, Named) else known.title(page.obj)
    names = {"author": page.actor.name, "title": named}
    notify(COMMENTED, page.obj, to=to, path=known.path(page.obj), key=uuid4().hex, **names)


class AddFile(_AboutPage):
    title = _("Add a file")
    form_class = FileForm
    submit_label = _("Add")
    success = _("The file was added.")
    may = "may_attach"

    def form_kwargs(self) -> dict[str, Any]:
        return {"staff": self.actor.is_staff, "purposes": self.known.purposes_of(self.obj)}

    def save(self, form: FileForm) -> str:
        data = form.cleaned_data
        attach_file(
            self.actor,
            self.obj,
            name=data["file"].name,
            chunks=data["file"].chunks(),
            purpose=data.get("purpose", ""),
            internal=data.get("internal", False),
        )
        return f"{self.back()}#files"


@member_page()
def file(request: HttpRequest, pk: int) -> FileResponse:
    """A file of an object that the reader may see. Always as a download: what strangers made is not shown in our name."""
    row = get_attachment(pk)
    find(actor_of_request(request), row.object_type, row.object_id)
    return sent(row)


def sent(row: StoredFile) -> FileResponse:
    """The content of a file that the reader may have."""
    response = FileResponse(
        path_of(row).open("rb"), as_attachment=True, filename=row.name, content_type=row.content_type
    )
    response["Content-Security-Policy"] = FILE_POLICY
    return response
