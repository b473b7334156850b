"""Leads from a file, one per line. In the portal and as ``import leads FILE``.

Each lead is a transaction of its own. One that came before (by its reference) is left as it is, so that the same file twice
makes nothing twice; one of a customer with an open lead joins that.
"""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.services import values
from common.errors import DomainError, Invalid
from marketing.enums import LeadSource
from marketing.leads.capture import capture_lead
from performance.imports.columns import Column
from performance.imports.kinds import ImportKind, register_kind
from performance.imports.master import Numbered, Part, Report, Row
from tenancy.access import scope_of
from tenancy.actors import Actor
from tenancy.enums import Permission

OWN = ("reference", "partner")
COLUMNS = (
    Column("reference", _("Reference"), ("lead", "lead id", "id", "مرجع", "شناسه", "المرجع")),
    Column("person", _("Name"), ("contact", "contact name", "full name", "نام", "رابط", "الاسم")),
    Column("company", _("Company"), ("account", "organisation", "organization", "شرکت", "الشركة")),
    Column("email", _("E-mail"), ("mail", "e-mail address", "ایمیل", "البريد")),
    Column("phone", _("Phone"), ("telephone", "mobile", "تلفن", "موبایل", "الهاتف")),
    Column("domain", _("Web domain"), ("website", "url", "دامنه", "النطاق")),
    Column("legal_id", _("Legal id"), ("national id", "tax id", "شناسه ملی", "المعرف القانوني")),
    Column("country", _("Country"), ("کشور", "البلد")),
    Column("city", _("City"), ("town", "شهر", "المدينة")),
    Column("street", _("Street"), ("address", "نشانی", "العنوان")),
    Column("postcode", _("Postcode"), ("zip", "postal code", "کد پستی", "الرمز البريدي")),
    Column("text", _("Message"), ("note", "comment", "description", "شرح", "الوصف")),
    Column("need", _("Need"), ("نیاز", "الحاجة")),
    Column("timing", _("When"), ("timeframe", "زمان", "الموعد")),
    Column("layer", _("Technology layer"), ("لایه", "الطبقة")),
    Column("product", _("Product"), ("product code", "محصول", "المنتج")),
    Column("segment", _("Segment"), ("بخش", "الشريحة")),
    Column("territory", _("Territory"), ("region", "province", "منطقه", "استان", "المنطقة")),
    Column("size", _("Size"), ("employees", "company size", "اندازه", "الحجم")),
    Column("engagement_model", _("Engagement model"), ("model", "مدل همکاری", "نموذج التعامل")),
    Column("customer", _("Customer"), ("customer code", "کد مشتری", "رمز العميل")),
    Column("partner", _("Partner"), ("partner code", "شریک", "الشريك")),
)


def bring_leads(actor: Actor, records: Iterable[Numbered], *, dry_run: bool, report: Report) -> None:
    """Call it outside of any scope; ``dry_run`` keeps nothing."""
    for number, row in records:
        with scope_of(actor):
            part = _bring_one(actor, number, row)
            if dry_run:
                transaction.set_rollback(True)
        report(part, number)


def _bring_one(actor: Actor, number: int, row: Row) -> Part:
    try:
        with transaction.atomic():
            return _take(actor, row)
    except Invalid as error:
        return Part(refused=[(number, error.errors)])
    except DomainError as error:
        return Part(refused=[(number, [error])])


def _take(actor: Actor, row: Row) -> Part:
    reference = values.code(row.get("reference"))
    taken = capture_lead(
        actor,
        fields={name: value for name, value in row.items() if name not in OWN},
        source=LeadSource.FILE,
        partner=values.code(row.get("partner")),
        external_id=reference,
    )
    if not taken.joined:
        return Part(created=1)
    same = bool(reference) and taken.lead.external_id == reference
    return Part(unchanged=1) if same else Part(changed=1)


register_kind(ImportKind("leads", _("Leads"), Permission.MANAGE_LEADS, COLUMNS, bring_leads))
