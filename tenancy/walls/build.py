"""Builds the walls after every ``migrate``. Idempotent: what stands is dropped and made again in one transaction."""

from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper
from django.db.utils import InternalError, OperationalError

from config.databases import LOGINS, login_password
from tenancy.base import TenantForeignKey, TenantModel
from tenancy.enums import Audience
from tenancy.walls import shared
from tenancy.walls.sql import FUNCTIONS, Table, key_of, policies, reference_of

#: Which audiences each login may become. Only tests may become all of them.
BECOMES: dict[str, tuple[Audience, ...]] = {
    "sharik_web": (
        Audience.AUTH,
        Audience.PARTNER,
        Audience.PAM,
        Audience.OPERATOR,
        Audience.APPLICANT,
    ),
    "sharik_worker": (
        Audience.AUTH,
        Audience.WORKER,
        Audience.OPERATOR,
        Audience.PLATFORM,
        Audience.APPLICANT,
    ),
    "sharik_test": tuple(Audience),
}


def tenant_models() -> list[type[TenantModel]]:
    """Every concrete model inside the walls, by table name."""
    found = [model for model in apps.get_models() if issubclass(model, TenantModel)]
    return sorted(found, key=lambda model: model._meta.db_table)


def table_of(model: type[TenantModel]) -> Table:
    """What the walls need to know of ``model``."""
    references = tuple(
        (field.column, field.related_model._meta.db_table)
        for field in model._meta.local_fields
        if isinstance(field, TenantForeignKey) and field.keyed and isinstance(field.related_model, type)
    )
    return Table(model._meta.db_table, model.walls, references)


def build(alias: str = "owner") -> None:
    """Make roles, functions, policies, grants and composite keys true to the models. Runs as the owner."""
    connection = connections[alias]
    for _attempt in range(20):
        try:
            with transaction.atomic(using=alias), connection.cursor() as cursor:
                _roles(cursor)
            break
        except (InternalError, OperationalError):
            continue  # Roles belong to the whole cluster: another database's builder changed one at this moment.
    with transaction.atomic(using=alias), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(727001)")
        cursor.execute(FUNCTIONS)
        tables = [table_of(model) for model in tenant_models()]
        _drop_policies(cursor)
        for statement in (*_keys(cursor, tables), *shared.statements(alias)):
            cursor.execute(statement)
        for table in tables:
            cursor.execute(";\n".join(policies(table)))


def _roles(cursor: CursorWrapper) -> None:
    for audience in Audience:
        _ensure_role(cursor, audience.db_role, "nologin noinherit")
    for login in LOGINS:
        password = login_password(settings.SECRET_KEY, login)
        _ensure_role(cursor, login, f"login noinherit password '{password}'")
        for audience in BECOMES[login]:
            cursor.execute("select pg_has_role(%s, %s, 'MEMBER')", [login, audience.db_role])
            if not cursor.fetchone()[0]:
                cursor.execute(f"grant {audience.db_role} to {login}")


def _ensure_role(cursor: CursorWrapper, name: str, options: str) -> None:
    cursor.execute("select 1 from pg_roles where rolname = %s", [name])
    verb = "alter" if cursor.fetchone() else "create"
    if verb == "create" or "password" in options:
        cursor.execute(f"{verb} role {name} {options}")


def _drop_policies(cursor: CursorWrapper) -> None:
    cursor.execute("select tablename, policyname from pg_policies where schemaname = 'public'")
    for table, policy in cursor.fetchall():
        cursor.execute(f"drop policy {policy} on {table}")


def _keys(cursor: CursorWrapper, tables: list[Table]) -> Iterator[str]:
    cursor.execute("select conname from pg_constraint where connamespace = 'public'::regnamespace")
    present = {row[0] for row in cursor.fetchall()}
    for target in sorted({target for table in tables for _, target in table.references}):
        if key_of(target) not in present:
            yield f"alter table {target} add constraint {key_of(target)} unique (operator_id, id)"
    for table in tables:
        for column, target in table.references:
            name = reference_of(table.name, column)
            if name not in present:
                yield (
                    f"alter table {table.name} add constraint {name} foreign key (operator_id, {column})"
                    f" references {target} (operator_id, id)"
                )
