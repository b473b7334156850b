"""What people are certified in."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.enums import Layer
from catalog.models import Coded, Searchable
from partners.models import Partner
from programs.enums import CertificateSource, CertificateState
from tenancy.base import Named, TenantForeignKey, TenantModel
from tenancy.models import Membership
from tenancy.walls.spec import PUBLIC, Walls


class Certification(Named, Searchable, Coded):
    """Something that a person can be certified in, for ``valid_months`` (none: for good)."""

    walls = PUBLIC
    layer = models.CharField(_("technology layer"), max_length=20, choices=Layer.choices, blank=True)
    valid_months = models.PositiveSmallIntegerField(_("valid for months"), null=True, blank=True)

    class Meta(Coded.Meta):
        pass


class Certificate(TenantModel):
    """One person's certificate. It counts for the partner while the person is an active member there.

    Planned and in training it is on the way: a row from the day on which the person was enrolled.
    """

    walls = Walls(partner="partner_id", pam="partner_id")
    certification = TenantForeignKey(
        Certification, related_name="certificates", verbose_name=_("certification")
    )
    partner = TenantForeignKey(Partner, related_name="certificates", verbose_name=_("partner"))
    member = TenantForeignKey(Membership, related_name="certificates", verbose_name=_("person"))
    #: As it was when earned, for lists and for the time after the person left.
    person_name = models.CharField(_("person"), max_length=200)
    state = models.CharField(
        _("state"), max_length=12, choices=CertificateState.choices, default=CertificateState.PASSED
    )
    #: None while it is planned or in training.
    passed_on = models.DateField(_("passed on"), null=True, blank=True)
    #: The last day on which it is valid; none: for good.
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    #: The last day on which it counts: ``valid_until`` and the days of grace; none: for good.
    counts_until = models.DateField(_("counts until"), null=True, blank=True)
    #: The person left: the last day on which it still counts, so that somebody else can be certified.
    replace_until = models.DateField(_("replace until"), null=True, blank=True)
    reference = models.CharField(_("reference"), max_length=80, blank=True)
    source = models.CharField(
        _("source"),
        max_length=8,
        choices=CertificateSource.choices,
        default=CertificateSource.HAND,
        db_default=CertificateSource.HAND,
    )
    #: The older one that this one takes the place of.
    renews = TenantForeignKey("self", null=True, blank=True, related_name="renewals")
    #: The day of the last warning, so that each comes once.
    warned_on = models.DateField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["operator", "partner", "certification"], name="certificate_partner"),
            models.Index(fields=["operator", "member"], name="certificate_member"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(passed_on__isnull=False)
                | models.Q(state__in=["planned", "in_training", "revoked"]),
                name="certificate_passed_on",
            ),
            models.UniqueConstraint(
                fields=["operator", "member", "certification"],
                condition=models.Q(state__in=["planned", "in_training"]),
                name="certificate_one_in_training",
            ),
        ]
