"""What an account manager keeps about the partners of the book: tasks, notes, meetings, and who had the book before."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from partners.book.enums import MeetingState, Side, TaskState
from partners.models.core import Partner
from tenancy.base import TenantForeignKey, TenantModel
from tenancy.models import Membership
from tenancy.walls.spec import INSERT, WRITE, Walls


class Task(TenantModel):
    """Something that one side has to do. What is ``internal`` is among the operator's people.

    ``path`` leads to where it came from (a review, a meeting, a plan); ``origin`` names that once and for all, so that the
    same source never makes a task twice.
    """

    walls = Walls(
        partner="partner_id",
        pam="partner_id",
        partner_if="not internal",
        partner_writes=frozenset({"update"}),
        pam_writes=WRITE,
    )
    partner = TenantForeignKey(Partner, related_name="tasks", verbose_name=_("partner"))
    title = models.CharField(_("task"), max_length=200)
    text = models.TextField(_("details"), blank=True)
    side = models.CharField(_("who does it"), max_length=8, choices=Side.choices, default=Side.OPERATOR)
    owner = TenantForeignKey(Membership, null=True, related_name="+")
    due_on = models.DateField(_("due on"))
    state = models.CharField(_("state"), max_length=10, choices=TaskState.choices, default=TaskState.OPEN)
    internal = models.BooleanField(_("not seen by the partner"), default=False)
    path = models.CharField(max_length=200, blank=True)
    origin = models.CharField(max_length=60, blank=True)
    made_by_name = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)
    done_by_name = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "origin"], condition=~models.Q(origin=""), name="task_origin_once"
            )
        ]
        indexes = [models.Index(fields=["operator", "partner", "state", "due_on"], name="task_partner")]


class Note(TenantModel):
    """What the operator's people write down about a partner. No partner ever sees one."""

    walls = Walls(pam="partner_id", pam_writes=WRITE)
    partner = TenantForeignKey(Partner, related_name="notes", verbose_name=_("partner"))
    text = models.TextField(_("note"))
    pinned = models.BooleanField(_("keep on top"), default=False)
    member = TenantForeignKey(Membership, null=True, related_name="+")
    author = models.CharField(max_length=200)
    at = models.DateTimeField(db_default=Now())

    class Meta(TenantModel.Meta):
        ordering = ["-pinned", "-id"]
        indexes = [models.Index(fields=["operator", "partner", "-id"], name="note_partner")]


class Meeting(TenantModel):
    """A meeting of both sides. ``sequence`` grows with every change, as calendars of guests expect it."""

    walls = Walls(partner="partner_id", pam="partner_id", pam_writes=WRITE)
    partner = TenantForeignKey(Partner, related_name="meetings", verbose_name=_("partner"))
    title = models.CharField(_("subject"), max_length=200)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    place = models.CharField(_("place"), max_length=200, blank=True)
    agenda = models.TextField(_("agenda"), blank=True)
    #: E-mail addresses of those who should come.
    guests = models.JSONField(_("guests"), default=list, blank=True)
    organiser = TenantForeignKey(Membership, null=True, related_name="+")
    state = models.CharField(
        _("state"), max_length=10, choices=MeetingState.choices, default=MeetingState.PLANNED
    )
    minutes = models.TextField(_("minutes"), blank=True)
    held_by_name = models.CharField(max_length=200, blank=True)
    uid = models.CharField(max_length=80)
    sequence = models.PositiveSmallIntegerField(default=0)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta(TenantModel.Meta):
        ordering = ["starts_at", "id"]
        indexes = [models.Index(fields=["operator", "partner", "starts_at"], name="meeting_partner")]


class HandOver(TenantModel):
    """Who gave a partner to whom, and what the new account manager should know."""

    walls = Walls(pam="partner_id", pam_writes=INSERT, append_only=True)
    partner = TenantForeignKey(Partner, related_name="hand_overs")
    former = TenantForeignKey(Membership, null=True, related_name="+")
    member = TenantForeignKey(Membership, related_name="+")
    text = models.TextField(_("what to know"), blank=True)
    by_name = models.CharField(max_length=200)
    moved = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(db_default=Now())

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        indexes = [models.Index(fields=["operator", "partner", "-id"], name="handover_partner")]
