"""Rules are added and ended; nothing of them is ever changed."""

from datetime import date
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InputError, NotFound
from common.text import clean_line
from programs.authorisations.about import NAMES, read_about, today_of
from programs.authorisations.selectors import in_force
from programs.enums import Effect
from programs.models import Authorisation, AuthorisationEnd
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.outbox import emit

MANAGE = Permission.MANAGE_AUTHORISATIONS
REASON = 300
#: Something about who may sell what changed: coverage and pages may look again.
TOPIC = "programs.authorisations_changed"
_ONE_AT_A_TIME = "select pg_advisory_xact_lock(728, hashtext((select app.op())::text))"


def add_authorisation(
    actor: Actor, *, effect: str, reason: str = "", worksheet_id: int | None = None, **given: Any
) -> Authorisation:
    """A rule from its first day on. ``given``: codes and texts by the names of ``about.NAMES``; empty means any.

    Raises ``Invalid``, ``InputError``; ``Conflict("exists")`` where the same rule holds already.
    """
    actor.require(MANAGE)
    if effect not in Effect.values:
        raise InputError("unknown_choice", _("This value is not valid."), "effect")
    about = read_about(actor, given)
    _lock()
    _check_new(effect, about)
    row: Authorisation = Authorisation.objects.create(
        effect=effect,
        reason=clean_line(reason)[:REASON],
        worksheet_id=worksheet_id,
        author_name=actor.name,
        **about,
    )
    audit.record(actor, "authorisation.add", row, changes=_changes(row))
    emit(TOPIC, {"authorisation_id": row.pk})
    return row


def _lock() -> None:
    """Two people who add the same rule at once make one."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME)


def _check_new(effect: str, about: dict[str, Any]) -> None:
    same = {name: about[name] for name in NAMES if name not in ("starts", "ends")}
    found = in_force(about["starts"]).filter(effect=effect)
    for name, value in same.items():
        found = found.filter(**({f"{name}__isnull": True} if value is None else {name: value}))
    if found.exists():
        raise Conflict("exists", _("The same rule holds on that day already."))


def _changes(row: Authorisation) -> dict[str, Any]:
    named = {name: getattr(row, name) for name in ("effect", *NAMES)}
    return {name: getattr(value, "code", value) for name, value in named.items() if value}


def end_authorisation(
    actor: Actor, *, pk: int, gone_on: date | None = None, reason: str = ""
) -> AuthorisationEnd:
    """The rule no longer holds from ``gone_on`` on (today); days that are over stay as they were."""
    actor.require(MANAGE)
    rule = Authorisation.objects.filter(pk=pk).first()
    if rule is None:
        raise NotFound()
    today = today_of(actor)
    day = gone_on or today
    if day < today:
        raise InputError("past", _("Choose today or a later day."), "gone_on")
    _lock()
    if AuthorisationEnd.objects.filter(authorisation=rule).exists() or (rule.ends and rule.ends < today):
        raise Conflict("ended", _("This rule has ended already."))
    row: AuthorisationEnd = AuthorisationEnd.objects.create(
        authorisation=rule,
        partner_id=rule.partner_id,
        gone_on=day,
        reason=clean_line(reason)[:REASON],
        author_name=actor.name,
    )
    audit.record(actor, "authorisation.end", rule, changes={"gone_on": [None, day], "reason": row.reason})
    emit(TOPIC, {"authorisation_id": rule.pk})
    return row
