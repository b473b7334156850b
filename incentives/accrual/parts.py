"""What a transaction earns, cut into payments over time: at once, or on days after it while the customer stays."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from common.periods import period_of
from incentives.accrual.limits import Cuts, text
from incentives.accrual.store import Slot
from incentives.accrual.versions import Rules
from incentives.enums import Payee
from incentives.models import SchemeVersion
from performance.models import Credit
from tenancy.models import Operator

Origins = Mapping[tuple[str, str], date]


@dataclass(frozen=True, slots=True)
class Earned:
    """What one credit earned under one version, or one of its payments."""

    slot: Slot
    credit_id: int
    exact: Decimal
    components: list[dict[str, Any]]
    inputs: dict[str, Any]
    part: int = 0
    release_on: date | None = None
    base_on: date | None = None
    cuts: Cuts | None = None


def slot_at(operator: Operator, rules: Rules, credit: Credit, day: date) -> Slot:
    """Where what counts on ``day`` is summed up."""
    period = period_of(day, rules.scheme.period, operator.days, operator.fiscal_start_month)  # type: ignore[arg-type]
    rep_id = credit.rep_id if rules.scheme.payee == Payee.REP else None
    return Slot(rules.version.pk, period.code, credit.partner_id, rep_id)


def payments_of(
    operator: Operator, rules: Rules, credit: Credit, earned: Earned, origins: Origins
) -> Iterator[Earned]:
    """The payments of ``earned``: itself where the version pays at once.

    A return takes back each payment when it falls due, one that is due already on the day of the return: so what was
    never released is never owed.
    """
    payments = rules.version.payments or []
    if not payments:
        yield earned
        return
    base = origins.get(origin_of(credit), credit.day)
    for part, share in enumerate(_shares(payments)):
        due = base + timedelta(days=int(payments[part][0]))
        release = max(due, credit.day)
        yield replace(
            earned,
            slot=slot_at(operator, rules, credit, release),
            exact=earned.exact * share,
            components=[_scaled(each, share) for each in earned.components],
            part=part,
            release_on=release,
            base_on=base,
        )


def share_of(version: SchemeVersion, part: int) -> Decimal:
    """The share of what a transaction earns that its payment number ``part`` is."""
    return _shares(version.payments)[part] if version.payments else Decimal(1)


def _shares(payments: Sequence[Sequence[Any]]) -> list[Decimal]:
    return [Decimal(str(percent)) / 100 for _days, percent in payments]


def _scaled(component: Mapping[str, Any], share: Decimal) -> dict[str, Any]:
    return {**component, "amount": text(Decimal(component["amount"]) * share)}


def origin_of(credit: Credit) -> tuple[str, str]:
    """Source and reference of the transaction that the credit is about."""
    return credit.source, credit.reverses or credit.external_id


def origins_of(rows: Iterable[Credit]) -> Origins:
    """The days of what these rows take back. One query."""
    wanted = {origin_of(credit) for credit in rows}
    if not wanted:
        return {}
    found = Credit.objects.filter(
        source__in={source for source, _ in wanted},
        external_id__in={reference for _, reference in wanted},
        position__gte=0,
        sign__gte=0,
        reverses="",
    )
    days: dict[tuple[str, str], date] = {}
    for source, reference, day in found.order_by("revision").values_list("source", "external_id", "day"):
        days.setdefault((source, reference), day)
    return {key: day for key, day in days.items() if key in wanted}
