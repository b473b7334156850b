"""The discount level of a tier: what it takes off the partner price of each line, beside the discounts of schemes.

It is no scheme: it stands first in the order of discounts and counts for those after it. A discount scheme whose formula asks
for ``discount_level`` and gives something with it already pays the level; then it is not taken off once more.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils import translation
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from common.calendars import get_calendar
from common.display import format_date, format_percent
from incentives.accrual.versions import Rules
from incentives.enums import StackPolicy
from partners.models import Partner
from programs.benefits import Entitlement, entitlements
from programs.enums import BenefitKind
from programs.honoured import honours
from tenancy.access import office
from tenancy.actors import Actor
from tenancy.models import Operator
from workflow.settings import define

level_best_of = define(
    "schemes.level_best_of",
    False,
    gettext_lazy("Of a tier's discount level and the discounts that say “best of”, only the largest counts"),
)
honours(BenefitKind.DISCOUNT_LEVEL, gettext_lazy("Taken off the partner price in each quote."))
honours(
    BenefitKind.MDF_RATE, gettext_lazy("Marketing funds that ask for it grow by this share of what is sold.")
)
#: Its name in formulas, as in the programmes.
NAME = str(BenefitKind.DISCOUNT_LEVEL.value)
#: Before every scheme; no version has this id.
PRIORITY, KEY = -1, 0


@dataclass(frozen=True, slots=True)
class Level:
    """Stands where a scheme would. ``share`` is that of the partner price (0.05 is 5 %)."""

    share: Decimal
    source: Entitlement
    operator: Operator

    @property
    def code(self) -> str:
        """Its name in formulas."""
        return NAME

    def label(self, language: str | None = None) -> str:
        """What it is called in ``language`` (that of the reader)."""
        with translation.override(language or get_language() or "en"):
            return str(BenefitKind.DISCOUNT_LEVEL.label)

    def __str__(self) -> str:
        return self.label()

    @property
    def reason(self) -> str:
        """Whose it is and how much, with its last day where it has one: "Silver: 5%"."""
        language = get_language() or "en"
        whose = self.source.tier.label(language) if self.source.tier else self.source.text
        words = {"name": whose or self.label(), "percent": format_percent(self.share, language, None)}
        if self.source.until is None:
            return _("%(name)s: %(percent)s") % words
        day = format_date(self.source.until, get_calendar(self.operator.calendar), language)
        return _("%(name)s: %(percent)s, until %(day)s") % {**words, "day": day}

    @property
    def policy(self) -> str:
        """How it meets the discounts of schemes: the operator's choice."""
        return str(StackPolicy.BEST_OF if level_best_of() else StackPolicy.ADDITIVE)


def level_of(actor: Actor, partner: Partner) -> Level | None:
    """The discount level that ``partner`` (whom the actor sees) has today, from its tiers or granted beside them."""
    with office(actor):
        found = entitlements([partner.pk], [NAME]).get(partner.pk, {}).get(NAME)
    if found is None or not found.value:
        return None
    return Level(min(found.value / 100, Decimal(1)), found, actor.operator)


def paid_by(fitting: Iterable[Rules], gives: Callable[[Rules], Decimal]) -> Rules | None:
    """The first of these discounts that already gives the level: its formula asks for it, and it gives something."""
    asking = (rules for rules in fitting if NAME in rules.program.context)
    return next((rules for rules in asking if gives(rules) > 0), None)
