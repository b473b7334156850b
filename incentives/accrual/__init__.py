"""The accrual engine: measurements and transactions in, explained amounts out."""

from incentives.accrual.periods import evaluate_periods
from incentives.accrual.transactions import evaluate_credits

__all__ = ["evaluate_credits", "evaluate_periods"]
