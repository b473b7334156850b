"""What people are certified in."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.enums import Layer
from catalog.models import Coded
from partners.models import Partner
from programs.enums import CertificateState
from tenancy.base import Named, TenantForeignKey, TenantModel
from tenancy.models import Membership
from tenancy.walls.spec import PUBLIC, Walls


class Certification(Named, Coded):
    """Something that a person can be certified in, for ``valid_months`` (none: for good)."""

    walls = PUBLIC
    layer = models.CharField(_("technology layer"), max_length=20, choices=Layer.choices, blank=True)
    valid_months = models.PositiveSmallIntegerField(_("valid for months"), null=True, blank=True)

    class Meta(Coded.Meta):
        pass


class Certificate(TenantModel):
    """One person's certificate. It counts for the partner while the person is an active member there."""

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
    passed_on = models.DateField(_("passed on"))
    #: The last day on which it is valid; none: for good.
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    reference = models.CharField(_("reference"), max_length=80, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["operator", "partner", "certification"], name="certificate_partner"),
            models.Index(fields=["operator", "member"], name="certificate_member"),
        ]
