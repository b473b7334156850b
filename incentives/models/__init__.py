"""Everything that incentives store."""

from incentives.models.accruals import Accrual, AccrualLine
from incentives.models.schemes import Scheme, SchemeVersion

__all__ = ["Accrual", "AccrualLine", "Scheme", "SchemeVersion"]
