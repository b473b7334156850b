"""What the form around a formula says: which kind of scheme it is, for whom and over which period."""

from dataclasses import dataclass

from django.http import QueryDict

from incentives.enums import Payee, SchemeKind, SchemePeriod


@dataclass(frozen=True, slots=True)
class Asked:
    """Always a possible combination: what is unknown counts as the first choice."""

    kind: str
    payee: str
    period: str

    @property
    def scope(self) -> str:
        return "period" if self.kind == SchemeKind.REBATE else "transaction"


def asked_of(data: QueryDict) -> Asked:
    """From posted or queried fields ``kind``, ``payee`` and ``period``."""
    return Asked(
        _one(data.get("kind"), SchemeKind.values, SchemeKind.REBATE),
        _one(data.get("payee"), Payee.values, Payee.PARTNER),
        _one(data.get("period"), SchemePeriod.values, SchemePeriod.QUARTER),
    )


def _one(value: str | None, known: list[str], default: str) -> str:
    return value if value in known else default
