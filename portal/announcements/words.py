"""A version in words, and two versions side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from formula import FormulaErrors
from incentives.models import SchemeVersion
from incentives.programs import program_of
from incentives.selectors import kpis_named
from portal.formulas.catalogue import CONTEXT_LABELS
from portal.formulas.plain import Plain, plain_words
from portal.formulas.words import Shower
from portal.schemes.terms import term_words
from portal.schemes.wording import eligibility_words
from portal.shell.amounts import owed_text
from portal.shell.formats import Formats
from tenancy.actors import Actor


def rules_words(actor: Actor, formats: Formats, version: SchemeVersion) -> list[Plain]:
    """Nothing where an old version's formula is no longer understood; its text still stands on the scheme's page."""
    try:
        program = program_of(version, version.scheme, actor.operator.currency)
    except FormulaErrors:
        return []
    kpis = {kpi.code: kpi.label() for kpi in kpis_named(actor, program.names)}
    labels = {name: str(label) for name, label in CONTEXT_LABELS.items()} | kpis
    return plain_words(program, labels, Shower(formats))


@dataclass(frozen=True, slots=True)
class Versus:
    """One thing that both versions say: its name and the sentences of each; nothing said is an empty list."""

    label: str
    before: list[str]
    after: list[str]

    @property
    def changed(self) -> bool:
        return self.before != self.after


def versus(actor: Actor, formats: Formats, before: SchemeVersion, after: SchemeVersion) -> list[Versus]:
    """What a reader compares, in the order of the page. The budget is the operator's own matter."""
    old, new = _said(actor, formats, before), _said(actor, formats, after)
    labels = list(dict.fromkeys([*new, *old]))
    return [Versus(label, old.get(label, []), new.get(label, [])) for label in labels]


def _said(actor: Actor, formats: Formats, version: SchemeVersion) -> dict[str, list[str]]:
    ends = formats.day(version.ends) if version.ends else _("without end")
    said = {part.label: _sentences(part) for part in rules_words(actor, formats, version)}
    said[_("In force")] = [f"{formats.day(version.starts)} – {ends}"]
    said[_("Who can earn")] = _conditions(eligibility_words(actor, version.eligibility))
    said |= term_words(version, formats)
    kind = version.scheme.kind
    if version.cap is not None:
        said[_("Most per beneficiary and period")] = [owed_text(formats, version.cap, kind)]
    if not actor.is_partner:
        said[_("Budget")] = [owed_text(formats, version.budget, kind) if version.budget else _("no ceiling")]
    said[_("Rounding")] = [str(version.get_rounding_display())]
    return said


def _sentences(part: Plain) -> list[str]:
    rows = [f"{place}: {value}" for place, value in part.rows]
    return [each for each in (*part.conditions, part.sentence, *rows, *part.limits) if each]


def _conditions(words: Sequence[tuple[Any, list[str]]]) -> list[str]:
    return [f"{label}: {', '.join(values)}" for label, values in words] or [_("Every partner.")]
