"""Paying out: everything that changes something, in one place to import from."""

from incentives.payments.accounts import (
    AccountData,
    confirm_account,
    refuse_account,
    submit_account,
    withdraw_account,
)
from incentives.payments.answers import MOST_BYTES
from incentives.payments.batches import File, approve_batch, cancel_batch, export_batch, prepare_batch
from incentives.payments.responses import Imported, import_response

__all__ = [
    "MOST_BYTES",
    "AccountData",
    "File",
    "Imported",
    "approve_batch",
    "cancel_batch",
    "confirm_account",
    "export_batch",
    "import_response",
    "prepare_batch",
    "refuse_account",
    "submit_account",
    "withdraw_account",
]
