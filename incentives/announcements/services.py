"""Telling partners of a version, taking their confirmation, reminding those that have not given it."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, Forbidden
from incentives.announcements.selectors import (
    confirmation_of,
    confirmations,
    eligible_partners,
    in_force,
    is_for,
    version_before,
)
from incentives.approval import content_digest
from incentives.models import Acknowledgement, SchemeVersion
from incentives.overview import today_of
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.outbox import emit
from workflow.enums import Urgency
from workflow.notices import Kind, declare, done, names_of, notify, partner_people

ANNOUNCED = declare(
    "schemes.announced", Urgency.ACTION, _("“%(name)s” begins on %(starts)s: read the rules and confirm them")
)
AMENDED = declare(
    "schemes.amended", Urgency.ACTION, _("“%(name)s” changes on %(starts)s: read what changes and confirm it")
)
REMINDED = declare(
    "schemes.reminded", Urgency.ACTION, _("The rules of “%(name)s” still wait for your confirmation")
)
#: Partners told in one event.
CHUNK = 200


def announce(version: SchemeVersion) -> int:
    """Have every eligible partner told; returns how many. Told again, nobody gets a second notice."""
    partner_ids = eligible_partners(version)
    for start in range(0, len(partner_ids), CHUNK):
        batch = partner_ids[start : start + CHUNK]
        emit("scheme.announced", {"version_id": version.pk, "partner_ids": batch})
    return len(partner_ids)


def tell_partners(version: SchemeVersion, partner_ids: Sequence[int]) -> None:
    """The notices themselves."""
    kind = ANNOUNCED if version_before(version) is None else AMENDED
    for partner_id in partner_ids:
        _tell(kind, version, partner_id)


def tell_newcomers(actor: Actor, partner_ids: Sequence[int]) -> None:
    """Tell partners that may have become eligible of what is in force or begins later."""
    for version in in_force(actor).distinct("scheme_id"):
        confirmed = Acknowledgement.objects.filter(version=version, partner_id__in=partner_ids)
        known = set(confirmed.values_list("partner_id", flat=True))
        tell_partners(version, [pk for pk in eligible_partners(version, partner_ids) if pk not in known])


def acknowledge_version(actor: Actor, *, version: SchemeVersion) -> Acknowledgement:
    """Confirm for the actor's company that it knows the rules of ``version`` (one of ``get_version``).

    Raises ``Conflict`` for a version that is not published, not for this company, or confirmed already.
    """
    actor.require(Permission.ACKNOWLEDGE_RULES)
    partner_id, membership_id = actor.partner_id, actor.membership_id
    if partner_id is None or membership_id is None:
        raise Forbidden()
    if version.published_at is None or not is_for(actor, version):
        raise Conflict("not_for_you", _("These rules are not for your company."))
    if confirmation_of(actor, version) is not None:
        raise Conflict("confirmed", _("Your company has confirmed these rules already."))
    row = Acknowledgement(
        version=version,
        partner_id=partner_id,
        membership_id=membership_id,
        name=actor.name,
        digest=content_digest(version),
    )
    row.save()
    audit.record(actor, "scheme.acknowledge", version.scheme, changes={"version": [None, version.number]})
    done(version, [ANNOUNCED, AMENDED, REMINDED], partner_id=partner_id)
    return row


def remind(actor: Actor, *, version: SchemeVersion) -> int:
    """Remind every partner that has not confirmed, once a day at most; returns how many there are."""
    actor.require(Permission.MANAGE_SCHEMES)
    if version.published_at is None:
        raise Conflict("not_published", _("Only a published version can be confirmed."))
    open_ones = [each.partner for each in confirmations(actor, version) if each.confirmation is None]
    for partner in open_ones:
        _tell(REMINDED, version, partner.pk, today_of(actor).isoformat())
    audit.record(actor, "scheme.remind", version.scheme, changes={"partners": [None, len(open_ones)]})
    return len(open_ones)


def _tell(kind: Kind, version: SchemeVersion, partner_id: int, key: str = "") -> None:
    scheme = version.scheme
    path = f"/schemes/{scheme.code}/versions/{version.number}/"
    people = partner_people(partner_id, Permission.VIEW_SCHEMES)
    notify(kind, version, to=people, path=path, key=key, name=names_of(scheme), starts=version.starts)
