"""What the web's own login reads and writes with plain SQL, whatever Python filters: nothing of anybody else."""

from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from config.databases import login_password
from tenancy.base import TenantModel
from tenancy.enums import Audience
from tenancy.walls.build import table_of, tenant_models
from tenancy.walls.sql import commands_of, row_condition
from tests.isolation.seed import fill
from tests.kit.world import Tenant, make_tenant


@pytest.fixture(scope="module")
def pair(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Tenant, Tenant]]:
    """Two operators with a row in every table for each of their partners, committed, for all tests of the module."""
    with django_db_blocker.unblock():
        tenants = make_tenant("alpha"), make_tenant("beta")
        for tenant in tenants:
            fill(tenant)
        yield tenants
        call_command("flush", database="owner", interactive=False, verbosity=0, inhibit_post_migrate=True)


@pytest.fixture
def web(pair: tuple[Tenant, Tenant]) -> Iterator[Any]:
    """A connection of the web's login, without Django."""
    known = connections["default"].settings_dict
    connection = psycopg2.connect(
        host=known["HOST"],
        port=known["PORT"],
        dbname=known["NAME"],
        user="sharik_web",
        password=login_password(settings.SECRET_KEY, "sharik_web"),
    )
    yield connection
    connection.close()


def enter(
    cursor: Any, tenant: Tenant, audience: Audience, partner: str = "", member: str = "", applicant: str = ""
) -> None:
    cursor.execute(
        "select set_config('role', %s, true), set_config('app.operator_id', %s, true),"
        " set_config('app.partner_id', %s, true), set_config('app.membership_id', %s, true),"
        " set_config('app.applicant', %s, true)",
        [
            audience.db_role,
            str(tenant.operator.pk),
            str(tenant.partners[partner].pk) if partner else "",
            str(tenant.actors[member].membership_id) if member else "",
            applicant,
        ],
    )


def readable(model: type[TenantModel], audience: Audience) -> bool:
    return row_condition(model.walls, audience) is not None and "select" in commands_of(model.walls, audience)


def count(cursor: Any, table: str, where: str = "true") -> int:
    cursor.execute(f"select count(*) from {table} where {where}")
    return int(cursor.fetchone()[0])


def test_without_a_context_every_table_is_refused(web: Any) -> None:
    for model in tenant_models():
        with web.cursor() as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute(f"select count(*) from {model._meta.db_table}")
        web.rollback()


@pytest.mark.parametrize(
    ("audience", "partner", "member"),
    [
        (Audience.OPERATOR, "", "programme_manager"),
        (Audience.PAM, "", "pam"),
        (Audience.PARTNER, "p1", "partner_owner@p1"),
        (Audience.AUTH, "", ""),
        (Audience.APPLICANT, "", ""),
    ],
)
def test_no_audience_reads_another_operator(
    web: Any, pair: tuple[Tenant, Tenant], audience: Audience, partner: str, member: str
) -> None:
    alpha, beta = pair
    for model in tenant_models():
        if not readable(model, audience):
            continue
        with web.cursor() as cursor:
            enter(cursor, alpha, audience, partner, member)
            assert count(cursor, model._meta.db_table, f"operator_id <> {alpha.operator.pk}") == 0, model
        web.rollback()
    assert beta.operator.pk != alpha.operator.pk


def test_staff_read_rows_of_every_table(web: Any, pair: tuple[Tenant, Tenant]) -> None:
    """The other tests prove something only if there is something to see."""
    empty = set()
    for model in tenant_models():
        with web.cursor() as cursor:
            enter(cursor, pair[0], Audience.OPERATOR, member="programme_manager")
            if not count(cursor, model._meta.db_table):
                empty.add(model._meta.label)
        web.rollback()
    assert empty == set()


def test_a_partner_reads_only_its_own_tree(web: Any, pair: tuple[Tenant, Tenant]) -> None:
    alpha = pair[0]
    foreign = alpha.partners["p2"].pk
    for model in tenant_models():
        column = model.walls.partner
        if column in (None, "*") or not readable(model, Audience.PARTNER):
            continue
        with web.cursor() as cursor:
            enter(cursor, alpha, Audience.PARTNER, "p1", "partner_owner@p1")
            assert count(cursor, model._meta.db_table, f"{column} = {foreign}") == 0, model
            assert count(cursor, model._meta.db_table) > 0, model
        web.rollback()


def test_a_pam_reads_only_the_own_book(web: Any, pair: tuple[Tenant, Tenant]) -> None:
    alpha = pair[0]
    outside = alpha.partners["p2"].pk
    for model in tenant_models():
        column = model.walls.pam
        if column in (None, "*") or not readable(model, Audience.PAM):
            continue
        with web.cursor() as cursor:
            enter(cursor, alpha, Audience.PAM, member="pam")
            assert count(cursor, model._meta.db_table, f"{column} = {outside}") == 0, model
        web.rollback()


def test_tables_without_a_policy_for_an_audience_are_refused(web: Any, pair: tuple[Tenant, Tenant]) -> None:
    for audience in (Audience.PARTNER, Audience.PAM, Audience.AUTH, Audience.APPLICANT):
        for model in tenant_models():
            if readable(model, audience):
                continue
            with web.cursor() as cursor:
                enter(cursor, pair[0], audience, "p1", "partner_owner@p1")
                with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                    cursor.execute(f"select count(*) from {model._meta.db_table}")
            web.rollback()


def test_nobody_moves_rows_to_another_operator(web: Any, pair: tuple[Tenant, Tenant]) -> None:
    alpha, beta = pair
    for model in tenant_models():
        if "update" not in commands_of(model.walls, Audience.OPERATOR):
            continue
        with web.cursor() as cursor:
            enter(cursor, alpha, Audience.OPERATOR, member="programme_manager")
            with pytest.raises((psycopg2.errors.InsufficientPrivilege, psycopg2.errors.CheckViolation)):
                cursor.execute(f"update {model._meta.db_table} set operator_id = {beta.operator.pk}")
        web.rollback()


def test_append_only_tables_refuse_change_and_removal(web: Any, pair: tuple[Tenant, Tenant]) -> None:
    tables = [table_of(model).name for model in tenant_models() if model.walls.append_only]
    assert tables
    for table in tables:
        for statement in (f"update {table} set id = id", f"delete from {table}", f"truncate {table}"):
            with web.cursor() as cursor:
                enter(cursor, pair[0], Audience.OPERATOR, member="programme_manager")
                with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                    cursor.execute(statement)
            web.rollback()


def test_the_web_cannot_become_a_worker_or_the_platform(web: Any) -> None:
    for audience in (Audience.WORKER, Audience.PLATFORM):
        with web.cursor() as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute(f"set local role {audience.db_role}")
        web.rollback()


def test_business_audiences_cannot_read_password_hashes(web: Any, pair: tuple[Tenant, Tenant]) -> None:
    for audience in (Audience.OPERATOR, Audience.PAM, Audience.PARTNER, Audience.APPLICANT):
        with web.cursor() as cursor:
            enter(cursor, pair[0], audience, "p1", "partner_owner@p1")
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute("select password from tenancy_person")
        web.rollback()


#: All that somebody without a login can read: one application and its files, and what stands on the public page.
FOR_APPLICANTS = {
    "catalog.Territory",
    "partners.Application",
    "partners.ValueProposition",
    "programs.DirectoryEntry",
    "workflow.Attachment",
}


def test_an_applicant_reaches_one_application_and_nothing_about_it(
    web: Any, pair: tuple[Tenant, Tenant]
) -> None:
    alpha, beta = pair
    open_to = {model._meta.label for model in tenant_models() if readable(model, Audience.APPLICANT)}
    assert open_to == FOR_APPLICANTS
    with web.cursor() as cursor:
        enter(cursor, alpha, Audience.APPLICANT, applicant="p1-link_hash")
        cursor.execute("select link_hash from partners_application")
        assert cursor.fetchall() == [("p1-link_hash",)]
        assert count(cursor, "workflow_attachment") == 0  # those of the seed are about something else
        cursor.execute("update partners_application set city = 'x' where link_hash = 'p2-link_hash'")
        assert cursor.rowcount == 0
        enter(cursor, alpha, Audience.APPLICANT)
        assert count(cursor, "partners_application") == 0
        enter(cursor, beta, Audience.APPLICANT, applicant="p1-link_hash")
        assert count(cursor, "partners_application", f"operator_id = {alpha.operator.pk}") == 0
    web.rollback()


def test_an_applicant_writes_only_its_own_application(web: Any, pair: tuple[Tenant, Tenant]) -> None:
    for statement in (
        "update partners_application set link_hash = 'p2-link_hash'",
        "delete from partners_application",
        "insert into partners_applicationflag (id) values (1)",
        "select * from partners_applicationreview",
        "select * from workflow_transition",
    ):
        with web.cursor() as cursor:
            enter(cursor, pair[0], Audience.APPLICANT, applicant="p1-link_hash")
            with pytest.raises((psycopg2.errors.InsufficientPrivilege, psycopg2.errors.UniqueViolation)):
                cursor.execute(statement)
        web.rollback()
