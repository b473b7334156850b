"""Quarterly business reviews with the figures they were prepared with, and what was agreed there."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.book.enums import Side
from partners.models import Meeting, Partner, Task
from programs.reviews.enums import ReviewState
from tenancy.base import TenantForeignKey, TenantModel
from tenancy.walls.spec import EDIT, WRITE, Walls


class Review(TenantModel):
    """The review of one quarter with one partner. ``pack`` is frozen when it is prepared; its PDF is drawn from it."""

    walls = Walls(partner="partner_id", pam="partner_id", pam_writes=WRITE)
    partner = TenantForeignKey(Partner, related_name="reviews", verbose_name=_("partner"))
    period = models.CharField(_("quarter"), max_length=16)
    state = models.CharField(
        _("state"), max_length=16, choices=ReviewState.choices, default=ReviewState.PLANNED
    )
    planned_on = models.DateField(_("planned for"))
    overdue_at = models.DateTimeField(null=True)
    meeting = TenantForeignKey(Meeting, null=True, blank=True, related_name="+")
    pack = models.JSONField(default=dict)
    prepared_by_name = models.CharField(max_length=200, blank=True)
    prepared_at = models.DateTimeField(null=True)
    minutes = models.TextField(_("minutes"), blank=True)
    held_on = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["operator", "partner", "period"], name="review_once")]


class ReviewAction(TenantModel):
    """What a side does after a review; agreeing on the actions makes each a task."""

    walls = Walls(partner="partner_id", pam="partner_id", pam_writes=EDIT)
    review = TenantForeignKey(Review, related_name="actions")
    partner = TenantForeignKey(Partner, related_name="+")
    side = models.CharField(_("who does it"), max_length=8, choices=Side.choices)
    title = models.CharField(_("action"), max_length=200)
    due_on = models.DateField(_("due on"))
    task = TenantForeignKey(Task, null=True, related_name="+")

    class Meta(TenantModel.Meta):
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["operator", "review"], name="reviewaction_review")]
