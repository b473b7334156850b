"""Every kind of file that can be brought in."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from catalog.services import CUSTOMER, FAMILY, PRODUCT, SEGMENT, TERRITORY
from common.errors import DomainError, InputError, NotFound
from partners.services import PARTNER, REP
from performance.feed.intake import receive_file
from performance.feed.lines import Receipt, Rejection
from performance.imports.columns import ACTIVE, NAME, Column, code
from performance.imports.master import Numbered, Part, Report, Row, bring, prepare_products
from tenancy.actors import Actor
from tenancy.enums import Permission

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise

ATTRIBUTES = "attributes."
Bring = Callable[..., None]


@dataclass(frozen=True, slots=True)
class ImportKind:
    """``bring(actor, records, *, dry_run, report)`` takes numbered records and reports parts of them as they are done.

    ``open_fields``: the beginning of further fields that a mapping may name freely.
    """

    name: str
    label: "Text"
    permission: Permission
    columns: tuple[Column, ...]
    bring: Bring
    open_fields: str = ""


def _bring_lines(actor: Actor, records: Iterable[Numbered], *, dry_run: bool, report: Report) -> None:
    """Transactions go the way of every feed."""

    def done(receipt: Receipt, refused: Iterable[tuple[int, Rejection]], last: int) -> None:
        more = {"accepted": receipt.accepted, "duplicates": receipt.duplicates, "revised": receipt.revised}
        more["unresolved"] = receipt.unresolved
        lines: list[tuple[int, list[DomainError]]] = [(line, [item.error]) for line, item in refused]
        created = receipt.accepted + receipt.unresolved
        report(Part(created, receipt.revised, receipt.duplicates, lines, more), last)

    lines = ((line, _with_attributes(row)) for line, row in records)
    receive_file(actor, lines, channel="file", progress=done, dry_run=dry_run)


def _with_attributes(row: Row) -> Row:
    free = [key for key in row if key.startswith(ATTRIBUTES)]
    if free:
        row["attributes"] = {key.removeprefix(ATTRIBUTES): row.pop(key) for key in free}
    return row


_FAMILY = Column(
    "family",
    _("Family"),
    ("product family", "category", "group", "خانواده", "گروه", "دسته", "العائلة", "الفئة"),
)
_SEGMENT = Column("segment", _("Segment"), ("customer segment", "بخش", "الشريحة"))
_TERRITORY = Column("territory", _("Territory"), ("region", "area", "منطقه", "قلمرو", "المنطقة", "الإقليم"))
_PARTNER = Column(
    "partner", _("Partner"), ("reseller", "dealer", "partner code", "شریک", "نماینده", "الشريك"), True
)
_PARENT = ("parent code", "part of", "والد", "بالادست", "الأصل", "الأب")
_LAYER = Column("layer", _("Technology layer"), ("technology layer", "لایه", "الطبقة"))
_ADDRESS = Column("address", _("Postal address"), ("address", "street", "نشانی", "آدرس", "العنوان"))
_LEGAL_ID = Column(
    "legal_id", _("Legal id"), ("tax id", "national id", "registration number", "شناسه ملی", "الرقم الضريبي")
)

_KINDS = (
    ImportKind(
        "products",
        _("Products"),
        Permission.MANAGE_CATALOG,
        (
            code("product", "product code", "product key", "product id", "sku", "کد محصول", "رمز المنتج"),
            *NAME,
            _FAMILY,
            Column(
                "family_name",
                _("Name of the family"),
                ("category name", "family title", "نام خانواده", "اسم العائلة"),
            ),
            _LAYER,
            Column("unit", _("Unit"), ("unit of measure", "واحد", "الوحدة")),
            Column("strategic", _("Strategic"), ("راهبردی", "استراتژیک", "استراتيجي")),
            Column("roles", _("Partner roles that can sell it"), ("partner roles", "نقش‌ها", "الأدوار")),
            Column("list_price", _("List price"), ("price", "قیمت", "السعر")),
            Column("partner_price", _("Partner price"), ("dealer price", "قیمت همکار", "سعر الشريك")),
            ACTIVE,
        ),
        partial(bring, PRODUCT, prepare=prepare_products),
    ),
    ImportKind(
        "families",
        _("Product families"),
        Permission.MANAGE_CATALOG,
        (code("family", "family code", "category key"), *NAME, _LAYER, ACTIVE),
        partial(bring, FAMILY),
    ),
    ImportKind(
        "territories",
        _("Territories"),
        Permission.MANAGE_CATALOG,
        (
            code("territory", "territory code", "territory key", "region code", "کد منطقه", "رمز المنطقة"),
            *NAME,
            Column("parent", _("Part of"), ("parent territory", *_PARENT)),
            ACTIVE,
        ),
        partial(bring, TERRITORY),
    ),
    ImportKind(
        "segments",
        _("Segments"),
        Permission.MANAGE_CATALOG,
        (
            code("segment", "segment code", "کد بخش", "رمز الشريحة"),
            *NAME,
            Column("key_account", _("Key account segment"), ("key accounts", "حساب کلیدی", "حساب رئيسي")),
            ACTIVE,
        ),
        partial(bring, SEGMENT),
    ),
    ImportKind(
        "customers",
        _("Customers"),
        Permission.MANAGE_CATALOG,
        (
            code("customer", "customer code", "account number", "کد مشتری", "رمز العميل"),
            *NAME,
            _LEGAL_ID,
            Column("country", _("Country"), ("country code", "کشور", "البلد")),
            _SEGMENT,
            _TERRITORY,
            Column("since", _("Customer since"), ("customer since", "first order", "تاریخ شروع", "عميل منذ")),
            Column("phone", _("Phone"), ("telephone", "تلفن", "الهاتف")),
            Column("email", _("E-mail"), ("mail", "e-mail address", "ایمیل", "رایانامه", "البريد")),
            _ADDRESS,
            Column(
                "bank_account",
                _("Bank account"),
                ("iban", "account", "شبا", "شماره شبا", "حساب بانکی", "الآيبان"),
            ),
            ACTIVE,
        ),
        partial(bring, CUSTOMER),
    ),
    ImportKind(
        "partners",
        _("Partners"),
        Permission.MANAGE_PARTNERS,
        (
            code(
                "partner",
                "partner code",
                "reseller key",
                "reseller code",
                "کد شریک",
                "کد نماینده",
                "رمز الشريك",
            ),
            *NAME,
            Column("parent", _("Parent partner"), ("parent partner", "distributor", *_PARENT)),
            Column("roles", _("Partner roles"), ("role", "type", "نقش", "الدور")),
            Column("layers", _("Technology layers"), ("layer", "لایه‌ها", "الطبقات")),
            Column("tier", _("Tier"), ("level", "سطح", "المستوى")),
            Column("state", _("State"), ("status", "وضعیت", "الحالة")),
            _TERRITORY,
            _LEGAL_ID,
            Column("city", _("City"), ("town", "شهر", "المدينة")),
            Column("website", _("Website"), ("url", "web", "وب‌سایت", "الموقع")),
            Column("phone", _("Phone"), ("telephone", "تلفن", "الهاتف")),
            _ADDRESS,
            Column("joined_on", _("Joined on"), ("joined", "since", "تاریخ عضویت", "تاريخ الانضمام")),
            ACTIVE,
        ),
        partial(bring, PARTNER),
    ),
    ImportKind(
        "reps",
        _("Reps"),
        Permission.MANAGE_PARTNERS,
        (
            code("rep", "rep code", "employee key", "seller code", "کد فروشنده", "رمز البائع"),
            *NAME,
            _PARTNER,
            Column("email", _("E-mail"), ("mail", "e-mail address", "ایمیل", "رایانامه", "البريد")),
            ACTIVE,
        ),
        partial(bring, REP),
    ),
    ImportKind(
        "transactions",
        _("Transactions"),
        Permission.SEND_FEED,
        (
            Column("source", _("Source"), ("system", "منبع", "المصدر"), True),
            Column(
                "external_id", _("Reference"), ("id", "reference", "invoice line", "شماره", "المرجع"), True
            ),
            Column("kind", _("Kind"), ("type", "نوع", "النوع")),
            Column("occurred_at", _("Date"), ("order date", "invoice date", "تاریخ", "التاريخ"), True),
            Column("collected_at", _("Collection date"), ("paid on", "تاریخ وصول", "تاريخ التحصيل")),
            Column("partner", _PARTNER.label, _PARTNER.words),
            Column("rep", _("Rep"), ("seller", "employee", "فروشنده", "البائع")),
            Column("product", _("Product"), ("item", "sku", "product code", "محصول", "المنتج")),
            Column("customer", _("Customer"), ("client", "account", "مشتری", "العميل")),
            _SEGMENT,
            _TERRITORY,
            Column("engagement_model", _("Engagement model"), ("model", "مدل همکاری", "نموذج التعاون")),
            Column("contribution", _("Contribution"), ("نقش در فروش", "المساهمة")),
            Column("share", _("Share"), ("سهم", "الحصة")),
            Column("quantity", _("Quantity"), ("qty", "count", "تعداد", "الكمية")),
            Column("amount", _("Amount"), ("total", "sales amount", "net amount", "مبلغ", "المبلغ")),
            Column("margin", _("Margin"), ("profit", "حاشیه سود", "الهامش")),
            Column("currency", _("Currency"), ("ارز", "العملة")),
            Column("reverses", _("Takes back"), ("reversal of", "برگشت", "يعكس")),
        ),
        _bring_lines,
        ATTRIBUTES,
    ),
)
KINDS: dict[str, ImportKind] = {kind.name: kind for kind in _KINDS}


def register_kind(kind: ImportKind) -> None:
    """Make a kind of a higher app known; the same again replaces it."""
    KINDS[kind.name] = kind


def kind_named(name: str) -> ImportKind:
    """Raises ``InputError``."""
    if name not in KINDS:
        raise InputError("unknown_kind", _("There is no kind “%(kind)s”."), "kind", {"kind": name[:40]})
    return KINDS[name]


def kinds_for(actor: Actor) -> list[ImportKind]:
    """What ``actor`` may bring in; raises ``NotFound`` when that is nothing."""
    allowed = [kind for kind in KINDS.values() if actor.can(kind.permission)]
    if not allowed or not actor.can(Permission.RUN_IMPORTS):
        raise NotFound()
    return allowed
