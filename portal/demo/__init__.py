"""The demo's own data: two operators with partners, people, 18 months of transactions, KPIs and schemes.

Deterministic: the same day gives the same data. Everything goes through the services that the product itself uses.
"""
