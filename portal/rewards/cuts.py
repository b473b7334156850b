"""The steps between a formula's result and the amount, and how each transaction's line stands, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from incentives.explain import Cut
from incentives.lines import Standing
from incentives.models import AccrualLine, Scheme, SchemeVersion
from portal.homes.words import at_most
from portal.performance.rows import CreditRow, credit_rows
from portal.shell.amounts import owed_text
from portal.shell.formats import Formats
from tenancy.actors import Actor


@dataclass(frozen=True, slots=True)
class CutWords:
    """``text`` says what the step did, ``amount`` what it took; empty where it only lessened the base."""

    text: str
    amount: str


def cut_words(actor: Actor, cuts: Sequence[Cut], version: SchemeVersion, formats: Formats) -> list[CutWords]:
    """A line of the sum for each cut."""
    codes = {cut.by for cut in cuts if cut.by}
    names = {scheme.code: scheme.label() for scheme in Scheme.objects.filter(code__in=codes)} if codes else {}
    return [_words(cut, names, version, formats) for cut in cuts]


def _words(cut: Cut, names: Mapping[str, str], version: SchemeVersion, formats: Formats) -> CutWords:
    kind = version.scheme.kind

    def owed(value: Any) -> str:
        return owed_text(formats, at_most(value, 6), kind)

    by = names.get(cut.by, _("another scheme"))
    if cut.reason == "net":
        words = {"taken": owed(cut.taken), "alone": owed(cut.alone)}
        return CutWords(
            _("Earlier schemes took %(taken)s off the base; alone it would be %(alone)s") % words, ""
        )
    sentences = {
        "beaten": _("“%(by)s” gives more, and only the best one pays"),
        "excluded": _("“%(by)s” excludes other schemes"),
        "cap": _("Cut by the most per period, %(cap)s"),
        "stop": _("Budget reached: what happened before it used the budget up"),
        "pro_rata": _("Budget reached: all get the same share"),
        "approval": _("Budget reached: waits for the operator's approval of more"),
    }
    cap = owed(version.cap) if version.cap is not None else ""
    return CutWords(sentences.get(cut.reason, cut.step) % {"by": by, "cap": cap}, owed(cut.amount))


@dataclass(frozen=True, slots=True)
class LineRow:
    """A transaction with what it earned and, where that is not simply counted, why."""

    row: CreditRow
    pk: int
    part: int
    earned: str
    state: str
    note: str


def line_rows(
    actor: Actor,
    lines: Sequence[AccrualLine],
    known: Mapping[int, Standing],
    kind: str,
    formats: Formats,
) -> list[LineRow]:
    """The lines of a transaction scheme as a table shows them."""
    rows = credit_rows(actor, [line.credit for line in lines])
    return [
        LineRow(
            row,
            line.pk,
            line.part,
            owed_text(formats, at_most(line.exact, 6), kind),
            known[line.pk].state,
            _note(known[line.pk], kind, formats),
        )
        for row, line in zip(rows, lines, strict=True)
    ]


def _note(standing: Standing, kind: str, formats: Formats) -> str:
    if standing.state == "waiting" and standing.release_on:
        return _("Counts from %(day)s on") % {"day": formats.day(standing.release_on)}
    if standing.state == "lost":
        return _("The customer left before it was due")
    if standing.state == "budget":
        granted = owed_text(formats, at_most(standing.granted, 6), kind)
        return _("Budget reached: %(granted)s of it") % {"granted": granted}
    if any(cut.step == "stacking" and cut.reason != "net" for cut in standing.cuts):
        return _("Another scheme goes first")
    return ""
