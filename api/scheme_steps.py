"""What happens with a scheme's newest version beside writing it: approval by a second person, and partners' confirmations."""

from typing import Any

from django.urls import path
from django.urls.resolvers import URLPattern
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Resource
from api.fields import Body, Ref, Text
from api.scopes import Access
from common.errors import NotFound
from incentives import approval, selectors
from incentives.announcements import selectors as announced
from incentives.announcements import services as announcing
from incentives.models import Approval, SchemeVersion
from incentives.states import ApprovalState
from tenancy.enums import Permission


class ApprovalBody(serializers.Serializer[Any]):
    """The last submission of the newest version. ``digest`` is the content that it binds."""

    version = serializers.IntegerField(source="version.number")
    state = serializers.ChoiceField(choices=ApprovalState.choices)
    digest = serializers.CharField()
    text = serializers.CharField()
    submitted_by = serializers.CharField(source="submitted_by.name", default=None, allow_null=True)
    submitted_at = serializers.DateTimeField()
    decided_by = serializers.CharField(source="decided_by.name", default=None, allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()


class SubmitBody(Body):
    text = Text(required=False, allow_blank=True, max_length=2000, help_text="What to look at.")


class ReturnBody(Body):
    reason = Text(max_length=2000)


class ConfirmedBody(serializers.Serializer[Any]):
    """A partner that may earn under the version; ``at`` is ``null`` until a person there confirmed its rules."""

    partner = Ref()
    name = serializers.CharField(source="confirmation.name", default=None, allow_null=True)
    at = serializers.DateTimeField(source="confirmation.at", default=None, allow_null=True)
    digest = serializers.CharField(source="confirmation.digest", default=None, allow_null=True)


class ConfirmationBody(serializers.Serializer[Any]):
    version = serializers.IntegerField(source="version.number")
    name = serializers.CharField()
    at = serializers.DateTimeField()
    digest = serializers.CharField()


class RemindedBody(serializers.Serializer[Any]):
    reminded = serializers.IntegerField()


class SchemeSteps(Resource):
    """``PERMISSIONS``: what the actions need that are not for those who write schemes."""

    resource = "schemes"
    reads = Permission.VIEW_SCHEMES
    writes = Permission.MANAGE_SCHEMES
    serializer_class = ApprovalBody
    PERMISSIONS = {
        "approve": Permission.APPROVE_SCHEMES,
        "send_back": Permission.APPROVE_SCHEMES,
        "acknowledge": Permission.ACKNOWLEDGE_RULES,
    }

    def access_of(self, request: Request) -> tuple[Access, Permission | None]:
        access, permission = super().access_of(request)
        return access, self.PERMISSIONS.get(self.action, permission)

    def _version(self, code: str) -> SchemeVersion:
        return selectors.newest_version(self.actor, selectors.get_scheme(self.actor, code))

    def _answer(self, row: Approval | None) -> Response:
        if row is None:
            raise NotFound()
        return Response(self.get_serializer(row).data)

    @extend_schema(operation_id="schemes_approval")
    def approval(self, request: Request, code: str) -> Response:
        """The last submission; 404 before the first, and for partners."""
        if self.actor.is_partner:
            raise NotFound()
        return self._answer(approval.newest_approval(self.actor, self._version(code)))

    @extend_schema(request=SubmitBody, responses=ApprovalBody)
    def submit(self, request: Request, code: str) -> Response:
        """Ask for the approval of the draft as it is now."""
        body = SubmitBody(data=request.data)
        body.is_valid(raise_exception=True)
        text = body.validated_data.get("text", "")
        return self._answer(approval.submit_version(self.actor, version_id=self._version(code).pk, text=text))

    @extend_schema(request=None, responses=ApprovalBody)
    def approve(self, request: Request, code: str) -> Response:
        """Approve what was submitted; never by who wrote or submitted any of it."""
        return self._answer(approval.approve_version(self.actor, version_id=self._version(code).pk))

    @extend_schema(request=ReturnBody, responses=ApprovalBody)
    def send_back(self, request: Request, code: str) -> Response:
        """Give back what was submitted, with a reason."""
        body = ReturnBody(data=request.data)
        body.is_valid(raise_exception=True)
        reason = body.validated_data["reason"]
        return self._answer(
            approval.return_version(self.actor, version_id=self._version(code).pk, reason=reason)
        )

    @extend_schema(request=None, responses=ApprovalBody)
    def withdraw(self, request: Request, code: str) -> Response:
        """Take a submission or an approval back."""
        return self._answer(approval.withdraw_version(self.actor, version_id=self._version(code).pk))

    @extend_schema(request=None, responses=ConfirmationBody)
    def acknowledge(self, request: Request, code: str) -> Response:
        """Confirm, as a named person of the partner, to know the rules of the newest published version."""
        row = announcing.acknowledge_version(self.actor, version=self._version(code))
        return Response(ConfirmationBody(row).data)

    @extend_schema(request=None, responses=RemindedBody)
    def remind(self, request: Request, code: str) -> Response:
        """Remind every partner that has not confirmed yet."""
        return Response({"reminded": announcing.remind(self.actor, version=self._version(code))})


class Acknowledgements(Resource):
    resource = "schemes"
    reads = Permission.VIEW_SCHEMES
    serializer_class = ConfirmedBody

    @extend_schema(operation_id="schemes_acknowledgements", responses=ConfirmedBody(many=True))
    def list(self, request: Request, code: str) -> Response:
        """Which partners know the rules of the newest version, those that have not confirmed first."""
        version = selectors.newest_version(self.actor, selectors.get_scheme(self.actor, code))
        return self.paged(announced.confirmations(self.actor, version))


def step_paths() -> list[URLPattern]:
    verbs = {name: name for name in ("submit", "approve", "withdraw", "acknowledge", "remind")}
    verbs |= {"return": "send_back"}
    reading: Any = {"get": "approval"}
    return [
        *(
            path(
                f"schemes/<path:code>/{verb}/", SchemeSteps.as_view({"post": action}), name=f"schemes-{verb}"
            )
            for verb, action in verbs.items()
        ),
        path("schemes/<path:code>/approval/", SchemeSteps.as_view(reading), name="schemes-approval"),
        path(
            "schemes/<path:code>/acknowledgements/",
            Acknowledgements.as_view({"get": "list"}),
            name="schemes-acknowledgements",
        ),
    ]
