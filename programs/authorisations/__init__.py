"""Authorisations: which partner may sell what to whom, where and how (docs/authorisations.md)."""

from programs.authorisations.answers import Answer, may_sell, may_sell_many

__all__ = ["Answer", "may_sell", "may_sell_many"]
