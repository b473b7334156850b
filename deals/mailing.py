"""A forwarded mail becomes a draft of the partner whose member sent it. It is never submitted by itself.

Who sent it is what the mail says: the mail server in front must refuse forged senders (SPF, DKIM, DMARC). A draft that
its members see and may delete is all that a forger could make. Everything runs as the worker.
"""

import hashlib
import logging
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from deals.enums import DealSource, DealState, MailResult
from deals.mailparts import Mail, read_mail
from deals.models import Deal, DealMail
from deals.services.drafts import create_draft
from tenancy import audit
from tenancy.actors import Actor, actor_of
from tenancy.enums import PARTNER_ROLES, Permission
from tenancy.models import Membership
from workflow.conversation import attach_file
from workflow.enums import Urgency
from workflow.notices import declare, members, notify

DRAFTED = declare(
    "deals.mail_draft",
    Urgency.ACTION,
    _("Your mail became the draft %(ref)s: look it over and submit it."),
    asks=(DealState.DRAFT,),
)
logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Received:
    """What became of a mail. ``refused_files``: names of attachments of a kind that is not kept."""

    result: MailResult
    deal: Deal | None = None
    again: bool = False
    refused_files: list[str] = field(default_factory=list)


def receive_mail(system: Actor, content: bytes) -> Received:
    """Make a draft of the mail, or note why not; the same message again changes nothing."""
    mail = read_mail(content)
    message_id = mail.message_id or hashlib.sha256(content).hexdigest()
    entry: DealMail
    entry, new = DealMail.objects.get_or_create(
        message_id=message_id,
        defaults={"sender": mail.sender[:254], "subject": mail.subject, "result": MailResult.UNKNOWN_SENDER},
    )
    if not new:
        return Received(MailResult(entry.result), entry.deal, again=True)
    result, member = _sender(mail)
    if member is None:
        logger.warning("A mail about a deal was refused: %s (%s)", result.value, mail.sender or "no sender")
        received = Received(result)
    else:
        received = _drafted(actor_of(member, system.operator), mail)
    entry.result, entry.deal = received.result, received.deal
    entry.save(update_fields=["result", "deal"])
    if received.deal is None:
        audit.record(
            system, "dealmail.refuse", entry, ref=mail.sender[:100], changes={"result": [None, result.value]}
        )
    return received


def _sender(mail: Mail) -> tuple[MailResult, Membership | None]:
    """The member who sent it, or why it is refused."""
    if mail.automatic:
        return MailResult.AUTOMATIC, None
    found = Membership.objects.filter(email__iexact=mail.sender, active=True, role__in=PARTNER_ROLES)
    every = list(found.order_by("pk")) if mail.sender else []
    if not every:
        return MailResult.UNKNOWN_SENDER, None
    able = [each for each in every if _may_register(each)]
    if not able:
        return MailResult.NOT_ALLOWED, None
    if len({each.partner_id for each in able}) > 1:
        return MailResult.SEVERAL_COMPANIES, None
    return MailResult.DRAFT, able[0]


def _may_register(member: Membership) -> bool:
    from tenancy.permissions import PERMISSIONS

    return Permission.REGISTER_DEALS in PERMISSIONS[member.role]


def _drafted(actor: Actor, mail: Mail) -> Received:
    try:
        deal = create_draft(actor, fields=mail.fields, source=DealSource.MAIL, lenient=True)
    except DomainError as error:
        logger.warning("A mail about a deal was refused: %s (%s)", error.code, mail.sender)
        return Received(MailResult.NOT_ALLOWED)
    received = Received(MailResult.DRAFT, deal)
    for name, content in mail.files:
        try:
            attach_file(actor, deal, name=name, chunks=[content], purpose="mail")
        except DomainError:
            received.refused_files.append(name)
    notify(DRAFTED, deal, to=members([actor.membership_id]), path=f"/deals/{deal.ref}/", ref=deal.ref)
    return received
