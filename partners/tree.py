"""The tree of partners: a distributor above its sub-dealers, kept as a closure so that a subtree is one index scan."""

from django.db import connection
from django.utils.translation import gettext_lazy as _

from common.errors import InputError
from partners.models import Partner, PartnerLink

_REBUILD = """
with recursive up(descendant, ancestor, depth) as (
    select id, id, 0 from partners_partner where operator_id = (select app.op()) and id = any(%(ids)s)
  union all
    select up.descendant, p.parent_id, up.depth + 1
    from up join partners_partner p on p.id = up.ancestor and p.operator_id = (select app.op())
    where p.parent_id is not null and up.depth < 20
)
insert into partners_partnerlink (operator_id, descendant_id, ancestor_id, depth)
select (select app.op()), descendant, ancestor, depth from up
"""
_ROOTS = """
update partners_partner p set root_id = l.ancestor_id
from partners_partnerlink l
where p.operator_id = (select app.op()) and l.operator_id = p.operator_id and l.descendant_id = p.id
  and p.id = any(%(ids)s)
  and not exists (select 1 from partners_partnerlink m
                  where m.operator_id = l.operator_id and m.descendant_id = p.id and m.depth > l.depth)
  and p.root_id is distinct from l.ancestor_id
"""


def check_parent(partner: Partner, parent: Partner | None) -> None:
    """Refuse a parent inside the partner's own subtree."""
    if parent is None or partner.pk is None:
        return
    if PartnerLink.objects.filter(ancestor_id=partner.pk, descendant_id=parent.pk).exists():
        raise InputError("parent_cycle", _("A partner cannot stand below itself."), "parent")


def relink(partner_ids: list[int]) -> list[int]:
    """Make closure and roots true for these partners and all below them; returns the ids touched."""
    below = PartnerLink.objects.filter(ancestor_id__in=partner_ids).values_list("descendant_id", flat=True)
    touched = sorted({*partner_ids, *below})
    PartnerLink.objects.filter(descendant_id__in=touched).delete()
    with connection.cursor() as cursor:
        cursor.execute(_REBUILD, {"ids": touched})
        cursor.execute(_ROOTS, {"ids": touched})
    return touched
