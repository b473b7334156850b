"""Companies that want to become partners: what they wrote, what was found about them, how they were judged."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.enums import Layer, PartnerRole
from catalog.models import Territory
from partners.enums import (
    ApplicationState,
    Axis,
    BlockKind,
    FlagKind,
    FlagLevel,
    Offering,
)
from partners.models.core import Partner
from tenancy.base import Named, TenantForeignKey, TenantModel
from tenancy.enums import Language
from tenancy.models import Membership
from tenancy.walls.spec import ALL, OPEN, READ, STAFF, WRITE, Walls


class Application(TenantModel):
    """What an applicant wrote, and its state. Only the holder of its link reaches it without a login.

    Whatever stands here the applicant may read; what is thought about it stands in ``ApplicationReview``.
    """

    walls = Walls(pam=ALL, applicant="link_hash", applicant_may=READ | WRITE)
    number = models.CharField(_("number"), max_length=20)
    state = models.CharField(
        _("state"), max_length=24, choices=ApplicationState.choices, default=ApplicationState.DRAFT
    )
    version = models.PositiveIntegerField(default=1)
    #: The link is made of the nonce and the server's key (``links``); only its hash is kept.
    link_nonce = models.CharField(max_length=40)
    link_hash = models.CharField(max_length=64)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.EN)
    company_name = models.CharField(_("company"), max_length=200)
    legal_id = models.CharField(_("legal id"), max_length=40, blank=True)
    country = models.CharField(_("country"), max_length=2)
    city = models.CharField(_("city"), max_length=80, blank=True)
    territory = TenantForeignKey(
        Territory, null=True, blank=True, related_name="+", verbose_name=_("territory")
    )
    website = models.URLField(_("website"), blank=True)
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    contact_name = models.CharField(_("contact person"), max_length=120)
    contact_email = models.EmailField(_("e-mail"))
    contact_position = models.CharField(_("position"), max_length=120, blank=True)
    roles = ArrayField(models.CharField(max_length=20, choices=PartnerRole.choices), default=list, blank=True)
    layers = ArrayField(models.CharField(max_length=20, choices=Layer.choices), default=list, blank=True)
    founded = models.PositiveSmallIntegerField(_("founded in"), null=True, blank=True)
    technicians = models.PositiveIntegerField(_("technicians"), null=True, blank=True)
    sellers = models.PositiveIntegerField(_("sellers"), null=True, blank=True)
    customers = models.PositiveIntegerField(_("business customers"), null=True, blank=True)
    certificates = models.TextField(_("certificates"), blank=True)
    about = models.TextField(_("about the company"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    #: What the operator asks for: names of fields, its words, and the last moment for an answer.
    asked_fields = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    question = models.TextField(blank=True)
    answer_due_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    reapply_after = models.DateField(null=True, blank=True)
    #: The company that it became.
    partner = TenantForeignKey(Partner, null=True, blank=True, related_name="applications")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["operator", "number"], name="application_number"),
            models.UniqueConstraint(fields=["operator", "link_hash"], name="application_link"),
            models.CheckConstraint(
                condition=models.Q(state="approved", partner__isnull=False)
                | (~models.Q(state="approved") & models.Q(partner__isnull=True)),
                name="application_partner",
            ),
        ]
        indexes = [
            models.Index(fields=["operator", "state", "submitted_at"], name="application_state"),
            models.Index(fields=["operator", "contact_email"], name="application_email"),
        ]

    def __str__(self) -> str:
        return self.company_name


class ApplicationReview(TenantModel):
    """The operator's side of an application: clock, reviewer, scores. No applicant ever reads it."""

    walls = Walls(pam=ALL)
    application = TenantForeignKey(Application, related_name="reviews")
    reviewer = TenantForeignKey(Membership, null=True, blank=True, related_name="+")
    screened_at = models.DateTimeField(null=True, blank=True)
    #: The last moment for a first answer; ``paused_at`` while the applicant is asked; ``answered_at`` stops the clock.
    due_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    technical = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    commercial = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    first_approver = TenantForeignKey(Membership, null=True, blank=True, related_name="+")
    first_approved_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["operator", "application"], name="application_review")]


class ApplicationFlag(TenantModel):
    """A reason to look closer. ``evidence`` holds what of the application matched, never the other side's data."""

    walls = Walls(pam=ALL)
    application = TenantForeignKey(Application, related_name="flags")
    kind = models.CharField(max_length=24, choices=FlagKind.choices)
    level = models.CharField(max_length=8, choices=FlagLevel.choices)
    evidence = models.CharField(max_length=240, blank=True)
    partner = TenantForeignKey(Partner, null=True, blank=True, related_name="+")
    other = TenantForeignKey(Application, null=True, blank=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["operator", "application"], name="application_flag")]


class Criterion(Named, TenantModel):
    """By what applicants and prospects are judged: 0 to 100, weighted, technical and commercial apart."""

    walls = Walls(pam=ALL)
    code = models.CharField(_("code"), max_length=40)
    axis = models.CharField(_("axis"), max_length=12, choices=Axis.choices)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1)
    guide = models.TextField(_("how to judge"), blank=True)
    active = models.BooleanField(_("active"), default=True)

    class Meta(TenantModel.Meta):
        ordering = ["-axis", "-weight", "code"]
        constraints = [models.UniqueConstraint(fields=["operator", "code"], name="criterion_code")]


class Score(TenantModel):
    """One criterion of one company, with what it was judged by."""

    criterion = TenantForeignKey(Criterion, related_name="+")
    value = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=240, blank=True)
    author = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        abstract = True


class ApplicationScore(Score):
    walls = Walls(pam=ALL)
    application = TenantForeignKey(Application, related_name="scores")

    class Meta(Score.Meta):
        constraints = [
            models.UniqueConstraint(fields=["operator", "application", "criterion"], name="application_score")
        ]


class BlockEntry(TenantModel):
    """Somebody the operator does not want as a partner: sanctions, fraud. Read by the screening and its managers."""

    walls = STAFF
    kind = models.CharField(_("kind"), max_length=12, choices=BlockKind.choices)
    #: The one spelling that is compared (``catalog.matching``).
    value = models.CharField(max_length=240)
    written = models.CharField(_("value"), max_length=240)
    country = models.CharField(_("country"), max_length=2, blank=True)
    reason = models.CharField(_("reason"), max_length=400)
    author = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["operator", "kind", "value"], name="block_once")]


class ValueProposition(TenantModel):
    """What the operator offers one kind of partner (``role`` empty: every kind), per language."""

    walls = OPEN
    role = models.CharField(_("partner role"), max_length=20, choices=PartnerRole.choices, blank=True)
    kind = models.CharField(_("offer"), max_length=16, choices=Offering.choices)
    texts = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["operator", "role", "kind"], name="value_proposition")]
