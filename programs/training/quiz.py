"""Quizzes: what makes one complete, in which order it is shown, and what answers are worth. No database here."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.errors import InputError
from programs.enums import QuestionKind

Question = Mapping[str, Any]
Answers = Mapping[str, Sequence[int]]
Key = Mapping[str, Mapping[str, Any]]
OPTIONS_LEAST, OPTIONS_MOST = 2, 10
QUESTIONS_MOST = 100
WEIGHT_MOST = 100


@dataclass(frozen=True, slots=True)
class Marked:
    """A quiz's result: ``score`` in percent, rounded down to hundredths; ``rows`` as ``QuizAttempt.result`` keeps them."""

    score: Decimal
    passed: bool
    rows: list[dict[str, Any]]


def check_question(question: Question, right: Sequence[int], language: str) -> None:
    """Raise ``InputError`` at what an author has to mend. ``language``: the one in which every text must be there."""
    options = question["options"]
    if not question["text"].get(language):
        raise InputError("required", _("Write the question."), "text")
    if not OPTIONS_LEAST <= len(options) <= OPTIONS_MOST:
        words = {"least": OPTIONS_LEAST, "most": OPTIONS_MOST}
        raise InputError("options", _("A question has %(least)s to %(most)s answers."), "options", words)
    if any(not option["text"].get(language) for option in options):
        raise InputError("required", _("Every answer needs a text."), "options")
    known = {option["id"] for option in options}
    if not right or not set(right) <= known:
        raise InputError("no_right_answer", _("Mark the right answer."), "right")
    if question["kind"] == QuestionKind.SINGLE and len(set(right)) != 1:
        raise InputError("one_right_answer", _("Exactly one answer is right here."), "right")
    if not 1 <= question["weight"] <= WEIGHT_MOST:
        raise InputError("weight", _("A weight is from 1 to %(most)s."), "weight", {"most": WEIGHT_MOST})


def shown(quiz: Sequence[Question], seed: int) -> list[dict[str, Any]]:
    """The quiz in the order of ``seed``: the same again for the same seed."""
    return [
        {**question, "options": _mixed(question["options"], f"{seed}:{question['id']}")}
        for question in _mixed(quiz, str(seed))
    ]


def _mixed(things: Sequence[Any], seed: str) -> list[Any]:
    return sorted(things, key=lambda thing: hashlib.sha256(f"{seed}:{thing['id']}".encode()).digest())


def clean_answer(quiz: Sequence[Question], question_id: int, chosen: Sequence[int]) -> list[int]:
    """What was chosen, sorted; raises ``InputError`` for what the quiz does not have."""
    question = next((one for one in quiz if one["id"] == question_id), None)
    if question is None:
        raise InputError("unknown_question", _("There is no such question."), "question")
    known = {option["id"] for option in question["options"]}
    if not set(chosen) <= known:
        raise InputError("unknown_option", _("There is no such answer."), "options")
    if question["kind"] == QuestionKind.SINGLE and len(set(chosen)) > 1:
        raise InputError("one_answer", _("Choose one answer."), "options")
    return sorted(set(chosen))


def share_of(kind: str, right: Sequence[int], given: Sequence[int]) -> Fraction:
    """How much of a question was got: all or nothing with one answer; with several, right less wrong ones."""
    wanted, chosen = set(right), set(given)
    if kind == QuestionKind.SINGLE:
        return Fraction(int(wanted == chosen))
    return max(Fraction(len(wanted & chosen) - len(chosen - wanted), len(wanted)), Fraction(0))


def mark(quiz: Sequence[Question], key: Key, answers: Answers, pass_mark: int) -> Marked:
    """What ``answers`` are worth. Exact: the pass mark is compared before anything is rounded."""
    got, whole, rows = Fraction(0), 0, []
    for question in quiz:
        name = str(question["id"])
        given = list(answers.get(name, ()))
        share = share_of(question["kind"], key[name]["right"], given)
        got += share * question["weight"]
        whole += question["weight"]
        rows.append({"id": question["id"], "given": given, "share": str(share), "weight": question["weight"]})
    percent = got * 100 / whole if whole else Fraction(0)
    exact = Decimal(percent.numerator) / Decimal(percent.denominator)
    return Marked(exact.quantize(Decimal("0.01"), ROUND_DOWN), bool(whole) and percent >= pass_mark, rows)
