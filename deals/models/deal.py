"""A registered deal with its lines, what only the operator keeps about it, its extensions and its place in the queue.

Partners read their own rows and write none: each step is a service that looks the deal up in the partner's scope and
changes it as the operator's office (``deals.office``).
"""

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.enums import EngagementModel
from catalog.models import Customer, Product, Segment, Territory
from deals.enums import DealSource, DealState, ExtensionState, LineState, Outcome, WaitingState
from partners.models import Partner, Rep
from tenancy.base import TenantForeignKey, TenantModel
from tenancy.models import Membership
from tenancy.walls.spec import STAFF, Walls

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

OF_PARTNER = Walls(partner="partner_id", pam="partner_id")
#: What a partner never sees, of its own deals neither.
OF_BOOK = Walls(pam="partner_id")


def amount_field(label: "_StrPromise", **options: Any) -> "models.DecimalField[Any, Any]":
    """An amount in the operator's currency."""
    return models.DecimalField(label, max_digits=24, decimal_places=6, **options)


class DealCounter(TenantModel):
    """The last number that a deal (or what else counts under a name) of the operator got."""

    walls = STAFF
    name = models.CharField(max_length=20)
    value = models.BigIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["operator", "name"], name="deal_counter")]


class Deal(TenantModel):
    """One registration. ``version`` counts its changes; ``submitted_at`` of the first complete submission is its rank."""

    walls = OF_PARTNER
    ref = models.CharField(_("number"), max_length=20)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(_("state"), max_length=20, choices=DealState.choices, default=DealState.DRAFT)
    #: What the source calls it, so that a file or call sent twice makes one deal.
    external_id = models.CharField(max_length=64, blank=True)
    #: The form that it was begun in, so that two of its requests at once make one draft.
    draft_key = models.CharField(max_length=40, blank=True, default="", db_default="", editable=False)
    source = models.CharField(max_length=8, choices=DealSource.choices, default=DealSource.PORTAL)
    partner = TenantForeignKey(Partner, related_name="deals", verbose_name=_("partner"))
    rep = TenantForeignKey(Rep, null=True, blank=True, related_name="+", verbose_name=_("rep"))
    #: Who registered it.
    author = TenantForeignKey(Membership, null=True, blank=True, related_name="+")
    author_name = models.CharField(max_length=200, blank=True)
    programme = models.CharField(_("programme"), max_length=64, blank=True)
    engagement_model = models.CharField(
        _("engagement model"),
        max_length=12,
        choices=EngagementModel.choices,
        default=EngagementModel.SELL_TO,
    )

    customer_name = models.CharField(_("customer"), max_length=200, blank=True)
    legal_id = models.CharField(_("legal id"), max_length=40, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    customer_number = models.CharField(_("customer number"), max_length=64, blank=True)
    domain = models.CharField(_("web domain"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    territory = TenantForeignKey(
        Territory, null=True, blank=True, related_name="+", verbose_name=_("territory")
    )
    segment = TenantForeignKey(Segment, null=True, blank=True, related_name="+", verbose_name=_("segment"))
    contact_name = models.CharField(_("contact"), max_length=120, blank=True)
    contact_email = models.EmailField(_("contact's e-mail"), blank=True)
    contact_phone = models.CharField(_("contact's phone"), max_length=40, blank=True)

    expected_close = models.DateField(_("expected close"), null=True, blank=True)
    value = amount_field(_("value"), default=0)
    currency = models.CharField(max_length=3)
    description = models.TextField(_("description"), blank=True)
    #: ``[{"day": "2026-05-01", "text": "..."}]``, oldest first.
    presales = models.JSONField(_("pre-sales work"), default=list, blank=True)
    competitor = models.CharField(_("competitor"), max_length=120, blank=True)
    mdf_used = models.BooleanField(_("marketing funds used"), default=False)
    help_wanted = models.TextField(_("help wanted"), blank=True)

    #: Number and customer in the one spelling of ``common.text.search_key``; ``deals.fields`` keeps it.
    search_key = models.CharField(max_length=700, blank=True, default="", db_default="", editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    #: The last step of the partner; no step for long is inactivity.
    active_at = models.DateTimeField(auto_now_add=True)
    inactive_since = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    decision_due_at = models.DateTimeField(_("decision due"), null=True, blank=True)
    #: When the decision clock was stopped, and the fields that may change meanwhile.
    paused_at = models.DateTimeField(null=True, blank=True)
    asked_fields = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    answer_due_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    #: The last protected day.
    protected_until = models.DateField(_("protected until"), null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    won_on = models.DateField(_("won on"), null=True, blank=True)
    won_amount = amount_field(_("won amount"), null=True, blank=True)
    lost_to = models.CharField(_("lost to"), max_length=120, blank=True)
    reason = models.CharField(max_length=60, blank=True)
    #: The rejected registration that this one tries again, and how often that was done.
    follows = TenantForeignKey("self", null=True, blank=True, related_name="+")
    resubmissions = models.PositiveSmallIntegerField(default=0)
    #: The direct seller who sells along.
    co_seller = TenantForeignKey(Membership, null=True, blank=True, related_name="+")

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "ref"], name="deal_ref"),
            models.UniqueConstraint(
                fields=["operator", "partner", "external_id"],
                condition=~models.Q(external_id=""),
                name="deal_external_id",
            ),
            models.UniqueConstraint(
                fields=["operator", "partner", "draft_key"],
                condition=~models.Q(draft_key=""),
                name="deal_draft_key",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="approved") | models.Q(protected_until__isnull=False),
                name="deal_protected_until",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="won") | models.Q(won_on__isnull=False, won_amount__isnull=False),
                name="deal_won_facts",
            ),
        ]
        indexes = [
            models.Index(fields=["operator", "partner", "-id"], name="deal_partner"),
            models.Index(fields=["operator", "state", "-id"], name="deal_state"),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def code(self) -> str:
        """What the audit trail calls it."""
        return self.ref


class DealLine(TenantModel):
    """A product in a deal. ``amount`` is what it is worth over its term: one-off plus monthly times months."""

    walls = OF_PARTNER
    deal = TenantForeignKey(Deal, related_name="lines", on_delete=models.CASCADE)
    partner = TenantForeignKey(Partner, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=LineState.choices, default=LineState.ACTIVE)
    product = TenantForeignKey(Product, related_name="+", verbose_name=_("product"))
    quantity = models.DecimalField(_("quantity"), max_digits=20, decimal_places=6, default=1)
    one_off = amount_field(_("one-off"), default=0)
    monthly = amount_field(_("monthly"), default=0)
    term_months = models.PositiveSmallIntegerField(_("months"), default=0)
    amount = amount_field(_("value"), default=0)

    class Meta(TenantModel.Meta):
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["operator", "deal"], name="dealline_deal")]


class DealReview(TenantModel):
    """What only the operator's people see of a deal: whose customer it is, who reviews it, the first of two approvals."""

    walls = OF_BOOK
    deal = TenantForeignKey(Deal, related_name="reviews", on_delete=models.CASCADE)
    partner = TenantForeignKey(Partner, related_name="+")
    customer = TenantForeignKey(Customer, null=True, blank=True, related_name="+")
    reviewer = TenantForeignKey(Membership, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=6, choices=Outcome.choices, default=Outcome.CLEAR)
    first_approver = TenantForeignKey(Membership, null=True, blank=True, related_name="+")
    first_approved_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["operator", "deal"], name="dealreview_deal")]


class Extension(TenantModel):
    """A request to protect a deal for longer."""

    walls = OF_PARTNER
    deal = TenantForeignKey(Deal, related_name="extensions", on_delete=models.CASCADE)
    partner = TenantForeignKey(Partner, related_name="+")
    state = models.CharField(
        _("state"), max_length=10, choices=ExtensionState.choices, default=ExtensionState.REQUESTED
    )
    days = models.PositiveSmallIntegerField(_("days"))
    evidence = models.TextField(_("evidence"))
    requested_by = models.CharField(max_length=200)
    requested_at = models.DateTimeField(auto_now_add=True)
    old_until = models.DateField()
    #: The last day that the open request keeps alive.
    kept_until = models.DateField()
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "deal"], condition=models.Q(state="requested"), name="extension_pending"
            )
        ]
        indexes = [models.Index(fields=["operator", "deal"], name="extension_deal")]


class WaitingEntry(TenantModel):
    """A duplicate's place in the queue behind whoever holds its customer; ordered by the deal's rank.

    ``families``: what it waits for. It names nobody else's deal.
    """

    walls = OF_PARTNER
    deal = TenantForeignKey(Deal, related_name="waiting", on_delete=models.CASCADE)
    partner = TenantForeignKey(Partner, related_name="+")
    state = models.CharField(
        _("state"), max_length=8, choices=WaitingState.choices, default=WaitingState.QUEUED
    )
    families = ArrayField(models.BigIntegerField(), default=list)
    rank_at = models.DateTimeField()
    offered_at = models.DateTimeField(null=True, blank=True)
    offer_until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["rank_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "deal"],
                condition=models.Q(state__in=["queued", "offered"]),
                name="waiting_once",
            )
        ]
        indexes = [models.Index(fields=["operator", "deal"], name="waiting_deal")]
