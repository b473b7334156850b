"""Writes of tenants, people, memberships, invitations and tokens."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, Forbidden, InputError
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import PARTNER_ROLES, Audience, Permission, Role
from tenancy.models import ApiToken, Invitation, Membership, Operator, Person
from tenancy.outbox import emit
from tenancy.scope import scope
from tenancy.selectors import get_member, person_of
from tenancy.tokens import hash_secret, new_secret

INVITATION_LIFE = timedelta(days=14)
#: Emitted with ``member_id`` when a membership is closed.
MEMBER_LEFT = "tenancy.member_left"
#: Emitted with ``member_id`` and ``partner_id`` when an invitation was accepted.
MEMBER_JOINED = "tenancy.member_joined"


def create_operator(
    *,
    slug: str,
    name: str,
    languages: Sequence[str],
    calendar: str,
    currency: str,
    time_zone: str,
    **more: Any,
) -> Operator:
    """Create a tenant, empty. Runs as the platform; raises ``Conflict`` for a slug in use, ``ValidationError`` for bad values."""
    with scope(None, Audience.PLATFORM):
        if Operator.objects.filter(slug=slug).exists():
            raise Conflict("slug_taken", _("There is already an operator with this short name."), "slug")
        operator = Operator(
            slug=slug,
            name=name,
            languages=list(languages),
            calendar=calendar,
            currency=currency,
            time_zone=time_zone,
            **more,
        )
        operator.full_clean()
        operator.save()
    return operator


def ensure_person(*, email: str, name: str = "", language: str = "", password: str | None = None) -> Person:
    """The person with this e-mail, made when missing. An existing person's name and password stay. Login audience only."""
    person = Person.objects.filter(email=email.strip().lower()).first()
    if person is None:
        person = Person.objects.create_user(email, password, name=name, language=language)
        _verified_address(person)
    return person


def _verified_address(person: Person) -> None:
    from allauth.account.models import EmailAddress

    EmailAddress.objects.get_or_create(
        user=person, email=person.email, defaults={"verified": True, "primary": True}
    )


def add_membership(person: Person, *, role: str, partner_id: int | None = None) -> Membership:
    """Give ``person`` a place at the active operator. Login audience only; again is no error and reactivates."""
    if (role in PARTNER_ROLES) != (partner_id is not None):
        raise InputError("role_partner", _("This role and this company do not fit together."), "role")
    membership: Membership
    membership, made = Membership.objects.get_or_create(
        person_id=person.pk,
        partner_id=partner_id,
        role=role,
        defaults={"name": person.name or person.email, "email": person.email},
    )
    if not made and not membership.active:
        membership.active = True
        membership.save(update_fields=["active"])
    return membership


def _check_may_manage(actor: Actor, role: str, partner_id: int | None) -> None:
    if role not in Role.values:
        raise InputError("role", _("There is no such role."), "role")
    if (role in PARTNER_ROLES) != (partner_id is not None):
        raise InputError("role_partner", _("This role and this company do not fit together."), "role")
    if actor.can(Permission.MANAGE_STAFF):
        return
    actor.require(Permission.MANAGE_COMPANY)
    if partner_id != actor.partner_id:
        raise Forbidden()


def invite_member(
    actor: Actor,
    *,
    email: str,
    role: str,
    partner_id: int | None = None,
    name: str = "",
    language: str = "en",
) -> tuple[Invitation, str]:
    """Invite an e-mail address; returns the invitation and the link's secret, which is stored as a hash only.

    An older open invitation of the same address, role and company is revoked.
    """
    _check_may_manage(actor, role, partner_id)
    email = email.strip().lower()
    same = Invitation.objects.filter(email=email, role=role, partner_id=partner_id, accepted_at=None)
    same.filter(revoked_at=None).update(revoked_at=timezone.now())
    secret = new_secret("invite")
    invitation = Invitation.objects.create(
        email=email,
        name=name,
        role=role,
        partner_id=partner_id,
        language=language,
        token_hash=hash_secret(secret),
        invited_by=actor.name,
        expires_at=timezone.now() + INVITATION_LIFE,
    )
    audit.record(actor, "member.invite", invitation, ref=email, changes={"role": [None, role]})
    return invitation, secret


def revoke_invitation(actor: Actor, invitation: Invitation) -> None:
    """Close an open invitation; raises ``Conflict`` when it was accepted already."""
    _check_may_manage(actor, invitation.role, invitation.partner_id)
    if not invitation.is_open():
        raise Conflict("invitation_closed", _("This invitation is no longer open."))
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])
    audit.record(actor, "member.revoke_invitation", invitation, ref=invitation.email)


def accept_invitation(invitation: Invitation, person: Person) -> Membership:
    """Make ``person`` a member. Login audience only; the invitation is locked, so a link works once."""
    locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not locked.is_open() or locked.email != person.email:
        raise Conflict("invitation_closed", _("This invitation is no longer open."))
    membership = add_membership(person, role=locked.role, partner_id=locked.partner_id)
    locked.accepted_at = timezone.now()
    locked.save(update_fields=["accepted_at"])
    emit(MEMBER_JOINED, {"member_id": membership.pk, "partner_id": membership.partner_id})
    return membership


def change_role(actor: Actor, *, member_id: int, role: str) -> Membership:
    """Give a member another role of the same company; nobody changes the own role."""
    member = _other_member(actor, member_id)
    _check_may_manage(actor, role, member.partner_id)
    before, member.role = member.role, role
    with transaction.atomic():
        member.save(update_fields=["role"])
    audit.record(actor, "member.change_role", member, ref=member.email, changes={"role": [before, role]})
    return member


def set_member_active(actor: Actor, *, member_id: int, active: bool) -> Membership:
    """Close or reopen a membership; its sessions and tokens stop working at the next request."""
    member = _other_member(actor, member_id)
    _check_may_manage(actor, member.role, member.partner_id)
    member.active = active
    member.save(update_fields=["active"])
    audit.record(actor, "member.activate" if active else "member.deactivate", member, ref=member.email)
    if not active:
        emit(MEMBER_LEFT, {"member_id": member.pk})
    return member


def _other_member(actor: Actor, member_id: int) -> Membership:
    member = get_member(actor, member_id)
    if member.pk == actor.membership_id:
        raise Forbidden("own_membership", _("You cannot change your own membership."))
    return member


def change_profile(actor: Actor, *, name: str, language: str) -> Person:
    """Change the actor's own name and language, and the name on the memberships here. Login audience only."""
    person = person_of(actor)
    person.name, person.language = name.strip(), language
    person.save(update_fields=["name", "language"])
    Membership.objects.filter(person_id=person.pk).update(name=person.name)
    return person


def create_token(
    actor: Actor, *, name: str, scopes: Sequence[str], expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """A new API token of the actor; returns it with its secret, which is never shown again."""
    actor.require(Permission.MANAGE_TOKENS)
    if actor.membership_id is None:
        raise Forbidden()
    secret = new_secret("shk")
    token = ApiToken.objects.create(
        membership_id=actor.membership_id,
        name=name,
        prefix=secret[:12],
        token_hash=hash_secret(secret),
        scopes=list(scopes),
        expires_at=expires_at,
    )
    audit.record(actor, "token.create", token, ref=token.prefix, changes={"scopes": [None, list(scopes)]})
    return token, secret


def revoke_token(actor: Actor, *, token_id: int) -> None:
    """Stop a token of the actor; unknown or foreign ids change nothing."""
    actor.require(Permission.MANAGE_TOKENS)
    for token in ApiToken.objects.filter(
        pk=token_id, membership_id=actor.membership_id, revoked_at__isnull=True
    ):
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        audit.record(actor, "token.revoke", token, ref=token.prefix)
