"""Filters of the list of accruals."""

from typing import Any

import django_filters as filters
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from incentives.models import Accrual
from incentives.selectors import schemes_for
from incentives.standing import KINDS, clock_of
from partners.selectors import partners_for
from portal.shell.access import actor_of_request
from portal.shell.formats import formats_of


def schemes(request: HttpRequest) -> Any:
    return schemes_for(actor_of_request(request))


def partners(request: HttpRequest) -> Any:
    return partners_for(actor_of_request(request)).order_by("name")


def period_choices(request: HttpRequest) -> list[tuple[str, str]]:
    """The last periods of each kind, the running ones first."""
    clock, formats = clock_of(actor_of_request(request).operator), formats_of(request)
    periods = [period for kind in KINDS for period in reversed(clock.trend(kind))]
    wanted = request.GET.get("period", "")
    codes = [period.code for period in periods]
    return [(code, formats.period(code)) for code in codes if code] + (
        [(wanted, wanted)] if wanted and wanted not in codes else []
    )


class AccrualFilter(filters.FilterSet):  # type: ignore[misc]
    scheme = filters.ModelChoiceFilter(
        label=_("Scheme"), field_name="version__scheme", queryset=schemes, empty_label=_("All")
    )
    period = filters.ChoiceFilter(label=_("Period"), empty_label=_("All"))
    partner = filters.ModelChoiceFilter(label=_("Partner"), queryset=partners, empty_label=_("All"))

    class Meta:
        model = Accrual
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["period"].extra["choices"] = period_choices(kwargs["request"])
        if actor_of_request(kwargs["request"]).is_partner and partners(kwargs["request"]).count() < 2:
            del self.filters["partner"]
