"""Active partners in classes: those of one class answer every question alike, so that the map asks per class, not per company.

A class is what authorisations and certificates look at: roles, tiers held, layers certified in, and the company itself where a
rule names it. Ten thousand partners are a few hundred classes.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from programs.authorisations.rules import Case, Doors, Rule, Seller, is_for, judge
from programs.authorisations.selectors import rules_of
from programs.authorisations.settings import doors
from programs.training.held import NEVER

# Certificates count here as in ``programs.training.held.counting``.
_CLASSES = """
with held as materialized (
  select e.partner_id, array_agg(e.programme_id order by e.programme_id) as programmes,
         array_agg(t.rank::int order by e.programme_id) as ranks
  from programs_enrolment e join programs_tier t on t.id = e.tier_id and t.operator_id = e.operator_id
  where e.operator_id = (select app.op()) group by 1
), certified as materialized (
  select c.partner_id, array_agg(distinct k.layer) as layers
  from programs_certificate c
  join programs_certification k on k.id = c.certification_id and k.operator_id = c.operator_id
  join tenancy_membership m on m.id = c.member_id and m.operator_id = c.operator_id
  where c.operator_id = (select app.op()) and k.layer <> '' and c.state <> all(%(never)s) and c.passed_on <= %(on)s
    and (c.counts_until is null or c.counts_until >= %(on)s) and (m.active or c.replace_until >= %(on)s)
  group by 1
)
select p.roles, h.programmes, h.ranks, c.layers, p.territory_id,
       case when p.id = any(%(named)s) then p.id end as own, count(*), {ids}
from partners_partner p
left join held h on h.partner_id = p.id
left join certified c on c.partner_id = p.id
where p.operator_id = (select app.op()) and p.active and p.state = 'active'
group by 1, 2, 3, 4, 5, 6
"""
_ASKED = """
select distinct layer from programs_certification where operator_id = (select app.op()) and active and layer <> ''
"""


@dataclass(frozen=True, slots=True)
class Group:
    """Partners of one class at one home. ``ids`` only where they were asked for; ``who`` tells classes apart for rules."""

    seller: Seller
    who: tuple[Any, ...]
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


class Judge:
    """Who is able to sell what on a day: active, authorised, and certified where the operator certifies in that layer."""

    def __init__(self, on: date, *, ids: bool = False) -> None:
        rules = rules_of(None, on)
        self.general = [rule for rule in rules if rule.partner is None]
        self.own: dict[int, list[Rule]] = defaultdict(list)
        for rule in rules:
            if rule.partner is not None:
                self.own[rule.partner].append(rule)
        self.named = {rule.product for rule in rules if rule.product is not None}
        self.doors: Doors = doors()
        self.groups = _groups(on, list(self.own), ids)
        self.asked = _asked()
        self._rules: dict[object, list[Rule]] = {}
        self._answers: dict[object, bool] = {}

    def able(self, group: Group, good: Good, place: Place) -> bool:
        """Whether partners of this group may sell this product there, and know how."""
        if good.layer in self.asked and good.layer not in group.layers:
            return False
        product, layer = self.kind(good)
        key = (group.who, product, layer, place)
        found = self._answers.get(key)
        if found is None:
            case = Case(product, layer, place.segment, place.key_account, place.path, anywhere=True)
            found = self._answers[key] = judge(self._rules_for(group), case, self.doors).allowed
        return found

    def kind(self, good: Good) -> tuple[int | None, str]:
        """Products of one kind are answered alike: the layer, and the product itself where a rule names it."""
        return (good.product if good.product in self.named else None), good.layer

    def _rules_for(self, group: Group) -> list[Rule]:
        if group.who not in self._rules:
            every = [*self.general, *self.own.get(group.seller.partner, [])]
            self._rules[group.who] = [rule for rule in every if is_for(rule, group.seller)]
        return self._rules[group.who]


def _groups(on: date, named: list[int], ids: bool) -> list[Group]:
    wanted = "array_agg(p.id)" if ids else "'{}'::bigint[]"
    with connection.cursor() as cursor:
        cursor.execute(_CLASSES.format(ids=wanted), {"on": on, "named": named, "never": list(NEVER)})
        return [_group(*row) for row in cursor.fetchall()]


def _group(
    roles: list[str], programmes: list[int] | None, ranks: list[int] | None, layers: list[str] | None,
    territory: int | None, own: int | None, count: int, ids: Iterable[int],
) -> Group:  # fmt: skip
    held = dict(zip(programmes or (), ranks or (), strict=True))
    seller = Seller(own or 0, frozenset(roles), held)
    who = (seller.roles, *held.items(), own)
    return Group(seller, who, frozenset(layers or ()), territory, count, tuple(ids))


def _asked() -> frozenset[str]:
    with connection.cursor() as cursor:
        cursor.execute(_ASKED)
        return frozenset(layer for (layer,) in cursor.fetchall())
