"""Paying out: bank accounts, payments, and the batches in which payments go to the bank."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Resource
from api.coded import location
from api.fields import Body, MoneyField, Ref, Text, Whole
from api.filters import choice, code
from api.scopes import Access
from common.errors import InputError
from common.money import to_minor
from incentives.models import BankAccount, Payment, PaymentBatch
from incentives.payments import selectors, services
from incentives.payments.enums import Effect
from incentives.states import BankAccountState, BatchFormat, BatchState, PaymentState
from partners.selectors import get_partner
from tenancy.enums import Permission


class AccountBody(serializers.Serializer[Any]):
    """A bank account; ``iban`` is whole for the operator's finance and shown in part to everybody else."""

    id = serializers.IntegerField()
    partner = Ref()
    holder = serializers.CharField()
    holder_latin = serializers.CharField()
    iban = serializers.SerializerMethodField()
    bic = serializers.CharField()
    bank_name = serializers.CharField()
    state = serializers.ChoiceField(choices=BankAccountState.choices)
    reason = serializers.CharField(help_text="Why it is refused: a bank's code or words.")
    created_at = serializers.DateTimeField()
    active_from = serializers.DateTimeField(allow_null=True)

    def get_iban(self, account: BankAccount) -> str:
        return selectors.number_shown(self.context["request"].actor, account)


class NewAccount(Body):
    """``partner`` only from the operator's finance; a partner's people enter their own company's account."""

    holder = Text(max_length=140)
    holder_latin = Text(max_length=70, required=False, allow_blank=True, default="")
    iban = Text(max_length=60)
    bic = Text(max_length=20, required=False, allow_blank=True, default="")
    bank_name = Text(max_length=140, required=False, allow_blank=True, default="")
    partner = Text(max_length=64, required=False)


class Reason(Body):
    reason = Text(max_length=200)


class BankAccounts(Resource):
    """The services decide who may: a partner's finance for its own company, the operator's finance for all."""

    resource = "bank-accounts"
    serializer_class = AccountBody
    filters = {"partner": code("partner__code"), "state": choice("state", BankAccountState.values)}
    ordering_fields = ("id", "created_at")

    def get_queryset(self) -> QuerySet[BankAccount]:
        return selectors.accounts_for(self.actor)

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    def retrieve(self, request: Request, pk: int) -> Response:
        return self._answer(pk)

    @extend_schema(request=NewAccount, responses={201: AccountBody})
    def create(self, request: Request) -> Response:
        """Enter an account. It counts after the operator confirmed it and, where it replaces one, after the wait."""
        given = _given(NewAccount, request)
        named = given.pop("partner", None)
        partner_id = get_partner(self.actor, named).pk if named is not None else None
        made = services.submit_account(self.actor, data=services.AccountData(**given), partner_id=partner_id)
        headers = {"Location": location(request, self.resource, str(made.pk))}
        return Response(
            self.get_serializer(selectors.get_account(self.actor, made.pk)).data, 201, headers=headers
        )

    @extend_schema(request=None, responses=AccountBody)
    def confirm(self, request: Request, pk: int) -> Response:
        """The operator's finance confirms what another person entered."""
        selectors.get_account(self.actor, pk)
        services.confirm_account(self.actor, account_id=pk)
        return self._answer(pk)

    @extend_schema(request=Reason, responses=AccountBody)
    def refuse(self, request: Request, pk: int) -> Response:
        """The operator's finance does not take it; the partner reads why."""
        selectors.get_account(self.actor, pk)
        services.refuse_account(self.actor, account_id=pk, reason=_given(Reason, request)["reason"])
        return self._answer(pk)

    @extend_schema(request=None, responses=AccountBody)
    def withdraw(self, request: Request, pk: int) -> Response:
        """The partner takes back an account that is not in use yet."""
        selectors.get_account(self.actor, pk)
        services.withdraw_account(self.actor, account_id=pk)
        return self._answer(pk)

    def _answer(self, pk: int) -> Response:
        return Response(self.get_serializer(selectors.get_account(self.actor, pk)).data)


class PaymentBody(serializers.Serializer[Any]):
    """One attempt to pay a statement. ``account`` is shown in part."""

    id = serializers.IntegerField()
    statement = serializers.CharField(source="statement.number")
    partner = Ref()
    amount = MoneyField(source="money")
    state = serializers.ChoiceField(choices=PaymentState.choices)
    attempt = serializers.IntegerField()
    account = serializers.CharField(source="account_shown")
    end_to_end_id = serializers.CharField()
    due_on = serializers.DateField(allow_null=True)
    bank_status = serializers.CharField()
    bank_reference = serializers.CharField()
    bank_reason = serializers.CharField()
    answered_at = serializers.DateTimeField(allow_null=True)


class Payments(Resource):
    resource = "payments"
    reads = Permission.VIEW_STATEMENTS
    serializer_class = PaymentBody
    filters = {
        "partner": code("partner__code"),
        "state": choice("state", PaymentState.values),
        "statement": code("statement__number"),
    }
    ordering_fields = ("id", "amount", "due_on")

    def get_queryset(self) -> QuerySet[Payment]:
        return selectors.payments_for(self.actor)

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    def retrieve(self, request: Request, pk: int) -> Response:
        return Response(self.get_serializer(selectors.get_payment(self.actor, pk)).data)


class BatchBody(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    number = serializers.CharField()
    state = serializers.ChoiceField(choices=BatchState.choices)
    format = serializers.ChoiceField(choices=BatchFormat.choices)
    execute_on = serializers.DateField(allow_null=True)
    total = MoneyField(source="money")
    count = serializers.IntegerField()
    message_id = serializers.CharField()
    file_digest = serializers.CharField()
    exported_at = serializers.DateTimeField(allow_null=True)


class NewBatch(Body):
    """Without ``payments`` (ids) everything that can go."""

    format = serializers.ChoiceField(choices=BatchFormat.choices, required=False)
    execute_on = serializers.DateField(required=False)
    payments = serializers.ListField(child=Whole(min_value=1), required=False, max_length=10_000)


class BatchApproval(Body):
    """What the approver saw; anything else is refused with ``total_differs``."""

    total = MoneyField()
    count = Whole(min_value=1)


class FileBody(serializers.Serializer[Any]):
    name = serializers.CharField()
    digest = serializers.CharField(help_text="SHA-256 of the content in UTF-8.")
    content = serializers.CharField()


class BankAnswer(Body):
    """A pain.002 or CSV response as text."""

    name = Text(max_length=200, required=False, default="")
    content = serializers.CharField(max_length=900_000, trim_whitespace=False)


class EffectBody(serializers.Serializer[Any]):
    id = serializers.CharField()
    effect = serializers.ChoiceField(choices=Effect.choices)
    status = serializers.CharField()
    reason = serializers.CharField()
    text = serializers.CharField()


class ResultBody(serializers.Serializer[Any]):
    """What a response did. ``again``: it had been brought in before, nothing changed now."""

    again = serializers.BooleanField()
    message_id = serializers.CharField(source="response.message_id")
    counts = serializers.DictField(child=serializers.IntegerField(), source="response.result.counts")
    issues = serializers.IntegerField(source="response.result.issues")
    lines = EffectBody(many=True, source="response.result.lines")


class PaymentBatches(Resource):
    resource = "payment-batches"
    reads = Permission.VIEW_PAYMENTS
    writes = Permission.MANAGE_PAYMENTS
    serializer_class = BatchBody
    filters = {"state": choice("state", BatchState.values), "number": code("number")}
    ordering_fields = ("id", "execute_on", "total")

    def access_of(self, request: Request) -> tuple[Access, Permission | None]:
        access, permission = super().access_of(request)
        return access, Permission.APPROVE_SETTLEMENTS if self.action == "approve" else permission

    def get_queryset(self) -> QuerySet[PaymentBatch]:
        return selectors.batches_for(self.actor)

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    def retrieve(self, request: Request, pk: int) -> Response:
        return self._answer(pk)

    @extend_schema(request=NewBatch, responses={201: BatchBody})
    def create(self, request: Request) -> Response:
        """Prepare a batch of the named payments, or of all that can go."""
        given = _given(NewBatch, request)
        named = given.pop("payments", None)
        made = services.prepare_batch(self.actor, payment_ids=named, **given)
        headers = {"Location": location(request, self.resource, str(made.pk))}
        return Response(
            self.get_serializer(selectors.get_batch(self.actor, made.pk)).data, 201, headers=headers
        )

    @extend_schema(request=BatchApproval, responses=BatchBody)
    def approve(self, request: Request, pk: int) -> Response:
        """The second person's approval of exactly this total and number."""
        batch, given = selectors.get_batch(self.actor, pk), self._checked(BatchApproval, request)
        total = to_minor(given["total"], batch.currency)
        services.approve_batch(self.actor, batch_id=pk, total=total, count=given["count"])
        return self._answer(pk)

    @extend_schema(request=Reason, responses=BatchBody)
    def cancel(self, request: Request, pk: int) -> Response:
        """Give the payments of a batch free that has not gone to the bank."""
        selectors.get_batch(self.actor, pk)
        services.cancel_batch(self.actor, batch_id=pk, reason=_given(Reason, request)["reason"])
        return self._answer(pk)

    @extend_schema(request=None, responses=FileBody)
    def export(self, request: Request, pk: int) -> Response:
        """The file of an approved batch. Asked again it is the same, byte for byte."""
        selectors.get_batch(self.actor, pk)
        made = services.export_batch(self.actor, batch_id=pk)
        data = {"name": made.name, "digest": made.digest, "content": made.content.decode()}
        return Response(FileBody(data).data)

    @extend_schema(request=BankAnswer, responses=ResultBody)
    def bring_in(self, request: Request, pk: int) -> Response:
        """Bring in the bank's response to this batch. The same content again changes nothing."""
        selectors.get_batch(self.actor, pk)
        given = _given(BankAnswer, request)
        if not given["content"].strip():
            raise InputError("empty_file", _("The file is empty."), "content")
        found = services.import_response(
            self.actor, content=given["content"].encode(), name=given["name"], batch_id=pk
        )
        return Response(ResultBody(found).data)

    def _checked(self, body: type[Body], request: Request) -> dict[str, Any]:
        given = body(data=request.data, context=self.get_serializer_context())
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def _answer(self, pk: int) -> Response:
        return Response(self.get_serializer(selectors.get_batch(self.actor, pk)).data)


def _given(body: type[Body], request: Request) -> dict[str, Any]:
    given = body(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def payment_paths() -> list[URLPattern]:
    """Verbs of accounts and batches are posts below the object."""
    read: Any = {"get": "retrieve"}
    accounts = [_verb(BankAccounts, verb) for verb in ("confirm", "refuse", "withdraw")]
    batches = [_verb(PaymentBatches, verb) for verb in ("approve", "cancel", "export")]
    return [
        path("bank-accounts/", BankAccounts.as_view({"get": "list", "post": "create"}), name="bank-accounts"),
        path("bank-accounts/<int:pk>/", BankAccounts.as_view(read), name="bank-accounts-one"),
        *accounts,
        path("payments/", Payments.as_view({"get": "list"}), name="payments"),
        path("payments/<int:pk>/", Payments.as_view(read), name="payments-one"),
        path(
            "payment-batches/",
            PaymentBatches.as_view({"get": "list", "post": "create"}),
            name="payment-batches",
        ),
        path("payment-batches/<int:pk>/", PaymentBatches.as_view(read), name="payment-batches-one"),
        *batches,
        _verb(PaymentBatches, "response", "bring_in"),
    ]


def _verb(view: type[Resource], verb: str, action: str = "") -> URLPattern:
    actions: Any = {"post": action or verb}
    return path(f"{view.resource}/<int:pk>/{verb}/", view.as_view(actions), name=f"{view.resource}-{verb}")
