"""Eligibility in words, and how one version's formula differs from the one before."""

import difflib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from incentives.conditions import Names
from partners.selectors import partners_for
from portal.schemes.forms import LINE_CONDITIONS, PARTNER_CONDITIONS
from tenancy.actors import Actor


def eligibility_words(actor: Actor, eligibility: Mapping[str, Sequence[str]]) -> list[tuple[Any, list[str]]]:
    """Each condition with the names of what it lists. A partner reads no other partner's name here."""
    if not eligibility:
        return []
    names = Names([eligibility])
    labels = {**PARTNER_CONDITIONS, **LINE_CONDITIONS}
    words: list[tuple[Any, list[str]]] = []
    if eligibility.get("partners"):
        chosen = partners_for(actor).filter(code__in=eligibility["partners"]).order_by("name", "code")
        words.append((_("Chosen partners"), [partner.label() for partner in chosen]))
    said = ((key, [names.of(key, code) for code in codes]) for key, codes in eligibility.items())
    return words + [(labels[key], values) for key, values in said if key in labels]


class DiffLine(NamedTuple):
    """``kind`` is same, added or removed."""

    kind: str
    text: str


def formula_diff(old: str, new: str) -> list[DiffLine]:
    """Line by line."""
    kinds = {" ": "same", "+": "added", "-": "removed"}
    lines = difflib.ndiff(old.splitlines(), new.splitlines())
    return [DiffLine(kinds[line[0]], line[2:]) for line in lines if line[0] in kinds]
