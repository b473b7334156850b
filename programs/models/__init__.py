"""Programmes with tiers, who is enrolled, and the certificates of people."""

from programs.models.tiers import Enrolment, Programme, Tier
from programs.models.training import Certificate, Certification

__all__ = [
    "Certificate",
    "Certification",
    "Enrolment",
    "Programme",
    "Tier",
]
