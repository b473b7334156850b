"""Active partners in classes: those of one class answer every question alike, so that the map asks per class, not per company.

A class is what authorisations and certificates look at: roles, tiers held, layers certified in, and the company itself where a
rule names it. How exact a rule is does not depend on the question. So rules for nobody in particular are sorted once, the most exact
first, and a class knows by one bit each which of them are about it; a question knows the same about itself, and the lowest bit that
both have is the rule that counts. What a question is about falls into thing, segment, place and doors, each looked at once: a map of a
hundred cells has thousands of questions.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from programs.authorisations.rules import (
    Case,
    Rule,
    Seller,
    is_about_place,
    is_about_segment,
    is_about_thing,
    is_for,
    judge,
    opens,
)
from programs.authorisations.selectors import rules_of
from programs.authorisations.settings import doors
from programs.training.held import NEVER

# Certificates count here as in ``programs.training.held.counting``. Texts, since thousands of arrays take long to read.
_CLASSES = """
with held as materialized (
  select e.partner_id, string_agg(e.programme_id || ':' || t.rank, ',' order by e.programme_id) as tiers
  from programs_enrolment e join programs_tier t on t.id = e.tier_id and t.operator_id = e.operator_id
  where e.operator_id = (select app.op()) group by 1
), certified as materialized (
  select c.partner_id, string_agg(distinct k.layer, ',') as layers
  from programs_certificate c
  join programs_certification k on k.id = c.certification_id and k.operator_id = c.operator_id
  join tenancy_membership m on m.id = c.member_id and m.operator_id = c.operator_id
  where c.operator_id = (select app.op()) and k.layer <> '' and c.state <> all(%(never)s) and c.passed_on <= %(on)s
    and (c.counts_until is null or c.counts_until >= %(on)s) and (m.active or c.replace_until >= %(on)s)
  group by 1
)
select array_to_string(p.roles, ','), coalesce(h.tiers, ''), coalesce(c.layers, ''), p.territory_id,
       named.id as own, count(*), {ids}
from partners_partner p
left join unnest(%(named)s::bigint[]) as named(id) on named.id = p.id
left join held h on h.partner_id = p.id
left join certified c on c.partner_id = p.id
where p.operator_id = (select app.op()) and p.active and p.state = 'active'
group by 1, 2, 3, 4, 5
"""
_ASKED = """
select distinct layer from programs_certification where operator_id = (select app.op()) and active and layer <> ''
"""


@dataclass(frozen=True, slots=True)
class Group:
    """Partners of one class at one home. ``rules``: a bit for each general rule that is about them.

    ``ids`` only where they were asked for.
    """

    seller: Seller
    rules: int
    layers: frozenset[str]
    territory: int | None
    count: int
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Good:
    """A product as rules see it."""

    product: int
    layer: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is to be sold, as far as the question says: any segment and territory otherwise."""

    segment: int | None = None
    key_account: bool = False
    path: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A case with the general rules that are about it (a bit each), and what holds where none of them is about a class."""

    case: Case
    rules: int
    open: bool
    certified: bool


class Judge:
    """Who is able to sell what on a day: active, authorised, and certified where the operator certifies in that layer."""

    def __init__(self, on: date, *, ids: bool = False) -> None:
        rules = rules_of(None, on)
        self.general = sorted(
            (rule for rule in rules if rule.partner is None),
            key=lambda rule: (rule.exactness, -rule.pk),
            reverse=True,
        )
        self._allows = [rule.allows for rule in self.general]
        self.own: dict[int, list[Rule]] = defaultdict(list)
        for rule in rules:
            if rule.partner is not None:
                self.own[rule.partner].append(rule)
        self.named = {rule.product for rule in rules if rule.product is not None}
        self.doors = doors()
        self.asked = _asked()
        self.groups = self._groups(on, ids)
        self._questions: dict[object, Question] = {}
        self._about: dict[object, int] = {}

    def kind(self, good: Good) -> tuple[int | None, str]:
        """Products of one kind are answered alike: the layer, and the product itself where a rule names it."""
        return (good.product if good.product in self.named else None), good.layer

    def question(self, good: Good, place: Place) -> Question:
        """May this be sold there?"""
        kind = self.kind(good)
        found = self._questions.get((kind, place))
        if found is None:
            case = Case(*kind, place.segment, place.key_account, place.path, anywhere=True)
            shut = tuple(self.doors.shut(case))
            about = (
                self._bits(("thing", *kind), lambda rule: is_about_thing(rule, case))
                & self._bits(("segment", place.segment), lambda rule: is_about_segment(rule, case))
                & self._bits(("place", place.path), lambda rule: is_about_place(rule, case))
                & self._bits(("doors", shut), lambda rule: not rule.allows or opens(rule, shut))
            )
            found = Question(case, about, not shut, good.layer in self.asked)
            self._questions[kind, place] = found
        return found

    def _bits(self, key: object, holds: Callable[[Rule], bool]) -> int:
        """A bit for each general rule that ``holds``, found once for each ``key``."""
        if key not in self._about:
            self._about[key] = _bits(holds(rule) for rule in self.general)
        return self._about[key]

    def able(self, group: Group, question: Question) -> bool:
        """Whether partners of this group may sell it there, and know how."""
        if question.certified and question.case.layer not in group.layers:
            return False
        if group.seller.partner:
            verdict = judge(self._own(group.seller.partner, question.case), question.case, self.doors)
            if verdict.rule is not None:
                return verdict.allowed
        both = group.rules & question.rules
        return self._allows[(both & -both).bit_length() - 1] if both else question.open

    def _own(self, partner: int, case: Case) -> list[Rule]:
        """The company's own rules, without those about other things."""
        return [
            rule
            for rule in self.own.get(partner, ())
            if rule.layer in ("", case.layer) and rule.product in (None, case.product)
        ]

    def _groups(self, on: date, ids: bool) -> list[Group]:
        wanted = "array_agg(p.id)" if ids else "'{}'::bigint[]"
        values: dict[str, Any] = {"on": on, "named": list(self.own), "never": list(NEVER)}
        sellers: dict[tuple[str, str], tuple[Seller, int]] = {}
        found = []
        with connection.cursor() as cursor:
            cursor.execute(_CLASSES.format(ids=wanted), values)
            for roles, tiers, layers, territory, own, count, members in cursor.fetchall():
                known = sellers.get((roles, tiers))
                if known is None:
                    seller = Seller(0, _words(roles), _ranks(tiers))
                    known = sellers[roles, tiers] = (seller, _bits(is_for(r, seller) for r in self.general))
                seller, bits = known
                if own is not None:
                    seller = Seller(own, seller.roles, seller.ranks)
                found.append(Group(seller, bits, _words(layers), territory, count, tuple(members)))
        return found


def _bits(flags: Iterable[bool]) -> int:
    return sum(1 << place for place, flag in enumerate(flags) if flag)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split(",")) if text else frozenset()


def _ranks(text: str) -> dict[int, int]:
    """``programme:rank,programme:rank``."""
    pairs = (pair.split(":") for pair in text.split(",") if pair)
    return {int(programme): int(rank) for programme, rank in pairs}


def _asked() -> frozenset[str]:
    with connection.cursor() as cursor:
        cursor.execute(_ASKED)
        return frozenset(layer for (layer,) in cursor.fetchall())
