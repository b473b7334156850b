""" "May this partner sell this here?", answered for one sale or for many at once."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _

from catalog.models import Product, Segment, Territory
from partners.enums import PartnerState
from partners.models import Partner
from programs.authorisations.rules import Case, Door, Rule, Seller, Verdict, is_for, judge
from programs.authorisations.selectors import THINGS, rules_of, sellers
from programs.authorisations.settings import doors
from programs.authorisations.words import sentence
from programs.models import Authorisation


@dataclass(frozen=True, slots=True)
class Answer:
    """``str(answer)`` and ``reason`` are texts in the language that is active when they are read."""

    allowed: bool
    rule: Authorisation | None = None
    door: Door | None = None
    state: str = ""

    @property
    def reason(self) -> str:
        if self.state:
            return _("The company is not active: %(state)s.") % {"state": PartnerState(self.state).label}
        if self.rule is not None:
            return _of_rule(self.rule, self.allowed)
        if self.door is None:
            return _("No rule stands against it.")
        return _shut(self.door)

    def __str__(self) -> str:
        return self.reason


def _of_rule(rule: Authorisation, allowed: bool) -> str:
    words = {"rule": sentence(rule)}
    text = _("Authorised: %(rule)s.") if allowed else _("Not authorised: %(rule)s.")
    return f"{text % words} {rule.reason}".strip()


def _shut(door: Door) -> str:
    return {
        Door.KEY_ACCOUNT: _("Key accounts are closed unless an authorisation names them, and there is none."),
        Door.CORE: _("Core telecom is closed unless an authorisation names it, and there is none."),
        Door.ELSEWHERE: _("There is no authorisation for this."),
    }[door]


def may_sell(
    partner: Partner,
    product: Product,
    segment: Segment | None,
    territory: Territory | None,
    model: str,
    on: date,
) -> Answer:
    """Whether ``partner`` may sell ``product`` there on a day. ``None`` and "" are what is not known."""
    found = may_sell_many([partner], [product], segment=segment, territory=territory, model=model, on=on)
    return found[partner.pk, product.pk]


def may_sell_many(
    partners: Collection[Partner],
    products: Collection[Product],
    *,
    segment: Segment | None = None,
    territory: Territory | None = None,
    model: str = "",
    on: date,
) -> dict[tuple[int, int], Answer]:
    """(partner, product) -> answer, for every pair. ``products`` come with their families. A handful of queries."""
    rules = rules_of([partner.pk for partner in partners], on)
    case = Case(
        None,
        "",
        segment.pk if segment else None,
        segment.key_account if segment else False,
        tuple(territory.path) if territory else (),
        model,
    )
    open_doors = doors()
    verdicts: dict[tuple[int, int], Verdict] = {}
    for pk, seller in sellers(partners).items():
        own = rules_for(rules, seller)
        for product in products:
            asked = replace(case, product=product.pk, layer=product.family.layer)
            verdicts[pk, product.pk] = judge(own, asked, open_doors)
    return _answers(partners, verdicts)


def rules_for(rules: Iterable[Rule], seller: Seller) -> list[Rule]:
    return [rule for rule in rules if is_for(rule, seller)]


def _answers(
    partners: Iterable[Partner], verdicts: dict[tuple[int, int], Verdict]
) -> dict[tuple[int, int], Answer]:
    used = {verdict.rule for verdict in verdicts.values() if verdict.rule is not None}
    rules = Authorisation.objects.select_related(*THINGS).in_bulk(used) if used else {}
    asleep = {partner.pk: partner.state for partner in partners if partner.state != PartnerState.ACTIVE}
    return {
        (partner, product): Answer(False, state=asleep[partner])
        if partner in asleep
        else Answer(verdict.allowed, rules.get(verdict.rule or 0), verdict.door)
        for (partner, product), verdict in verdicts.items()
    }
