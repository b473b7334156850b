"""Tells partners and their PAMs what an evaluation changed: what is missing, by when, and what is at stake."""

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from programs import stakes
from programs.enums import BenefitKind, ExceptionState, TierState
from programs.models import Benefit, Enrolment, Tier, TierException
from programs.notices import (
    AT_RISK,
    AT_RISK_MONEY,
    DUE,
    EXCEPTION_ENDS,
    GRACE,
    PROMOTED,
    QUALIFIED,
    RECOVERED,
    WARNINGS,
    amount,
    notices_of,
    tell,
)
from programs.numbers import exception_notice_days
from programs.requirements.words import Words, gap, in_all_languages, missing, words_for
from tenancy.outbox import emit_many
from workflow.notices import TOPIC, Kind, done

if TYPE_CHECKING:
    from programs.standing.evaluating import Run
    from programs.standing.storing import Step

#: What a text says where there is nothing to name.
NOTHING = "–"


def tell_steps(run: "Run") -> None:
    """One notice per step."""
    teller = Teller(run)
    for step in run.steps:
        teller.tell(step)
    emit_many(TOPIC, teller.notices)


class Teller:
    """What the notices of one evaluation share: names, benefits by tier, money at stake."""

    def __init__(self, run: "Run") -> None:
        self.run = run
        self.trees = {tree.rank: tree for tree in run.trees}
        self.words: Words = words_for(leaf for tree in run.trees for leaf in tree.leaves)
        self.benefits: dict[int, dict[str, Decimal | None]] = {}
        for benefit in Benefit.objects.filter(tier__programme=run.programme):
            self.benefits.setdefault(benefit.tier_id, {})[benefit.kind] = benefit.value
        self.money = self._money()
        self.notices: list[dict[str, Any]] = []

    def _money(self) -> dict[int, Decimal]:
        """What partners that came to be at risk would earn less in the running periods one tier lower."""
        if not self.run.programme.main:
            return {}
        lower = {}
        for step in self.run.steps:
            below = self.below(step.enrolment)
            if step.enrolment.state == TierState.AT_RISK and below is not None:
                lower[step.enrolment.partner_id] = below.code
        found = stakes.worth_of(self.run.actor, lower)
        return {partner_id: -worth for partner_id, worth in found.items() if worth < 0}

    def below(self, row: Enrolment) -> Tier | None:
        """The tier that this one would fall to."""
        ranks = [rank for rank in self.run.tiers if rank < row.tier.rank]
        return self.run.tiers[max(ranks)] if ranks else None

    def add(self, kind: Kind, row: Enrolment, **params: Any) -> None:
        self.notices += notices_of(kind, row, **params)

    def tell(self, step: "Step") -> None:
        row = step.enrolment
        promoted = step.source is not None and row.tier.rank > step.source.rank
        if row.state == TierState.HELD and step.source_state in (TierState.AT_RISK, TierState.GRACE):
            done(row, WARNINGS)
        if promoted:
            self.add(PROMOTED, row, tier=row.tier)
        elif row.state == TierState.QUALIFIED and row.target is not None:
            self.add(QUALIFIED, row, tier=row.target, until=row.due_on)
        elif row.state == TierState.AT_RISK:
            self._warn(row)
        elif row.state == TierState.GRACE:
            self.add(GRACE, row, tier=row.tier, until=row.due_on, missing=self.missing(row))
        elif step.source_state in (TierState.AT_RISK, TierState.GRACE):
            self.add(RECOVERED, row, tier=row.tier)

    def _warn(self, row: Enrolment) -> None:
        facts: dict[str, Any] = {
            "until": row.due_on,
            "missing": self.missing(row),
            "benefits": self.lost(row),
        }
        money = self.money.get(row.partner_id)
        if money:
            facts["money"] = amount(money, self.run.actor.operator.currency)
        self.add(AT_RISK_MONEY if money else AT_RISK, row, tier=row.tier, **facts)

    def missing(self, row: Enrolment) -> list[Any]:
        """What keeps the tier from being met, each with how much is missing."""
        facts = self.run.facts.get(row.partner_id, {})
        leaves = missing(self.trees[row.tier.rank].root, lambda leaf: facts[leaf.id].met)
        return [
            {**self.words.names(leaf), "count": f"{gap(facts[leaf.id]).normalize():f}"} for leaf in leaves
        ] or [NOTHING]

    def lost(self, row: Enrolment) -> list[Any]:
        """The benefits that the tier below gives less of, or not at all."""
        below = self.below(row)
        left = self.benefits.get(below.pk, {}) if below else {}
        kinds = [
            kind for kind, value in self.benefits.get(row.tier.pk, {}).items() if left.get(kind, "") != value
        ]
        return [in_all_languages(BenefitKind(kind).label) for kind in kinds] or [NOTHING]


def tell_waiting(run: "Run") -> None:
    """What waits for a person: graces that are over, exceptions that end soon. Each is told once."""
    for row in run.enrolments:
        if row.state == TierState.GRACE and row.due_on is not None and row.due_on < run.day:
            tell(DUE, row, tier=row.tier, internal=True, key=f"due:{row.due_on}")
    soon = run.day + timedelta(days=exception_notice_days())
    ending = {row.pk: row for row in run.enrolments if row.state == TierState.EXCEPTION}
    exceptions = TierException.objects.filter(
        enrolment__in=list(ending), state=ExceptionState.APPROVED, until__lte=soon, warned_on=None
    )
    for exception in exceptions:
        row = ending[exception.enrolment_id]
        tell(EXCEPTION_ENDS, row, tier=row.tier, key=f"ends:{exception.pk}", until=exception.until)
    exceptions.update(warned_on=run.day)
