"""What can be wrong with a formula, with the place in its source and a plain sentence.

Positions are offsets in characters (code points) of the source: `source[error.start:error.end]` is what is marked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from formula.messages import MESSAGES
from formula.types import Type, describe

Param = str | Type
MAX_ERRORS = 20


@dataclass(frozen=True, slots=True)
class FormulaError:
    """One error: a stable code, what fills its sentence, and where it is."""

    code: str
    params: Mapping[str, Param] = field(default_factory=dict)
    start: int = 0
    end: int = 0

    @property
    def template(self) -> str:
        """The English sentence with `{placeholders}`: the key for translations."""
        near = f"{self.code}.near"
        return MESSAGES[near] if "suggestion" in self.params and near in MESSAGES else MESSAGES[self.code]


def message(error: FormulaError | FormulaRuntimeError, translate: Callable[[str], str] = str) -> str:
    """The sentence for a reader; pass `gettext` as `translate` for the reader's language."""
    found = error.error if isinstance(error, FormulaRuntimeError) else error
    words = {
        name: describe(value, translate) if isinstance(value, Type) else value
        for name, value in found.params.items()
    }
    return translate(found.template).format(**words)


class FormulaErrors(Exception):
    """The source is not a formula; `errors` has one to twenty entries in order of position."""

    def __init__(self, errors: Iterable[FormulaError]) -> None:
        self.errors = tuple(sorted(errors, key=lambda e: (e.start, e.end))[:MAX_ERRORS])
        super().__init__("; ".join(message(error) for error in self.errors))


class FormulaRuntimeError(Exception):
    """A valid formula met inputs for which it has no value."""

    def __init__(self, code: str, params: Mapping[str, Param], start: int, end: int) -> None:
        self.error = FormulaError(code, params, start, end)
        super().__init__(message(self.error))

    @property
    def code(self) -> str:
        return self.error.code

    @property
    def start(self) -> int:
        return self.error.start

    @property
    def end(self) -> int:
        return self.error.end


def line_and_column(source: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, of an offset in the source."""
    before = source[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
