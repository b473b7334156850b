"""What the engine does when something that decides about counted lines has changed: it counts the KPIs anew."""

from typing import Any

from django.db import connection
from django.db.models import Q

from performance.counting.recompute import recompute
from performance.counting.service import count_pending, lock_lanes
from performance.enums import Beneficiary, Measure
from performance.models import Kpi, PendingChunk
from tenancy.actors import Actor
from tenancy.outbox import on

#: (kind, field) of what changed -> the KPIs that look at it.
_AFFECTED: dict[tuple[str, str], Q] = {
    ("family", "layer"): Q(filters__has_key="layers"),
    ("product", "family"): Q(filters__has_any_keys=["families", "layers"]) | Q(measure=Measure.CROSS_SELL),
    ("territory", "parent"): Q(filters__has_key="territories"),
    ("customer", "segment"): Q(filters__has_key="segments"),
    ("customer", "territory"): Q(filters__has_key="territories"),
    ("customer", "since"): Q(filters__has_key="new_customer"),
    ("partner", "roles"): Q(filters__has_key="roles"),
    ("partner", "parent"): Q(beneficiary=Beneficiary.TREE),
}


@on("kpis.changed")
def kpis_changed(actor: Actor, payload: dict[str, Any]) -> None:
    """``{"kpi_ids"}``: new or changed KPIs."""
    recompute(actor, Kpi.objects.filter(pk__in=payload["kpi_ids"]))


@on("catalog.changed")
@on("partners.changed")
def dimensions_changed(actor: Actor, payload: dict[str, Any]) -> None:
    """``{"kind", "fields", ...}``: master data that filters, trees or families rest on."""
    kind, fields = payload.get("kind", ""), payload.get("fields", ())
    conditions = [_AFFECTED[kind, name] for name in fields if (kind, name) in _AFFECTED]
    if not conditions:
        return
    if kind == "partner" and "parent" in fields:
        _empty_lanes(actor)
    affected = conditions[0]
    for condition in conditions[1:]:
        affected |= condition
    recompute(actor, Kpi.objects.filter(affected, active=True))


def _empty_lanes(actor: Actor) -> None:
    """A partner under another root belongs to another lane: what waits in the old one must not meet the new one."""
    with connection.cursor() as cursor:
        lock_lanes(cursor, actor)
    for lane in PendingChunk.objects.order_by("lane").values_list("lane", flat=True).distinct():
        while count_pending(actor, lane).lines:
            continue
