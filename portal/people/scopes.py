"""What a token can be given, in the words of those who give it. A test keeps this in step with ``api.scopes``."""

from typing import Any

from django.utils.translation import gettext_lazy as _

OFFERED: dict[str, Any] = {
    "read": _("Read everything"),
    "transactions:write": _("Send and read transactions"),
    "partners:write": _("Read and change partners"),
    "reps:write": _("Read and change reps"),
    "applications:write": _("Read and decide applications"),
    "prospects:write": _("Read and change prospects"),
    "customers:write": _("Read and change customers"),
    "products:write": _("Read and change products"),
    "territories:write": _("Read and change territories"),
    "segments:write": _("Read and change segments"),
    "kpis:write": _("Read and change KPIs"),
    "schemes:write": _("Read and change incentive schemes"),
    "holidays:write": _("Read and change holidays"),
    "settings:write": _("Read and change settings"),
    "measurements:read": _("Read measurements"),
    "accruals:read": _("Read accruals"),
    "all": _("Everything that my role allows"),
}


def scope_choices() -> list[tuple[str, Any]]:
    return list(OFFERED.items())
