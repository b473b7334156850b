"""Writes of partners, their reps and the books of PAMs. For ``save_x``, ``create_x``, ``change_x`` see ``catalog.services``.

Events: ``partners.code_added`` ``{"kind": "partner" | "rep", "codes"}``, and ``partners.changed`` ``{"kind", "ids", "fields",
"partner_ids"}`` when parent, roles, layers, tier, territory or state of partners, or the partner of reps, changes;
``partner_ids`` are all partners concerned (below a moved one too).
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.services.writing import Mode, write_one
from common.errors import InputError
from partners.models import Partner, Rep
from partners.selectors import get_rep
from partners.services.books import assign_book, remove_from_book
from partners.services.kinds import PARTNER, REP
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.models import Membership

__all__ = ["PARTNER", "REP", "assign_book", "remove_from_book"]


def save_partner(actor: Actor, *, code: str, **fields: Any) -> tuple[Partner, bool]:
    """``name, names, parent, roles, layers, tier, state, territory, legal_id, city, website, phone, joined_on, active``."""
    return write_one(actor, PARTNER, code, fields)


def create_partner(actor: Actor, *, code: str, **fields: Any) -> Partner:
    return write_one(actor, PARTNER, code, fields, Mode.CREATE)[0]


def change_partner(actor: Actor, *, code: str, **fields: Any) -> Partner:
    return write_one(actor, PARTNER, code, fields, Mode.CHANGE)[0]


def move_partner(actor: Actor, *, code: str, parent: str) -> Partner:
    """Put a partner with all below it under ``parent`` (a code; empty for the top)."""
    return change_partner(actor, code=code, parent=parent)


def set_state(actor: Actor, *, code: str, state: str) -> Partner:
    """Raises ``InputError("state")`` for a step that ``partners.rules.BECOMES`` does not have."""
    return change_partner(actor, code=code, state=state)


def save_rep(actor: Actor, *, code: str, **fields: Any) -> tuple[Rep, bool]:
    """``name, names, partner, email, active``."""
    return write_one(actor, REP, code, fields)


def create_rep(actor: Actor, *, code: str, **fields: Any) -> Rep:
    return write_one(actor, REP, code, fields, Mode.CREATE)[0]


def change_rep(actor: Actor, *, code: str, **fields: Any) -> Rep:
    return write_one(actor, REP, code, fields, Mode.CHANGE)[0]


def link_rep(actor: Actor, *, code: str, member_id: int | None) -> Rep:
    """Say which login of the same company a rep is (``None`` for no longer any)."""
    actor.require(Permission.MANAGE_PARTNERS)
    rep = get_rep(actor, code)
    member = Membership.objects.filter(pk=member_id, partner_id=rep.partner_id, active=True).first()
    if member_id is not None and member is None:
        raise InputError("no_member", _("Choose a person of the same company."), "membership")
    before, rep.membership = rep.membership_id, member
    rep.save(update_fields=["membership", "updated_at"])
    audit.record(actor, "rep.link", rep, changes={"membership": [before, rep.membership_id]})
    return rep
