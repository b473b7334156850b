"""The door: what is visible inside, outside, nested and after errors."""

import pytest
from django.db import ProgrammingError, connection, transaction

from partners.models import Partner
from tenancy.context import NoOperator, active
from tenancy.enums import Audience
from tenancy.models import Membership
from tenancy.scope import scope
from tests.kit.world import Tenant


def settings_now() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select current_setting('role'), current_setting('app.operator_id', true),"
            " current_setting('app.partner_id', true)"
        )
        return [value or "" for value in cursor.fetchone()]


def codes() -> set[str]:
    return set(Partner.objects.values_list("code", flat=True))


def test_without_a_scope_a_tenant_table_raises(alpha: Tenant) -> None:
    with pytest.raises(NoOperator):
        Partner.objects.count()
    with pytest.raises(NoOperator):
        Partner(code="x", name="x").save()


def test_the_login_itself_may_read_nothing(alpha: Tenant) -> None:
    refused = pytest.raises(ProgrammingError, match="permission denied")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select count(*) from partners_partner")


def test_each_audience_sees_its_own(alpha: Tenant, beta: Tenant) -> None:
    with alpha.scope():
        assert codes() == {"p1", "p2", "p1sub"}
    with alpha.scope("partner_owner@p1"):
        assert codes() == {"p1", "p1sub"}
        assert not Membership.objects.exclude(partner__code__in=["p1", "p1sub"]).exists()
    with alpha.scope("partner_owner@p2"):
        assert codes() == {"p2"}
    with alpha.scope("pam"):
        assert codes() == {"p1"}
    with alpha.scope("programme_manager"):
        assert codes() == {"p1", "p2", "p1sub"}


def test_context_is_restored_after_nesting_and_errors(alpha: Tenant, beta: Tenant) -> None:
    before = settings_now()
    with alpha.scope():
        inside = settings_now()
        with pytest.raises(ValueError, match="stop"), scope(beta.operator.pk, Audience.OPERATOR):
            assert settings_now() != inside
            raise ValueError("stop")
        assert settings_now() == inside
        with beta.scope("partner_owner@p1"):
            assert settings_now()[2] == str(beta.partners["p1"].pk)
        assert settings_now() == inside
    assert settings_now() == before
    assert active.get() is None


def test_a_row_of_another_operator_cannot_be_pointed_to(alpha: Tenant, beta: Tenant) -> None:
    from django.db import IntegrityError

    with alpha.scope(), pytest.raises(IntegrityError), transaction.atomic():
        Partner.objects.create(code="bad", name="bad", parent_id=beta.partners["p1"].pk)


def test_a_row_cannot_be_written_for_another_operator(alpha: Tenant, beta: Tenant) -> None:
    with alpha.scope(), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Partner.objects.create(code="bad", name="bad", operator_id=beta.operator.pk)
