"""Everything that incentives store."""

from incentives.models.accruals import Accrual, AccrualLine
from incentives.models.acknowledgements import Acknowledgement
from incentives.models.approvals import Approval, VersionAuthor
from incentives.models.schemes import Scheme, SchemeVersion
from incentives.models.simulations import SimulatedAmount, Simulation

__all__ = [
    "Accrual",
    "AccrualLine",
    "Acknowledgement",
    "Approval",
    "Scheme",
    "SchemeVersion",
    "SimulatedAmount",
    "Simulation",
    "VersionAuthor",
]
