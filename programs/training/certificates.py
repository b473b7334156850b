"""Certificates: on the way with a course, passed, entered from outside, renewed, revoked."""

from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InputError, NotFound
from common.text import clean_line
from partners.models import Rep
from performance.enums import LineKind
from performance.facts import tell_fact
from programs.enums import HELD_STATES, CertificateSource, CertificateState
from programs.models import Certificate, Certification
from programs.training import notices
from programs.training.expiry import settle
from programs.training.numbers import grace_days
from programs.training.rules import CERTIFICATE, counts_until, months_later
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.models import Membership
from workflow.states import move, note

MANAGE = Permission.MANAGE_TRAINING
ON_THE_WAY = (CertificateState.PLANNED, CertificateState.IN_TRAINING)


def plan_certificate(actor: Actor, member: Membership, certification: Certification) -> Certificate:
    """The certificate that a course leads to, from the day of enrolment; the one already on the way where there is one.

    Runs in the office.
    """
    mine = Certificate.objects.filter(member=member, certification=certification)
    found: Certificate | None = mine.filter(state__in=ON_THE_WAY).first()
    if found is not None:
        return found
    return _made(
        actor,
        member,
        certification,
        state=CertificateState.PLANNED,
        source=CertificateSource.COURSE,
        renews=mine.filter(state__in=HELD_STATES).order_by("-passed_on").first(),
    )


def _made(actor: Actor, member: Membership, certification: Certification, **fields: Any) -> Certificate:
    certificate: Certificate = Certificate.objects.create(
        member=member,
        partner_id=member.partner_id,
        person_name=str(member),
        certification=certification,
        **fields,
    )
    note(actor, certificate, "", certificate.state)
    audit.record(actor, "certificate.create", certificate, changes={"certification": certification.code})
    return certificate


def start_certificate(actor: Actor, certificate: Certificate) -> None:
    if certificate.state == CertificateState.PLANNED:
        move(actor, certificate, CertificateState.IN_TRAINING, CERTIFICATE)


def drop_certificate(actor: Actor, certificate: Certificate) -> None:
    """What was on the way ends with its course."""
    if certificate.state in ON_THE_WAY:
        audit.record(actor, "certificate.drop", certificate)
        certificate.delete()


def pass_certificate(actor: Actor, certificate: Certificate, passed_on: date) -> None:
    """It is earned: dated, told as a fact, and put in the place of an older one. Runs in the office, the row locked."""
    _date(actor, certificate, passed_on, None)
    fields = ["passed_on", "valid_until", "counts_until"]
    move(actor, certificate, CertificateState.PASSED, CERTIFICATE, save=fields)
    _earned(actor, certificate)


def enter_certificate(
    actor: Actor,
    *,
    member_id: int,
    certification: str,
    passed_on: date,
    valid_until: date | None = None,
    reference: str = "",
    source: str = CertificateSource.HAND,
) -> Certificate:
    """One from outside, such as a manufacturer's examination. Without ``valid_until`` the certification's months count.

    Raises ``InputError``; ``Conflict("known")`` for one that is there already.
    """
    actor.require(MANAGE)
    with transaction.atomic():
        member = _person(member_id)
        subject = Certification.objects.filter(code=certification).first()
        if subject is None:
            words = {"code": certification}
            raise InputError("unknown_code", _("There is no “%(code)s”."), "certification", words)
        _check_days(actor, passed_on, valid_until)
        mine = Certificate.objects.filter(member=member, certification=subject)
        if mine.filter(passed_on=passed_on).exclude(state=CertificateState.REVOKED).exists():
            raise Conflict("known", _("This certificate is there already."), "passed_on")
        older = mine.filter(state__in=HELD_STATES, passed_on__lt=passed_on).order_by("-passed_on").first()
        new = Certificate(renews=older, reference=clean_line(reference)[:80], source=source)
        new.certification = subject
        _date(actor, new, passed_on, valid_until)
        names = ("renews", "reference", "source", "passed_on", "valid_until", "counts_until")
        values = {name: getattr(new, name) for name in names}
        certificate = _made(actor, member, subject, state=CertificateState.PASSED, **values)
        _earned(actor, certificate)
    return certificate


def _person(member_id: int) -> Membership:
    member: Membership | None = Membership.objects.filter(pk=member_id, partner__isnull=False).first()
    if member is None:
        raise InputError("unknown_person", _("Choose a person of a partner."), "member_id")
    return member


def _check_days(actor: Actor, passed_on: date, valid_until: date | None) -> None:
    if passed_on > timezone.now().astimezone(actor.operator.zone).date():
        raise InputError("future", _("This day is still to come."), "passed_on")
    if valid_until is not None and valid_until < passed_on:
        raise InputError("before", _("This is before the examination."), "valid_until")


def _date(actor: Actor, certificate: Certificate, passed_on: date, valid_until: date | None) -> None:
    months = certificate.certification.valid_months
    if valid_until is None and months:
        valid_until = months_later(passed_on, months, actor.operator.days)
    certificate.passed_on, certificate.valid_until = passed_on, valid_until
    certificate.counts_until = counts_until(valid_until, grace_days())


def _earned(actor: Actor, certificate: Certificate) -> None:
    older = certificate.renews
    if older is not None and older.state in HELD_STATES:
        move(actor, older, CertificateState.RENEWED, CERTIFICATE)
    tell_of(
        actor,
        LineKind.CERTIFICATE,
        f"certificate:{certificate.pk}",
        certificate.member,
        certificate.passed_on,
    )
    today = timezone.now().astimezone(actor.operator.zone).date()
    if certificate.counts_until is None or certificate.counts_until >= today:
        notices.tell(notices.EARNED, certificate)
    settle(actor, certificate)


def tell_of(actor: Actor, kind: str, reference: str, member: Membership, day: date | None) -> None:
    """A fact about a person of a partner, on ``day`` (today: now)."""
    now = timezone.now()
    past = day is not None and day < now.astimezone(actor.operator.zone).date()
    at = datetime.combine(day, time(12), actor.operator.zone) if day is not None and past else now
    rep = Rep.objects.filter(membership=member, partner_id=member.partner_id).order_by("pk").first()
    partner = member.partner
    if partner is not None:
        tell_fact(
            kind=kind,
            reference=reference,
            partner=partner.code,
            occurred_at=at,
            rep=rep.code if rep else "",
        )


def revoke_certificate(actor: Actor, *, certificate_id: int, reason: str) -> Certificate:
    """Take it back, with a reason. It counts no longer."""
    actor.require(MANAGE)
    with transaction.atomic():
        certificate = _locked(certificate_id)
        move(actor, certificate, CertificateState.REVOKED, CERTIFICATE, text=reason)
        notices.tell(notices.REVOKED, certificate)
    return certificate


def _locked(certificate_id: int) -> Certificate:
    found = Certificate.objects.select_for_update(no_key=True, of=("self",)).select_related("certification")
    certificate: Certificate | None = found.filter(pk=certificate_id).first()
    if certificate is None:
        raise NotFound()
    return certificate
