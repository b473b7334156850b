"""Makes notifications out of notices: one row per member, in the worker's scope."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.utils import timezone

from tenancy.actors import Actor
from tenancy.enums import Audience, Role, audience_of
from tenancy.models import Membership
from tenancy.outbox import on
from tenancy.permissions import PERMISSIONS
from tenancy.services import MEMBER_LEFT
from workflow.delivery import queue_again
from workflow.enums import MailState, Urgency
from workflow.models import Notification
from workflow.notices import AGAIN_TOPIC, DONE_TOPIC, TOPIC, kind_named, over_in


@on(TOPIC)
def tell(actor: Actor, payload: dict[str, Any]) -> None:
    """Give each recipient its notification; a repeat adds none."""
    urgency = kind_named(payload["kind"]).urgency
    rows = [
        Notification(
            membership_id=pk,
            kind=payload["kind"],
            urgency=urgency,
            object_type=payload["object_type"],
            object_id=payload["object_id"],
            params=payload["params"],
            path=payload["path"],
            key=payload["key"],
        )
        for pk in recipients(payload["to"])
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)


@on(DONE_TOPIC)
def close(actor: Actor, payload: dict[str, Any]) -> None:
    """The task is done: the notices about it leave the bell, and mails that still wait are not sent."""
    about = {name: payload[name] for name in ("object_type", "object_id")}
    kinds = over_in(payload["state"]) if "state" in payload else payload["kinds"]
    open_ones = Notification.objects.filter(**about, kind__in=kinds, done_at=None)
    if payload.get("key"):
        open_ones = open_ones.filter(key=payload["key"])
    if payload.get("partner_id"):
        members = Membership.objects.filter(partner_id=payload["partner_id"])
        open_ones = open_ones.filter(membership_id__in=members.values("pk"))
    open_ones.filter(mail_state=MailState.QUEUED).update(mail_state=MailState.NONE)
    open_ones.update(done_at=timezone.now())


def recipients(to: dict[str, Any]) -> Iterable[int]:
    """Ids of the active members that a ``To`` means."""
    everybody = Membership.objects.filter(active=True)
    if to["members"]:
        return {
            *everybody.filter(pk__in=to["members"]).values_list("pk", flat=True),
            *successors(to["members"]),
        }
    roles = [role for role, held in PERMISSIONS.items() if to["permission"] in held]
    if to["partner_id"] is not None:
        company = everybody.filter(partner_id=to["partner_id"], role__in=roles)
        return company.values_list("pk", flat=True)
    if to["book_of"] is not None:
        books = apps.get_model("partners.BookEntry").objects.filter(partner_id=to["book_of"])
        pams = list(everybody.filter(pk__in=books.values("member_id")).values_list("pk", flat=True))
        if pams:
            return pams
    own = [role for role in roles if audience_of(role) is Audience.OPERATOR]
    return everybody.filter(role__in=own, partner_id=None).values_list("pk", flat=True)


def successors(member_ids: Iterable[int]) -> set[int]:
    """The owners of the partners whose members left: what those were asked is theirs now."""
    gone = Membership.objects.filter(pk__in=list(member_ids), active=False).exclude(partner_id=None)
    owners = Membership.objects.filter(
        active=True, role=Role.PARTNER_OWNER, partner_id__in=gone.values("partner_id")
    )
    return set(owners.values_list("pk", flat=True))


@on(MEMBER_LEFT)
def hand_over(actor: Actor, payload: dict[str, Any]) -> None:
    """What a partner's member was asked to do, and did not, goes to the owners of the company."""
    left = payload["member_id"]
    asked = Notification.objects.filter(membership_id=left, done_at=None, urgency=Urgency.ACTION)
    copies = [_copy(row, owner) for row in asked for owner in successors([left])]
    Notification.objects.bulk_create(copies, ignore_conflicts=True)


def _copy(row: Notification, membership_id: int) -> Notification:
    names = ("kind", "urgency", "object_type", "object_id", "params", "path", "key")
    return Notification(membership_id=membership_id, **{name: getattr(row, name) for name in names})


@on(AGAIN_TOPIC)
def send_again(actor: Actor, payload: dict[str, Any]) -> None:
    queue_again(payload["notification_id"])
