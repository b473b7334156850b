"""Who a company is: names that mean the same, and what tells a company for certain (legal id, domain, phone)."""

from catalog.matching.identity import domain_key, legal_key, phone_key
from catalog.matching.names import name_key, similarity

__all__ = ["domain_key", "legal_key", "name_key", "phone_key", "similarity"]
