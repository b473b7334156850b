"""Further things that a tier may ask for: each app that counts something registers it in ``AppConfig.ready``.

A source is a function of partner ids and a day that gives a number for those partners that have any.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Values = Callable[[Collection[int], date], Mapping[int, Decimal]]


@dataclass(frozen=True, slots=True)
class Source:
    """``label`` names what is counted ("Active deals"); ``path`` is the page where the partner sees it."""

    code: str
    label: "str | _StrPromise"
    values: Values
    path: str = ""


_sources: dict[str, Source] = {}


def register(code: str, label: "str | _StrPromise", values: Values, path: str = "") -> None:
    """Make a source known under ``code``."""
    _sources[code] = Source(code, label, values, path)


def known() -> list[Source]:
    """Every source, in the order of registration."""
    return list(_sources.values())


def source_of(code: str) -> Source | None:
    """The source, or ``None`` where the app that counted it is gone."""
    return _sources.get(code)
