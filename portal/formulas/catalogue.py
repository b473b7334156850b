"""What a formula may use, for the side of the editor: KPIs, fields and context with their words, and the functions."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.enums import Contribution, EngagementModel, Layer, PartnerRole
from common.periods import Period
from formula import REFERENCE, Schema
from formula.types import describe
from incentives.builder import name_source
from incentives.programs import kpi_period, schema_for
from incentives.selectors import current_period, kpis_named
from performance.enums import LineKind
from performance.models import Kpi
from tenancy.actors import Actor

CONTEXT_LABELS: dict[str, Any] = {
    "tier": _("Tier of the partner"),
    "role": _("Role of the partner"),
    "layer": _("Technology layer"),
    "segment": _("Customer segment"),
    "territory": _("Territory"),
    "partner_type": _("Main role of the partner"),
    "months_active": _("Whole months since joining"),
    "new_partner": _("Joined less than a year ago"),
    "amount": _("Amount of the transaction"),
    "margin": _("Margin of the transaction"),
    "quantity": _("Quantity"),
    "share": _("The partner's share in the transaction"),
    "discount_level": _("Discount level of the partner, from its tiers"),
    "mdf_rate": _("Rate of the partner's marketing funds, from its tiers"),
    "product": _("Product"),
    "family": _("Product family"),
    "engagement_model": _("Engagement model"),
    "contribution": _("What the partner did in the sale"),
    "kind": _("Kind of transaction"),
    "new_customer": _("The customer is new in the period"),
}
CHOICE_LABELS: dict[str, dict[str, Any]] = {
    "role": dict(PartnerRole.choices),
    "partner_type": dict(PartnerRole.choices),
    "layer": dict(Layer.choices),
    "engagement_model": dict(EngagementModel.choices),
    "contribution": dict(Contribution.choices),
    "kind": dict(LineKind.choices),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One name: ``insert`` is its source, ``period`` the code of the period that it looks at now (KPIs only)."""

    name: str
    insert: str
    label: str
    type: str
    period: str = ""
    choices: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Catalogue:
    kpis: list[Entry]
    context: list[Entry]
    functions: list[Any]

    @property
    def labels(self) -> dict[str, str]:
        return {entry.name: entry.label for entry in (*self.kpis, *self.context)}


def catalogue_for(actor: Actor, scope: str, period: str, payee: str) -> Catalogue:
    """Everything that a formula of this kind may name."""
    schema = schema_for(actor.operator, scope, period=period, payee=payee)
    now = current_period(actor, period)
    named = {kpi.code: kpi for kpi in kpis_named(actor, schema.names)}
    kpis = [_kpi(named[name], schema, now) for name in sorted(named) if schema.names[name].kind == "kpi"]
    context = [_context(name, schema) for name, info in schema.names.items() if info.kind == "context"]
    functions = [each for each in REFERENCE if scope == "period" or not each.period_only]
    return Catalogue(kpis, context, functions)


def _kpi(kpi: Kpi, schema: Schema, now: Period) -> Entry:
    return Entry(
        kpi.code,
        name_source(kpi.code),
        kpi.label(),
        describe(schema.names[kpi.code].type, gettext),
        kpi_period(kpi, now).code,
    )


def _context(name: str, schema: Schema) -> Entry:
    info = schema.names[name]
    words = CHOICE_LABELS.get(name, {})
    choices = [(choice, str(words.get(choice, choice))) for choice in info.choices or ()]
    label = str(CONTEXT_LABELS.get(name, name))
    return Entry(name, name, label, describe(info.type, gettext), choices=choices)


def recent_periods(actor: Actor, kind: str, count: int = 12) -> list[Period]:
    """The running period and those before it, newest first."""
    periods = [current_period(actor, kind)]
    while len(periods) < count:
        periods.append(periods[-1].previous())
    return periods
