"""Programmes with tiers, who is enrolled, and the certificates of people."""

from programs.models.authorisations import Authorisation, AuthorisationEnd, Worksheet
from programs.models.tiers import Enrolment, Programme, Tier
from programs.models.training import Certificate, Certification

__all__ = [
    "Authorisation",
    "AuthorisationEnd",
    "Certificate",
    "Certification",
    "Enrolment",
    "Programme",
    "Tier",
    "Worksheet",
]
