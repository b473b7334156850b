"""Specialisations: named bundles of certified people and perhaps sales, and which partner has which."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.enums import Layer
from catalog.models import Coded, Searchable
from partners.models import Partner
from programs.enums import SpecialisationState
from tenancy.base import Named, TenantForeignKey, TenantModel
from tenancy.walls.spec import PUBLIC, Walls


class Specialisation(Named, Searchable, Coded):
    """What a partner is special in. ``needs``: certification's code -> how many people hold it, each counted in few.

    With ``kpi`` (a code) the partner's measurement of that KPI in its last full or running period must reach ``least``.
    """

    walls = PUBLIC
    layer = models.CharField(_("technology layer"), max_length=20, choices=Layer.choices, blank=True)
    #: Language -> what it says to customers.
    texts = models.JSONField(_("description"), default=dict, blank=True)
    needs = models.JSONField(_("certified people"), default=dict, blank=True)
    kpi = models.CharField(_("KPI"), max_length=64, blank=True)
    least = models.DecimalField(_("at least"), max_digits=24, decimal_places=6, null=True, blank=True)

    class Meta(Coded.Meta):
        constraints = [
            *Coded.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(kpi="") | models.Q(least__isnull=False), name="specialisation_least"
            ),
        ]


class SpecialisationHeld(TenantModel):
    """A partner's specialisation. ``ending``: something is missing, and it ends after ``valid_until``."""

    walls = Walls(partner="partner_id", pam="partner_id")
    specialisation = TenantForeignKey(
        Specialisation, related_name="holders", verbose_name=_("specialisation")
    )
    partner = TenantForeignKey(Partner, related_name="specialisations", verbose_name=_("partner"))
    state = models.CharField(
        _("state"), max_length=8, choices=SpecialisationState.choices, default=SpecialisationState.HELD
    )
    since = models.DateField(_("since"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    #: ``[{"code", "needed", "measured"}]`` as of ``checked_on``; the KPI comes last under its own code.
    evidence = models.JSONField(default=list, blank=True)
    checked_on = models.DateField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "specialisation", "partner"], name="specialisationheld_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="ending") | models.Q(valid_until__isnull=False),
                name="specialisationheld_ends",
            ),
        ]
        indexes = [models.Index(fields=["operator", "partner"], name="specialisationheld_partner")]
