"""What tiers may ask of training, plans and goals: how many of each every partner has, in one query each."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from programs.goals import selectors as goals
from programs.plans import selectors as plans
from programs.requirements.sources import register
from programs.training.held import certificates_held
from programs.training.specialising import specialisations_held
from tenancy.context import require_operator_id
from tenancy.models import Operator

CERTIFICATES_HELD = "certificates_held"


def signed_plans(partner_ids: Collection[int], on: date) -> dict[int, Decimal]:
    """Partner -> 1 where a signed plan covers the fiscal year of ``on``."""
    return plans.signed_plans(partner_ids, on, _operator())


def goals_met(partner_ids: Collection[int], on: date) -> dict[int, Decimal]:
    """Partner -> goals met in the fiscal year of ``on``."""
    return goals.goals_met(partner_ids, on, _operator())


def _operator() -> Operator:
    """Whose calendar and fiscal year count."""
    operator: Operator = Operator.objects.get(pk=require_operator_id())
    return operator


register(
    "specialisations_held", _("Specialisations held"), specialisations_held, "/training/specialisations/"
)
register(CERTIFICATES_HELD, _("Certificates held"), certificates_held, "/training/certificates/")
register("signed_plans", _("Signed plans of the fiscal year"), signed_plans, "/plans/")
register("goals_met", _("Goals met in the fiscal year"), goals_met, "/goals/")
