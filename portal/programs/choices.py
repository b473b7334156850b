"""Tiers as choices of forms and filters."""

from partners.selectors import tiers_in_use
from programs.selectors import main_tier_names
from tenancy.actors import Actor


def tier_choices(actor: Actor) -> list[tuple[str, str]]:
    """(code, name): those of the main programme from the lowest on, then codes that only partners have."""
    named = main_tier_names()
    return [*named.items(), *((code, code) for code in tiers_in_use(actor) if code not in named)]
