"""Meetings: the list, one meeting with minutes and its calendar file, planning and calling off."""

import re
from datetime import datetime, time
from typing import Any, ClassVar

import django_filters as filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from common.digits import to_latin
from common.errors import Conflict, InputError, NotFound
from partners.book import meetings as services
from partners.book.enums import MeetingState
from partners.book.invitation import calendar_file
from partners.book.meetings import get_meeting, meetings_for
from partners.models import Meeting
from partners.selectors import partners_for
from portal.catalog.columns import ThingColumn
from portal.catalog.formbase import CodeField, DayField
from portal.catalog.pickers import CodePicker
from portal.schemes.fields import WholeField
from portal.shell.access import actor_of_request, member_page
from portal.shell.forms import FormPage
from portal.shell.lists import Action, Empty, ListPage
from portal.shell.tables import MomentColumn, SharikTable, StateColumn
from portal.workflow.about import about, register_about
from tenancy.actors import Actor
from tenancy.enums import Permission

WORK = Permission.WORK_BOOK
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")

register_about(
    "partners.meeting",
    fetch=get_meeting,
    may_write=lambda actor, meeting: actor.can(WORK) or actor.can(Permission.MANAGE_PLANS),
    title=lambda meeting: meeting.title,
    path=lambda meeting: f"/meetings/{meeting.pk}/",
    tells=Permission.MANAGE_PLANS,
)


class TimeField(forms.CharField):
    """A time of day as hours and minutes, in digits of any script."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", forms.TextInput({"dir": "ltr", "autocomplete": "off", "placeholder": "10:30"})
        )
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        written = to_latin(super().clean(value) or "").strip()
        match = _TIME.fullmatch(written)
        if match is None:
            raise forms.ValidationError(_("Write the time as 10:30."))
        return time(int(match[1]), int(match[2]))


class MeetingTable(SharikTable):
    title = tables.Column(verbose_name=_("Meeting"))
    partner = ThingColumn(verbose_name=_("Partner"), order_by="partner__name")
    starts_at = MomentColumn(verbose_name=_("Begins"))
    place = tables.Column(verbose_name=_("Place"))
    state = StateColumn(verbose_name=_("State"))

    def render_title(self, record: Meeting) -> str:
        url = reverse("meetings:meeting", args=[record.pk])
        return format_html('<a class="row-title" href="{}" dir="auto">{}</a>', url, record.title)

    def render_place(self, value: str) -> str:
        return format_html("<bdi>{}</bdi>", value)


class MeetingFilter(filters.FilterSet):  # type: ignore[misc]
    state = filters.ChoiceFilter(label=_("State"), choices=MeetingState.choices, empty_label=_("All"))
    partner = filters.CharFilter(field_name="partner__code", label=_("Partner"))

    class Meta:
        model = Meeting
        fields: list[str] = []


class MeetingList(ListPage):
    title = _("Meetings")
    table_class = MeetingTable
    filter_class = MeetingFilter
    export_name = "meetings"
    empty = Empty(
        _("No meetings"), _("Planned meetings and their minutes stand here for both sides."), "calendar-event"
    )

    def rows(self) -> QuerySet[Meeting]:
        return meetings_for(self.actor).order_by("-starts_at", "pk")

    def actions(self) -> list[Action]:
        return [Action(_("Plan a meeting"), reverse("meetings:new"))] if self.actor.can(WORK) else []

    def table_options(self) -> dict[str, Any]:
        alone = self.actor.is_partner and partners_for(self.actor).count() < 2
        return {"exclude": ("partner",) if alone else ()}


class MeetingForm(forms.Form):
    title = forms.CharField(
        label=_("Subject"), max_length=services.LONGEST, widget=forms.TextInput({"dir": "auto"})
    )
    day = DayField(label=_("Day"))
    at = TimeField(label=_("Begins at"))
    minutes_long = WholeField(label=_("Length in minutes"), initial="60")
    place = forms.CharField(
        label=_("Place"), required=False, max_length=services.LONGEST, widget=forms.TextInput({"dir": "auto"}),
        help_text=_("A room, or the address of a call."),
    )  # fmt: skip
    agenda = forms.CharField(
        label=_("Agenda"), required=False, max_length=services.LONGEST_TEXT, widget=forms.Textarea({"rows": 4, "dir": "auto"})
    )  # fmt: skip
    guests = forms.CharField(
        label=_("Guests"), required=False, widget=forms.Textarea({"rows": 3, "dir": "ltr"}),
        help_text=_("E-mail addresses, one on each line."),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = actor.operator.zone
        self.fields["day"].calendar = actor.operator.days  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """The arguments of the service."""
        given = dict(self.cleaned_data)
        starts = datetime.combine(given.pop("day"), given.pop("at"), self.zone)
        return {**given, "starts_at": starts, "guests": given["guests"].split()}


class MeetingNewForm(MeetingForm):
    partner = CodeField(label=_("Partner"), widget=CodePicker("partners"))
    field_order = ("partner",)


class _MeetingPage(FormPage):
    permission = WORK
    audience = "staff"
    form_class: ClassVar[type[forms.BaseForm]] = MeetingForm

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Meetings")), reverse("meetings:list"))]


class MeetingCreate(_MeetingPage):
    title = _("Plan a meeting")
    form_class = MeetingNewForm
    draft = "meeting"

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor, "initial": {"partner": self.request.GET.get("partner", "")}}

    def save(self, form: MeetingForm) -> str:
        try:
            made = services.plan_meeting(self.actor, **form.values())
        except NotFound as error:
            raise InputError("unknown_code", _("There is no such partner."), "partner") from error
        return reverse("meetings:meeting", args=[made.pk])


class MeetingChange(_MeetingPage):
    title = _("Change the meeting")
    found: Meeting

    def prepare(self) -> None:
        self.found = get_meeting(self.actor, self.kwargs["pk"])

    def form_kwargs(self) -> dict[str, Any]:
        begins = self.found.starts_at.astimezone(self.actor.operator.zone)
        length = int((self.found.ends_at - self.found.starts_at).total_seconds() // 60)
        initial = {name: getattr(self.found, name) for name in ("title", "place", "agenda")}
        more = {
            "day": begins.date(), "at": begins.strftime("%H:%M"), "minutes_long": str(length),
            "guests": "\n".join(self.found.guests),
        }  # fmt: skip
        return {"actor": self.actor, "initial": initial | more}

    def save(self, form: MeetingForm) -> str:
        services.change_meeting(self.actor, meeting_id=self.found.pk, **form.values())
        return reverse("meetings:meeting", args=[self.found.pk])


class MinutesForm(forms.Form):
    minutes = forms.CharField(
        label=_("Minutes"), max_length=services.LONGEST_TEXT, widget=forms.Textarea({"rows": 10, "dir": "auto"})
    )  # fmt: skip


class Minutes(_MeetingPage):
    title = _("Minutes")
    subtitle = _("Both sides read them.")
    form_class = MinutesForm
    draft = "minutes"
    found: Meeting

    def prepare(self) -> None:
        self.found = get_meeting(self.actor, self.kwargs["pk"])

    def form_kwargs(self) -> dict[str, Any]:
        return {"initial": {"minutes": self.found.minutes}}

    def save(self, form: Any) -> str:
        services.hold_meeting(self.actor, meeting_id=self.found.pk, minutes=form.cleaned_data["minutes"])
        return reverse("meetings:meeting", args=[self.found.pk])


@member_page()
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """One meeting."""
    actor = actor_of_request(request)
    found = get_meeting(actor, pk)
    planned, over = found.state == MeetingState.PLANNED, found.starts_at <= timezone.now()
    return render(request, "portal/book/meeting.html", {
        "title": found.title,
        "meeting": found,
        "may_change": actor.can(WORK) and planned,
        "may_write": actor.can(WORK) and over and found.state != MeetingState.CANCELLED,
        "crumbs": [(_("Meetings"), reverse("meetings:list"))],
        **about(actor, found, states=MeetingState),
    })  # fmt: skip


@require_POST
@member_page(WORK, audience="staff")
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Call it off."""
    try:
        services.cancel_meeting(actor_of_request(request), meeting_id=pk)
    except Conflict as error:
        messages.error(request, error.message)
    return HttpResponseRedirect(reverse("meetings:meeting", args=[pk]))


@member_page()
def calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """The meeting as a file for any calendar program."""
    found = get_meeting(actor_of_request(request), pk)
    link = request.build_absolute_uri(reverse("meetings:meeting", args=[pk]))
    return HttpResponse(
        calendar_file(found, link),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="meeting-{pk}.ics"'},
    )
