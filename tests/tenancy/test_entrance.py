"""Who asks: hosts and tokens become operators and members, and the transaction works for them."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from tenancy.access import context_of
from tenancy.context import Context, active
from tenancy.entrance import enter
from tenancy.enums import Audience
from tenancy.middleware import names_of
from tenancy.models import ApiToken, Membership, Operator
from tenancy.scope import scope, scope_of_finding
from tests.api.kit import token_for
from tests.kit.world import Tenant

NAMES = ("role", "app.operator_id", "app.partner_id", "app.membership_id", "app.applicant")


def told() -> tuple[str, ...]:
    """What the database was told."""
    with connection.cursor() as cursor:
        cursor.execute(f"select {', '.join(f'current_setting({name!r}, true)' for name in NAMES)}")
        return tuple(value or "" for value in cursor.fetchone())


def change(tenant: Tenant, **fields: Any) -> None:
    """Change an operator as its owner would."""
    with scope(None, Audience.PLATFORM):
        Operator.objects.filter(pk=tenant.operator.pk).update(**fields)


def at(host: str, secret: str = "") -> tuple[Operator | None, ApiToken | None]:
    with scope(None, Audience.AUTH):
        return enter(*names_of(host), secret)


def test_hosts(alpha: Tenant, beta: Tenant) -> None:
    """A custom domain goes before a name; closed operators and other hosts are nobody's."""
    base = alpha.host.removeprefix("alpha")
    change(beta, custom_domain=alpha.host.split(":")[0])
    assert at(f"Alpha{base}")[0] == beta.operator
    assert at(f"beta{base}:8000")[0] == beta.operator
    change(beta, custom_domain="partners.example")
    assert at("partners.example")[0] == beta.operator
    assert at(f"alpha{base}")[0] == alpha.operator
    change(beta, active=False)
    for host in ("partners.example", f"beta{base}", "alpha.example", "alpha", base[1:], "' or true --"):
        assert at(host) == (None, None)


def test_an_operator_is_read_as_by_a_query(alpha: Tenant) -> None:
    change(alpha, names={"fa": "آلفا"}, weekend=[5, 6])
    found, _token = at(alpha.host, token_for(alpha, "pam"))
    assert found is not None
    with scope(None, Audience.AUTH):
        same = Operator.objects.get(pk=alpha.operator.pk)
    values = {field.attname: getattr(found, field.attname) for field in Operator._meta.concrete_fields}
    assert values == {field.attname: getattr(same, field.attname) for field in Operator._meta.concrete_fields}


def test_a_secret_names_its_live_token_and_active_member(alpha: Tenant, beta: Tenant) -> None:
    secret = token_for(alpha, "pam")
    _operator, token = at(alpha.host, secret)
    assert token is not None
    assert token.membership.role == "pam"
    assert at(beta.host, secret) == (beta.operator, None)
    assert at(alpha.host, f"{secret}x")[1] is None
    assert at(alpha.host)[1] is None
    tokens = ApiToken.objects.filter(pk=token.pk)
    members = Membership.objects.filter(pk=token.membership_id)
    past = timezone.now() - timedelta(days=1)
    for rows, ended, again in (
        (tokens, {"revoked_at": past}, {"revoked_at": None}),
        (tokens, {"expires_at": past}, {"expires_at": past + timedelta(days=2)}),
        (members, {"active": False}, {"active": True}),
    ):
        with scope(alpha.operator.pk, Audience.AUTH):
            rows.update(**ended)
        assert at(alpha.host, secret) == (alpha.operator, None)
        with scope(alpha.operator.pk, Audience.AUTH):
            rows.update(**again)
        assert at(alpha.host, secret)[1] == token


@pytest.mark.parametrize("name", ["partner_owner@p1", "partner_finance@p2", "pam", "programme_manager"])
def test_a_request_works_for_whom_it_shows(alpha: Tenant, name: str) -> None:
    """The database and Python are told the same, and both get back what stood before."""
    secret = token_for(alpha, name)
    wanted = context_of(alpha.actors[name])

    def find() -> Context:
        _operator, token = enter(*names_of(alpha.host), secret)
        assert token is not None
        assert token.membership_id == alpha.actors[name].membership_id
        return wanted

    with scope(alpha.operator.pk, Audience.WORKER):
        before = told(), active.get()
        with scope_of_finding(find):
            assert told() == wanted.settings
            assert active.get() == wanted
        assert (told(), active.get()) == before
