"""What the operator wants new plans to begin with."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.enums import PartnerRole
from tenancy.base import Named, TenantModel
from tenancy.walls.spec import ALL, Walls


class PlanTemplate(Named, TenantModel):
    """For partners of some roles; without any it is for everybody else.

    ``objectives``: ``[{"title", "weight", "kpi", "headline"}]`` in order, measured by the KPI with that code or by the
    headline KPI; ``commitments``: ``[{"side", "title", "month"}]`` with the month of the year by whose end it is done.
    """

    walls = Walls(pam=ALL)
    roles = ArrayField(
        models.CharField(max_length=20, choices=PartnerRole.choices),
        verbose_name=_("partner roles"),
        default=list,
        blank=True,
    )
    objectives = models.JSONField(_("objectives"), default=list)
    commitments = models.JSONField(_("commitments"), default=list)
    active = models.BooleanField(_("active"), default=True)

    class Meta(TenantModel.Meta):
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["operator", "name"], name="plantemplate_name")]
