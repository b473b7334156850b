"""Tiers and their benefits as choices of forms and filters."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from partners.selectors import tiers_in_use
from programs.enums import BenefitKind
from programs.honoured import is_honoured
from programs.selectors import main_tier_names
from tenancy.actors import Actor


def tier_choices(actor: Actor) -> list[tuple[str, str]]:
    """(code, name): those of the main programme from the lowest on, then codes that only partners have."""
    named = main_tier_names()
    return [
        *named.items(),
        *((code, tier_label(code, {})) for code in tiers_in_use(actor) if code not in named),
    ]


def tier_label(code: str, named: Mapping[str, str]) -> str:
    """A partner's tier by its name; ``named`` are those of the main programme, a code beside them is its own name."""
    if not code:
        return _("No tier")
    return named.get(code) or code.replace("_", " ").capitalize()


def benefit_choices(kinds: Iterable[BenefitKind] = BenefitKind) -> list[tuple[str, list[tuple[str, str]]]]:
    """The kinds in two groups: those that the portal counts, and those that it only writes down so far."""
    pairs = [(kind.value, str(kind.label)) for kind in kinds]
    groups = [
        (_("The portal counts it"), [pair for pair in pairs if is_honoured(pair[0])]),
        (_("Nothing counts it yet"), [pair for pair in pairs if not is_honoured(pair[0])]),
    ]
    return [group for group in groups if group[1]]
