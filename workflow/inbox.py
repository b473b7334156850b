"""A member's own notifications: what is unread, reading it, and which mails the member wants.

It works in the member's own scope, where the walls show nobody else's rows. Last come the mails that were given up, which
those who run the operator see.
"""

from collections.abc import Mapping

from django.db.models import QuerySet
from django.utils import timezone

from common.errors import Forbidden, NotFound
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.outbox import emit
from workflow.enums import MailState, Urgency
from workflow.models import Notification, Preference, Undelivered
from workflow.notices import AGAIN_TOPIC

#: Nobody reads a number above this on a bell.
MOST_COUNTED = 100
#: What a member can do without by mail. Money and security always come.
OPTIONAL = (Urgency.INFO, Urgency.ACTION)


def notifications_for(actor: Actor) -> QuerySet[Notification]:
    """The member's notifications, newest first."""
    found: QuerySet[Notification] = Notification.objects.filter(membership_id=_member(actor))
    return found


def open_for(actor: Actor) -> QuerySet[Notification]:
    """Those that are neither read nor done by anyone."""
    return notifications_for(actor).filter(read_at=None, done_at=None)


def unread_count(actor: Actor) -> int:
    """How many wait, ``MOST_COUNTED`` at most."""
    return open_for(actor).order_by()[:MOST_COUNTED].count()


def read(actor: Actor, pk: int) -> Notification:
    """Mark one as read and return it; raises ``NotFound``."""
    row = notifications_for(actor).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    if row.read_at is None:
        row.read_at = timezone.now()
        row.save(update_fields=["read_at"])
    return row


def read_all(actor: Actor) -> int:
    """Mark everything as read; returns how many were not."""
    return open_for(actor).update(read_at=timezone.now())


def mails_wanted(actor: Actor) -> dict[str, bool]:
    """Urgency -> whether the member gets it by mail."""
    stored = dict(Preference.objects.filter(membership_id=_member(actor)).values_list("urgency", "mail"))
    return {each.value: each not in OPTIONAL or stored.get(each.value, True) for each in Urgency}


def choose_mails(actor: Actor, wanted: Mapping[str, bool]) -> None:
    """Choose for each urgency; raises ``Forbidden`` where it cannot be switched off."""
    for urgency, mail in wanted.items():
        if not mail and urgency not in OPTIONAL:
            raise Forbidden()
        Preference.objects.update_or_create(
            membership_id=_member(actor), urgency=Urgency(urgency).value, defaults={"mail": mail}
        )
        if not mail:
            waiting = notifications_for(actor).filter(urgency=urgency, mail_state=MailState.QUEUED)
            waiting.update(mail_state=MailState.NONE)


def undelivered_for(actor: Actor) -> QuerySet[Undelivered]:
    """Mails to anybody that were given up, newest first, for those who run the operator."""
    actor.require(Permission.MANAGE_OPERATOR)
    found: QuerySet[Undelivered] = Undelivered.objects.select_related("membership__partner")
    return found


def ask_again(actor: Actor, pk: int) -> None:
    """Have a mail that was given up tried anew; raises ``NotFound``. Asking twice sends once."""
    row = undelivered_for(actor).select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    if row.again_at is None:
        row.again_at = timezone.now()
        row.save(update_fields=["again_at"])
        emit(AGAIN_TOPIC, {"notification_id": row.notification_id})
        audit.record(actor, "mail.again", row, ref=row.kind)


def _member(actor: Actor) -> int:
    if actor.membership_id is None:
        raise Forbidden()
    return actor.membership_id
