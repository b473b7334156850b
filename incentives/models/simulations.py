"""What a scheme would have paid: a job over past periods and its amounts. Nothing here is owed to anybody."""

from django.db import models
from django.db.models.functions import Now

from incentives.models.schemes import Scheme, SchemeVersion
from incentives.states import SimulationState
from partners.models import Partner, Rep
from tenancy.base import TenantForeignKey, TenantModel
from tenancy.models import Membership
from tenancy.walls.spec import STAFF


class Simulation(TenantModel):
    """One run of some rules over past periods, in the background.

    ``rules``: formula, names, kind, payee, period, eligibility, cap, budget, rounding, as they were when it was asked
    for. ``baseline`` is the published version it is compared with. ``at`` and ``after`` say where it goes on: the index in
    ``periods`` and the partner id that was last. ``done`` of ``total`` counts partners of periods. ``summary`` is what
    ``incentives.simulation.summary`` makes at the end.
    """

    walls = STAFF
    scheme = TenantForeignKey(Scheme, null=True, related_name="simulations")
    version = TenantForeignKey(SchemeVersion, null=True, related_name="+")
    baseline = TenantForeignKey(SchemeVersion, null=True, related_name="+")
    label = models.CharField(max_length=200)
    rules = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)
    periods = models.JSONField(default=list)
    state = models.CharField(
        max_length=10, choices=SimulationState.choices, default=SimulationState.WAITING, editable=False
    )
    at = models.PositiveSmallIntegerField(default=0)
    after = models.BigIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    summary = models.JSONField(default=dict)
    error = models.CharField(max_length=400, blank=True)
    membership = TenantForeignKey(Membership, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        indexes = [models.Index(fields=["operator", "scheme", "-id"], name="simulation_newest")]


class SimulatedAmount(TenantModel):
    """What one beneficiary would get for one period, and (``before``) what the baseline would pay for the same."""

    walls = STAFF
    simulation = TenantForeignKey(Simulation, related_name="amounts")
    period = models.CharField(max_length=16)
    partner = TenantForeignKey(Partner, related_name="+")
    rep = TenantForeignKey(Rep, null=True, related_name="+")
    amount = models.DecimalField(max_digits=38, decimal_places=12, default=0)
    exact = models.DecimalField(max_digits=38, decimal_places=12, default=0)
    before = models.DecimalField(max_digits=38, decimal_places=12, default=0)
    #: What the cap per beneficiary took away.
    cut = models.DecimalField(max_digits=38, decimal_places=12, default=0)
    failed = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "simulation", "period", "partner", "rep"],
                nulls_distinct=False,
                name="simulated_once",
            )
        ]
