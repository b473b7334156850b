"""Everything that incentives store."""

from incentives.models.accruals import Accrual, AccrualLine
from incentives.models.budgets import BudgetCut, BudgetUse
from incentives.models.rewards import Redemption, Reward
from incentives.models.schemes import Scheme, SchemeVersion

__all__ = [
    "Accrual",
    "AccrualLine",
    "BudgetCut",
    "BudgetUse",
    "Redemption",
    "Reward",
    "Scheme",
    "SchemeVersion",
]
