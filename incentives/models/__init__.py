"""Everything that incentives store."""

from incentives.models.accruals import Accrual, AccrualLine
from incentives.models.acknowledgements import Acknowledgement
from incentives.models.approvals import Approval, VersionAuthor
from incentives.models.budgets import BudgetCut, BudgetUse
from incentives.models.ledger import LedgerAccount, LedgerEntry, LedgerLine
from incentives.models.payments import BankAccount, BankResponse, Payment, PaymentBatch, PaymentFile
from incentives.models.rewards import BenefitUse, Redemption, Reward
from incentives.models.schemes import Scheme, SchemeVersion
from incentives.models.settlement import Adjustment, FrozenAccrual, Hold, SettlementRun
from incentives.models.simulations import SimulatedAmount, Simulation
from incentives.models.statements import Dispute, Statement, StatementLine

__all__ = [
    "Accrual",
    "AccrualLine",
    "Acknowledgement",
    "Adjustment",
    "Approval",
    "BankAccount",
    "BankResponse",
    "BenefitUse",
    "BudgetCut",
    "BudgetUse",
    "Dispute",
    "FrozenAccrual",
    "Hold",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerLine",
    "Payment",
    "PaymentBatch",
    "PaymentFile",
    "Redemption",
    "Reward",
    "Scheme",
    "SchemeVersion",
    "SettlementRun",
    "SimulatedAmount",
    "Simulation",
    "Statement",
    "StatementLine",
    "VersionAuthor",
]
