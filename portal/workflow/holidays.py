"""The operator's holidays, by year of its own calendar: add one, paste a list, remove."""

import re
from datetime import date
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from common.calendars import Calendar
from common.digits import to_latin
from common.errors import InputError
from portal.catalog.formbase import DayField
from portal.shell.access import actor_of_request, member_page
from portal.shell.crispy import form_html
from portal.shell.forms import FormPage
from portal.workflow.working import working_time
from tenancy.enums import Permission
from workflow.calendar import LONGEST_NAME, add_holiday, add_holidays, holidays_between, remove_holiday

LIST = "list"


class HolidayForm(forms.Form):
    day = DayField(label=_("Day"))
    name = forms.CharField(
        label=_("Name"), max_length=LONGEST_NAME, required=False, widget=forms.TextInput({"dir": "auto"})
    )

    def __init__(self, *args: Any, calendar: Calendar, sample: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        day = cast(DayField, self.fields["day"])
        day.calendar = calendar
        day.help_text = _("Year, month and day, such as %(date)s.") % {"date": sample}


class HolidayListForm(forms.Form):
    """``days`` becomes pairs of day and name."""

    days = forms.CharField(
        label=_("A day per line, then its name"),
        max_length=40_000,
        widget=forms.Textarea({"rows": 8, "dir": "ltr", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, calendar: Calendar, sample: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.calendar = calendar
        self.fields["days"].help_text = _("Such as: %(date)s New Year") % {"date": sample}

    def clean_days(self) -> list[tuple[date, str]]:
        found, wrong = [], []
        for number, line in enumerate(self.cleaned_data["days"].splitlines(), 1):
            try:
                if line.strip():
                    found.append(self._day(line.strip()))
            except InputError as error:
                place = {"line": number, "message": error.message}
                wrong.append(forms.ValidationError(_("Line %(line)s: %(message)s") % place))
        if wrong:
            raise forms.ValidationError(wrong[:10])
        return found

    def _day(self, line: str) -> tuple[date, str]:
        day, name = (*re.split(r"[\s,;]+", line, maxsplit=1), "")[:2]
        if len(name) > LONGEST_NAME:
            raise InputError("too_long", _("At most %(most)s characters."), "days", {"most": LONGEST_NAME})
        return self.calendar.parse(day), name


class Holidays(FormPage):
    """``?year=`` is a year of the operator's calendar. ``list`` in the form tells the pasted list from the single day."""

    title = _("Holidays")
    subtitle = _("Deadlines in working days and hours leave them out. What is due already stays as it is.")
    permission = Permission.MANAGE_OPERATOR
    audience = "staff"
    template_name = "portal/workflow/holidays.html"

    def prepare(self) -> None:
        self.calendar = self.actor.operator.days
        today = timezone.now().astimezone(self.actor.operator.zone).date()
        self.year = self.calendar.from_date(today)[0]
        wanted = to_latin(self.request.GET.get("year", ""))
        if re.fullmatch(r"[0-9]{4}", wanted):
            self.year = int(wanted)
        try:
            self.start = self.calendar.month_start(self.year, 1)
            self.end = self.calendar.month_start(self.year + 1, 1)
        except InputError as error:
            raise Http404 from error
        self.pasted = LIST in self.request.POST

    @property
    def form_class(self) -> type[forms.Form]:  # type: ignore[override]
        return HolidayListForm if self.pasted else HolidayForm

    def form_kwargs(self) -> dict[str, Any]:
        return {"calendar": self.calendar, "sample": self.calendar.format(self.start, "en", "short")}

    def save(self, form: Any) -> str:
        data = form.cleaned_data
        if self.pasted:
            number = add_holidays(self.actor, data["days"])
            messages.success(self.request, _("Holidays saved: %(number)s") % {"number": number})
            first = min((day for day, _name in data["days"]), default=self.start)
        else:
            add_holiday(self.actor, day=data["day"], name=data["name"])
            messages.success(self.request, _("The holiday is saved."))
            first = data["day"]
        return f"{reverse('workflow:holidays')}?year={self.calendar.from_date(first)[0]}"

    def extra(self) -> dict[str, Any]:
        other = HolidayForm if self.pasted else HolidayListForm
        return {
            "year": self.year,
            "holidays": holidays_between(self.start, self.end),
            "working": working_time(self.actor.operator),
            "other_html": form_html(other(**self.form_kwargs()), self.request),
            "pasted": self.pasted,
        }

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Settings")), reverse("workflow:settings"))]


@require_POST
@member_page(Permission.MANAGE_OPERATOR, audience="staff")
def remove(request: HttpRequest) -> HttpResponseBase:
    """Make a day (``day``, ISO) a working day again."""
    actor = actor_of_request(request)
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
    except ValueError as error:
        raise Http404 from error
    remove_holiday(actor, day=day)
    messages.success(request, _("The day is a working day again."))
    year = actor.operator.days.from_date(day)[0]
    return HttpResponseRedirect(f"{reverse('workflow:holidays')}?year={year}")
