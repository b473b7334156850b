"""Settlement: from accruals to approved statements, step by step."""

from incentives.settlement.approval import approve_run, finish_run
from incentives.settlement.runs import open_run
from incentives.settlement.steps import advance_run, ask_to_advance, discard_drafts

__all__ = ["advance_run", "approve_run", "ask_to_advance", "discard_drafts", "finish_run", "open_run"]
