"""What the pages of the pipeline are narrowed to: one form of filters for board, figures and goals."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Segment
from catalog.selectors import products_for, segments_for, territories_for
from common.errors import InputError
from common.periods import Period, parse_period, period_of
from deals.pipeline import Asked
from partners.selectors import pams_for, partners_for
from portal.catalog.pickers import CodePicker
from portal.shell.access import actor_of_request
from portal.shell.formats import formats_of
from programs.selectors import programmes_for
from tenancy.actors import Actor

#: An id that no row has: a code that means nothing finds nothing.
NOBODY = -1


class CodeField(forms.CharField):
    """The code of one of many things, with proposals; empty narrows nothing."""

    def __init__(self, kind: str, **options: Any) -> None:
        super().__init__(required=False, max_length=64, widget=CodePicker(kind), **options)


class PipelineFilter(forms.Form):
    """Choices are what the actor may see; ``period`` narrows what was closed."""

    partner = CodeField("partners", label=gettext_lazy("Partner"))
    pam = forms.ChoiceField(required=False, label=gettext_lazy("Account manager"))
    product = CodeField("products", label=gettext_lazy("Product"))
    segment = forms.ModelChoiceField(
        Segment.objects.none(), required=False, label=gettext_lazy("Segment"), to_field_name="code"
    )
    territory = CodeField("territories", label=gettext_lazy("Territory"))
    programme = forms.ChoiceField(required=False, label=gettext_lazy("Programme"))
    period = forms.ChoiceField(required=False, label=gettext_lazy("Closed in"))

    def __init__(self, data: Any, actor: Actor, periods: list[tuple[str, str]]) -> None:
        super().__init__(data)
        segment: Any = self.fields["segment"]
        segment.queryset, segment.empty_label = segments_for(actor).order_by("name"), _("All")
        self._offer("pam", [] if actor.is_partner else [(str(pam.pk), pam.name) for pam in pams_for(actor)])
        self._offer("period", periods)
        programmes = [(row.code, row.label()) for row in programmes_for(actor)]
        self._offer("programme", programmes)
        if not programmes:
            del self.fields["programme"]
        if actor.is_partner:
            del self.fields["pam"]
            if partners_for(actor).count() < 2:
                del self.fields["partner"]

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = [("", _("All")), *choices]


def form_of(request: HttpRequest, *, closed: bool = True) -> PipelineFilter:
    """The bound form of the page's filters; ``closed``: with the time in which deals were closed."""
    form = PipelineFilter(request.GET, actor_of_request(request), quarters_back(request))
    if not closed:
        del form.fields["period"]
    form.is_valid()
    return form


def quarters_back(request: HttpRequest) -> list[tuple[str, str]]:
    """The running quarter and the seven before it, as choices."""
    period, formats, found = running(actor_of_request(request), "quarter"), formats_of(request), []
    for _each in range(8):
        found.append((period.code, formats.period(period.code)))
        period = period.previous()
    return found


def asked_of(actor: Actor, form: PipelineFilter) -> Asked:
    """What the form says. An unknown code finds nothing, a choice that does not exist narrows nothing."""
    given: dict[str, Any] = getattr(form, "cleaned_data", {})
    period = period_named(actor, given.get("period", ""))

    def number(name: str, things: Callable[[Actor], QuerySet[Any]]) -> int | None:
        code = given.get(name, "")
        if not code:
            return None
        return things(actor).filter(code=code).values_list("pk", flat=True).first() or NOBODY

    segment = given.get("segment")
    return Asked(
        partner_id=number("partner", partners_for),
        pam_id=int(given["pam"]) if given.get("pam") else None,
        product_id=number("product", products_for),
        segment_id=segment.pk if segment else None,
        territory_id=number("territory", territories_for),
        programme=given.get("programme", ""),
        start=period.start if period else None,
        end=period.end if period else None,
    )


def period_named(actor: Actor, code: str) -> Period | None:
    """The period with this code in the operator's calendar; ``None`` for what is no period."""
    try:
        return parse_period(code, actor.operator.days, actor.operator.fiscal_start_month) if code else None
    except InputError:
        return None


def running(actor: Actor, kind: Any) -> Period:
    """The operator's running period of a kind."""
    operator = actor.operator
    return period_of(today_of(actor), kind, operator.days, operator.fiscal_start_month)


def today_of(actor: Actor) -> date:
    return timezone.now().astimezone(actor.operator.zone).date()


def months_ahead(actor: Actor, count: int) -> list[Period]:
    """The running month and those after it."""
    found = [running(actor, "month")]
    while len(found) < count:
        found.append(found[-1].next())
    return found


def deal_address(ref: str) -> str:
    """The deal's own page."""
    return reverse("deals:deal", args=[ref])
