"""A simulation's summary as pages draw it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from catalog.enums import PartnerRole
from incentives.models import Simulation
from portal.shell.charts import Chart, bar
from portal.shell.formats import Formats


@dataclass(frozen=True, slots=True)
class Group:
    """One row of a breakdown."""

    label: str
    beneficiaries: int | None
    earning: int
    before: Decimal
    total: Decimal

    @property
    def change(self) -> Decimal:
        return self.total - self.before


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A table of groups with its heading; ``title`` also heads the first column."""

    title: str
    groups: list[Group]


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything of a finished simulation but the beneficiaries themselves."""

    total: Decimal
    before: Decimal
    beneficiaries: int
    earning: int
    winners: int
    won: Decimal
    losers: int
    lost: Decimal
    same: int
    failed: int
    capped: int
    cut: Decimal
    budget: Decimal | None
    share: Decimal | None
    over: Decimal
    reached_in: str
    quartiles: list[Decimal]

    @property
    def change(self) -> Decimal:
        return self.total - self.before


def shown(job: Simulation) -> Shown:
    said = job.summary
    budget = said["budget"] or {}
    return Shown(
        total=Decimal(said["total"]),
        before=Decimal(said["before"]),
        beneficiaries=said["beneficiaries"],
        earning=said["earning"],
        winners=said["winners"]["count"],
        won=Decimal(said["winners"]["amount"]),
        losers=said["losers"]["count"],
        lost=Decimal(said["losers"]["amount"]),
        same=said["same"],
        failed=said["failed"],
        capped=said["capped"],
        cut=Decimal(said["cut"]),
        budget=Decimal(budget["amount"]) if budget else None,
        share=Decimal(budget["share"]) if budget and budget["share"] is not None else None,
        over=Decimal(budget["over"]) if budget else Decimal(0),
        reached_in=budget.get("reached_in", ""),
        quartiles=[Decimal(text) for text in said["distribution"]["quartiles"]],
    )


def breakdowns(job: Simulation, formats: Formats) -> list[Breakdown]:
    """By tier, by role and by period."""
    said = job.summary
    roles = {str(value): str(label) for value, label in PartnerRole.choices}
    periods = {code: formats.period(code) for code in job.periods}
    found = [
        Breakdown(_("Tier"), [_group(row, {}, _("no tier")) for row in said["by_tier"]]),
        Breakdown(_("Partner role"), [_group(row, roles, _("no role")) for row in said["by_role"]]),
        Breakdown(_("Period"), [_group(row, periods, "") for row in said["by_period"]]),
    ]
    return [each for each in found if each.groups]


def _group(row: Mapping[str, Any], labels: Mapping[str, str], empty: str) -> Group:
    key = row["key"]
    label = labels.get(key, key) if key else empty
    return Group(
        label, row.get("beneficiaries"), row["earning"], Decimal(row["before"]), Decimal(row["total"])
    )


def distribution_chart(job: Simulation, formats: Formats) -> Chart | None:
    """How many beneficiaries get how much."""
    bars = job.summary["distribution"]["bars"]
    if not bars:
        return None
    labels = [
        _("%(low)s to %(high)s")
        % {
            "low": formats.money(Decimal(each["from"]), compact=True),
            "high": formats.money(Decimal(each["to"]), compact=True),
        }
        for each in bars
    ]
    counts = {_("Beneficiaries"): [each["count"] for each in bars]}
    return bar(_("How the amounts are spread"), labels, counts, write=formats.number)
