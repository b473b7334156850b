"""Certificates from a file: one line each, the person named by e-mail. In the portal and as ``import certificates FILE``.

The same file twice makes nothing twice: a certificate of that person, certification and day is left as it is.
"""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.services import values
from common.errors import Conflict, DomainError, InputError, Invalid
from performance.imports.columns import Column
from performance.imports.kinds import ImportKind, register_kind
from performance.imports.master import Numbered, Part, Report, Row
from programs.enums import CertificateSource
from programs.training.certificates import enter_certificate
from tenancy.access import scope_of
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.models import Membership

COLUMNS = (
    Column("email", _("E-mail"), ("e-mail", "mail", "person", "ایمیل", "البريد"), True),
    Column("partner", _("Partner"), ("partner code", "company", "شریک", "الشريك")),
    Column("certification", _("Certification"), ("certificate", "exam", "گواهینامه", "الشهادة"), True),
    Column("passed_on", _("Passed on"), ("date", "passed", "تاریخ قبولی", "تاريخ النجاح"), True),
    Column("valid_until", _("Valid until"), ("expires", "expiry", "اعتبار تا", "صالحة حتى")),
    Column("reference", _("Reference"), ("number", "شماره", "الرقم")),
)


def bring_certificates(actor: Actor, records: Iterable[Numbered], *, dry_run: bool, report: Report) -> None:
    """Each line is a transaction of its own. Call it outside of any scope; ``dry_run`` keeps nothing."""
    for number, row in records:
        with scope_of(actor):
            part = _bring(actor, number, row)
            if dry_run:
                transaction.set_rollback(True)
        report(part, number)


def _bring(actor: Actor, number: int, row: Row) -> Part:
    try:
        with transaction.atomic():
            passed_on = _read(row, "passed_on", required=True)
            enter_certificate(
                actor,
                member_id=_member(row).pk,
                certification=values.code(row.get("certification")),
                passed_on=passed_on,
                valid_until=_read(row, "valid_until"),
                reference=str(row.get("reference") or ""),
                source=CertificateSource.FILE,
            )
    except Invalid as error:
        return Part(refused=[(number, error.errors)])
    except Conflict as error:
        return Part(unchanged=1) if error.code == "known" else Part(refused=[(number, [error])])
    except DomainError as error:
        return Part(refused=[(number, [error])])
    return Part(created=1)


def _read(row: Row, name: str, *, required: bool = False) -> Any:
    try:
        day = values.day(row.get(name))
    except InputError as error:
        raise error.at(name) from None
    if day is None and required:
        raise InputError("required", _("This must not be empty."), name)
    return day


def _member(row: Row) -> Membership:
    email = str(row.get("email") or "").strip().lower()
    found = Membership.objects.filter(email__iexact=email, partner__isnull=False).order_by("-active", "pk")
    partner = values.code(row.get("partner"))
    if partner:
        found = found.filter(partner__code=partner)
    member: Membership | None = found.first() if email else None
    if member is None:
        raise InputError("unknown_person", _("Nobody of a partner has this e-mail."), "email")
    return member


register_kind(
    ImportKind("certificates", _("Certificates"), Permission.MANAGE_TRAINING, COLUMNS, bring_certificates)
)
