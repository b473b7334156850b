"""The personas of access tests: two operators, two partners each, one member per role; strangers are always there."""

from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from partners.models import BookEntry, Partner
from partners.tree import relink
from tenancy.access import scope_of
from tenancy.actors import Actor, actor_of, system_actor
from tenancy.enums import PARTNER_ROLES, Audience, Role
from tenancy.models import Membership, Operator
from tenancy.scope import scope
from tenancy.services import add_membership, create_operator, ensure_person

PASSWORD = "correct horse battery"


@dataclass
class Tenant:
    """One operator with partners ``p1`` and ``p2`` (and ``p1sub`` below ``p1``) and an actor for every role.

    Partner roles exist at each partner: ``actors["partner_owner@p1"]``; staff by their role alone: ``actors["pam"]``.
    The PAM's book holds ``p1``.
    """

    operator: Operator
    partners: dict[str, Partner] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return self.operator.host

    @property
    def system(self) -> Actor:
        return system_actor(self.operator)

    def scope(self, name: str | None = None) -> Any:
        """The scope of one actor, or of the system."""
        return scope_of(self.actors[name]) if name else scope(self.operator.pk, Audience.WORKER)

    def client(self, name: str | None = None, **headers: Any) -> Client:
        """A browser at this operator's host, logged in as an actor when one is named."""
        client = Client(SERVER_NAME=self.host, headers=headers)
        if name:
            log_in(client, self, self.actors[name])
        return client


def log_in(client: Client, tenant: Tenant, actor: Actor) -> None:
    """Open a session as the login page would: for the person, at this host, with this membership chosen."""
    from django.contrib.auth import get_user_model

    with scope(tenant.operator.pk, Audience.AUTH):
        person = get_user_model().objects.get(pk=actor.person_id or 0)
        client.force_login(person)
        session = client.session
        session["operator"] = tenant.operator.pk
        session["membership"] = actor.membership_id
        session.save()


def make_tenant(slug: str, **options: Any) -> Tenant:
    """An operator with everything that ``Tenant`` promises."""
    defaults: dict[str, Any] = {
        "name": slug.title(),
        "languages": ["en", "fa", "ar"],
        "calendar": "gregorian",
        "currency": "USD",
        "time_zone": "UTC",
    }
    tenant = Tenant(create_operator(slug=slug, **(defaults | options)))
    with tenant.scope():
        for code in ("p1", "p2", "p1sub"):
            parent = tenant.partners["p1"] if code == "p1sub" else None
            tenant.partners[code] = make_partner(code, parent=parent)
    _people(tenant)
    return tenant


def make_partner(code: str, **fields: Any) -> Partner:
    """A partner with its place in the tree, in the open scope."""
    partner: Partner = Partner.objects.create(code=code, name=f"Partner {code}", **fields)
    relink([partner.pk])
    partner.refresh_from_db()
    return partner


def _people(tenant: Tenant) -> None:
    with scope(tenant.operator.pk, Audience.AUTH):
        for role in Role.values:
            codes = ["p1", "p2"] if role in PARTNER_ROLES else [None]
            for code in codes:
                _member(tenant, role, code)
    with tenant.scope():
        BookEntry.objects.create(member_id=tenant.actors["pam"].membership_id, partner=tenant.partners["p1"])


def _member(tenant: Tenant, role: str, code: str | None) -> Membership:
    name = f"{role}@{code}" if code else role
    person = ensure_person(
        email=f"{name.replace('@', '.')}@{tenant.operator.slug}.example", name=name, password=PASSWORD
    )
    partner = tenant.partners[code] if code else None
    membership = add_membership(person, role=role, partner_id=partner.pk if partner else None)
    tenant.actors[name] = actor_of(membership, tenant.operator)
    return membership
