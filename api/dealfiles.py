"""Files of a deal: evidence and whatever else both sides add."""

from typing import Any

from django.http import FileResponse
from django.urls import path
from django.urls.resolvers import URLPattern
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Resource
from api.fields import Body, FileBytes, Flag, Text
from api.parsers import StrictJSONParser
from common.errors import NotFound
from deals.services import talk
from tenancy.enums import Permission
from workflow.conversation import path_of


class FileParser(StrictJSONParser):
    """A file of up to 1.7 MB, written in base64, fits; larger ones are added on the deal's page."""

    most = 2_400_000


class DealFile(serializers.Serializer[Any]):
    """``purpose``: the code of the evidence that it is. What is ``internal`` the operator's people alone see."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    purpose = serializers.CharField()
    internal = serializers.BooleanField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    author = serializers.CharField()
    at = serializers.DateTimeField()


class NewDealFile(Body):
    name = Text(max_length=200)
    content = FileBytes()
    purpose = Text(required=False, allow_blank=True, max_length=40)
    internal = Flag(required=False)


class DealFiles(Resource):
    resource = "deals"
    reads = Permission.VIEW_DEALS
    writes = Permission.VIEW_DEALS
    serializer_class = DealFile
    parser_classes = [FileParser]

    @extend_schema(operation_id="deals_files", responses=DealFile(many=True))
    def list(self, request: Request, ref: str) -> Response:
        return self.paged(talk.files_of(self.actor, ref=ref))

    @extend_schema(request=NewDealFile, responses={201: DealFile})
    def create(self, request: Request, ref: str) -> Response:
        """Add a file of a usual kind, at most 1.7 MB; what it is, is told from its content."""
        body = NewDealFile(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        made = talk.attach(
            self.actor,
            ref=ref,
            name=given["name"],
            chunks=[given["content"]],
            purpose=given.get("purpose", ""),
            internal=given.get("internal", False),
        )
        return Response(DealFile(made).data, status=201)

    @extend_schema(
        operation_id="deals_file",
        responses={(200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY)},
    )
    def retrieve(self, request: Request, ref: str, pk: int) -> FileResponse:
        """The file itself."""
        row = talk.files_of(self.actor, ref=ref).filter(pk=pk).first()
        if row is None:
            raise NotFound()
        return FileResponse(
            path_of(row).open("rb"), as_attachment=True, filename=row.name, content_type=row.content_type
        )


def deal_file_paths() -> list[URLPattern]:
    return [
        path(
            "deals/<str:ref>/files/",
            DealFiles.as_view({"get": "list", "post": "create"}),
            name="deals-files",
        ),
        path("deals/<str:ref>/files/<int:pk>/", DealFiles.as_view({"get": "retrieve"}), name="deals-file"),
    ]
