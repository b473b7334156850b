"""Handing partners from one account manager's book to another's: open things go along, both and the partner are told."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import InputError
from partners.book.enums import MeetingState, Side, TaskState
from partners.models import HandOver, Meeting, Partner, Task
from partners.services.books import assign_book, remove_from_book
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.models import Membership
from workflow.enums import Urgency
from workflow.notices import declare, members, names_of, notify, partner_people

LONGEST = 4000
RECEIVED = declare(
    "book.received", Urgency.ACTION, _("%(partner)s is in your book now, with %(open)s open tasks")
)
GIVEN = declare("book.given", Urgency.INFO, _("%(partner)s is in the book of %(name)s now"))
YOURS = declare("book.yours", Urgency.INFO, _("%(name)s is your account manager now"))


def hand_over(
    actor: Actor, *, former_id: int, member_id: int, partners: Iterable[str], text: str = ""
) -> list[Partner]:
    """Move partners (codes) out of one book into another. Open tasks and meetings to come change hands with them.

    Raises ``Forbidden``; ``InputError`` at ``member``, ``partners`` or ``text``.
    """
    actor.require(Permission.ASSIGN_BOOKS)
    text = text.strip()
    if len(text) > LONGEST:
        raise InputError("too_long", _("At most %(most)s characters."), "text", {"most": LONGEST})
    if former_id == member_id:
        raise InputError("same_book", _("Choose another account manager."), "member")
    moved = remove_from_book(actor, former_id, list(partners))
    if not moved:
        raise InputError("required", _("Choose partners of this book."), "partners")
    assign_book(actor, member_id, [partner.code for partner in moved])
    receiver = Membership.objects.get(pk=member_id)
    for partner in moved:
        _hand(actor, partner, former_id, receiver, text)
    return moved


def hand_overs_of(partner: Partner) -> QuerySet[HandOver]:
    """Who gave the partner to whom, the newest first; for the operator's people."""
    found: QuerySet[HandOver] = HandOver.objects.filter(partner=partner).select_related("former", "member")
    return found


def _hand(actor: Actor, partner: Partner, former_id: int, receiver: Membership, text: str) -> None:
    tasks = Task.objects.filter(
        partner=partner, owner_id=former_id, state=TaskState.OPEN, side=Side.OPERATOR
    ).update(owner_id=receiver.pk)
    coming = {"organiser_id": former_id, "state": MeetingState.PLANNED, "starts_at__gt": timezone.now()}
    meetings = Meeting.objects.filter(partner=partner, **coming).update(organiser_id=receiver.pk)
    row = HandOver.objects.create(
        partner=partner,
        former_id=former_id,
        member=receiver,
        text=text,
        by_name=actor.name,
        moved=tasks + meetings,
    )
    audit.record(
        actor, "book.hand_over", row, ref=partner.code, changes={"tasks": tasks, "meetings": meetings}
    )
    _tell(row, partner, [former_id], receiver)


def _tell(row: HandOver, partner: Partner, former: Sequence[int], receiver: Membership) -> None:
    path = f"/book/partner/{partner.code}/"
    who: dict[str, Any] = {"partner": names_of(partner)}
    notify(RECEIVED, row, to=members([receiver.pk]), path=path, open=row.moved, **who)
    notify(GIVEN, row, to=members(former), name=receiver.name, **who)
    people = partner_people(partner.pk, Permission.VIEW_PLANS)
    notify(YOURS, row, to=people, path="/company/", name=receiver.name)
