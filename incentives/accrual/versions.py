"""Which version of a scheme holds when."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from common.periods import Period
from formula import Program
from incentives.enums import SchemeKind
from incentives.models import Scheme, SchemeVersion
from incentives.programs import program_of
from tenancy.models import Operator


@dataclass(frozen=True, slots=True)
class Rules:
    """A published version with its compiled program."""

    scheme: Scheme
    version: SchemeVersion
    program: Program

    @property
    def starts(self) -> date:
        return self.version.starts

    def covers(self, day: date) -> bool:
        """Whether the version is in its time on ``day``."""
        return self.starts <= day and (self.version.ends is None or day <= self.version.ends)


def published_rules(operator: Operator, scope: str) -> dict[int, list[Rules]]:
    """Scheme id -> its published versions in order of their start, for all accruing schemes of this scope."""
    return _rules(operator, lambda scheme: scheme.scope == scope and scheme.kind != SchemeKind.DISCOUNT)


def discount_rules(operator: Operator) -> dict[int, list[Rules]]:
    """The same for discounts, which accrue nothing: they are resolved for a quote."""
    return _rules(operator, lambda scheme: scheme.kind == SchemeKind.DISCOUNT)


def _rules(operator: Operator, wanted: Callable[[Scheme], bool]) -> dict[int, list[Rules]]:
    versions = SchemeVersion.objects.filter(published_at__isnull=False, scheme__active=True)
    found: dict[int, list[Rules]] = {}
    for version in versions.select_related("scheme").order_by("starts", "number"):
        if wanted(version.scheme):
            program = program_of(version, version.scheme, operator.currency)
            found.setdefault(version.scheme_id, []).append(Rules(version.scheme, version, program))
    return found


def for_period(versions: Iterable[Rules], period: Period) -> Rules | None:
    """The version that decides a whole period: the newest in force on its first day, else the first to start inside.

    So an amendment counts from the first period that begins on or after its start, and no past day is judged anew.
    """
    inside = [
        rules
        for rules in versions
        if rules.starts < period.end and (rules.version.ends is None or rules.version.ends >= period.start)
    ]
    at_start = [rules for rules in inside if rules.starts <= period.start]
    if at_start:
        return max(at_start, key=lambda rules: (rules.starts, rules.version.number))
    return min(inside, key=lambda rules: (rules.starts, rules.version.number), default=None)


def for_day(versions: Iterable[Rules], day: date) -> Rules | None:
    """The newest version in force on ``day``."""
    inside = [rules for rules in versions if rules.covers(day)]
    return max(inside, key=lambda rules: (rules.starts, rules.version.number), default=None)
