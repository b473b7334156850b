"""Everything that incentives store."""

from incentives.models.accruals import Accrual, AccrualLine
from incentives.models.ledger import LedgerAccount, LedgerEntry, LedgerLine
from incentives.models.payments import BankAccount, BankResponse, Payment, PaymentBatch, PaymentFile
from incentives.models.schemes import Scheme, SchemeVersion
from incentives.models.settlement import Adjustment, FrozenAccrual, Hold, SettlementRun
from incentives.models.statements import Dispute, Statement, StatementLine

__all__ = [
    "Accrual",
    "AccrualLine",
    "Adjustment",
    "BankAccount",
    "BankResponse",
    "Dispute",
    "FrozenAccrual",
    "Hold",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerLine",
    "Payment",
    "PaymentBatch",
    "PaymentFile",
    "Scheme",
    "SchemeVersion",
    "SettlementRun",
    "Statement",
    "StatementLine",
]
