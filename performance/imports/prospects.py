"""Prospects from a file: one company per line; a code that is there already is changed."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError, Invalid
from partners.models import Prospect
from partners.scouting.services import change_prospect, create_prospect, score_prospect
from performance.imports.columns import Column
from performance.imports.kinds import ImportKind, register_kind
from performance.imports.master import Numbered, Part, Report
from tenancy.access import scope_of
from tenancy.actors import Actor
from tenancy.enums import Permission

SCORES = "score."
COLUMNS = (
    Column("code", _("Code"), ("id", "no", "number", "کد", "شناسه", "الرمز", "رمز")),
    Column("company_name", _("Company"), ("name", "prospect", "شرکت", "نام شرکت", "الشركة"), True),
    Column("product", _("Product"), ("product code", "محصول", "المنتج")),
    Column("layer", _("Technology layer"), ("layer", "لایه", "الطبقة")),
    Column("role", _("Partner role"), ("type", "نقش", "الدور")),
    Column("territory", _("Territory"), ("region", "area", "منطقه", "قلمرو", "المنطقة")),
    Column("segment", _("Segment"), ("customer segment", "بخش", "الشريحة")),
    Column("legal_id", _("Legal id"), ("national id", "شناسه ملی", "المعرف القانوني")),
    Column("country", _("Country"), ("کشور", "البلد")),
    Column("city", _("City"), ("شهر", "المدينة")),
    Column("website", _("Website"), ("url", "web", "وب‌سایت", "الموقع")),
    Column("phone", _("Phone"), ("telephone", "تلفن", "الهاتف")),
    Column("contact_name", _("Contact person"), ("contact", "رابط", "جهة الاتصال")),
    Column("contact_email", _("E-mail"), ("email", "mail", "ایمیل", "البريد")),
    Column("source", _("Found through"), ("source", "منبع", "المصدر")),
)


def bring_prospects(actor: Actor, records: Iterable[Numbered], *, dry_run: bool, report: Report) -> None:
    """Each line is a transaction of its own; ``score.<criterion>`` columns are scores. Call it outside of any scope."""
    for number, row in records:
        with scope_of(actor):
            part = _bring_one(actor, number, dict(row))
            if dry_run:
                transaction.set_rollback(True)
        report(part, number)


def _bring_one(actor: Actor, number: int, row: dict[str, Any]) -> Part:
    code = str(row.pop("code", "") or "").strip()
    scores = {key.removeprefix(SCORES): row.pop(key) for key in list(row) if key.startswith(SCORES)}
    known = bool(code) and Prospect.objects.filter(code=code).exists()
    try:
        with transaction.atomic():
            if known:
                prospect = change_prospect(actor, code=code, fields=row)
            else:
                prospect = create_prospect(actor, code=code, fields=row)
            if scores:
                score_prospect(actor, code=prospect.code, scores=scores)
    except Invalid as error:
        return Part(refused=[(number, error.errors)])
    except DomainError as error:
        return Part(refused=[(number, [error])])
    return Part(changed=1) if known else Part(created=1)


register_kind(ImportKind("prospects", _("Prospects"), Permission.SCOUT, COLUMNS, bring_prospects, SCORES))
