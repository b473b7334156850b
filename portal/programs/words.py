"""Requirements, benefits and states in the reader's words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.enums import Layer, PartnerRole
from portal.kpis.wording import value_writer
from portal.shell.formats import Formats
from programs.benefits import WITHOUT_NUMBER
from programs.enums import GROUPS, Asks, BenefitKind, TierState, Window
from programs.models import Evidence, Requirement, RequirementValue
from programs.numbers import rolling_months
from programs.requirements.sources import source_of

#: How each state of a standing looks.
KINDS = {
    TierState.HELD: "good",
    TierState.QUALIFIED: "busy",
    TierState.AT_RISK: "warn",
    TierState.GRACE: "bad",
    TierState.EXCEPTION: "plain",
}


def state_of(state: str) -> tuple[str, str, str]:
    """State, its word, its look: the arguments of ``state_badge``."""
    return state, str(TierState(state).label), KINDS[TierState(state)]


@dataclass
class Node:
    """A requirement as pages show it. ``detail`` lists differing thresholds; the last ones are a partner's own numbers."""

    row: Requirement
    label: str
    detail: list[str] = field(default_factory=list)
    parts: list["Node"] = field(default_factory=list)
    evidence: Evidence | None = None
    measured: str = ""
    needed: str = ""
    missing: str = ""
    link: str = ""

    @property
    def is_group(self) -> bool:
        return self.row.asks in GROUPS

    @property
    def met(self) -> bool:
        if not self.is_group:
            return self.evidence is not None and self.evidence.met
        answers = [part.met for part in self.parts]
        return not answers or (all(answers) if self.row.asks == Asks.ALL else any(answers))

    @property
    def target(self) -> Decimal:
        """Of the meter: never nothing."""
        return max(self.evidence.needed, Decimal(1)) if self.evidence else Decimal(1)

    @property
    def value(self) -> Decimal:
        return (self.evidence.measured or Decimal(0)) if self.evidence else Decimal(0)


class Words:
    """Words requirements for one reader."""

    def __init__(self, formats: Formats) -> None:
        self.formats = formats
        self.months = rolling_months()

    def writer(self, row: Requirement) -> Callable[[Decimal], str]:
        """How numbers of this requirement are written."""
        if row.asks == Asks.GROWTH:
            return lambda value: self.formats.percent(value / 100)
        if row.asks == Asks.KPI and row.kpi is not None:
            return value_writer(row.kpi, self.formats)
        return self.formats.number

    def name(self, row: Requirement) -> str:
        """What it asks for, without the number."""
        if row.asks == Asks.SOURCE:
            source = source_of(row.source)
            return str(source.label) if source else row.source
        if row.asks == Asks.CERTIFICATES:
            if row.certification is None:
                return _("Certified people")
            return _("Certificates in %(name)s") % {"name": row.certification.label()}
        if row.kpi is None:
            return str(Asks(row.asks).label)
        names = {"name": row.kpi.label(), "over": self._over(row)}
        if row.asks == Asks.GROWTH:
            return _("Growth of %(name)s, %(over)s") % names
        return _("%(name)s, %(over)s") % names

    def _over(self, row: Requirement) -> str:
        if row.window == Window.FISCAL_YEAR:
            return _("fiscal year")
        months = row.months or self.months
        text = ngettext("last %(months)s month", "last %(months)s months", months)
        return text % {"months": self.formats.number(months)}

    def label(self, row: Requirement) -> str:
        """A whole line of the builder."""
        if row.asks in GROUPS:
            return str(Asks(row.asks).label)
        if row.threshold is None:
            return self.name(row)
        number = self.writer(row)(row.threshold)
        return _("%(name)s: at least %(number)s") % {"name": self.name(row), "number": number}

    def difference(self, row: Requirement, value: RequirementValue) -> str:
        who = [str(PartnerRole(value.role).label)] if value.role else []
        who += [str(Layer(value.layer).label)] if value.layer else []
        return _("%(who)s: %(number)s") % {"who": " · ".join(who), "number": self.writer(row)(value.value)}

    def trees(
        self, rows: Iterable[Requirement], evidence: Mapping[int, Evidence] | None = None
    ) -> dict[int, list[Node]]:
        """Tier id -> its nodes without a parent, with everything below them. ``rows`` in their order."""
        nodes = {row.pk: self._node(row, (evidence or {}).get(row.pk)) for row in rows}
        found: dict[int, list[Node]] = {}
        for node in nodes.values():
            home = nodes.get(node.row.parent_id or 0)
            (home.parts if home else found.setdefault(node.row.tier_id, [])).append(node)
        return found

    def _node(self, row: Requirement, evidence: Evidence | None) -> Node:
        if evidence is None:
            return Node(row, self.label(row), [self.difference(row, value) for value in row.values.all()])
        write = self.writer(row)
        node = Node(row, self.name(row), evidence=evidence)
        node.measured = "–" if evidence.measured is None else write(evidence.measured)
        node.needed = write(evidence.needed)
        node.missing = write(max(evidence.needed - (evidence.measured or Decimal(0)), Decimal(0)))
        node.link = self._link(row)
        return node

    def _link(self, row: Requirement) -> str:
        source = source_of(row.source) if row.asks == Asks.SOURCE else None
        return source.path if source else ""

    def gap(self, nodes: Iterable[Node], together: bool = True) -> str:
        """What is missing, in one phrase: "2 more: Certificates in Cloud and 34,000 more: Sales"."""
        phrases = [self._phrase(node) for node in nodes if not node.met]
        return (_(" and ") if together else _(" or ")).join(phrases)

    def _phrase(self, node: Node) -> str:
        if not node.is_group:
            return _("%(number)s more of %(name)s") % {"number": node.missing, "name": node.label}
        inner = self.gap(node.parts, node.row.asks == Asks.ALL)
        return f"({inner})" if sum(not part.met for part in node.parts) > 1 else inner


def benefit_words(kind: str, value: Decimal | None, formats: Formats) -> str:
    """A benefit with its number and unit: "Protection of deals: 120 days"."""
    label = str(BenefitKind(kind).label)
    if kind in WITHOUT_NUMBER or value is None:
        return label
    return _("%(name)s: %(number)s") % {"name": label, "number": benefit_value(kind, value, formats)}


def benefit_value(kind: str, value: Decimal, formats: Formats) -> str:
    """The number of a benefit with its unit."""
    if kind in (BenefitKind.MDF_RATE, BenefitKind.DISCOUNT_LEVEL):
        return formats.percent(value / 100)
    if kind in (BenefitKind.PROTECTION_DAYS, BenefitKind.EXPERT_DAYS):
        text = ngettext("%(days)s day", "%(days)s days", int(value))
        return text % {"days": formats.number(value)}
    if kind == BenefitKind.SLA_FACTOR:
        return f"× {formats.number(value)}"
    return formats.number(value)


def lines(items: Iterable[Any]) -> str:
    """Joined as a list in a sentence."""
    return _(", ").join(str(item) for item in items)
