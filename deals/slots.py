"""Who holds a customer for a product family. Read and written in the office, with the customer locked."""

from collections.abc import Collection, Iterable
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from catalog.matching.parties import Key
from common.errors import Conflict
from deals.enums import LineState
from deals.models import Deal, DealLine, PartyKey, Slot


def families_of(deal: Deal) -> set[int]:
    """Ids of the product families of its lines that count."""
    lines = DealLine.objects.filter(deal=deal, state=LineState.ACTIVE)
    return set(lines.values_list("product__family_id", flat=True))


def sure_keys_of(deal: Deal) -> list[Key]:
    """The stored keys by which somebody else's customer would be this one."""
    rows = PartyKey.objects.filter(deal=deal).values_list("kind", "value", "place")
    return sorted(key for row in rows if (key := Key(*row)).sure)


def held(keys: Iterable[Key], families: Collection[int]) -> QuerySet[Slot]:
    """The slots that somebody holds."""
    found: QuerySet[Slot] = Slot.objects.filter(
        active=True, key__in=[key.slot for key in keys if key.sure], family_id__in=families
    )
    return found


def hold_slots(deal: Deal, families: Collection[int], until: date) -> None:
    """Take the customer for these families up to ``until``; raises ``Conflict("slot_taken")`` where another deal has it.

    What the deal holds already is prolonged.
    """
    mine = Slot.objects.filter(deal=deal, active=True)
    mine.update(until=until)
    have = set(mine.values_list("key", "family_id"))
    wanted = {(key.slot, family) for key in sure_keys_of(deal) for family in families} - have
    rows = [Slot(key=key, family_id=family, deal=deal, until=until) for key, family in sorted(wanted)]
    try:
        with transaction.atomic():
            Slot.objects.bulk_create(rows)
    except IntegrityError as error:
        raise Conflict(
            "slot_taken", _("Another registration of this customer holds these products.")
        ) from error


def release_slots(deal: Deal) -> set[int]:
    """Give up what the deal holds; returns the families that became free."""
    mine = Slot.objects.filter(deal=deal, active=True)
    families = set(mine.values_list("family_id", flat=True))
    mine.update(active=False)
    return families
