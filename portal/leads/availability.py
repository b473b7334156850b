"""How many leads a company takes, and when none: by its own people, or by the operator's for it."""

from datetime import date
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from common.digits import localize_digits
from marketing.leads import numbers, selectors
from marketing.leads.availability import set_availability
from marketing.leads.candidates import is_paused
from marketing.models import LeadSettings
from partners.models import Partner
from partners.selectors import get_partner
from portal.catalog.formbase import DayField, day_help
from portal.shell.forms import FormPage
from tenancy.actors import Actor
from tenancy.enums import Permission

MANAGE, WORK = Permission.MANAGE_LEADS, Permission.WORK_LEADS


def paused_until(actor: Actor, row: LeadSettings | None) -> date | None:
    """The last day of a pause that is not over."""
    today = timezone.now().astimezone(actor.operator.zone).date()
    return row.paused_until if row is not None and is_paused(row, today) else None


def _written(number: int) -> str:
    return localize_digits(str(number), get_language() or "en")


class AvailabilityForm(forms.Form):
    paused_until = DayField(label=_("No new leads up to and with"), required=False)
    capacity = forms.IntegerField(
        label=_("Open leads at most"),
        required=False,
        widget=forms.TextInput({"dir": "ltr", "inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, actor: Actor, partner_id: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        day: Any = self.fields["paused_until"]
        day.calendar = actor.operator.days
        at_most = gettext("At most %(days)s days. Empty: no pause.") % {
            "days": _written(numbers.pause_days())
        }
        day.help_text = f"{day_help(day.calendar)} {at_most}"
        self.fields["capacity"].help_text = gettext("Empty: %(most)s, as the operator says.") % {
            "most": _written(numbers.capacity())
        }
        row = selectors.settings_of(actor, partner_id)
        if row is not None:
            self.initial.update(paused_until=paused_until(actor, row), capacity=row.capacity)


class _Availability(FormPage):
    title = _("Pause and capacity")
    subtitle = _("What is offered already stays; new leads go to others.")
    form_class = AvailabilityForm
    success = _("Saved.")

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor, "partner_id": self.company_id()}

    def company_id(self) -> int | None:
        return self.actor.partner_id

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Leads")), reverse("leads:list"))]

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": reverse("leads:list")}

    def save(self, form: AvailabilityForm) -> str:
        set_availability(self.actor, partner=self.code(), **form.cleaned_data)
        return reverse("leads:list")

    def code(self) -> str:
        return ""


class OwnAvailability(_Availability):
    permission = WORK
    audience = "partner"


class PartnerAvailability(_Availability):
    """The same for one of the operator's partners."""

    permission = MANAGE
    audience = "staff"
    company: Partner

    def prepare(self) -> None:
        self.company = get_partner(self.actor, self.kwargs["partner"])

    def company_id(self) -> int | None:
        return int(self.company.pk)

    def code(self) -> str:
        return str(self.company.code)

    def extra(self) -> dict[str, Any]:
        return super().extra() | {"title": f"{self.title}: {self.company.label()}"}
