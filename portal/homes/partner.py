"""What a partner's home shows: earnings by scheme with the way ahead, the trend, and what came in last."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from common.errors import NotFound
from incentives.ahead import Ahead
from incentives.standing import TREND, Earned, Standing, mark_of, standing_of
from performance.enums import Beneficiary
from performance.headline import (
    headline_kpi,
    last_periods,
    targets_by_partner,
    values_by_partner,
    visible_kpis,
)
from performance.models import Credit, Kpi
from performance.transactions import newest_credits, own_reps
from portal.homes.drawing import stacked
from portal.homes.words import ahead_sentence, down, plain_value, up
from portal.shell.charts import Chart
from portal.shell.formats import Formats
from tenancy.actors import Actor

NEWEST = 8


@dataclass(frozen=True, slots=True)
class Meter:
    """Progress to a threshold: both ends written out."""

    label: str
    value: Decimal
    target: Decimal
    shown: str
    target_shown: str
    sentence: str


@dataclass(frozen=True, slots=True)
class SchemeCard:
    """One scheme on the home. ``further`` are the sentences of the other thresholds, ``note`` says why there is none."""

    name: str
    period: str
    amount: Decimal
    before: Decimal
    before_period: str
    url: str
    meter: Meter | None
    further: list[str] = field(default_factory=list)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Business:
    """The headline KPI: its value so far, its target, the whole of the period before, and the trend up to now."""

    name: str
    period: str
    before_period: str
    value: Decimal
    before: Decimal
    target: Decimal | None
    trend: list[Decimal]

    @property
    def of_before(self) -> Decimal | None:
        return self.value / self.before if self.before > 0 else None

    @property
    def attainment(self) -> Decimal | None:
        return self.value / self.target if self.target else None


@dataclass(frozen=True, slots=True)
class PartnerHome:
    standing: Standing
    period: str
    cards: list[SchemeCard]
    business: Business | None
    newest: list[Credit]
    as_of: datetime | None
    seller: bool


def company_of(actor: Actor) -> int:
    """The partner behind a partner's member; raises ``NotFound`` for staff."""
    if actor.partner_id is None:
        raise NotFound()
    return actor.partner_id


def partner_home(actor: Actor, formats: Formats) -> PartnerHome:
    """Everything that moves on the home of ``actor``. A fixed number of queries, none of which reads old lines."""
    reps = own_reps(actor)
    partner = company_of(actor)
    standing = standing_of(actor, partner, reps=reps)
    kpis = visible_kpis(actor)
    newest = newest_credits(actor, partner, reps=reps, most=NEWEST)
    arrived = max((credit.received_at for credit in newest), default=None)
    return PartnerHome(
        standing=standing,
        period=formats.period(standing.clock.running[standing.main_kind].code),
        cards=[scheme_card(earned, formats, kpis) for earned in standing.schemes],
        business=business_of(actor, standing, kpis, reps, formats),
        newest=newest,
        as_of=max(filter(None, (standing.as_of, arrived)), default=None),
        seller=reps is not None,
    )


def scheme_card(earned: Earned, formats: Formats, kpis: Collection[Kpi]) -> SchemeCard:
    names = {kpi.code: str(kpi) for kpi in kpis}
    ahead = earned.ahead if earned.state == "ahead" else []
    return SchemeCard(
        name=str(earned.scheme),
        period=formats.period(earned.period.code),
        amount=earned.amount,
        before=earned.before,
        before_period=formats.period(earned.period.previous().code),
        url=address_of(earned),
        meter=meter_of(ahead[0], formats, names) if ahead else None,
        further=[ahead_sentence(each, formats, names) for each in ahead[1:3]],
        note=_notes().get(earned.state, ""),
    )


def address_of(earned: Earned) -> str:
    """The explanation where there is one accrual, else the list of them."""
    if len(earned.accruals) == 1:
        return reverse("rewards:accrual", args=[earned.accruals[0].pk])
    return f"{reverse('rewards:list')}?scheme={earned.scheme.pk}&period={earned.period.code}"


def meter_of(ahead: Ahead, formats: Formats, names: dict[str, str]) -> Meter:
    return Meter(
        label=names.get(ahead.name, ahead.name),
        value=ahead.value,
        target=ahead.needed,
        shown=plain_value(formats, down(ahead.value, ahead.unit), ahead.unit),
        target_shown=plain_value(formats, up(ahead.needed, ahead.unit), ahead.unit),
        sentence=ahead_sentence(ahead, formats, names),
    )


def _notes() -> dict[str, str]:
    return {
        "capped": _("You have reached the most that this scheme pays in one period."),
        "ineligible": _("Your company does not meet the conditions of this scheme at present."),
        "failed": _("This amount cannot be calculated at the moment. The operator has been shown why."),
        "top": _("There is no higher threshold: you are at the top of this scheme."),
        "each": _("Each sale that fits adds to this at once."),
    }


def business_of(
    actor: Actor, standing: Standing, kpis: Collection[Kpi], reps: list[int] | None, formats: Formats
) -> Business | None:
    """``None`` where the operator measures no sales."""
    kpi = headline_kpi(kpis, Beneficiary.PARTNER if reps is None else Beneficiary.REP)
    if kpi is None:
        return None
    partner = company_of(actor)
    periods = last_periods(actor, kpi, standing.clock.today, TREND)
    values = values_by_partner(actor, kpi, periods, partner_id=partner, reps=reps)
    trend = values.get(partner, [Decimal(0)] * TREND)
    target = kpi.target
    if reps is None:
        target = targets_by_partner(actor, kpi, periods[-1]).get(partner, kpi.target)
    return Business(
        name=str(kpi),
        period=formats.period(periods[-1].code),
        before_period=formats.period(periods[-2].code),
        value=trend[-1],
        before=trend[-2],
        target=target,
        trend=trend,
    )


def trend_chart(standing: Standing, formats: Formats) -> Chart | None:
    """Earned per period and scheme, the running period last; ``None`` before anything was earned."""
    kind = standing.main_kind
    periods = standing.clock.trend(kind)
    labels = [formats.period(period.code) for period in periods]
    series = {
        str(scheme): [standing.trend.get(period.code, {}).get(scheme.pk, Decimal(0)) for period in periods]
        for scheme in sorted(standing.names.values(), key=lambda scheme: scheme.code)
        if scheme.period == kind
    }
    if not any(any(amounts) for amounts in series.values()):
        return None
    return stacked(_("Earned per period"), labels, series, formats, horizontal=False)


def mark(actor: Actor, language: str, *more: str) -> str:
    """An entity tag of everything that the live part shows: it costs three short index reads."""
    reps = own_reps(actor)
    partner = company_of(actor)
    newest = newest_credits(actor, partner, reps=reps, most=1)
    parts = (language, *more, *mark_of(actor, partner, reps=reps), newest[0].pk if newest else 0)
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'
