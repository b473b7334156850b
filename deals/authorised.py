"""Whether a partner may sell something somewhere."""

from collections.abc import Collection

from deals.models import Deal


def may_sell(deal: Deal, product_ids: Collection[int]) -> bool:
    """Always: authorisations (product, territory, segment, engagement model) are not kept yet."""
    return True
