"""The SQL of the walls: roles, context functions, and per table its policies, grants and composite keys. Pure text."""

from dataclasses import dataclass

from tenancy.enums import Audience
from tenancy.walls.spec import ALL, INSERT, READ, Walls

AUDIENCES = (
    Audience.AUTH,
    Audience.PARTNER,
    Audience.PAM,
    Audience.OPERATOR,
    Audience.WORKER,
    Audience.APPLICANT,
)
COMMANDS = ("select", "insert", "update", "delete")

FUNCTIONS = """
create schema if not exists app;
create or replace function app.op() returns bigint language sql stable parallel safe
  as $$ select nullif(current_setting('app.operator_id', true), '')::bigint $$;
create or replace function app.co() returns bigint language sql stable parallel safe
  as $$ select nullif(current_setting('app.partner_id', true), '')::bigint $$;
create or replace function app.member() returns bigint language sql stable parallel safe
  as $$ select nullif(current_setting('app.membership_id', true), '')::bigint $$;
create or replace function app.applicant() returns text language sql stable parallel safe
  as $$ select nullif(current_setting('app.applicant', true), '') $$;
create or replace function app.memberships_of(person bigint)
  returns table (operator_id bigint, slug text, name text, custom_domain text)
  language sql stable security definer set search_path = public as $$
    select distinct o.id, o.slug::text, o.name::text, o.custom_domain::text
    from tenancy_membership m join tenancy_operator o on o.id = m.operator_id
    where m.person_id = person and m.active and o.active order by 1 $$;
revoke all on function app.memberships_of(bigint) from public;
"""

SUBTREE = "any(array(select descendant_id from partners_partnerlink where ancestor_id = (select app.co())))"
BOOK = "any(array(select partner_id from partners_bookentry where member_id = (select app.member())))"

APPLICATION = "any(array(select id from partners_application where link_hash = (select app.applicant())))"


@dataclass(frozen=True, slots=True)
class Table:
    """A tenant table: its name, its walls and its references as (column, target table)."""

    name: str
    walls: Walls
    references: tuple[tuple[str, str], ...]


def row_condition(walls: Walls, audience: Audience) -> str | None:
    """The SQL condition of the rows that ``audience`` sees, ``None`` for no row at all."""
    if audience is Audience.WORKER or walls.insert_only:
        return "true"
    if audience is Audience.AUTH:
        return "true" if walls.auth else None
    if audience is Audience.APPLICANT:
        return _applicant_rows(walls)
    if walls.member_rows:
        return f"{walls.member_rows} = (select app.member())"
    if audience is Audience.OPERATOR:
        return "true"
    is_partner = audience is Audience.PARTNER
    rows = _rows(walls, is_partner)
    return f"({rows}) and ({walls.partner_if})" if rows and is_partner and walls.partner_if else rows


def _applicant_rows(walls: Walls) -> str | None:
    """Every condition needs the key of a link, so a visitor without one sees nothing but what is open to all."""
    column = walls.applicant
    if column is None or column == ALL:
        return "true" if column == ALL else None
    rows = f"{column} = {APPLICATION}"
    if column == "link_hash":
        rows = "link_hash = (select app.applicant())"
    elif column == "object_id":
        rows = f"object_type = 'partners.application' and object_id = {APPLICATION}"
    return f"({rows}) and ({walls.applicant_if})" if walls.applicant_if else rows


def _rows(walls: Walls, is_partner: bool) -> str | None:
    member = walls.partner_member if is_partner else walls.pam_member
    column = walls.partner if is_partner else walls.pam
    if member:
        return f"{member} = (select app.member())"
    if column == ALL:
        return "true"
    if column is None:
        return None
    if column == "ancestor_id":
        return "ancestor_id = (select app.co())"
    rows = f"{column} = {SUBTREE if is_partner else BOOK}"
    if walls.general:
        rows = f"{column} is null or {rows}"
    return rows if is_partner or not walls.pam_also else f"({rows}) or ({walls.pam_also})"


def commands_of(walls: Walls, audience: Audience) -> frozenset[str]:
    """What ``audience`` may do with the rows that it sees."""
    staff = audience in (Audience.OPERATOR, Audience.WORKER)
    if walls.insert_only and not staff:
        allowed = INSERT
    elif audience is Audience.AUTH:
        allowed = walls.auth
    elif audience is Audience.APPLICANT:
        allowed = walls.applicant_may
    elif walls.member_rows or staff:
        allowed = frozenset(COMMANDS)
    else:
        allowed = READ | (walls.partner_writes if audience is Audience.PARTNER else walls.pam_writes)
    return allowed - {"update", "delete"} if walls.append_only else allowed


def policies(table: Table) -> list[str]:
    """One restrictive policy on the operator; permissive ones per audience and command; the grants to match."""
    name = table.name
    out = [
        f"alter table {name} enable row level security, force row level security",
        f"revoke all on {name} from public",
        f"create policy tenant on {name} as restrictive for all to public"
        " using (operator_id = (select app.op())) with check (operator_id = (select app.op()))",
    ]
    for audience in AUDIENCES:
        role = audience.db_role
        out.append(f"revoke all on {name} from {role}")
        rows = row_condition(table.walls, audience)
        if rows is None:
            continue
        for command in COMMANDS:
            if command not in commands_of(table.walls, audience):
                continue
            out.append(f"grant {command} on {name} to {role}")
            out.append(_policy(name, command, role, rows))
    return out


def _policy(name: str, command: str, role: str, rows: str) -> str:
    using = f" using ({rows})" if command != "insert" else ""
    check = f" with check ({rows})" if command in ("insert", "update") else ""
    return f"create policy {role}_{command} on {name} for {command} to {role}{using}{check}"


def key_of(name: str) -> str:
    return f"{name}_op_id_key"


def reference_of(table: str, column: str) -> str:
    """A constraint name within PostgreSQL's 63 characters."""
    return f"{table[:34]}_{column[:22]}_tfk"
