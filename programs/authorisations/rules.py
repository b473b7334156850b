"""How rules of authorisation answer: which of them are about a case, which of those counts, and which doors are shut.

Pure. The most exact rule counts: whom it names (company, tier, programme, role, nobody), then what (product, layer), then the
segment, then how far down in the tree of territories, then the engagement model; of two equal ones the refusal. A permission
for a tier counts for the tiers above too, a refusal for those below. A door that is shut by default (key accounts, core products)
is opened only by a permission that names it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from catalog.enums import Layer
from programs.enums import Effect

ANYBODY, ROLE, PROGRAMME, TIER, COMPANY = range(5)
Exactness = tuple[int, int, int, int, int, int]


class Door(StrEnum):
    """Why something is closed where no rule opens it."""

    KEY_ACCOUNT = "key_account"
    CORE = "core"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule in force. ``tier`` is (programme, rank); ``depth`` the level of its territory, from 1 at the top."""

    pk: int
    effect: str
    product: int | None = None
    layer: str = ""
    segment: int | None = None
    territory: int | None = None
    depth: int = 0
    model: str = ""
    partner: int | None = None
    role: str = ""
    programme: int | None = None
    tier: tuple[int, int] | None = None

    @property
    def allows(self) -> bool:
        return self.effect == Effect.ALLOW

    @property
    def whom(self) -> int:
        if self.partner is not None:
            return COMPANY
        if self.tier is not None:
            return TIER
        if self.programme is not None:
            return PROGRAMME
        return ROLE if self.role else ANYBODY

    @property
    def exactness(self) -> Exactness:
        what = 2 if self.product is not None else 1 if self.layer else 0
        return (
            self.whom,
            what,
            self.segment is not None,
            self.depth,
            bool(self.model),
            not self.allows,
        )


@dataclass(frozen=True, slots=True)
class Seller:
    """A company as rules see it. ``ranks``: programme -> rank of the tier that it holds there."""

    partner: int
    roles: frozenset[str] = frozenset()
    ranks: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """A sale. ``path``: the territory and all that it is part of; empty where it is not known.

    ``anywhere``: the question is whether there is any segment, territory and model beyond those given.
    """

    product: int | None
    layer: str
    segment: int | None = None
    key_account: bool = False
    path: tuple[int, ...] = ()
    model: str = ""
    anywhere: bool = False


@dataclass(frozen=True, slots=True)
class Doors:
    """What is open without a rule."""

    key_accounts: bool = False
    core: bool = False
    elsewhere: bool = True

    def shut(self, case: Case) -> list[Door]:
        """The doors that this case stands before."""
        found = []
        if case.key_account and not self.key_accounts:
            found.append(Door.KEY_ACCOUNT)
        if case.layer == Layer.CORE and not self.core:
            found.append(Door.CORE)
        return found or ([] if self.elsewhere else [Door.ELSEWHERE])


@dataclass(frozen=True, slots=True)
class Verdict:
    """``rule``: the one that counted; without one ``door`` says what is shut, and is empty where all is open."""

    allowed: bool
    rule: int | None = None
    door: Door | None = None


def is_for(rule: Rule, seller: Seller) -> bool:
    """Whether the rule is about this company."""
    if rule.partner is not None:
        return rule.partner == seller.partner
    if rule.tier is not None:
        programme, rank = rule.tier
        held = seller.ranks.get(programme)
        return held is not None and (held >= rank if rule.allows else held <= rank)
    if rule.programme is not None:
        return rule.programme in seller.ranks
    return not rule.role or rule.role in seller.roles


def is_about(rule: Rule, case: Case) -> bool:
    """Whether the rule is about this sale."""
    return is_about_thing(rule, case) and is_about_segment(rule, case) and is_about_place(rule, case)


def is_about_thing(rule: Rule, case: Case) -> bool:
    """Whether the rule is about what is sold, and how."""
    if rule.product not in (None, case.product) or rule.layer not in ("", case.layer):
        return False
    return rule.model in ("", case.model) or (case.anywhere and rule.allows and not case.model)


def is_about_segment(rule: Rule, case: Case) -> bool:
    return rule.segment in (None, case.segment) or (case.anywhere and rule.allows and case.segment is None)


def is_about_place(rule: Rule, case: Case) -> bool:
    wide = case.anywhere and rule.allows and not case.path
    return rule.territory is None or rule.territory in case.path or wide


def opens(rule: Rule, doors: Iterable[Door]) -> bool:
    """Whether a permission names what is shut."""
    named = {
        Door.KEY_ACCOUNT: rule.segment is not None,
        Door.CORE: rule.product is not None or bool(rule.layer),
        Door.ELSEWHERE: True,
    }
    return all(named[door] for door in doors)


def judge(rules: Iterable[Rule], case: Case, doors: Doors) -> Verdict:
    """The verdict on a sale by ``rules``, all of which are about the company (``is_for``)."""
    shut = doors.shut(case)
    counting = (rule for rule in rules if is_about(rule, case) and (not rule.allows or opens(rule, shut)))
    best = max(counting, key=lambda rule: (rule.exactness, -rule.pk), default=None)
    if best is not None:
        return Verdict(best.allows, best.pk)
    return Verdict(not shut, None, shut[0] if shut else None)
