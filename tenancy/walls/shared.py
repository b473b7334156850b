"""Tables without an operator: people, sessions and the like. Only the login surface touches them.

Business roles read the own operator's row and nothing else here: a password hash, a session or an e-mail address of
another operator's person cannot be reached from a partner's page.
"""

from collections.abc import Iterator

from django.db import connections

from tenancy.enums import Audience

#: Tables that the login surface reads and writes (prefixes of table names).
LOGIN_TABLES = ("account_", "mfa_", "usersessions_", "django_session", "tenancy_person")
#: Everybody may read these: they hold nothing but names of models.
READABLE = ("django_content_type", "django_migrations")
EVERYBODY = ", ".join(audience.db_role for audience in Audience)


def statements(alias: str) -> Iterator[str]:
    """Grants and policies of the shared tables that exist in ``alias``."""
    yield f"grant usage on schema public, app to {EVERYBODY}"
    yield f"grant execute on function app.op(), app.co(), app.member(), app.applicant() to {EVERYBODY}"
    yield f"grant execute on function app.memberships_of(bigint) to {Audience.AUTH.db_role}"
    for table in connections[alias].introspection.table_names():
        if table.startswith(LOGIN_TABLES):
            yield f"grant select, insert, update, delete on {table} to {Audience.AUTH.db_role}"
        elif table in READABLE:
            yield f"grant select on {table} to {EVERYBODY}"
    yield from _operator_row()


def _operator_row() -> Iterator[str]:
    yield "alter table tenancy_operator enable row level security, force row level security"
    for audience in Audience:
        role = audience.db_role
        everything = audience in (Audience.AUTH, Audience.PLATFORM, Audience.WORKER)
        rows = "true" if everything else "id = (select app.op())"
        yield f"grant select on tenancy_operator to {role}"
        yield f"create policy {role}_select on tenancy_operator for select to {role} using ({rows})"
    for role in (Audience.OPERATOR.db_role, Audience.PLATFORM.db_role):
        own = "true" if role == Audience.PLATFORM.db_role else "id = (select app.op())"
        yield f"grant update on tenancy_operator to {role}"
        yield (
            f"create policy {role}_update on tenancy_operator for update to {role}"
            f" using ({own}) with check ({own})"
        )
    role = Audience.PLATFORM.db_role
    yield f"grant insert on tenancy_operator to {role}"
    yield f"create policy {role}_insert on tenancy_operator for insert to {role} with check (true)"
