"""Courses: what they are, and for their authors the draft with material, quiz and files, and its publication."""

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Resource
from api.coded import Calls, CodedResource, NamedBody, WithCode, location
from api.dealfiles import FileParser
from api.fields import Body, FileBytes, Flag, Ref, Text, Whole
from api.filters import CODED, choice
from catalog.enums import Layer, PartnerRole
from common.errors import NotFound
from programs.enums import QuestionKind
from programs.models import Course, CourseVersion
from programs.training import authoring, files, selectors
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.conversation import path_of

VIEW, MANAGE = Permission.VIEW_TRAINING, Permission.MANAGE_TRAINING


class Texts(serializers.DictField):
    """Language code to text, in languages of the operator."""

    child = Text(allow_blank=True)
    default_error_messages = {"unknown_language": _("“{code}” is no language of the operator.")}

    def to_internal_value(self, data: Any) -> dict[str, str]:
        texts: dict[str, str] = super().to_internal_value(data)
        for code in texts:
            if code not in self.context["request"].operator.languages:
                self.fail("unknown_language", code=code)
        return texts


class CourseBody(NamedBody):
    """``version``: the number of the published one; null before the first."""

    layer = serializers.ChoiceField(choices=Layer.choices, required=False, allow_blank=True)
    roles = serializers.ListField(child=serializers.ChoiceField(choices=PartnerRole.choices), required=False)
    layers = serializers.ListField(child=serializers.ChoiceField(choices=Layer.choices), required=False)
    minutes = Whole(required=False, allow_null=True, min_value=1, max_value=10_000)
    mandatory = Flag(required=False)
    certification = Ref(required=False, allow_null=True)
    version = Whole(source="current", read_only=True, allow_null=True)


class NewCourse(WithCode, CourseBody):
    pass


def _listed(actor: Actor) -> QuerySet[Course]:
    """For authors every course; for others what can be taken."""
    if actor.can(MANAGE):
        return selectors.courses_for(actor)
    return selectors.catalogue_of(actor)


class Courses(CodedResource):
    resource = "courses"
    reads, writes = VIEW, MANAGE
    serializer_class = CourseBody
    new_serializer_class = NewCourse
    filters = CODED | {"layer": choice("layer", Layer.values)}
    calls = Calls(
        _listed,
        selectors.get_course,
        authoring.create_course,
        authoring.save_course,
        authoring.change_course,
    )


class CourseFileBody(Body):
    id = Whole()
    title = Text()
    name = Text()
    content_type = Text()
    size = Whole()
    sha256 = Text()
    at = serializers.DateTimeField()


class LinkBody(Body):
    url = Text(max_length=2000)
    title = Text(max_length=200, required=False, allow_blank=True, default="")


class OptionBody(Body):
    text = Texts()
    right = Flag()


class QuestionBody(Body):
    """``why`` explains the answer after the quiz. Options are shown in another order to each learner."""

    id = Whole(read_only=True)
    kind = serializers.ChoiceField(choices=QuestionKind.choices)
    text = Texts()
    options = OptionBody(many=True)
    weight = Whole(required=False, default=1)
    why = Texts(required=False, default=dict)


class MoveBody(Body):
    """By how many places further down; negative: up."""

    by = Whole(min_value=-100, max_value=100)


class MaterialFields(Body):
    """What is left out stays. ``body`` is Markdown; each line that begins with ## begins a section. ``attempts_most`` 0: any number."""

    summary = Texts(required=False)
    body = Texts(required=False)
    links = LinkBody(many=True, required=False)
    pass_mark = Whole(required=False)
    attempts_most = Whole(required=False)


class MaterialBody(MaterialFields):
    """A version as its authors see it, with the right answers. ``published``: whether it is still a draft."""

    number = Whole()
    published = Flag()
    questions = QuestionBody(many=True)
    files = CourseFileBody(many=True)


class NewCourseFile(Body):
    name = Text(max_length=200)
    content = FileBytes()
    title = Text(max_length=200, required=False, allow_blank=True, default="")


class _Author(Resource):
    resource = "courses"
    reads = writes = MANAGE
    serializer_class: type[Body] = MaterialBody

    def given(self, body: type[Body], request: Request) -> dict[str, Any]:
        read = body(data=request.data, context=self.get_serializer_context())
        read.is_valid(raise_exception=True)
        return dict(read.validated_data)

    def answer(self, code: str, status: int = 200) -> Response:
        """The draft where there is one, else what is published."""
        course = selectors.get_course(self.actor, code)
        version = selectors.draft_of(self.actor, course) or selectors.version_shown(course)
        if version is None:
            raise NotFound()
        answers = selectors.answers_of(self.actor, version)
        shown = MaterialBody(_material(version, answers), context=self.get_serializer_context())
        return Response(shown.data, status=status)


def _material(version: CourseVersion, answers: dict[str, Any]) -> dict[str, Any]:
    questions = []
    for question in version.quiz:
        key = answers[str(question["id"])]
        options = [
            {"text": each["text"], "right": each["id"] in key["right"]} for each in question["options"]
        ]
        questions.append(question | {"options": options, "why": key.get("why", {})})
    names = ("summary", "body", "links", "pass_mark", "attempts_most", "number")
    return {name: getattr(version, name) for name in names} | {
        "published": version.published_at is not None,
        "questions": questions,
        "files": list(files.files_of(version)),
    }


class CourseMaterial(_Author):
    def retrieve(self, request: Request, code: str) -> Response:
        """The draft of the next version, or what is published where nobody writes on one."""
        return self.answer(code)

    @extend_schema(request=MaterialFields, responses=MaterialBody)
    def partial_update(self, request: Request, code: str) -> Response:
        """Change the draft; it begins as a copy of what is published."""
        authoring.save_content(self.actor, code=code, **self.given(MaterialFields, request))
        return self.answer(code)

    @extend_schema(request=None, responses=MaterialBody)
    def publish(self, request: Request, code: str) -> Response:
        """The draft becomes the version that counts; whoever is in the middle of an older one finishes that."""
        authoring.publish_course(self.actor, code=code)
        return self.answer(code)


class CourseQuestions(_Author):
    @extend_schema(request=QuestionBody, responses={201: MaterialBody})
    def create(self, request: Request, code: str) -> Response:
        """Add a question to the draft's quiz."""
        authoring.save_question(self.actor, code=code, **self.given(QuestionBody, request))
        return self.answer(code, 201)

    @extend_schema(request=QuestionBody, responses=MaterialBody)
    def update(self, request: Request, code: str, pk: int) -> Response:
        """Change a question of the draft as a whole."""
        given = self.given(QuestionBody, request)
        authoring.save_question(self.actor, code=code, question_id=pk, **given)
        return self.answer(code)

    @extend_schema(request=MoveBody, responses=MaterialBody)
    def move(self, request: Request, code: str, pk: int) -> Response:
        authoring.move_question(self.actor, code=code, question_id=pk, **self.given(MoveBody, request))
        return self.answer(code)

    @extend_schema(request=None, responses=MaterialBody)
    def remove(self, request: Request, code: str, pk: int) -> Response:
        authoring.remove_question(self.actor, code=code, question_id=pk)
        return self.answer(code)


class CourseFiles(_Author):
    reads = VIEW
    serializer_class = CourseFileBody
    parser_classes = [FileParser]

    @extend_schema(operation_id="courses_files", responses=CourseFileBody(many=True))
    def list(self, request: Request, code: str) -> Response:
        """Files of the published version; for a partner's people those of the versions that they take."""
        return self.paged(files.files_for(self.actor, code))

    @extend_schema(
        operation_id="courses_file",
        responses={(200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY)},
    )
    def retrieve(self, request: Request, code: str, pk: int) -> FileResponse:
        """The file itself."""
        row = files.get_file(self.actor, code, pk)
        return FileResponse(
            path_of(row).open("rb"), as_attachment=True, filename=row.name, content_type=row.content_type
        )

    @extend_schema(request=NewCourseFile, responses={201: CourseFileBody})
    def create(self, request: Request, code: str) -> Response:
        """Put a file of at most 1.7 MB into the draft."""
        given = self.given(NewCourseFile, request)
        made = files.add_file(self.actor, code=code, chunks=[given.pop("content")], **given)
        where = f"{location(request, 'courses', code)}files/{made.pk}/"
        return Response(self.get_serializer(made).data, status=201, headers={"Location": where})

    @extend_schema(request=None, responses=MaterialBody)
    def remove(self, request: Request, code: str, pk: int) -> Response:
        """Take a file out of the draft; published versions keep theirs."""
        files.remove_file(self.actor, code=code, file_id=pk)
        return self.answer(code)


def course_paths() -> list[URLPattern]:
    one: Any = {"get": "retrieve", "put": "update", "patch": "partial_update"}
    material, question = CourseMaterial, CourseQuestions
    return [
        path("courses/", Courses.as_view({"get": "list", "post": "create"}), name="courses"),
        path(
            "courses/<str:code>/material/",
            material.as_view({"get": "retrieve", "patch": "partial_update"}),
            name="courses-material",
        ),
        path("courses/<str:code>/publish/", material.as_view({"post": "publish"}), name="courses-publish"),
        path("courses/<str:code>/questions/", question.as_view({"post": "create"}), name="courses-questions"),
        path(
            "courses/<str:code>/questions/<int:pk>/",
            question.as_view({"put": "update"}),
            name="courses-question",
        ),
        *(
            path(
                f"courses/<str:code>/questions/<int:pk>/{verb}/",
                question.as_view({"post": verb}),
                name=f"courses-question-{verb}",
            )
            for verb in ("move", "remove")
        ),
        path(
            "courses/<str:code>/files/",
            CourseFiles.as_view({"get": "list", "post": "create"}),
            name="courses-files",
        ),
        path(
            "courses/<str:code>/files/<int:pk>/",
            CourseFiles.as_view({"get": "retrieve"}),
            name="courses-file",
        ),
        path(
            "courses/<str:code>/files/<int:pk>/remove/",
            CourseFiles.as_view({"post": "remove"}),
            name="courses-file-remove",
        ),
        path("courses/<str:code>/", Courses.as_view(one), name="courses-one"),
    ]
