"""What may be written of each sort of master data in the catalogue, and how it is read."""

from functools import partial

from django.db import connection
from django.utils.translation import gettext_lazy as _

from catalog.enums import Layer, PartnerRole
from catalog.models import Customer, Family, Product, Segment, Territory
from catalog.services import values
from catalog.services.legal_ids import clean_legal_id
from catalog.services.writing import Batch, Draft, Field, Kind, check_cycles, write_one
from common.errors import InputError
from tenancy.enums import Permission

#: Where a product stands until somebody gives it a family.
GENERAL = "general"
NAMED = {
    "name": Field(values.text(200, required=True), required=True),
    "names": Field(values.names, merge=True),
    "active": Field(values.boolean(empty=True)),
}

FAMILY = Kind(
    "family",
    Family,
    Permission.MANAGE_CATALOG,
    {**NAMED, "layer": Field(values.choice(Layer), required=True)},
    steering=frozenset({"layer"}),
)


def _default_family(batch: Batch) -> None:
    """Products of sources that know no families have a place too."""
    without = [
        draft
        for draft in batch.sound
        if draft.value("family_id" if "family" not in draft.given else "family") is None
    ]
    if not without:
        return
    family = Family.objects.filter(code=GENERAL).first()
    if family is None:
        row = {"name": "General", "layer": Layer.ENTERPRISE_IT}
        family, _created = write_one(batch.actor, FAMILY, GENERAL, row)
    for draft in without:
        draft.given["family"] = family


PRODUCT = Kind(
    "product",
    Product,
    Permission.MANAGE_CATALOG,
    {
        **NAMED,
        "family": Field(values.code, refers=Family),
        "unit": Field(values.text(40)),
        "strategic": Field(values.boolean(empty=False)),
        "roles": Field(values.several(PartnerRole)),
        "list_price": Field(values.price),
        "partner_price": Field(values.price),
    },
    steering=frozenset({"family", "strategic"}),
    check=_default_family,
)

SEGMENT = Kind(
    "segment",
    Segment,
    Permission.MANAGE_CATALOG,
    {**NAMED, "key_account": Field(values.boolean(empty=False))},
)

_PATHS = """
with recursive down(id, path) as (
    select id, array[id] from catalog_territory
    where operator_id = (select app.op()) and parent_id is null
  union all
    select t.id, d.path || t.id
    from down d join catalog_territory t on t.parent_id = d.id and t.operator_id = (select app.op())
)
update catalog_territory t set path = d.path, level = cardinality(d.path) - 1
from down d where t.id = d.id and t.operator_id = (select app.op()) and t.path is distinct from d.path
returning t.id, t.path
"""


def _keep_paths(batch: Batch) -> None:
    """Paths of what was made or moved, and of all below it."""
    if not any(draft.created or "parent" in draft.changes for draft in batch.written):
        return
    with connection.cursor() as cursor:
        cursor.execute(_PATHS)
        paths = dict(cursor.fetchall())
    for draft in batch.written:
        draft.thing.path = paths.get(draft.thing.pk, draft.thing.path)
        draft.thing.level = len(draft.thing.path) - 1


TERRITORY = Kind(
    "territory",
    Territory,
    Permission.MANAGE_CATALOG,
    {**NAMED, "parent": Field(values.code, refers=Territory)},
    steering=frozenset({"parent"}),
    parent="parent",
    check=partial(check_cycles, message=_("A territory cannot be part of itself.")),
    keep=_keep_paths,
)


def _check_legal_ids(batch: Batch) -> None:
    """Legal ids have the form of their country and belong to one customer."""
    seen: dict[tuple[str, str], str] = {}
    for draft in batch.sound:
        if "legal_id" in draft.given or "country" in draft.given:
            _clean_legal_id(draft)
    wanted = [draft for draft in batch.sound if draft.given.get("legal_id")]
    ids = {draft.given["legal_id"] for draft in wanted}
    for customer in Customer.objects.filter(legal_id__in=ids).only("code", "country", "legal_id"):
        seen[customer.country, customer.legal_id] = customer.code
    for draft in wanted:
        key = (draft.value("country") or "", draft.given["legal_id"])
        owner = seen.setdefault(key, draft.code)
        if owner != draft.code:
            draft.refuse(
                InputError(
                    "legal_id_taken",
                    _("This legal id belongs to the customer %(code)s."),
                    "legal_id",
                    {"code": owner},
                )
            )


def _check_customers(batch: Batch) -> None:
    """What was merged is another customer's name by now; the rest have sound legal ids."""
    ids = {draft.thing.merged_into_id for draft in batch.sound if draft.thing is not None} - {None}
    others = dict(Customer.objects.filter(pk__in=ids).values_list("pk", "code")) if ids else {}
    for draft in batch.sound:
        into = draft.thing and others.get(draft.thing.merged_into_id)
        if into:
            text = _("This customer was merged into %(code)s.")
            draft.refuse(InputError("merged", text, "code", {"code": into}))
    _check_legal_ids(batch)


def _clean_legal_id(draft: Draft) -> None:
    try:
        draft.given["legal_id"] = clean_legal_id(draft.value("legal_id") or "", draft.value("country") or "")
    except InputError as error:
        draft.refuse(error.at("legal_id"))


CUSTOMER = Kind(
    "customer",
    Customer,
    Permission.MANAGE_CATALOG,
    {
        **NAMED,
        "legal_id": Field(values.text(40)),
        "country": Field(values.country),
        "segment": Field(values.code, refers=Segment),
        "territory": Field(values.code, refers=Territory),
        "since": Field(values.day),
        "phone": Field(values.phone),
        "email": Field(values.email),
        "address": Field(values.text(300)),
        "bank_account": Field(values.bank_account),
    },
    steering=frozenset({"segment", "territory", "since", "name", "names", "legal_id", "country"}),
    check=_check_customers,
)
