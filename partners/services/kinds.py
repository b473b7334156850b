"""What may be written of partners and reps, and how it is read."""

from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.enums import Layer, PartnerRole
from catalog.models import Territory
from catalog.services import values
from catalog.services.legal_ids import clean_legal_id
from catalog.services.writing import Batch, Draft, Field, Kind, check_cycles
from common.errors import InputError
from partners.enums import PartnerState
from partners.models import Partner, PartnerLink, Rep
from partners.rules import may_become
from partners.tree import relink
from tenancy.enums import Permission

NAMED = {
    "name": Field(values.text(200, required=True), required=True),
    "names": Field(values.names, merge=True),
    "active": Field(values.boolean(empty=True)),
}
_cycles = partial(check_cycles, message=_("A partner cannot stand below itself."))


def _check_partners(batch: Batch) -> None:
    _cycles(batch)
    for draft in batch.sound:
        if "legal_id" in draft.given:
            draft.given["legal_id"] = clean_legal_id(draft.given["legal_id"], "")
        state = draft.given.get("state")
        if state == "":
            del draft.given["state"]
        elif state and draft.thing is not None and not may_become(draft.thing.state, state):
            draft.refuse(
                InputError(
                    "state",
                    _("A partner that is “%(old)s” cannot become “%(new)s”."),
                    "state",
                    {"old": PartnerState(draft.thing.state).label, "new": PartnerState(state).label},
                )
            )


def _keep_links(batch: Batch) -> None:
    """The closure of the tree and the tops of it."""
    placed = [draft.thing for draft in batch.written if draft.created or draft.changes.keys() & {"parent"}]
    if placed:
        relink([partner.pk for partner in placed])
        roots = dict(
            Partner.objects.filter(pk__in=[partner.pk for partner in placed]).values_list("pk", "root_id")
        )
        for partner in placed:
            partner.root_id = roots[partner.pk]


def _changed_partners(_batch: Batch, moved: list[Draft]) -> dict[str, Any]:
    """Everybody below a moved partner stands elsewhere too."""
    placed = [draft.thing.pk for draft in moved if "parent" in draft.changes]
    below = PartnerLink.objects.filter(ancestor_id__in=placed).values_list("descendant_id", flat=True)
    return {"partner_ids": sorted({*below, *(draft.thing.pk for draft in moved)})}


PARTNER = Kind(
    "partner",
    Partner,
    Permission.MANAGE_PARTNERS,
    {
        **NAMED,
        "parent": Field(values.code, refers=Partner),
        "roles": Field(values.several(PartnerRole)),
        "layers": Field(values.several(Layer)),
        "tier": Field(values.tag(40)),
        "state": Field(values.choice(PartnerState, required=False)),
        "territory": Field(values.code, refers=Territory),
        "legal_id": Field(values.text(40)),
        "city": Field(values.text(80)),
        "website": Field(values.website),
        "phone": Field(values.phone),
        "address": Field(values.text(300)),
        "joined_on": Field(values.day),
    },
    topic="partners",
    steering=frozenset({"parent", "roles", "layers", "tier", "territory", "state"}),
    parent="parent",
    check=_check_partners,
    keep=_keep_links,
    changed=_changed_partners,
)


def _changed_reps(_batch: Batch, moved: list[Draft]) -> dict[str, Any]:
    """The companies that a rep came from and went to."""
    codes = {code for draft in moved for code in draft.changes["partner"]}
    return {"partner_ids": sorted(Partner.objects.filter(code__in=codes).values_list("pk", flat=True))}


REP = Kind(
    "rep",
    Rep,
    Permission.MANAGE_PARTNERS,
    {
        **NAMED,
        "partner": Field(values.code, refers=Partner),
        "email": Field(values.email),
    },
    topic="partners",
    steering=frozenset({"partner"}),
    changed=_changed_reps,
)
