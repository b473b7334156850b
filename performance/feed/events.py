"""What the feed does when lower apps tell it something."""

from typing import Any

from performance.feed.merging import follow
from performance.feed.unresolved import retry_unresolved
from tenancy.actors import Actor
from tenancy.outbox import on


@on("catalog.code_added")
@on("partners.code_added")
def retry(actor: Actor, payload: dict[str, Any]) -> None:
    """``{"kind": "product", "codes": [...]}``: lines that waited for these become credits."""
    retry_unresolved(actor, [f"{payload['kind']}:{code}" for code in payload["codes"]])


@on("catalog.merged")
def customer_merged(actor: Actor, payload: dict[str, Any]) -> None:
    """``{"kind": "customer", "id", "into"}``: the lines of the one become lines of the other."""
    if payload["kind"] == "customer":
        follow(actor, [payload["id"]])
