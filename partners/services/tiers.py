"""The tier of partners, written by programmes: set-wise, with trail and event as any other change of a partner."""

from collections.abc import Mapping

from django.db import connection

from catalog.services.trail import Entry, record_many
from partners.models import Partner
from tenancy import outbox
from tenancy.actors import Actor

_UPDATE = f"""
update {Partner._meta.db_table} p set tier = r.tier, updated_at = now()
from unnest(%s::bigint[], %s::text[]) as r(id, tier) where p.operator_id = (select app.op()) and p.id = r.id
"""
#: Partners in one event.
CHUNK = 500


def set_tiers(actor: Actor, tiers: Mapping[int, str]) -> int:
    """Partner id -> code of its tier; returns how many changed. Emits ``partners.changed``."""
    known = dict(Partner.objects.filter(pk__in=list(tiers)).values_list("pk", "tier"))
    moved = [pk for pk, tier in known.items() if tier != tiers[pk]]
    partners = Partner.objects.select_for_update(no_key=True).filter(pk__in=moved).order_by("pk")
    changed = [partner for partner in partners if partner.tier != tiers[partner.pk]]
    entries: list[Entry] = []
    for partner in changed:
        before, partner.tier = partner.tier, tiers[partner.pk]
        entries.append(("partner.change", partner.code, {"tier": [before, partner.tier]}))
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE, [[row.pk for row in changed], [row.tier for row in changed]])
    record_many(actor, "partners.partner", entries)
    for start in range(0, len(changed), CHUNK):
        ids = [partner.pk for partner in changed[start : start + CHUNK]]
        payload = {"kind": "partner", "ids": ids, "fields": ["tier"], "partner_ids": ids}
        outbox.emit("partners.changed", payload)
    return len(changed)
