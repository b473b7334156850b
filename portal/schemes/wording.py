"""Eligibility in words, and how one version's formula differs from the one before."""

import difflib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from portal.schemes.forms import LINE_CONDITIONS, PARTNER_CONDITIONS, condition_choices
from tenancy.actors import Actor


def eligibility_words(actor: Actor, eligibility: Mapping[str, Sequence[str]]) -> list[tuple[Any, list[str]]]:
    """Each condition with the names of what it lists; codes stand where a name is not to be seen."""
    if not eligibility:
        return []
    choices = condition_choices(actor)
    labels = {**PARTNER_CONDITIONS, **LINE_CONDITIONS}
    return [
        (labels.get(key, key), [dict(choices.get(key, ())).get(code, code) for code in codes])
        for key, codes in eligibility.items()
        if key in labels
    ]


class DiffLine(NamedTuple):
    """``kind`` is same, added or removed."""

    kind: str
    text: str


def formula_diff(old: str, new: str) -> list[DiffLine]:
    """Line by line."""
    kinds = {" ": "same", "+": "added", "-": "removed"}
    lines = difflib.ndiff(old.splitlines(), new.splitlines())
    return [DiffLine(kinds[line[0]], line[2:]) for line in lines if line[0] in kinds]
