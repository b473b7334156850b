"""What a partner could see of a lead when it was offered: codes and values, kept with the offer."""

from typing import Any

from marketing.models import Lead


def seen_of(lead: Lead) -> dict[str, Any]:
    return {
        "need": lead.need,
        "timing": lead.timing,
        "layer": lead.layer,
        "product": _named(lead.product),
        "segment": _named(lead.segment),
        "territory": _named(lead.territory),
        "size": lead.size,
        "engagement_model": lead.engagement_model,
        "score": lead.score,
        "hot": lead.hot,
    }


def _named(thing: Any) -> dict[str, Any] | None:
    return None if thing is None else {"code": thing.code, "name": thing.name, "names": thing.names}
