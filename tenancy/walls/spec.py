"""What a tenant table says of its walls; ``tenancy.walls.build`` turns it into policies, grants and keys."""

from dataclasses import dataclass

#: Every row of the operator (in ``Walls.partner``, ``Walls.pam`` and ``Walls.applicant``).
ALL = "*"
READ = frozenset({"select"})


@dataclass(frozen=True, slots=True)
class Walls:
    """Which rows each audience sees and what it may do with them. Operator staff and workers see all of the operator.

    ``partner``, ``pam``: the column holding the partner's id that decides visibility for a partner (itself and its
    sub-partners) or for a PAM (the own book); ``ALL`` for every row; ``None`` for none.
    ``pam_also``: a condition (SQL) on further rows that every PAM sees: what belongs to no partner yet.
    ``partner_member``, ``pam_member``: instead, the column with the membership a row belongs to.
    ``partner_writes``, ``pam_writes``: commands beyond SELECT, out of ``insert``, ``update``, ``delete``.
    ``general``: rows that name no partner in that column are everybody's.
    ``partner_if``: a further condition (SQL) on the rows that partners see.
    ``auth``: commands of the login surface.
    ``applicant``: the column that holds the id of an application (or, in the table of applications, ``link_hash``): rows of the one
    whose link a visitor holds; ``object_id`` for rows about objects of any kind; ``ALL`` for every row.
    ``applicant_may``: its commands, ``select`` included; ``applicant_if``: a further condition.
    ``insert_only``: partners, PAMs and the login surface may add rows but never see any.
    ``append_only``: nobody may change or remove a row.
    ``member_rows``: every audience, staff too, sees only rows of its own membership (the column's name).
    """

    partner: str | None = None
    pam: str | None = None
    general: bool = False
    partner_if: str = ""
    pam_also: str = ""
    partner_member: str | None = None
    pam_member: str | None = None
    partner_writes: frozenset[str] = frozenset()
    pam_writes: frozenset[str] = frozenset()
    auth: frozenset[str] = frozenset()
    applicant: str | None = None
    applicant_may: frozenset[str] = READ
    applicant_if: str = ""
    append_only: bool = False
    insert_only: bool = False
    member_rows: str | None = None


INSERT = frozenset({"insert"})
WRITE = frozenset({"insert", "update"})
EDIT = frozenset({"insert", "update", "delete"})

#: Reference data that everybody of the operator may read and only staff may write.
PUBLIC = Walls(partner=ALL, pam=ALL)
#: The same, and whoever visits the operator's public pages reads it.
OPEN = Walls(partner=ALL, pam=ALL, applicant=ALL)
#: Rows that operator staff alone may see.
STAFF = Walls()
