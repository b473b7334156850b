"""Goals of the running periods against what was reached and what is coming, and where the gap of one is."""

from datetime import date

from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Resource
from api.fields import Body, Exact, MoneyField, Text
from common.errors import InputError
from deals.gaps import find_goal, gap_parts
from deals.goals import goals
from performance.counting.behind import Dimension
from tenancy.enums import Permission


class PipelineGoal(Body):
    """``pipeline``: weighted open deals that count for the goal; ``coverage``: that divided by the gap, null without one."""

    kpi = Text(source="kpi.code")
    partner = Text(source="partner.code")
    period = Text()
    target = MoneyField()
    actual = MoneyField()
    gap = MoneyField()
    pipeline = MoneyField()
    coverage = Exact(allow_null=True)


class GapPart(Body):
    """A product, segment or territory of a goal; ``key`` is its code, empty for what has none. ``target``: its share of the
    goal, by the business of the same months a year before; 0 where there was none."""

    key = Text(allow_blank=True)
    name = Text(source="label", allow_blank=True)
    before = MoneyField()
    target = MoneyField()
    actual = MoneyField()
    gap = MoneyField()
    pipeline = MoneyField()


class PipelineGoals(Resource):
    resource = "deals"
    reads = Permission.VIEW_DEALS
    serializer_class = PipelineGoal

    @extend_schema(operation_id="pipeline_goals", responses=PipelineGoal(many=True))
    def list(self, request: Request) -> Response:
        """The largest gap first."""
        return self.paged(goals(self.actor, self._today()))

    @extend_schema(
        operation_id="pipeline_gap",
        parameters=[
            OpenApiParameter("kpi", required=True, description="The code of the goal's KPI."),
            OpenApiParameter("partner", required=True, description="The code of its partner."),
            OpenApiParameter("by", enum=[by.value for by in Dimension], description="By product without it."),
        ],
        responses=GapPart(many=True),
    )
    def gap(self, request: Request) -> Response:
        """Where the gap of one goal is, the largest part first, with the open deals that may close it."""
        self.actor.require(Permission.VIEW_TRANSACTIONS)
        asked = request.query_params
        for name in ("kpi", "partner"):
            if not asked.get(name):
                raise InputError("required", _("This must not be empty."), name)
        by = asked.get("by") or Dimension.PRODUCT.value
        if by not in list(Dimension):
            raise InputError("invalid", ", ".join(Dimension), "by")
        goal = find_goal(self.actor, self._today(), asked["kpi"], asked["partner"])
        return self.paged(gap_parts(self.actor, goal, Dimension(by)), GapPart)

    def _today(self) -> date:
        return timezone.now().astimezone(self.actor.operator.zone).date()


def gap_paths() -> list[URLPattern]:
    return [
        path("pipeline/goals/", PipelineGoals.as_view({"get": "list"}), name="pipeline-goals"),
        path("pipeline/goals/gap/", PipelineGoals.as_view({"get": "gap"}), name="pipeline-gap"),
    ]
