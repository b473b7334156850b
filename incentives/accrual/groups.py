"""Rebates that share a stacking group: they are evaluated together, so that the priority alone decides what each pays."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from formula import FormulaRuntimeError, Inputs
from incentives.accrual.affected import read_period
from incentives.accrual.limits import stacking_cuts
from incentives.accrual.readings import Readings
from incentives.accrual.result import Outcome, evaluate, ineligible, limited
from incentives.accrual.store import Slot
from incentives.accrual.versions import Rules, for_period, published_rules
from incentives.stacking import Entry, Stacked, stack
from tenancy.models import Operator

ZERO = Decimal(0)


def with_siblings(operator: Operator, slots: Mapping[Slot, Rules]) -> dict[Slot, Rules]:
    """These slots and, of each that stands in a group, those of the group's other schemes for the same beneficiary."""
    found = dict(slots)
    grouped = {slot: rules for slot, rules in slots.items() if rules.version.stack_group}
    if not grouped:
        return found
    schemes = published_rules(operator, "period")
    for slot, rules in grouped.items():
        for other in _members(operator, schemes, rules, slot.period):
            found[Slot(other.version.pk, slot.period, slot.partner_id, slot.rep_id)] = other
    return found


def _members(
    operator: Operator, schemes: Mapping[int, Sequence[Rules]], rules: Rules, code: str
) -> Iterable[Rules]:
    """The rules of the group that decide the same period for the same kind of beneficiary."""
    period = read_period(operator, code)
    for versions in schemes.values():
        scheme = versions[0].scheme
        if (scheme.payee, scheme.period) != (rules.scheme.payee, rules.scheme.period):
            continue
        other = for_period(versions, period)
        if other is not None and other.version.stack_group == rules.version.stack_group:
            yield other


def outcomes(slots: Mapping[Slot, Rules], readings: Readings) -> dict[Slot, Outcome]:
    """What each slot gives, stacked where it stands in a group. ``slots`` holds groups complete."""
    groups: dict[tuple[Any, ...], list[Slot]] = {}
    found: dict[Slot, Outcome] = {}
    for slot, rules in slots.items():
        group = rules.version.stack_group
        if group and readings.is_eligible(slot, rules):
            groups.setdefault((group, *slot[1:]), []).append(slot)
        else:
            found[slot] = _single(slot, rules, readings)
    for members in groups.values():
        found |= _stacked(members, slots, readings)
    return found


def _single(slot: Slot, rules: Rules, readings: Readings) -> Outcome:
    inputs = readings.inputs(slot, rules)
    if not readings.is_eligible(slot, rules):
        return ineligible(inputs)
    return evaluate(rules.program, rules.version, inputs, readings.operator.currency)


def _stacked(members: Sequence[Slot], slots: Mapping[Slot, Rules], readings: Readings) -> dict[Slot, Outcome]:
    inputs = {slot: readings.inputs(slot, slots[slot]) for slot in members}
    entries = [_entry(slot, slots[slot], inputs[slot]) for slot in members]
    return {
        each.key: _outcome(each, slots[each.key], inputs[each.key], slots, readings.operator.currency)
        for each in stack(entries)
    }


def _entry(slot: Slot, rules: Rules, inputs: Inputs) -> Entry[Slot]:
    version = rules.version

    def earns(taken: Decimal) -> Decimal:
        try:
            result: Decimal = rules.program.run(netted(inputs, rules, taken))
        except FormulaRuntimeError:
            return ZERO
        return result

    return Entry(slot, version.stack_priority or 0, version.stack_policy, version.stack_counts, earns)


def _outcome(
    stacked: Stacked[Slot], rules: Rules, inputs: Inputs, slots: Mapping[Slot, Rules], currency: str
) -> Outcome:
    outcome = evaluate(rules.program, rules.version, netted(inputs, rules, stacked.taken), currency)
    by = slots[stacked.by].scheme.code if stacked.by else ""
    return limited(outcome, rules.version, stacking_cuts(stacked, outcome.exact, by), currency)


def netted(inputs: Inputs, rules: Rules, taken: Decimal) -> Inputs:
    """The inputs with every amount of money measured less what earlier schemes gave, though never below zero."""
    if not taken:
        return inputs
    names = rules.program.schema.names
    values = {
        name: max(value - taken, min(value, ZERO)) if names[name].type.is_money else value
        for name, value in inputs.values.items()
    }
    return replace(inputs, values=values)
