"""Which names a formula may use: KPIs and context of a period, or the fields of one transaction."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from formula.types import BOOLEAN, COUNT, NUMBER, PERCENT, TEXT, Type, money


@dataclass(frozen=True, slots=True)
class NameInfo:
    """A name of the schema. `kind` is "kpi" or "context"; `choices` are the only texts it can have."""

    type: Type
    kind: str = "kpi"
    choices: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Schema:
    """`scope` is "period" (KPIs of a beneficiary) or "transaction" (one credit); amounts are in `currency`."""

    scope: str
    names: Mapping[str, NameInfo]
    currency: str

    def __post_init__(self) -> None:
        if self.scope not in {"period", "transaction"}:
            raise ValueError(f"no such scope: {self.scope!r}")
        for name, info in self.names.items():
            if info.kind not in {"kpi", "context"} or (info.kind == "kpi" and not info.type.is_numeric):
                raise ValueError(f"{name} cannot be a {info.kind} of type {info.type}")


def context_names(choices: Mapping[str, Iterable[str]] | None = None) -> dict[str, NameInfo]:
    """The context of a period formula: what the beneficiary is. `choices` maps a name to its codes."""
    texts = dict.fromkeys(("tier", "role", "layer", "segment", "territory", "partner_type"), TEXT)
    numbers = {"months_active": COUNT, "new_partner": BOOLEAN}
    return _context(texts | numbers, choices)


def transaction_schema(currency: str, choices: Mapping[str, Iterable[str]] | None = None) -> Schema:
    """The fields that a SPIFF, discount or referral formula sees. `choices` maps a name to its codes."""
    texts = ("product", "family", "layer", "segment", "territory", "engagement_model", "contribution")
    types: dict[str, Type] = {
        "amount": money(currency),
        "margin": money(currency),
        "quantity": NUMBER,
        "share": PERCENT,
        "discount_level": PERCENT,
        "mdf_rate": PERCENT,
        "new_customer": BOOLEAN,
        **dict.fromkeys((*texts, "kind", "tier", "role"), TEXT),
    }
    return Schema("transaction", _context(types, choices), currency)


def _context(types: Mapping[str, Type], choices: Mapping[str, Iterable[str]] | None) -> dict[str, NameInfo]:
    known = {name: tuple(values) for name, values in (choices or {}).items()}
    return {name: NameInfo(type_, "context", known.get(name)) for name, type_ in types.items()}


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that was probably meant, or None."""
    by_folded = {candidate.casefold(): candidate for candidate in sorted(candidates)}
    found = difflib.get_close_matches(name.casefold()[:100], by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None
