"""One side of a simulation: rules that are tried (or those published today) beside the other schemes of their group."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from common.periods import Period
from formula import FormulaRuntimeError
from incentives.accrual.eligibility import Profile
from incentives.accrual.fitting import fits
from incentives.accrual.groups import members_of
from incentives.accrual.limits import ZERO
from incentives.accrual.seen import line_inputs
from incentives.accrual.versions import Rules, for_day, published_rules
from incentives.stacking import Entry, stack
from performance.models import Credit
from tenancy.models import Operator


@dataclass(frozen=True, slots=True)
class Side:
    """``others``: the published versions of every other scheme that could meet these rules; empty without a group."""

    rules: Rules
    others: Mapping[int, Sequence[Rules]]

    def in_period(self, operator: Operator, period: Period) -> list[Rules]:
        """These rules first, then those of their group that decide the period."""
        return [self.rules, *members_of(operator, self.others, self.rules, period.code)]

    def for_credit(self, operator: Operator, credit: Credit, profile: Profile) -> list[Rules]:
        """These rules first, then those of their group that pay for the transaction."""
        group = self.rules.version.stack_group
        found = [for_day(versions, credit.day) for versions in self.others.values()]
        return [
            self.rules,
            *(
                rules
                for rules in found
                if rules is not None
                and rules.version.stack_group == group
                and fits(operator, rules, credit, profile)
            ),
        ]

    def all_rules(self) -> Iterator[Rules]:
        """Its own rules and all that may stand beside them."""
        yield self.rules
        yield from chain.from_iterable(self.others.values())


def side_of(operator: Operator, rules: Rules) -> Side:
    """The rules in the place of whatever is published of their own scheme."""
    if not rules.version.stack_group:
        return Side(rules, {})
    published = published_rules(operator, rules.scheme.scope)
    return Side(rules, {pk: versions for pk, versions in published.items() if pk != rules.scheme.pk})


@dataclass(frozen=True, slots=True)
class Line:
    """What a transaction gives beside other schemes, as if it took nothing back; ``stacked`` is what they took."""

    amount: Decimal
    stacked: Decimal = ZERO
    failed: bool = False


def line_of(operator: Operator, side: Side, credit: Credit, profile: Profile) -> Line | None:
    """What ``credit`` gives under the rules of ``side``; None where it may not earn under them."""
    if not fits(operator, side.rules, credit, profile):
        return None
    try:
        alone = side.rules.program.run(line_inputs(operator, side.rules, credit, profile))
    except FormulaRuntimeError:
        return Line(ZERO, failed=True)
    members = side.for_credit(operator, credit, profile) if side.others else []
    if len(members) < 2:
        return Line(alone)
    found = stack(_entry(operator, key, rules, credit, profile) for key, rules in enumerate(members))
    mine = next(each for each in found if each.key == 0)
    return Line(mine.amount, mine.alone - mine.amount)


def _entry(operator: Operator, key: int, rules: Rules, credit: Credit, profile: Profile) -> Entry[int]:
    def earns(taken: Decimal) -> Decimal:
        try:
            result: Decimal = rules.program.run(line_inputs(operator, rules, credit, profile, taken))
        except FormulaRuntimeError:
            return ZERO
        return result

    version = rules.version
    return Entry(key, version.stack_priority or 0, version.stack_policy, version.stack_counts, earns)
