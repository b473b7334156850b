"""What an accrual would be with other numbers."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.accruals import ComponentBody
from api.base import Resource
from api.fields import Body, Exact, MoneyField, Text
from common.errors import InputError
from incentives.selectors import get_accrual
from incentives.whatif import Sale, position_of, with_more, with_sale
from tenancy.enums import Permission


class SaleBody(Body):
    """One more transaction of today."""

    product = Text(max_length=64)
    amount = MoneyField()
    quantity = Exact(required=False)
    kind = Text(required=False, max_length=30)


class WhatIfBody(Body):
    """``more`` for schemes over a period: KPI code -> what is added. ``sale`` for schemes that pay per transaction."""

    more = serializers.DictField(child=Exact(), required=False)
    sale = SaleBody(required=False)


class AheadBody(serializers.Serializer[Any]):
    kpi = serializers.CharField(source="name")
    needed = Exact()
    distance = Exact()
    gain = MoneyField()


class WhatIfResult(serializers.Serializer[Any]):
    """``before`` is what is earned so far, ``amount`` what it would be, both after cap and rounding.

    ``next`` are the thresholds ahead from there. ``counts``: whether the scheme looks at such a sale at all.
    """

    before = MoneyField()
    amount = MoneyField()
    gain = MoneyField()
    components = ComponentBody(many=True)
    next = AheadBody(many=True)
    capped = serializers.BooleanField()
    counts = serializers.BooleanField()


class WhatIfCalls(Resource):
    resource = "accruals"
    reads = Permission.VIEW_ACCRUALS
    post_reads = frozenset({"try_it"})
    serializer_class = WhatIfResult

    @extend_schema(operation_id="accruals_what_if", request=WhatIfBody, responses=WhatIfResult)
    def try_it(self, request: Request, pk: int) -> Response:
        """The amount with more of some KPIs, or with one more sale. Nothing is stored."""
        accrual = get_accrual(self.actor, pk)
        body = WhatIfBody(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        given = body.validated_data
        position = position_of(self.actor, accrual)
        if position.per_line != ("sale" in given) or ("more" in given and "sale" in given):
            raise InputError(
                "wrong_question",
                _("Ask for one more sale where each transaction earns, else for more of a KPI."),
                "sale" if position.per_line else "more",
            )
        if position.per_line:
            sale: dict[str, Any] = {"quantity": Decimal(1)} | dict(given["sale"])
            result = with_sale(self.actor, position, Sale(**sale))
        else:
            result = with_more(self.actor, position, given.get("more", {}))
        components = [{"label": label, "amount": str(amount)} for label, amount in result.components]
        facts = {name: getattr(result, name) for name in ("before", "amount", "gain", "capped", "counts")}
        data = {**facts, "components": components, "next": result.ahead}
        return Response(self.get_serializer(data).data)
