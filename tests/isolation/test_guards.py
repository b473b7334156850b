"""Every table stands inside the walls on the day it is born."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connections, models

from config.databases import LOGINS
from tenancy.base import TenantForeignKey, TenantModel
from tenancy.walls import shared
from tenancy.walls.build import tenant_models
from tenancy.walls.spec import Walls

pytestmark = pytest.mark.django_db(databases=["default", "owner"])
OWN_APPS = {
    "tenancy",
    "workflow",
    "catalog",
    "partners",
    "performance",
    "programs",
    "deals",
    "incentives",
    "marketing",
    "support",
}
#: Tables of ours without an operator: the tenants themselves and the people who may belong to several.
GLOBAL = {"tenancy_operator", "tenancy_person"}


def own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in OWN_APPS]


def rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def ids(model: type[models.Model]) -> str:
    return model._meta.label


def test_every_own_table_belongs_to_an_operator() -> None:
    outside = {model._meta.db_table for model in own_models() if not issubclass(model, TenantModel)}
    assert outside == GLOBAL


@pytest.mark.parametrize("model", tenant_models(), ids=ids)
def test_walls_are_declared_and_stand(model: type[TenantModel]) -> None:
    assert isinstance(model.walls, Walls)
    table = model._meta.db_table
    ((enabled, forced),) = rows(
        "select relrowsecurity, relforcerowsecurity from pg_class where oid = %s::regclass", table
    )
    assert enabled
    assert forced
    policies = rows("select policyname, permissive, roles::text from pg_policies where tablename = %s", table)
    assert [name for name, permissive, _ in policies if permissive == "RESTRICTIVE"] == ["tenant"]
    assert all(roles != "{public}" for _, permissive, roles in policies if permissive == "PERMISSIVE")


@pytest.mark.parametrize("model", tenant_models(), ids=ids)
def test_reads_are_filtered_by_manager_and_base_manager(model: type[TenantModel]) -> None:
    assert model._meta.base_manager_name == "objects"
    for manager in (model.objects, model._base_manager):
        assert "ActiveOperator" in str(manager.get_queryset().query.where)


@pytest.mark.parametrize("model", tenant_models(), ids=ids)
def test_keys_between_tenant_tables_hold_the_operator(model: type[TenantModel]) -> None:
    table = model._meta.db_table
    composite = {
        columns
        for (columns,) in rows(
            """select (select string_agg(attname, ',' order by k.n) from unnest(conkey) with ordinality k(num, n)
                       join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num)
               from pg_constraint where contype = 'f' and conrelid = %s::regclass""",
            table,
        )
    }
    for field in model._meta.local_fields:
        target = field.related_model
        if not (isinstance(target, type) and issubclass(target, TenantModel)):
            continue
        assert isinstance(field, TenantForeignKey), f"{field} must be a TenantForeignKey"
        if field.keyed:
            assert f"operator_id,{field.column}" in composite, field.name
        else:
            triggers = rows(
                "select 1 from pg_trigger where tgrelid = %s::regclass and not tgisinternal", table
            )
            assert triggers, f"{table}.{field.column} has neither key nor trigger"


@pytest.mark.parametrize("model", tenant_models(), ids=ids)
def test_indexes_and_unique_constraints_start_with_the_operator(model: type[TenantModel]) -> None:
    found = rows(
        """select c.relname, pg_get_indexdef(i.indexrelid, 1, true) from pg_index i
           join pg_class c on c.oid = i.indexrelid
           where i.indrelid = %s::regclass and not i.indisprimary""",
        model._meta.db_table,
    )
    assert not [name for name, first in found if first != "operator_id"]


def test_no_table_is_readable_by_everybody() -> None:
    public = rows(
        """select table_name from information_schema.role_table_grants
           where grantee = 'PUBLIC' and table_schema = 'public'"""
    )
    assert public == []


def test_logins_have_no_rights_of_their_own() -> None:
    granted = rows(
        "select grantee, table_name from information_schema.role_table_grants where grantee = any(%s)",
        list(LOGINS),
    )
    assert granted == []
    flags = rows(
        "select rolsuper, rolbypassrls, rolinherit from pg_roles where rolname = any(%s)", list(LOGINS)
    )
    assert set(flags) == {(False, False, False)}


def test_only_the_login_audience_reaches_people_and_sessions() -> None:
    tables = [
        table
        for table in connections["owner"].introspection.table_names()
        if table.startswith(shared.LOGIN_TABLES)
    ]
    grants = rows(
        "select distinct grantee from information_schema.role_table_grants where table_name = any(%s)", tables
    )
    assert {grantee for (grantee,) in grants} <= {"postgres", "r_auth", "prm_owner"}


def test_the_application_connects_as_nobody_special() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("select rolsuper or rolbypassrls from pg_roles where rolname = current_user")
        assert cursor.fetchone() == (False,)
        cursor.execute("select count(*) from pg_class where relowner = current_user::regrole")
        assert cursor.fetchone() == (0,)
