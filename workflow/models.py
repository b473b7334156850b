"""What every workflow leaves behind: transitions, timers, messages, files, notifications; and the operator's settings.

Rows name the object that they belong to by ``object_type`` (``"deals.deal"``) and ``object_id``, and carry the partner
whose object it is, so that the walls know who may see them.
"""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tenancy.base import TenantForeignKey, TenantModel
from tenancy.models import Membership
from tenancy.walls.spec import INSERT, PUBLIC, READ, STAFF, Walls
from workflow.enums import MailState, Urgency

#: What belongs to no partner yet and is shared by all account managers.
NOBODYS = (
    "object_type in ('partners.application', 'partners.prospect')"
    " or (object_type = 'marketing.lead' and partner_id is null)"
)


class AboutObject(TenantModel):
    """A row about some object of a domain app."""

    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()

    class Meta(TenantModel.Meta):
        abstract = True


class StoredFile(models.Model):
    """What every table of files knows of a file. Its content lies under a random name; what it is called is only a name."""

    name = models.CharField(_("file"), max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    stored_path = models.CharField(max_length=200)

    class Meta:
        abstract = True


class Setting(TenantModel):
    """A default of the product that the operator changed; ``workflow.settings`` knows them all."""

    walls = PUBLIC
    key = models.CharField(max_length=80)
    value = models.JSONField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["operator", "key"], name="setting_key")]


class Holiday(TenantModel):
    """A day on which the operator does not work, beside the week-end."""

    walls = PUBLIC
    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=120, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["operator", "day"], name="holiday_day")]


class Transition(AboutObject):
    """One change of state, with who did it, when and why. What is ``internal`` never reaches a partner."""

    walls = Walls(
        partner="partner_id",
        pam="partner_id",
        pam_also=NOBODYS,
        partner_if="not internal",
        partner_writes=INSERT,
        pam_writes=INSERT,
        applicant="object_id",
        applicant_may=INSERT,
        append_only=True,
    )
    partner = TenantForeignKey("partners.Partner", null=True, related_name="+")
    source = models.CharField(max_length=30)
    target = models.CharField(max_length=30)
    membership = TenantForeignKey(Membership, null=True, related_name="+")
    actor = models.CharField(max_length=200)
    at = models.DateTimeField(db_default=Now())
    reason = models.CharField(max_length=60, blank=True)
    text = models.TextField(blank=True)
    internal = models.BooleanField(default=False)

    class Meta(AboutObject.Meta):
        ordering = ["id"]
        indexes = [
            models.Index(fields=["operator", "object_type", "object_id", "id"], name="transition_object")
        ]


class Timer(AboutObject):
    """Something to look at when ``due_at`` has come. Firing twice or late has the effect of once: handlers check states."""

    walls = Walls(insert_only=True)
    kind = models.CharField(max_length=60)
    due_at = models.DateTimeField()
    payload = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    dead = models.BooleanField(default=False)

    class Meta(AboutObject.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "kind", "object_type", "object_id", "due_at"], name="timer_once"
            )
        ]
        indexes = [
            models.Index(fields=["operator", "due_at"], name="timer_due", condition=models.Q(dead=False))
        ]


class Message(AboutObject):
    """What somebody wrote about an object: a comment for both sides, or a note (``internal``) of the operator's people."""

    walls = Walls(
        partner="partner_id",
        pam="partner_id",
        pam_also=NOBODYS,
        partner_if="not internal",
        partner_writes=INSERT,
        pam_writes=INSERT,
        append_only=True,
    )
    partner = TenantForeignKey("partners.Partner", null=True, related_name="+")
    membership = TenantForeignKey(Membership, null=True, related_name="+")
    author = models.CharField(max_length=200)
    by_partner = models.BooleanField(default=False)
    text = models.TextField(_("message"))
    internal = models.BooleanField(default=False)
    at = models.DateTimeField(db_default=Now())

    class Meta(AboutObject.Meta):
        ordering = ["id"]
        indexes = [models.Index(fields=["operator", "object_type", "object_id", "id"], name="message_object")]


class Attachment(StoredFile, AboutObject):
    """A file about an object."""

    walls = Walls(
        partner="partner_id",
        pam="partner_id",
        pam_also=NOBODYS,
        partner_if="not internal",
        partner_writes=INSERT,
        pam_writes=INSERT,
        applicant="object_id",
        applicant_may=READ | INSERT,
        applicant_if="not internal",
    )
    partner = TenantForeignKey("partners.Partner", null=True, related_name="+")
    membership = TenantForeignKey(Membership, null=True, related_name="+")
    author = models.CharField(max_length=200)
    #: What the file is for, in the words of its domain ("licence", "invoice", ...).
    purpose = models.CharField(max_length=40, blank=True)
    internal = models.BooleanField(default=False)
    at = models.DateTimeField(db_default=Now())

    class Meta(AboutObject.Meta):
        ordering = ["id"]
        indexes = [
            models.Index(fields=["operator", "object_type", "object_id", "id"], name="attachment_object")
        ]


class Notification(AboutObject):
    """One thing that one member should know. The text is made for the reader from ``kind`` and ``params``."""

    walls = Walls(member_rows="membership_id")
    membership = TenantForeignKey(Membership, related_name="+")
    kind = models.CharField(max_length=60)
    urgency = models.CharField(max_length=10, choices=Urgency.choices, default=Urgency.INFO)
    params = models.JSONField(default=dict)
    path = models.CharField(max_length=300, blank=True)
    #: Tells repeats apart: (kind, object, member, this) exists once.
    key = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    mail_state = models.CharField(max_length=8, choices=MailState.choices, default=MailState.QUEUED)
    mail_due_at = models.DateTimeField(db_default=Now())
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    #: Put off into the next collected mail.
    digest = models.BooleanField(default=False)
    #: The moment of the mail that carried it; notifications of one collected mail share it.
    mailed_at = models.DateTimeField(null=True)

    class Meta(AboutObject.Meta):
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "kind", "object_type", "object_id", "membership", "key"],
                name="notification_once",
            )
        ]
        indexes = [
            models.Index(fields=["operator", "membership", "-id"], name="notification_member"),
            models.Index(
                fields=["operator", "membership"],
                name="notification_unread",
                condition=models.Q(read_at=None, done_at=None),
            ),
            models.Index(
                fields=["operator", "mail_due_at"],
                name="notification_mail",
                condition=models.Q(mail_state="queued"),
            ),
            models.Index(
                fields=["operator", "membership", "mailed_at"],
                name="notification_mailed",
                condition=models.Q(mailed_at__isnull=False),
            ),
        ]


class Undelivered(TenantModel):
    """A mail that was given up, for the operator's staff: who did not get what kind of notice, and why. No contents."""

    walls = STAFF
    notification = TenantForeignKey(Notification, related_name="+")
    membership = TenantForeignKey(Membership, related_name="+")
    kind = models.CharField(max_length=60)
    urgency = models.CharField(max_length=10, choices=Urgency.choices)
    error = models.CharField(max_length=500)
    attempts = models.PositiveSmallIntegerField()
    at = models.DateTimeField(db_default=Now())
    #: Somebody asked to try again; the row goes when the worker has taken it up.
    again_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["operator", "notification"], name="undelivered_once")]


class Preference(TenantModel):
    """Whether a member wants mails of one urgency; no row means yes."""

    walls = Walls(member_rows="membership_id")
    membership = TenantForeignKey(Membership, related_name="+")
    urgency = models.CharField(max_length=10, choices=Urgency.choices)
    mail = models.BooleanField(default=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["operator", "membership", "urgency"], name="preference_once")
        ]
