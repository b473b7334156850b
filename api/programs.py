"""Programmes with their tiers, where partners stand in them, exceptions, and what partners are entitled to."""

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
from api.fields import Body, Ref, Text
from api.filters import choice, code
from catalog.enums import Layer, PartnerRole
from common.errors import InputError
from partners.selectors import partners_for
from programs import enrolling, programmes, selectors
from programs.enums import Asks, BenefitKind, ExceptionState, Promotion, ReviewPeriod, TierState, Window
from programs.honoured import is_honoured
from programs.models import Benefit, Enrolment, Programme, TierException
from programs.standing import demotions, exceptions
from programs.standing.evaluating import evaluate_programme
from tenancy.enums import Permission

VIEW, MANAGE = Permission.VIEW_PROGRAMS, Permission.MANAGE_PROGRAMS


class ProgrammeBody(serializers.Serializer[Programme]):
    code = serializers.CharField()
    name = serializers.CharField()
    names = serializers.DictField(child=serializers.CharField())
    description = serializers.CharField()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=PartnerRole.choices))
    layers = serializers.ListField(child=serializers.ChoiceField(choices=Layer.choices))
    main = serializers.BooleanField()
    promotion = serializers.ChoiceField(choices=Promotion.choices)
    review_period = serializers.ChoiceField(choices=ReviewPeriod.choices)
    active = serializers.BooleanField()


class ProgrammeFields(Body):
    """What is absent stays as it is, or has its default in a new programme."""

    name = Text(max_length=200, required=False)
    names = serializers.DictField(child=serializers.CharField(), required=False)
    description = Text(max_length=4000, required=False, allow_blank=True)
    roles = serializers.ListField(child=Text(max_length=20), required=False)
    layers = serializers.ListField(child=Text(max_length=20), required=False)
    main = serializers.BooleanField(required=False)
    promotion = Text(max_length=12, required=False)
    review_period = Text(max_length=8, required=False)
    active = serializers.BooleanField(required=False)


class NewProgramme(ProgrammeFields):
    code = Text(max_length=40)
    name = Text(max_length=200)


class RequirementBody(serializers.Serializer[Any]):
    """A node of the tree; ``group`` is the id of the group that it stands in, ``counts`` the code of another source."""

    id = serializers.IntegerField()
    group = serializers.IntegerField(source="parent_id", allow_null=True)
    asks = serializers.ChoiceField(choices=Asks.choices)
    kpi = Ref(allow_null=True)
    window = serializers.ChoiceField(choices=Window.choices, allow_blank=True)
    months = serializers.IntegerField(allow_null=True)
    certification = Ref(allow_null=True)
    counts = serializers.CharField(source="source")
    threshold = serializers.DecimalField(max_digits=32, decimal_places=6, allow_null=True)


class BenefitBody(serializers.Serializer[Benefit]):
    """``counted``: whether the product itself honours the kind; else people keep the promise."""

    kind = serializers.ChoiceField(choices=BenefitKind.choices)
    value = serializers.DecimalField(max_digits=16, decimal_places=4, allow_null=True)
    text = serializers.CharField()
    counted = serializers.SerializerMethodField()

    def get_counted(self, benefit: Benefit) -> bool:
        return is_honoured(benefit.kind)


class TierBody(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    names = serializers.DictField(child=serializers.CharField())
    rank = serializers.IntegerField()
    requirements = RequirementBody(many=True)
    benefits = BenefitBody(many=True)


class EvidenceBody(serializers.Serializer[Any]):
    """``measured`` is null where it cannot be told, such as growth from nothing."""

    tier = serializers.CharField(source="requirement.tier.code")
    requirement = serializers.IntegerField(source="requirement_id")
    measured = serializers.DecimalField(max_digits=44, decimal_places=12, allow_null=True)
    needed = serializers.DecimalField(max_digits=32, decimal_places=6)
    met = serializers.BooleanField()
    period = serializers.CharField()


class StandingBody(serializers.Serializer[Enrolment]):
    id = serializers.IntegerField()
    programme = Ref()
    partner = Ref()
    tier = serializers.CharField(source="tier.code")
    state = serializers.ChoiceField(choices=TierState.choices)
    since = serializers.DateField()
    due_on = serializers.DateField(allow_null=True)
    target = serializers.SerializerMethodField()
    evaluated_on = serializers.DateField(allow_null=True)

    def get_target(self, row: Enrolment) -> str | None:
        return row.target.code if row.target else None


class OneStandingBody(StandingBody):
    evidence = EvidenceBody(many=True)


class EnrolBody(Body):
    partners = serializers.ListField(child=Text(max_length=64), min_length=1, max_length=1000)
    tier = Text(max_length=40, required=False, allow_blank=True)


class EnrolledBody(serializers.Serializer[Any]):
    """How many are new."""

    enrolled = serializers.IntegerField()


class EvaluatedBody(serializers.Serializer[Any]):
    """Partners looked at, steps by the state that they led to, and tiers that changed."""

    partners = serializers.IntegerField()
    steps = serializers.DictField(child=serializers.IntegerField())
    moved = serializers.IntegerField()


class TextBody(Body):
    text = Text(max_length=2000, required=False, allow_blank=True)


class ExceptionBody(serializers.Serializer[TierException]):
    id = serializers.IntegerField()
    programme = serializers.CharField(source="enrolment.programme.code")
    partner = Ref()
    tier = serializers.CharField(source="tier.code")
    state = serializers.ChoiceField(choices=ExceptionState.choices)
    until = serializers.DateField()
    reason = serializers.CharField()
    asked_by = serializers.CharField(source="asked_by_name")
    decided_by = serializers.CharField(source="decided_by_name")
    answer = serializers.CharField()


class AskBody(Body):
    programme = Text(max_length=40)
    partner = Text(max_length=64)
    tier = Text(max_length=40)
    until = serializers.DateField()
    reason = Text(max_length=2000)


class AnswerBody(Body):
    answer = Text(max_length=2000, required=False, allow_blank=True)


class _Programs(Resource):
    resource = "programs"
    reads = VIEW
    writes = MANAGE

    def given(self, body: type[Body], request: Request) -> dict[str, Any]:
        read = body(data=request.data)
        read.is_valid(raise_exception=True)
        return dict(read.validated_data)


class Programs(_Programs):
    serializer_class = ProgrammeBody
    ordering_fields = ("code",)

    def get_queryset(self) -> QuerySet[Programme]:
        return selectors.programmes_for(self.actor)

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    def retrieve(self, request: Request, code: str) -> Response:
        return Response(self.get_serializer(selectors.get_programme(self.actor, code)).data)

    @extend_schema(request=NewProgramme, responses={201: ProgrammeBody})
    def create(self, request: Request) -> Response:
        """The first programme is the main one."""
        made = programmes.create_programme(self.actor, **self.given(NewProgramme, request))
        return Response(self.get_serializer(made).data, status=201)

    @extend_schema(request=ProgrammeFields, responses=ProgrammeBody)
    def partial_update(self, request: Request, code: str) -> Response:
        row = programmes.change_programme(self.actor, code=code, **self.given(ProgrammeFields, request))
        return Response(self.get_serializer(row).data)

    @extend_schema(responses=TierBody(many=True))
    def tiers(self, request: Request, code: str) -> Response:
        """From the lowest up, each with what it asks and gives."""
        found = selectors.get_programme(self.actor, code)
        benefits = selectors.benefits_by_tier(found)
        rows = list(selectors.tiers_of(found))
        nodes = list(selectors.requirements_of(found))
        bodies = [
            {
                "code": tier.code,
                "name": tier.name,
                "names": tier.names,
                "rank": tier.rank,
                "requirements": [node for node in nodes if node.tier_id == tier.pk],
                "benefits": benefits.get(tier.pk, []),
            }
            for tier in rows
        ]
        return self.paged(bodies, TierBody)

    @extend_schema(request=EnrolBody, responses={201: EnrolledBody})
    def enrol(self, request: Request, code: str) -> Response:
        """Take partners in, at the lowest tier or the one that is named."""
        given = self.given(EnrolBody, request)
        known = dict(partners_for(self.actor).filter(code__in=given["partners"]).values_list("code", "pk"))
        gone = [each for each in given["partners"] if each not in known]
        if gone:
            raise InputError(
                "unknown", _("There is no such partner: %(codes)s."), "partners", {"codes": gone[0]}
            )
        number = enrolling.enrol(
            self.actor, programme=code, partner_ids=list(known.values()), tier=given.get("tier", "")
        )
        return Response({"enrolled": number}, status=201)

    @extend_schema(request=None, responses=EvaluatedBody)
    def evaluate(self, request: Request, code: str) -> Response:
        """Evaluate now instead of tonight."""
        summary = evaluate_programme(self.actor, selectors.get_programme(self.actor, code))
        return Response({"partners": summary.partners, "steps": summary.steps, "moved": summary.moved})


class Standings(_Programs):
    serializer_class = StandingBody
    filters = {
        "programme": code("programme__code"),
        "partner": code("partner__code"),
        "tier": code("tier__code"),
        "state": choice("state", TierState.values),
    }
    ordering_fields = ("id", "due_on", "since")

    def get_queryset(self) -> QuerySet[Enrolment]:
        return selectors.enrolments_for(self.actor)

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    @extend_schema(responses=OneStandingBody)
    def retrieve(self, request: Request, pk: int) -> Response:
        """With the evidence of the last evaluation."""
        row = exceptions.enrolment_of(self.actor, pk)
        body = StandingBody(row).data
        evidence = EvidenceBody(selectors.evidence_for(self.actor, row), many=True).data
        return Response({**body, "evidence": evidence})

    @extend_schema(request=TextBody, responses=StandingBody)
    def demote(self, request: Request, pk: int) -> Response:
        """One tier lower, after the grace."""
        text = self.given(TextBody, request).get("text", "")
        return Response(
            self.get_serializer(demotions.confirm_demotion(self.actor, enrolment_id=pk, text=text)).data
        )

    @extend_schema(request=TextBody, responses=StandingBody)
    def extend(self, request: Request, pk: int) -> Response:
        """As much grace again, for a reason."""
        text = self.given(TextBody, request).get("text", "")
        return Response(
            self.get_serializer(demotions.extend_grace(self.actor, enrolment_id=pk, text=text)).data
        )


class TierExceptions(_Programs):
    writes = Permission.WORK_BOOK
    serializer_class = ExceptionBody
    filters = {
        "state": choice("state", ExceptionState.values),
        "partner": code("partner__code"),
    }
    ordering_fields = ("id", "until")

    def get_queryset(self) -> QuerySet[TierException]:
        return exceptions.exceptions_for(self.actor)

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    @extend_schema(request=AskBody, responses={201: ExceptionBody})
    def create(self, request: Request) -> Response:
        """Ask; another person decides."""
        given = self.given(AskBody, request)
        row = selectors.enrolment_of(self.actor, given.pop("programme"), given.pop("partner"))
        made = exceptions.ask_exception(self.actor, enrolment_id=row.pk, **given)
        return Response(self.get_serializer(made).data, status=201)

    @extend_schema(request=AnswerBody, responses=ExceptionBody)
    def approve(self, request: Request, pk: int) -> Response:
        return self._decide(request, pk, approve=True)

    @extend_schema(request=AnswerBody, responses=ExceptionBody)
    def refuse(self, request: Request, pk: int) -> Response:
        return self._decide(request, pk, approve=False)

    def _decide(self, request: Request, pk: int, *, approve: bool) -> Response:
        answer = self.given(AnswerBody, request).get("answer", "")
        row = exceptions.decide_exception(self.actor, exception_id=pk, approve=approve, answer=answer)
        return Response(self.get_serializer(row).data)


def program_paths() -> list[URLPattern]:
    """Below ``programs/``."""
    verbs = ("demote", "extend")
    return [
        path("programs/", Programs.as_view({"get": "list", "post": "create"}), name="programs"),
        path("programs/standings/", Standings.as_view({"get": "list"}), name="program-standings"),
        path(
            "programs/standings/<int:pk>/",
            Standings.as_view({"get": "retrieve"}),
            name="program-standings-one",
        ),
        *(
            path(
                f"programs/standings/<int:pk>/{verb}/",
                Standings.as_view({"post": verb}),
                name=f"program-standings-{verb}",
            )
            for verb in verbs
        ),
        path(
            "programs/exceptions/",
            TierExceptions.as_view({"get": "list", "post": "create"}),
            name="program-exceptions",
        ),
        *(
            path(
                f"programs/exceptions/<int:pk>/{verb}/",
                TierExceptions.as_view({"post": verb}),
                name=f"program-exceptions-{verb}",
            )
            for verb in ("approve", "refuse")
        ),
        path(
            "programs/<str:code>/",
            Programs.as_view({"get": "retrieve", "patch": "partial_update"}),
            name="programs-one",
        ),
        path("programs/<str:code>/tiers/", Programs.as_view({"get": "tiers"}), name="programs-tiers"),
        path("programs/<str:code>/enrol/", Programs.as_view({"post": "enrol"}), name="programs-enrol"),
        path(
            "programs/<str:code>/evaluate/", Programs.as_view({"post": "evaluate"}), name="programs-evaluate"
        ),
    ]
