"""Deals, what they collide with, who waits for whom, and the rules."""

from deals.models.conflict import ConflictCase, ConflictHit, NamedAccount, PartyKey, PrecheckEntry, Slot
from deals.models.deal import Deal, DealCounter, DealLine, DealReview, Extension, WaitingEntry
from deals.models.mail import DealMail
from deals.models.matching import CustomerKey
from deals.models.quotes import Quote, QuoteLine
from deals.models.rules import DealForm, DealReason, EngagementRule
from deals.models.winning import DealTransaction

__all__ = [
    "ConflictCase",
    "ConflictHit",
    "CustomerKey",
    "Deal",
    "DealCounter",
    "DealForm",
    "DealLine",
    "DealMail",
    "DealReason",
    "DealReview",
    "DealTransaction",
    "EngagementRule",
    "Extension",
    "NamedAccount",
    "PartyKey",
    "PrecheckEntry",
    "Quote",
    "QuoteLine",
    "Slot",
    "WaitingEntry",
]
