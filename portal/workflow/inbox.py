"""A member's notifications: the list, reading them, and which of them come by mail."""

from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from portal.shell.access import actor_of_request, member_page
from portal.shell.forms import FormPage
from portal.shell.lists import Action, Empty, ListPage
from portal.shell.tables import SharikTable
from portal.shell.views import safe_next
from portal.workflow.bell import line_of
from tenancy.enums import Permission
from tenancy.middleware import MEMBERSHIP_KEY
from workflow import inbox
from workflow.enums import Urgency
from workflow.models import Notification

WAITING, READ, DONE = "waiting", "read", "done"


class NotificationTable(SharikTable):
    text = tables.Column(
        verbose_name=_("What happened"),
        accessor="kind",
        orderable=False,
        attrs={"td": {"class": "notice-cell"}},
    )
    created_at = tables.Column(verbose_name=_("When"), orderable=False)
    action = tables.Column(verbose_name="", empty_values=(), orderable=False, attrs={"td": {"class": "num"}})
    not_exported = ("action",)

    class Meta(SharikTable.Meta):
        row_attrs = {"class": lambda record: "notice-new" if not (record.read_at or record.done_at) else ""}

    def render_text(self, record: Notification) -> str:
        return self._part("text", record)

    def render_created_at(self, record: Notification) -> str:
        return self._part("when", record)

    def render_action(self, record: Notification) -> str:
        return self._part("action", record)

    def _part(self, part: str, record: Notification) -> str:
        context = {"line": line_of(record, self.request), "part": part}
        return render_to_string("portal/workflow/notification.html", context, self.request)


class NotificationFilter(django_filters.FilterSet):  # type: ignore[misc]
    state = django_filters.ChoiceFilter(
        label=_("State"),
        method="by_state",
        empty_label=_("All"),
        choices=[(WAITING, _("Unread")), (READ, _("Read")), (DONE, _("Done"))],
    )
    urgency = django_filters.ChoiceFilter(label=_("Urgency"), empty_label=_("All"), choices=Urgency.choices)

    class Meta:
        model = Notification
        fields: list[str] = []

    def by_state(self, rows: QuerySet[Notification], name: str, value: str) -> QuerySet[Notification]:
        if value == DONE:
            return rows.exclude(done_at=None)
        return rows.filter(done_at=None, read_at__isnull=value == WAITING)


class NotificationList(ListPage):
    title = _("Notifications")
    table_class = NotificationTable
    filter_class = NotificationFilter
    template_name = "portal/workflow/notifications.html"
    empty = Empty(
        _("Nothing has happened yet"),
        _("What concerns you appears here: decisions, deadlines, money, and what others wrote to you."),
        "bell",
    )

    def rows(self) -> QuerySet[Notification]:
        return inbox.notifications_for(self.actor)

    def extra(self) -> dict[str, Any]:
        return {"unread": inbox.unread_count(self.actor)}

    def actions(self) -> list[Action]:
        found = [Action(_("What comes by mail"), reverse("workflow:preferences"), "mail-cog", plain=True)]
        if self.actor.is_staff and self.actor.can(Permission.MANAGE_OPERATOR):
            found.append(Action(_("Mails that failed"), reverse("workflow:dead"), "mail-x", plain=True))
        return found


@member_page()
def open_notification(request: HttpRequest, pk: int) -> HttpResponse:
    """To what a notification is about; it counts as read from then on.

    Mails name the membership (``?as=``): a person with several at this operator changes to it.
    """
    wanted = request.GET.get("as", "")
    current = str(actor_of_request(request).membership_id)
    if wanted != current and wanted in {str(choice.pk) for choice in request.membership_choices}:
        request.session[MEMBERSHIP_KEY] = int(wanted)
        return HttpResponseRedirect(request.get_full_path())
    row = inbox.read(actor_of_request(request), pk)
    inside = row.path.startswith("/") and not row.path.startswith(("//", "/\\"))
    return HttpResponseRedirect(row.path if inside else reverse("workflow:notifications"))


@require_POST
@member_page()
def read(request: HttpRequest, pk: int) -> HttpResponse:
    inbox.read(actor_of_request(request), pk)
    return HttpResponseRedirect(safe_next(request, reverse("workflow:notifications")))


@require_POST
@member_page()
def read_all(request: HttpRequest) -> HttpResponse:
    inbox.read_all(actor_of_request(request))
    messages.success(request, _("Everything is read."))
    return HttpResponseRedirect(safe_next(request, reverse("workflow:notifications")))


class PreferenceForm(forms.Form):
    """A box per urgency; those that always come are ticked and cannot be changed."""

    def __init__(self, *args: Any, wanted: dict[str, bool], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for urgency in Urgency:
            fixed = urgency not in inbox.OPTIONAL
            self.fields[urgency.value] = forms.BooleanField(
                label=urgency.label,
                required=False,
                initial=wanted[urgency.value],
                disabled=fixed,
                help_text=HELP[urgency],
            )


HELP = {
    Urgency.INFO: _("News without a deadline. At night and on free days they wait for one collected mail."),
    Urgency.ACTION: _("Something waits for you, often with a deadline."),
    Urgency.MONEY: _("Statements, payments and bank data. These always come."),
    Urgency.SECURITY: _("Sign-in and access. These always come."),
}


class Preferences(FormPage):
    title = _("What comes by mail")
    subtitle = _("In the portal you always see everything.")
    form_class = PreferenceForm
    success = _("Your choice was saved.")

    def form_kwargs(self) -> dict[str, Any]:
        return {"wanted": inbox.mails_wanted(self.actor)}

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": reverse("workflow:notifications")}

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Notifications")), reverse("workflow:notifications"))]

    def save(self, form: PreferenceForm) -> str:
        inbox.choose_mails(self.actor, {key.value: form.cleaned_data[key.value] for key in inbox.OPTIONAL})
        return reverse("workflow:notifications")
