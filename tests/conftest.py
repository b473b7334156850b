"""Fixtures for every test: the tenants of ``tests.kit.world``."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from django.test.utils import setup_databases, teardown_databases
from django.utils import translation

from tests.kit.world import Tenant, make_tenant


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: Any, django_db_modify_db_settings: None
) -> Iterator[None]:
    """One test database, made by the owner; the application's alias is its mirror with a login without rights."""
    with django_db_blocker.unblock():
        made = setup_databases(
            verbosity=0,
            interactive=False,
            aliases={"owner": False, "default": False},
            serialized_aliases=set(),
        )
        _let_tests_empty_the_ledger()
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        _end_other_sessions()
        teardown_databases(made, verbosity=0)


def _let_tests_empty_the_ledger() -> None:
    """Tests with committed data end with a flush, which the ledger refuses (tests of the ledger switch this on again)."""
    with connections["owner"].cursor() as cursor:
        for table in ("incentives_ledgerentry", "incentives_ledgerline"):
            cursor.execute(f"alter table {table} disable trigger ledger_not_emptied")


def _end_other_sessions() -> None:
    """Threads of test servers may keep their connections until the process ends; a database in use cannot be dropped."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """A page of one test leaves no language to the next."""
    yield
    translation.deactivate()


@pytest.fixture
def alpha(db: Any) -> Tenant:
    """An operator in English, Gregorian, USD."""
    return make_tenant("alpha")


@pytest.fixture
def beta(db: Any) -> Tenant:
    """The stranger: another operator with data of the same shape (Persian, Jalali, IRR)."""
    return make_tenant(
        "beta", languages=["fa", "en"], calendar="jalali", currency="IRR", time_zone="Asia/Tehran"
    )


@pytest.fixture
def inside(alpha: Tenant) -> Iterator[Tenant]:
    """Work as alpha's system for the whole test."""
    with alpha.scope():
        yield alpha
