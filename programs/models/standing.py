"""How partners came to stand where they stand, and who was let off."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from partners.models import Partner
from programs.enums import ExceptionState, TierState
from programs.models.tiers import Enrolment, Programme, Tier
from tenancy.base import TenantForeignKey, TenantModel
from tenancy.models import Membership
from tenancy.walls.spec import WRITE, Walls


class TierChange(TenantModel):
    """One step of a partner's way through a programme, with the evidence of that day. Never changed, never removed.

    ``evidence``: ``[[requirement id, measured, needed, met, period], ...]`` with numbers as text.
    """

    walls = Walls(partner="partner_id", pam="partner_id", append_only=True)
    programme = TenantForeignKey(Programme, related_name="+")
    partner = TenantForeignKey(Partner, related_name="+")
    #: Empty at enrolment, when there was none before.
    source = TenantForeignKey(Tier, null=True, related_name="+")
    tier = TenantForeignKey(Tier, related_name="+")
    source_state = models.CharField(max_length=12, choices=TierState.choices, blank=True)
    state = models.CharField(max_length=12, choices=TierState.choices)
    day = models.DateField()
    at = models.DateTimeField(db_default=Now())
    actor = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    evidence = models.JSONField(default=list)

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        indexes = [models.Index(fields=["operator", "partner", "programme", "id"], name="tierchange_partner")]


class TierException(TenantModel):
    """A tier granted against the requirements: a PAM asks, another person approves, and it ends on a day."""

    walls = Walls(pam="partner_id", pam_writes=WRITE)
    enrolment = TenantForeignKey(Enrolment, related_name="exceptions")
    partner = TenantForeignKey(Partner, related_name="+")
    tier = TenantForeignKey(Tier, related_name="+", verbose_name=_("tier"))
    #: The tier held when it began; where the partner stands again afterwards, unless it has earned more.
    before = TenantForeignKey(Tier, null=True, related_name="+")
    state = models.CharField(
        _("state"), max_length=12, choices=ExceptionState.choices, default=ExceptionState.ASKED
    )
    until = models.DateField(_("until"))
    reason = models.TextField(_("reason"))
    asked_by = TenantForeignKey(Membership, null=True, related_name="+")
    #: Names stand here, too: an account manager sees no other people of the operator.
    asked_by_name = models.CharField(_("asked by"), max_length=200, blank=True)
    asked_at = models.DateTimeField(db_default=Now())
    decided_by = TenantForeignKey(Membership, null=True, related_name="+")
    decided_by_name = models.CharField(_("decided by"), max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    answer = models.TextField(_("answer"), blank=True)
    #: When its coming end was announced.
    warned_on = models.DateField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "enrolment"],
                condition=models.Q(state__in=["asked", "approved"]),
                name="tierexception_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(asked_by=None)
                | models.Q(decided_by=None)
                | ~models.Q(asked_by=models.F("decided_by")),
                name="tierexception_two_people",
            ),
        ]
        indexes = [models.Index(fields=["operator", "partner"], name="tierexception_partner")]
