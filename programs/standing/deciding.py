"""What becomes of a partner's standing on a day. Plain values in, plain values out; no database."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta

from programs.enums import Promotion, TierState


@dataclass(frozen=True, slots=True)
class Rules:
    """What the programme and the operator say. ``next_review``: the first day of the next review period."""

    promotion: str
    next_review: date
    grace_days: int


@dataclass(frozen=True, slots=True)
class Standing:
    """``rank`` of the tier held; ``due_on`` as in ``Enrolment``; ``target`` is a rank, too."""

    rank: int
    state: str
    due_on: date | None = None
    target: int | None = None


@dataclass(frozen=True, slots=True)
class Met:
    """Ranks of the tiers whose requirements are met, and of those that have any."""

    met: Collection[int]
    demanding: Collection[int]

    @property
    def top(self) -> int:
        """The highest tier that is met; a tier that asks nothing is given by hand."""
        return max((rank for rank in self.met if rank in self.demanding), default=0)

    def keeps(self, rank: int) -> bool:
        """Whether a tier stays: it is met, a higher one is, or it asks nothing."""
        return rank not in self.demanding or rank in self.met or self.top >= rank


def decide(now: Standing, met: Met, rules: Rules, today: date) -> Standing:
    """The standing after this day. A demotion is never decided here: a person confirms it after the grace."""
    if now.state == TierState.EXCEPTION:
        return now
    if met.top > now.rank:
        return _higher(now, met.top, rules, today)
    if met.keeps(now.rank):
        return replace(now, state=TierState.HELD, due_on=None, target=None)
    return _missed(now, rules, today)


def _higher(now: Standing, top: int, rules: Rules, today: date) -> Standing:
    waited = now.state == TierState.QUALIFIED and now.due_on is not None and today >= now.due_on
    if rules.promotion == Promotion.AT_ONCE or waited:
        return Standing(top, TierState.HELD)
    due = now.due_on if now.state == TierState.QUALIFIED else rules.next_review
    return Standing(now.rank, TierState.QUALIFIED, due, top)


def _missed(now: Standing, rules: Rules, today: date) -> Standing:
    if now.state not in (TierState.AT_RISK, TierState.GRACE):
        return Standing(now.rank, TierState.AT_RISK, rules.next_review)
    if now.state == TierState.AT_RISK and now.due_on is not None and today >= now.due_on:
        return Standing(now.rank, TierState.GRACE, today + timedelta(days=rules.grace_days))
    return now


def after_exception(before: int, met: Met, rules: Rules) -> Standing:
    """Where a partner stands when its exception is over: where it stood before, or where it has got to since."""
    rank = max(before, met.top)
    if met.keeps(rank):
        return Standing(rank, TierState.HELD)
    return Standing(rank, TierState.AT_RISK, rules.next_review)
