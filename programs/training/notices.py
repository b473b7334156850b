"""What people are told about training and certificates."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from programs.models import Certificate, CourseEnrolment, SpecialisationHeld
from tenancy.enums import Permission
from tenancy.permissions import PERMISSIONS
from workflow.enums import Urgency
from workflow.notices import To, declare, members, names_of, notify, pams_of, partner_people

ENROLLED = declare("training.enrolled", Urgency.ACTION, _("You were enrolled in the course %(course)s."))
EARNED = declare("training.earned", Urgency.INFO, _("%(person)s is now certified: %(certification)s."))
EXPIRES = declare(
    "training.expires",
    Urgency.ACTION,
    _("The certificate %(certification)s of %(person)s ends in %(days)s days, on %(until)s."),
)
EXPIRES_TIER = declare(
    "training.expires_tier",
    Urgency.ACTION,
    _(
        "The certificate %(certification)s of %(person)s ends in %(days)s days, on %(until)s. "
        "The tier %(tier)s needs it."
    ),
)
EXPIRES_MONEY = declare(
    "training.expires_money",
    Urgency.ACTION,
    _(
        "The certificate %(certification)s of %(person)s ends in %(days)s days, on %(until)s. "
        "The tier %(tier)s needs it, and %(reward)s depend on the tier."
    ),
)
GRACE = declare(
    "training.grace",
    Urgency.ACTION,
    _("The certificate %(certification)s of %(person)s has ended; it still counts until %(until)s."),
)
EXPIRED = declare(
    "training.expired", Urgency.INFO, _("The certificate %(certification)s of %(person)s counts no longer.")
)
REVOKED = declare(
    "training.revoked", Urgency.INFO, _("The certificate %(certification)s of %(person)s was revoked.")
)
LEFT = declare(
    "training.left",
    Urgency.ACTION,
    _(
        "%(person)s has left and was certified: %(certification)s. It counts until %(until)s; "
        "have somebody else certified by then."
    ),
)


def path_of(certificate: Certificate) -> str:
    return f"/training/certificates/{certificate.pk}/"


def tell_enrolled(enrolment: CourseEnrolment) -> None:
    notify(
        ENROLLED,
        enrolment,
        to=members([enrolment.member_id]),
        path=f"/training/learn/{enrolment.pk}/",
        course=names_of(enrolment.course),
    )


def tell(kind: Any, certificate: Certificate, *, person: bool = True, key: str = "", **params: Any) -> None:
    """The partner's owner, its PAMs and (unless they left) the person."""
    told = [
        partner_people(certificate.partner_id, Permission.MANAGE_COMPANY),
        pams_of(certificate.partner_id, Permission.MANAGE_TRAINING),
    ]
    if person:
        told.append(members([certificate.member_id]))
    for to in told:
        _tell(kind, certificate, to, key, params)


def tell_person(kind: Any, certificate: Certificate, *, key: str = "", **params: Any) -> None:
    """The person alone; owners were told as such already, and more."""
    if Permission.MANAGE_COMPANY not in PERMISSIONS[certificate.member.role]:
        _tell(kind, certificate, members([certificate.member_id]), key, params)


def _tell(kind: Any, certificate: Certificate, to: To, key: str, params: Mapping[str, Any]) -> None:
    facts = {"person": certificate.person_name, "certification": names_of(certificate.certification)}
    notify(kind, certificate, to=to, path=path_of(certificate), key=key, **facts, **params)


SPECIAL = declare("training.special", Urgency.INFO, _("Your company has earned the specialisation %(name)s."))
SPECIAL_MISSING = declare(
    "training.special_missing",
    Urgency.ACTION,
    _("Something is missing for the specialisation %(name)s. It stays until %(until)s."),
)
SPECIAL_ENDED = declare(
    "training.special_ended", Urgency.INFO, _("The specialisation %(name)s of your company has ended.")
)


def tell_specialisation(kind: Any, held: SpecialisationHeld, **params: Any) -> None:
    """The partner's owner and its PAMs."""
    for to in (
        partner_people(held.partner_id, Permission.MANAGE_COMPANY),
        pams_of(held.partner_id, Permission.MANAGE_TRAINING),
    ):
        notify(
            kind,
            held,
            to=to,
            path="/training/specialisations/",
            key=held.checked_on.isoformat(),
            name=names_of(held.specialisation),
            **params,
        )
