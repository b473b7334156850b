"""The ledger: posting, balances, and the check of every invariant."""

from incentives.ledger.checks import check_ledger
from incentives.ledger.posting import Posting, balances, post, reverse

__all__ = ["Posting", "balances", "check_ledger", "post", "reverse"]
