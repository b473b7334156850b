"""The nightly evaluation: every enrolled partner against every tier of its programme, with evidence.

Twice on a day has the effect of once. A programme is evaluated in one transaction with its enrolments locked; everything is
read and written set-wise, the decisions in between are plain Python.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.utils import timezone

from partners.enums import PartnerState
from partners.services.tiers import set_tiers
from programs.expertdays import grant_days
from programs.models import Enrolment, Programme, Tier
from programs.numbers import grace_days
from programs.requirements.loading import trees_of
from programs.requirements.measured import Fact, Member, by_partner, read_facts
from programs.requirements.trees import TierTree, is_met
from programs.requirements.windows import next_review
from programs.standing.deciding import Met, Rules, Standing, decide
from programs.standing.exceptions import end_exceptions
from programs.standing.storing import (
    Step,
    forget_old_evidence,
    store_evidence,
    store_history,
    store_standings,
)
from programs.standing.telling import tell_steps, tell_waiting
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission


@dataclass(frozen=True, slots=True)
class Summary:
    """What an evaluation did: partners looked at, steps by the state they led to, and tiers that changed."""

    programme: str
    partners: int
    steps: Mapping[str, int]
    moved: int


def today_of(actor: Actor) -> date:
    """The operator's own day."""
    return timezone.now().astimezone(actor.operator.zone).date()


def evaluate_all(actor: Actor, *, day: date | None = None) -> list[Summary]:
    """Every active programme of the operator."""
    actor.require(Permission.MANAGE_PROGRAMS)
    programmes = Programme.objects.filter(active=True).order_by("pk")
    return [evaluate_programme(actor, programme, day=day) for programme in programmes]


def evaluate_programme(
    actor: Actor, programme: Programme, *, day: date | None = None, partner_ids: Collection[int] | None = None
) -> Summary:
    """One programme on ``day`` (today), all of its partners or some. Locks their enrolments."""
    actor.require(Permission.MANAGE_PROGRAMS)
    run = Run(actor, programme, day or today_of(actor), _enrolments(programme, partner_ids))
    run.work()
    return Summary(programme.code, len(run.enrolments), run.counts, run.moved)


def _enrolments(programme: Programme, partner_ids: Collection[int] | None) -> list[Enrolment]:
    rows = Enrolment.objects.select_for_update(no_key=True, of=("self",))
    rows = rows.filter(programme=programme).exclude(partner__state=PartnerState.ENDED)
    if partner_ids is not None:
        rows = rows.filter(partner_id__in=list(partner_ids))
    return list(rows.select_related("partner").order_by("pk"))


@dataclass
class Run:
    """One evaluation of one programme."""

    actor: Actor
    programme: Programme
    day: date
    enrolments: list[Enrolment]
    steps: list[Step] = field(default_factory=list)
    moved: int = 0

    @cached_property
    def trees(self) -> list[TierTree]:
        return trees_of(self.programme)

    @cached_property
    def tiers(self) -> dict[int, Tier]:
        """By rank."""
        return {tier.rank: tier for tier in Tier.objects.filter(programme=self.programme)}

    @cached_property
    def ranks(self) -> dict[int, int]:
        """Tier id -> rank."""
        return {tier.pk: rank for rank, tier in self.tiers.items()}

    @cached_property
    def rules(self) -> Rules:
        review = next_review(self.actor.operator, self.programme.review_period, self.day)
        return Rules(self.programme.promotion, review, grace_days())

    @cached_property
    def facts(self) -> dict[int, dict[int, Fact]]:
        """Partner id -> requirement id -> what it has."""
        members = [
            Member(row.partner_id, tuple(row.partner.roles), tuple(row.partner.layers))
            for row in self.enrolments
        ]
        return by_partner(read_facts(self.actor.operator, self.trees, members, self.day))

    @cached_property
    def demanding(self) -> frozenset[int]:
        return frozenset(tree.rank for tree in self.trees if tree.demands)

    @property
    def counts(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for step in self.steps:
            found[step.enrolment.state] = found.get(step.enrolment.state, 0) + 1
        return found

    def met(self, partner_id: int) -> Met:
        """Which tiers a partner meets."""
        have = self.facts.get(partner_id, {})
        ranks = {tree.rank for tree in self.trees if is_met(tree.root, lambda leaf: have[leaf.id].met)}
        return Met(ranks, self.demanding)

    def work(self) -> None:
        if not self.enrolments or not self.tiers:
            return
        for row in self.enrolments:
            row.programme, row.tier = self.programme, self.tiers[self.ranks[row.tier_id]]
        end_exceptions(self)
        for row in self.enrolments:
            self._decide(row)
        self._store()
        tell_steps(self)
        tell_waiting(self)

    def _decide(self, row: Enrolment) -> None:
        target = None if row.target_id is None else self.ranks.get(row.target_id)
        now = Standing(row.tier.rank, row.state, row.due_on, target)
        then = decide(now, self.met(row.partner_id), self.rules, self.day)
        row.evaluated_on = self.day
        if row.former_until is not None and row.former_until < self.day:
            row.former = row.former_until = None
        if then != now:
            self.change(row, then)

    def change(self, row: Enrolment, then: Standing, text: str = "") -> None:
        """Bring an enrolment to a standing and note the step, where tier or state changed."""
        source, source_state = row.tier, row.state
        row.tier, row.state, row.due_on = self.tiers[then.rank], then.state, then.due_on
        row.target = None if then.target is None else self.tiers[then.target]
        if row.tier.pk != source.pk:
            row.since = self.day
            if row.former is not None and row.former.rank <= row.tier.rank:
                row.former = row.former_until = None
        if (row.tier.pk, row.state) != (source.pk, source_state):
            self.steps.append(Step(row, source, source_state, text))

    def _store(self) -> None:
        store_evidence(self.enrolments, self.facts)
        forget_old_evidence(self.programme, [leaf.id for tree in self.trees for leaf in tree.leaves])
        store_standings(self.enrolments)
        store_history(self.actor, self.steps, self.facts, self.day)
        if self.programme.main:
            self.moved = set_tiers(self.actor, {row.partner_id: row.tier.code for row in self.enrolments})
        if self.programme.active:
            grant_days(self.actor, [row.partner_id for row in self.enrolments], self.day)
        if self.steps:
            changes = {"day": self.day.isoformat(), "partners": len(self.enrolments), "steps": self.counts}
            audit.record(self.actor, "programme.evaluate", self.programme, changes=changes)
