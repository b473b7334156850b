"""Notifications by mail: the recipient's language, the operator's calendar and frame, a link to the canonical host."""

import logging
from datetime import datetime
from enum import StrEnum
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from portal.accounts.mails import absolute, language_of, send_rendered
from portal.shell.formats import formats_for
from portal.workflow.wording import notice_text
from tenancy import selectors
from tenancy.actors import Actor
from tenancy.enums import Audience
from tenancy.scope import scope
from workflow.delivery import Mail, failed, next_mail, sent, waiting_members
from workflow.enums import Urgency
from workflow.models import Notification
from workflow.notices import declare, notify, pams_of

UNREACHABLE = declare("workflow.unreachable", Urgency.ACTION, _("Mails to %(name)s do not arrive"))
#: Mails of one sweep at one operator; what is left waits for the next.
MOST = 300
#: What a mail server says about one mail; everything else means that it is in trouble itself.
ABOUT_ONE_MAIL = (SMTPRecipientsRefused, SMTPSenderRefused, SMTPDataError)
log = logging.getLogger(__name__)


class Outcome(StrEnum):
    SENT = "sent"
    FAILED = "failed"
    #: The mail server does not answer: no use to try the next mail now.
    TROUBLE = "trouble"
    NOTHING = "nothing"


def send_due(actor: Actor, now: datetime, *, most: int = MOST) -> int:
    """Send up to ``most`` mails that are due at the actor's operator; returns how many went out. Opens its own scopes."""
    done = 0
    with scope(actor.operator.pk, Audience.WORKER):
        members = waiting_members(now)
    for member_id in members:
        outcome = None
        while outcome is not Outcome.NOTHING and done < most:
            with scope(actor.operator.pk, Audience.WORKER):
                outcome = _send_one(actor, member_id, now)
            if outcome is Outcome.TROUBLE:
                return done
            done += outcome is Outcome.SENT
    return done


def _send_one(actor: Actor, member_id: int, now: datetime) -> Outcome:
    """Send the next mail to one member, in the open transaction."""
    mail = next_mail(actor, member_id, now)
    if mail is None:
        return Outcome.NOTHING
    try:
        with transaction.atomic():
            send_mail(actor, mail)
    except Exception as error:
        log.exception("A mail to member %s could not be sent.", member_id)
        if failed(mail, repr(error), now):
            _tell_account_manager(mail, now)
        server = isinstance(error, OSError) and not isinstance(error, ABOUT_ONE_MAIL)
        return Outcome.TROUBLE if server else Outcome.FAILED
    sent(mail, now)
    return Outcome.SENT


def send_mail(actor: Actor, mail: Mail) -> None:
    """Write and send it in the recipient's language; errors are raised."""
    operator = actor.operator
    with scope(operator.pk, Audience.AUTH):
        wish = selectors.language_of(mail.member.person_id)
    language = language_of(wish, operator)
    formats = formats_for(operator, language)
    with translation.override(language):
        lines = [(notice_text(row, formats), link_of(actor, row)) for row in mail.rows]
        context = {
            "name": mail.member.name,
            "lines": lines,
            "number": formats.number(len(lines)),
            "preferences": absolute(operator, "workflow:preferences"),
        }
        send_rendered(operator, mail.member.email, "mail/notices", context)


def link_of(actor: Actor, row: Notification) -> str:
    """To the object through the notification, as the membership that it was for; it counts as read then."""
    return f"{absolute(actor.operator, 'workflow:open', str(row.pk))}?as={row.membership_id}"


def _tell_account_manager(mail: Mail, now: datetime) -> None:
    """The PAMs of the member's company learn that its mail address does not work; once per member and day."""
    member = mail.member
    if member.partner is None:
        return
    path = reverse("partners:people", args=[member.partner.code])
    key = f"{member.pk}:{now:%Y-%m-%d}"
    notify(UNREACHABLE, member.partner, to=pams_of(member.partner.pk), path=path, key=key, name=member.name)
