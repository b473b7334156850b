"""Statements that keep their plan: once per connection, never anybody else's rows."""

from typing import Any

import pytest
from django.db import connection, transaction

from tenancy import prepared
from tenancy.prepared import run_prepared
from tests.kit.world import Tenant

NAMES = "select code from partners_partner where %(least)s < id and name like '%%' order by code"
HERS = "select count(*) from partners_partner where operator_id = %(op)s and code = any(%(codes)s)"


def planned() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_prepared_statements where name like 'sharik%'")
        return int(cursor.fetchone()[0])


def names() -> list[str]:
    with connection.cursor() as cursor:
        run_prepared(cursor, NAMES, {"least": "bigint"}, {"least": 0})
        return [row[0] for row in cursor.fetchall()]


def test_a_statement_is_planned_once(inside: Tenant) -> None:
    before = planned()
    assert names() == names() != []
    assert planned() <= before + 1


def test_one_plan_shows_each_operator_and_audience_its_own(alpha: Tenant, beta: Tenant) -> None:
    """The walls hold although nothing is planned anew: no condition of the statement names an operator."""
    with alpha.scope():
        assert names() == ["p1", "p1sub", "p2"]
    with beta.scope("partner_owner@p1"):
        assert names() == ["p1", "p1sub"]
    with alpha.scope("partner_owner@p2"):
        assert names() == ["p2"]
    with beta.scope():
        assert names() == ["p1", "p1sub", "p2"]


def test_constants_are_part_of_the_statement(inside: Tenant) -> None:
    def found(codes: list[str]) -> int:
        with connection.cursor() as cursor:
            run_prepared(cursor, HERS, {"op": "bigint"}, {"op": inside.operator.pk}, {"codes": codes})
            return int(cursor.fetchone()[0])

    assert (found(["p1", "p2"]), found(["it's"]), found(["p1"])) == (2, 0, 1)


def test_a_plan_survives_a_rollback(inside: Tenant) -> None:
    with transaction.atomic():
        first = names()
        transaction.set_rollback(True)
    assert names() == first


def test_few_are_kept(inside: Tenant, monkeypatch: Any) -> None:
    monkeypatch.setattr(prepared, "KEPT", 3)
    with connection.cursor() as cursor:
        for number in range(8):
            run_prepared(cursor, f"select %(n)s + {number}", {"n": "int"}, {"n": 1})
            assert cursor.fetchone()[0] == 1 + number
    assert planned() <= 3


def test_a_missing_value_is_named(inside: Tenant) -> None:
    with connection.cursor() as cursor, pytest.raises(KeyError, match="op"):
        run_prepared(cursor, HERS, {"op": "bigint"}, {}, {"codes": []})
