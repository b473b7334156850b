"""Credits as lists and tables show them: with names and words instead of ids and codes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from performance.enums import LATE_CHURN, LineKind
from performance.models import Credit
from performance.transactions import WITHOUT_VALUE, customer_names
from tenancy.actors import Actor


@dataclass(frozen=True, slots=True)
class CreditRow:
    """``amount`` is ``None`` where the line has no value in money; ``earned`` is set where a scheme pays per line."""

    credit: Credit
    kind: str
    product: str
    customer: str
    occurred_at: datetime
    quantity: Decimal
    amount: Decimal | None
    back: bool
    #: Days after the sale of a customer's leaving that came too late to take anything back.
    late: int | None = None
    earned: Decimal | None = None

    @property
    def pk(self) -> int:
        return int(self.credit.pk)


def kind_label(kind: str) -> str:
    """The word for a kind; what a source calls it where it has none."""
    return str(LineKind(kind).label) if kind in LineKind.values else kind


def credit_rows(
    actor: Actor, credits: Iterable[Credit], earned: dict[int, Decimal] | None = None
) -> list[CreditRow]:
    """Rows of these credits (with product), names of customers included; one more query."""
    rows = list(credits)
    names = customer_names(actor, (credit.customer_id for credit in rows))
    return [_row(credit, names, earned or {}) for credit in rows]


def _row(credit: Credit, names: dict[int, str], earned: dict[int, Decimal]) -> CreditRow:
    late = (credit.attributes or {}).get(LATE_CHURN)
    return CreditRow(
        credit=credit,
        kind=kind_label(credit.kind),
        product=str(credit.product) if credit.product else kind_label(credit.kind),
        customer=names.get(credit.customer_id or 0, ""),
        occurred_at=credit.occurred_at,
        quantity=credit.quantity,
        amount=None if credit.kind in WITHOUT_VALUE else credit.amount,
        back=not late and (credit.position < 0 or credit.sign < 0 or bool(credit.reverses)),
        late=int(late) if late else None,
        earned=earned.get(credit.pk),
    )
