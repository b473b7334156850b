"""Programmes, their ordered tiers, and which partner stands where."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.enums import Layer, PartnerRole
from catalog.models import Coded
from partners.models import Partner
from programs.enums import Promotion, ReviewPeriod, TierState
from tenancy.base import Named, TenantForeignKey, TenantModel
from tenancy.walls.spec import PUBLIC, Walls


class Programme(Named, Coded):
    """A partner programme. ``main``: its tier is the partner's tier in formulas, rates and lists (``Partner.tier``)."""

    walls = PUBLIC
    description = models.TextField(_("description"), blank=True)
    #: Whom it is for; an empty list asks nothing.
    roles = ArrayField(
        models.CharField(max_length=20, choices=PartnerRole.choices),
        verbose_name=_("partner roles"),
        default=list,
        blank=True,
    )
    layers = ArrayField(
        models.CharField(max_length=20, choices=Layer.choices),
        verbose_name=_("technology layers"),
        default=list,
        blank=True,
    )
    main = models.BooleanField(_("main programme"), default=False)
    promotion = models.CharField(
        _("promotion"), max_length=12, choices=Promotion.choices, default=Promotion.AT_ONCE
    )
    review_period = models.CharField(
        _("tiers are reviewed each"), max_length=8, choices=ReviewPeriod.choices, default=ReviewPeriod.YEAR
    )

    class Meta(Coded.Meta):
        constraints = [
            *Coded.Meta.constraints,
            models.UniqueConstraint(
                fields=["operator"], condition=models.Q(main=True), name="programme_one_main"
            ),
        ]


class Tier(Named, TenantModel):
    """A level of a programme; the lowest has rank 1 and is where a partner begins."""

    walls = PUBLIC
    programme = TenantForeignKey(Programme, related_name="tiers", verbose_name=_("programme"))
    #: As formulas and eligibility name it; unique in its programme.
    code = models.CharField(_("code"), max_length=40)
    rank = models.PositiveSmallIntegerField(_("rank"))

    class Meta(TenantModel.Meta):
        ordering = ["programme", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "programme", "code"], name="tier_code"),
            models.UniqueConstraint(fields=["operator", "programme", "rank"], name="tier_rank"),
        ]


class Enrolment(TenantModel):
    """A partner in a programme, with the tier that it holds and how it stands there.

    ``due_on``: the day of the next step of its state: promotion, review, end of grace or of the exception. ``target``: the
    higher tier it has qualified for. ``former`` and ``former_until``: after a demotion, the tier whose benefits still run.
    """

    walls = Walls(partner="partner_id", pam="partner_id")
    programme = TenantForeignKey(Programme, related_name="enrolments", verbose_name=_("programme"))
    partner = TenantForeignKey(Partner, related_name="enrolments", verbose_name=_("partner"))
    tier = TenantForeignKey(Tier, related_name="+", verbose_name=_("tier"))
    state = models.CharField(_("state"), max_length=12, choices=TierState.choices, default=TierState.HELD)
    since = models.DateField(_("since"))
    due_on = models.DateField(_("due on"), null=True, blank=True)
    target = TenantForeignKey(Tier, null=True, blank=True, related_name="+", verbose_name=_("qualified for"))
    former = TenantForeignKey(Tier, null=True, blank=True, related_name="+", verbose_name=_("former tier"))
    evaluated_on = models.DateField(_("evaluated on"), null=True, blank=True)
    former_until = models.DateField(_("benefits run until"), null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["operator", "programme", "partner"], name="enrolment_once")
        ]
        indexes = [
            models.Index(fields=["operator", "partner"], name="enrolment_partner"),
            models.Index(fields=["operator", "programme", "state"], name="enrolment_state"),
        ]
