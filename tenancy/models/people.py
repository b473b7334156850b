"""People, their memberships, and what lets them in."""

from datetime import datetime
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenancy.base import TenantForeignKey, TenantModel
from tenancy.enums import Language, Role
from tenancy.walls.spec import EDIT, READ, WRITE, Walls


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "Person":
        """A person who can log in wherever a membership exists; without a password only by reset."""
        person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """A human being with one login; belongs to operators through memberships. Business roles cannot read this table."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[PersonManager] = PersonManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="person_email_ci")]

    def __str__(self) -> str:
        return self.name or self.email


class Membership(TenantModel):
    """A person's place at an operator or at one of its partners. Name and e-mail are copies, kept by the services."""

    walls = Walls(
        partner="partner_id", pam="partner_id", partner_writes=frozenset({"update"}), auth=READ | WRITE
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="memberships", db_constraint=False, db_index=False
    )
    partner = TenantForeignKey("partners.Partner", null=True, blank=True, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"))
    active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "person", "partner", "role"], nulls_distinct=False, name="membership_once"
            ),
            models.CheckConstraint(
                condition=models.Q(role__startswith="partner_", partner__isnull=False)
                | (~models.Q(role__startswith="partner_") & models.Q(partner__isnull=True)),
                name="membership_partner_role",
            ),
        ]
        indexes = [
            models.Index(fields=["operator", "partner"], name="membership_partner"),
            models.Index(fields=["operator", "person"], name="membership_person"),
        ]

    def __str__(self) -> str:
        return self.name or self.email


class Invitation(TenantModel):
    """A way in for one e-mail address; the link's secret is kept as a hash only."""

    walls = Walls(
        partner="partner_id",
        pam="partner_id",
        partner_writes=WRITE,
        auth=READ | frozenset({"update"}),
    )
    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    partner = TenantForeignKey("partners.Partner", null=True, blank=True, related_name="invitations")
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.EN)
    token_hash = models.CharField(max_length=64)
    invited_by = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["operator", "token_hash"], name="invitation_token")]
        indexes = [models.Index(fields=["operator", "partner"], name="invitation_partner")]

    def is_open(self, now: datetime | None = None) -> bool:
        return (
            self.accepted_at is None and self.revoked_at is None and self.expires_at > (now or timezone.now())
        )


class ApiToken(TenantModel):
    """A key of a membership for the API. ``scopes`` is a list out of ``api`` scopes, or ``["all"]``."""

    walls = Walls(member_rows="membership_id", auth=READ | EDIT)
    membership = TenantForeignKey(Membership, related_name="tokens")
    name = models.CharField(_("name"), max_length=80)
    #: The first characters, to recognise a token in a list.
    prefix = models.CharField(max_length=12)
    token_hash = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=40), verbose_name=_("scopes"))
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["operator", "token_hash"], name="api_token_hash")]
        indexes = [models.Index(fields=["operator", "membership"], name="api_token_membership")]
