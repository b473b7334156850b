"""Everything that incentives store."""

from incentives.models.accruals import Accrual, AccrualLine
from incentives.models.ledger import LedgerAccount, LedgerEntry, LedgerLine
from incentives.models.payments import BankAccount, Payment, PaymentBatch
from incentives.models.schemes import Scheme, SchemeVersion
from incentives.models.settlement import Adjustment, FrozenAccrual, Hold, SettlementRun
from incentives.models.statements import Dispute, Statement, StatementLine

__all__ = [
    "Accrual",
    "AccrualLine",
    "Adjustment",
    "BankAccount",
    "Dispute",
    "FrozenAccrual",
    "Hold",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerLine",
    "Payment",
    "PaymentBatch",
    "Scheme",
    "SchemeVersion",
    "SettlementRun",
    "Statement",
    "StatementLine",
]
