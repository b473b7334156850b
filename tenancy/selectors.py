"""Reads of people, memberships and tokens."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from common.errors import NotFound
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.models import ApiToken, AuditEntry, Invitation, Membership, Operator, Person
from tenancy.tokens import hash_secret


@dataclass(frozen=True, slots=True)
class OperatorChoice:
    """An operator where a person has a membership."""

    id: int
    slug: str
    name: str
    custom_domain: str | None

    @property
    def origin(self) -> str:
        """Where the operator's portal is, as links begin."""
        return Operator(slug=self.slug, custom_domain=self.custom_domain).origin


def operators_of(person_id: int) -> list[OperatorChoice]:
    """Every operator where the person has an active membership. Works as the login audience only."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select operator_id, slug, name, custom_domain from app.memberships_of(%s)", [person_id]
        )
        return [OperatorChoice(*row) for row in cursor.fetchall()]


def is_member(person_id: int) -> bool:
    """Whether the person has an active membership at the active operator."""
    return Membership.objects.filter(person_id=person_id, active=True).exists()


def person_by_email(email: str) -> Person | None:
    """The person with this e-mail address. Works as the login audience only."""
    return Person.objects.filter(email=email.strip().lower()).first()


def person_of(actor: Actor) -> Person:
    """The person behind ``actor``. Works as the login audience only; raises ``NotFound`` for the system."""
    person = Person.objects.filter(pk=actor.person_id or 0).first()
    if person is None:
        raise NotFound()
    return person


def language_of(person_id: int) -> str:
    """The language that a person chose, empty where none. Works as the login audience only."""
    return Person.objects.filter(pk=person_id).values_list("language", flat=True).first() or ""


def members_for(actor: Actor) -> QuerySet[Membership]:
    """The people that ``actor`` may manage: staff and partners' people, or the own company's."""
    members = Membership.objects.select_related("partner").order_by("name", "pk")
    if actor.can(Permission.MANAGE_STAFF):
        return members
    actor.require(Permission.MANAGE_COMPANY)
    return members.filter(partner_id=actor.partner_id)


def get_member(actor: Actor, pk: int) -> Membership:
    """One of ``members_for``; raises ``NotFound``."""
    member = members_for(actor).filter(pk=pk).first()
    if member is None:
        raise NotFound()
    return member


def invitations_for(actor: Actor) -> QuerySet[Invitation]:
    """Open and past invitations that ``actor`` may manage, newest first."""
    invitations = Invitation.objects.select_related("partner").order_by("-created_at")
    if actor.can(Permission.MANAGE_STAFF):
        return invitations
    actor.require(Permission.MANAGE_COMPANY)
    return invitations.filter(partner_id=actor.partner_id)


def get_invitation(actor: Actor, pk: int) -> Invitation:
    """One of ``invitations_for``; raises ``NotFound``."""
    invitation = invitations_for(actor).filter(pk=pk).first()
    if invitation is None:
        raise NotFound()
    return invitation


def invitation_by_secret(secret: str) -> Invitation | None:
    """The open invitation of a link, for the login audience."""
    invitation = Invitation.objects.filter(token_hash=hash_secret(secret)).select_related("partner").first()
    return invitation if invitation and invitation.is_open() else None


def tokens_for(actor: Actor) -> QuerySet[ApiToken]:
    """The actor's own tokens, newest first."""
    actor.require(Permission.MANAGE_TOKENS)
    return ApiToken.objects.filter(membership_id=actor.membership_id).order_by("-created_at")


def audit_for(actor: Actor) -> QuerySet[AuditEntry]:
    """The audit trail of the operator, newest first."""
    actor.require(Permission.VIEW_AUDIT)
    return AuditEntry.objects.order_by("-id")
