"""Deals from a file: one line per product, lines with one reference are one deal. In the portal and as ``import deals FILE``.

Each deal is a transaction of its own. A deal that is there already (partner and reference) is left as it is, so that the same
file twice makes nothing twice. A partner's people bring in the deals of their own company. With ``submit`` it is submitted at once; what is incomplete is refused with its lines.
"""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.services import values
from common.errors import DomainError, InputError, Invalid
from deals.enums import DealSource
from deals.models import Deal
from deals.services.drafts import create_draft
from deals.services.submission import submit_deal
from partners.selectors import own_company
from performance.imports.columns import Column
from performance.imports.kinds import ImportKind, register_kind
from performance.imports.master import Numbered, Part, Report, Row
from tenancy.access import scope_of
from tenancy.actors import Actor
from tenancy.enums import Permission

LINE = ("product", "quantity", "amount", "monthly", "term_months")
OWN = ("partner", "reference", "submit")
COLUMNS = (
    # Left out by a partner's people: they register for their own company.
    Column("partner", _("Partner"), ("partner code", "company", "شریک", "الشريك")),
    Column(
        "reference",
        _("Reference"),
        ("deal", "deal id", "opportunity", "شناسه معامله", "مرجع", "المرجع"),
        True,
    ),
    Column("customer_name", _("Customer"), ("account", "customer", "نام مشتری", "العميل"), True),
    Column("legal_id", _("Legal id"), ("national id", "شناسه ملی", "المعرف القانوني")),
    Column("country", _("Country"), ("کشور", "البلد")),
    Column("customer_number", _("Customer number"), ("customer no", "شماره مشتری", "رقم العميل")),
    Column("domain", _("Web domain"), ("website", "دامنه", "النطاق")),
    Column("city", _("City"), ("شهر", "المدينة")),
    Column("contact_name", _("Contact"), ("رابط", "جهة الاتصال")),
    Column("contact_email", _("Contact's e-mail"), ("email", "ایمیل", "البريد")),
    Column("contact_phone", _("Contact's phone"), ("phone", "تلفن", "الهاتف")),
    Column("engagement_model", _("Engagement model"), ("model", "مدل همکاری", "نموذج التعامل")),
    Column("programme", _("Programme"), ("program", "برنامه", "البرنامج")),
    Column("expected_close", _("Expected close"), ("close date", "تاریخ بسته شدن", "تاريخ الإغلاق")),
    Column("description", _("Description"), ("شرح", "الوصف")),
    Column("product", _("Product"), ("product code", "محصول", "المنتج"), True),
    Column("quantity", _("Quantity"), ("qty", "تعداد", "الكمية")),
    Column("amount", _("One-off"), ("value", "amount", "مبلغ", "المبلغ")),
    Column("monthly", _("Monthly"), ("mrr", "ماهانه", "شهريا")),
    Column("term_months", _("Months"), ("term", "ماه", "الأشهر")),
    Column("submit", _("Submit"), ("send", "ثبت نهایی", "تقديم")),
)


def bring_deals(actor: Actor, records: Iterable[Numbered], *, dry_run: bool, report: Report) -> None:
    """Lines of one deal follow each other. Call it outside of any scope; ``dry_run`` keeps nothing."""
    for _key, group in groupby(records, key=lambda record: _name_of(record[1])):
        lines = list(group)
        with scope_of(actor):
            part = _bring_one(actor, lines)
            if dry_run:
                transaction.set_rollback(True)
        report(part, lines[-1][0])


def _name_of(row: Row) -> tuple[str, str]:
    return str(row.get("partner") or "").strip(), str(row.get("reference") or "").strip()


def _bring_one(actor: Actor, lines: list[Numbered]) -> Part:
    try:
        with transaction.atomic():
            return _register(actor, [row for _line, row in lines])
    except Invalid as error:
        return Part(refused=[(number, error.errors) for number, _row in lines])
    except DomainError as error:
        return Part(refused=[(number, [error]) for number, _row in lines])


def _register(actor: Actor, rows: list[Row]) -> Part:
    partner, reference = _name_of(rows[0])
    if actor.is_partner and not partner:
        partner = own_company(actor).code
    reference = values.code(reference)
    if not reference:
        raise InputError("required", _("This must not be empty."), "reference")
    if Deal.objects.filter(partner__code=partner, external_id=reference).exists():
        return Part(unchanged=len(rows))
    fields: dict[str, Any] = {name: value for name, value in rows[0].items() if name not in (*OWN, *LINE)}
    fields["lines"] = [{name: row[name] for name in LINE if row.get(name)} for row in rows]
    deal = create_draft(actor, fields=fields, partner=partner, source=DealSource.FILE, external_id=reference)
    if values.boolean(empty=False)(rows[0].get("submit")):
        submit_deal(actor, ref=deal.ref)
    return Part(created=len(rows))


register_kind(ImportKind("deals", _("Deals"), Permission.REGISTER_DEALS, COLUMNS, bring_deals))
