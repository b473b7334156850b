"""Checklists: their templates, and the steps of each partner that is taken on."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.enums import PartnerRole
from partners.documents.enums import DocumentKind
from partners.models.core import Partner
from partners.onboarding.enums import Approver, OnboardingState, Side, StepKind, StepState
from tenancy.base import Named, TenantForeignKey, TenantModel
from tenancy.models import Membership
from tenancy.walls.spec import ALL, WRITE, Walls

#: Both sides move the steps of their own partners; the services say who may what.
OWN_STEPS = Walls(partner="partner_id", pam="partner_id", partner_writes=WRITE, pam_writes=WRITE)


class Checklist(Named, TenantModel):
    """A template for partners of some roles; without any it is for everybody else."""

    walls = Walls(pam=ALL)
    roles = ArrayField(
        models.CharField(max_length=20, choices=PartnerRole.choices),
        verbose_name=_("partner roles"),
        default=list,
        blank=True,
    )
    active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["operator", "name"], name="checklist_name")]


class StepPlan(Named):
    """What a step asks for; a partner's step keeps a copy of its template's."""

    kind = models.CharField(_("kind"), max_length=12, choices=StepKind.choices)
    position = models.PositiveSmallIntegerField(default=0)
    guide = models.TextField(_("what to do"), blank=True)
    guides = models.JSONField(_("what to do, in other languages"), default=dict, blank=True)
    side = models.CharField(_("done by"), max_length=10, choices=Side.choices, default=Side.PARTNER)
    approver = models.CharField(
        _("approved by"), max_length=10, choices=Approver.choices, default=Approver.NOBODY
    )
    due_days = models.PositiveSmallIntegerField(_("working days"), default=5)
    mandatory = models.BooleanField(_("mandatory"), default=True)
    #: The document that the step waits for; empty for steps of another kind.
    document_kind = models.CharField(
        _("document"), max_length=12, choices=DocumentKind.choices, blank=True, default=""
    )
    #: How many (users) it takes.
    amount = models.PositiveSmallIntegerField(_("how many"), default=1)

    class Meta:
        abstract = True

    def guide_text(self, language: str) -> str:
        return str(self.guides.get(language.split("-")[0]) or self.guide)


class ChecklistStep(StepPlan, TenantModel):
    """A step of a template. It opens when ``after`` is settled, or at once."""

    walls = Walls(pam=ALL)
    checklist = TenantForeignKey(Checklist, related_name="steps", on_delete=models.CASCADE)
    after = TenantForeignKey("self", null=True, blank=True, related_name="followers", verbose_name=_("after"))

    class Meta(TenantModel.Meta):
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["operator", "checklist", "position"], name="checkliststep_place")]


class Onboarding(TenantModel):
    """One partner on its way in."""

    walls = OWN_STEPS
    partner = TenantForeignKey(Partner, related_name="onboardings")
    #: What the checklist was called when it began.
    template = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=OnboardingState.choices, default=OnboardingState.RUNNING)
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=200, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "partner"],
                name="onboarding_running_once",
                condition=models.Q(state="running"),
            )
        ]
        indexes = [
            models.Index(fields=["operator", "partner", "-id"], name="onboarding_partner"),
            models.Index(fields=["operator", "state"], name="onboarding_state"),
        ]


class OnboardingStep(StepPlan, TenantModel):
    """One step of one partner. Before ``opened_at`` it waits for ``after``."""

    walls = OWN_STEPS
    onboarding = TenantForeignKey(Onboarding, related_name="steps", on_delete=models.CASCADE)
    partner = TenantForeignKey(Partner, related_name="+")
    after = TenantForeignKey("self", null=True, blank=True, related_name="followers")
    state = models.CharField(_("state"), max_length=16, choices=StepState.choices, default=StepState.PENDING)
    opened_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    #: Since when the side that holds it now does.
    held_since = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    #: Answers to what the step asks.
    data = models.JSONField(default=dict, blank=True)
    text = models.TextField(blank=True)
    submitted_by = TenantForeignKey(Membership, null=True, blank=True, related_name="+")

    class Meta(TenantModel.Meta):
        ordering = ["position", "id"]
        indexes = [
            models.Index(fields=["operator", "onboarding", "position"], name="onboardingstep_place"),
            models.Index(fields=["operator", "partner", "kind"], name="onboardingstep_kind"),
            models.Index(
                fields=["operator", "due_at"],
                name="onboardingstep_due",
                condition=models.Q(state__in=["pending", "submitted", "action_required", "expired"]),
            ),
        ]

    @property
    def holder(self) -> str:
        """The side that has to do something now; empty where nobody has."""
        if self.opened_at is None or self.state in (StepState.DONE, StepState.SKIPPED):
            return ""
        return Side.OPERATOR if self.state == StepState.SUBMITTED else self.side
