"""The ways between the states of money (workflows.md part g)."""

from incentives.states import (
    AdjustmentState,
    DisputeState,
    HoldState,
    RunState,
)
from workflow.states import Machine

RUN = Machine(
    {
        RunState.OPEN: (RunState.CLOSING,),
        RunState.CLOSING: (RunState.GRACE,),
        RunState.GRACE: (RunState.FROZEN,),
        RunState.FROZEN: (RunState.VERIFIED, RunState.STOPPED),
        RunState.STOPPED: (RunState.GRACE,),
        RunState.VERIFIED: (RunState.STATEMENTS, RunState.GRACE),
        RunState.STATEMENTS: (RunState.APPROVED, RunState.GRACE),
        RunState.APPROVED: (RunState.PAID_OUT,),
        RunState.PAID_OUT: (RunState.CLOSED,),
    },
    RunState,
)
ADJUSTMENT = Machine(
    {
        AdjustmentState.PROPOSED: (AdjustmentState.APPROVED, AdjustmentState.REFUSED),
        AdjustmentState.APPROVED: (AdjustmentState.SETTLED,),
    },
    AdjustmentState,
    reasons=frozenset({AdjustmentState.REFUSED}),
)
HOLD = Machine(
    {HoldState.ACTIVE: (HoldState.RELEASED, HoldState.CANCELLED)},
    HoldState,
    reasons=frozenset({HoldState.RELEASED, HoldState.CANCELLED}),
)
DISPUTE = Machine(
    {
        DisputeState.SUBMITTED: (DisputeState.IN_REVIEW,),
        DisputeState.IN_REVIEW: (
            DisputeState.INFORMATION_REQUIRED,
            DisputeState.UPHELD,
            DisputeState.UPHELD_IN_PART,
            DisputeState.DENIED,
        ),
        DisputeState.INFORMATION_REQUIRED: (DisputeState.IN_REVIEW,),
        DisputeState.UPHELD: (DisputeState.CLOSED,),
        DisputeState.UPHELD_IN_PART: (DisputeState.CLOSED,),
        DisputeState.DENIED: (DisputeState.IN_REVIEW, DisputeState.CLOSED),
    },
    DisputeState,
    reasons=frozenset({DisputeState.DENIED, DisputeState.INFORMATION_REQUIRED, DisputeState.UPHELD_IN_PART}),
)
