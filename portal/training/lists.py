"""Lists: courses, certifications, certificates, who is in training."""

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from portal.catalog.columns import CodedFilter, CodedTable, FlagColumn, ThingColumn, TitleColumn
from portal.shell.lists import Action, Empty, ListPage
from portal.shell.tables import (
    CodeColumn,
    DayColumn,
    MomentColumn,
    NumberColumn,
    SharikTable,
    StateColumn,
)
from programs.enums import CertificateSource, CertificateState, EnrolmentState
from programs.models import Certificate, CourseEnrolment
from programs.training import selectors
from programs.training.enrolments import may_enrol_others
from tenancy.enums import Permission

VIEW, MANAGE = Permission.VIEW_TRAINING, Permission.MANAGE_TRAINING


def course_state(course: Any) -> tuple[str, Any]:
    if not course.active:
        return "off", _("Inactive")
    if course.current is None:
        return "draft", _("Draft")
    return ("offered", _("Published, with a draft")) if course.draft else ("published", _("Published"))


class CourseTable(SharikTable):
    name = TitleColumn(verbose_name=_("Course"), linked="training:build")
    layer = tables.Column(verbose_name=_("Technology layer"))
    mandatory = FlagColumn(verbose_name=_("Mandatory"))
    certification = ThingColumn(verbose_name=_("Leads to"))
    learners = NumberColumn(verbose_name=_("Enrolled"))
    completed = NumberColumn(verbose_name=_("Completed"))
    state = StateColumn(verbose_name=_("State"), state=course_state, orderable=False)


class CourseList(ListPage):
    title = _("Courses")
    subtitle = _("Material and quizzes. What is published never changes; a new version takes its place.")
    table_class = CourseTable
    filter_class = CodedFilter
    permission = MANAGE
    audience = "staff"
    export_name = "courses"
    empty = Empty(
        _("No courses yet"),
        _("Write the first one: material in your languages, a quiz, and what it certifies."),
        "school",
        "training:new_course",
        _("New course"),
    )

    def rows(self) -> QuerySet[Any]:
        return selectors.courses_with_counts(self.actor).order_by("name", "code")

    def actions(self) -> list[Action]:
        return [
            Action(_("Certifications"), reverse("training:certifications"), "rosette", plain=True),
            Action(_("In training"), reverse("training:people"), "users", plain=True),
            Action(_("New course"), reverse("training:new_course")),
        ]


class CertificationTable(CodedTable):
    name = TitleColumn(verbose_name=_("Certification"), linked="training:certification")
    layer = tables.Column(verbose_name=_("Technology layer"))
    valid_months = NumberColumn(verbose_name=_("Valid for months"))


class CertificationList(ListPage):
    title = _("Certifications")
    subtitle = _("What people can be certified in, by a course or elsewhere.")
    table_class = CertificationTable
    filter_class = CodedFilter
    permission = MANAGE
    audience = "staff"
    empty = Empty(
        _("No certifications yet"),
        _("Tiers and specialisations ask for them."),
        "rosette",
        "training:new_certification",
        _("New certification"),
    )

    def rows(self) -> QuerySet[Any]:
        return selectors.certifications_for(self.actor).order_by("name", "code")

    def actions(self) -> list[Action]:
        return [Action(_("New certification"), reverse("training:new_certification"))]

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Courses")), reverse("training:courses"))]


class PersonColumn(tables.Column):  # type: ignore[misc]
    """The person as a link to the row's page, with the company below for staff."""

    def __init__(self, *args: Any, page: str, **kwargs: Any) -> None:
        self.page = page
        super().__init__(*args, **kwargs)

    def render(self, record: Any) -> str:
        return format_html(
            '<a class="row-title" href="{}" dir="auto">{}</a><span class="row-sub" dir="auto">{}</span>',
            reverse(self.page, args=[record.pk]),
            record.person_name,
            record.partner.label(),
        )

    def value(self, record: Any) -> str:
        return str(record.person_name)


class CertificateTable(SharikTable):
    person_name = PersonColumn(verbose_name=_("Person"), page="training:certificate")
    partner = ThingColumn(verbose_name=_("Partner"), visible=False)
    certification = ThingColumn(verbose_name=_("Certification"), order_by="certification__name")
    passed_on = DayColumn(verbose_name=_("Passed on"))
    valid_until = DayColumn(verbose_name=_("Valid until"))
    counts_until = DayColumn(verbose_name=_("Counts until"), visible=False)
    reference = CodeColumn(verbose_name=_("Reference"))
    state = StateColumn(verbose_name=_("State"))


class CertificateFilter(filters.FilterSet):  # type: ignore[misc]
    search = filters.CharFilter(
        label=_("Search"), method="by_text", widget=forms.TextInput({"type": "search", "autocomplete": "off"})
    )
    state = filters.ChoiceFilter(label=_("State"), choices=CertificateState.choices, empty_label=_("All"))
    source = filters.ChoiceFilter(label=_("Source"), choices=CertificateSource.choices, empty_label=_("All"))

    class Meta:
        model = Certificate
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Certificate], name: str, value: str) -> QuerySet[Certificate]:
        return rows.filter(
            Q(person_name__icontains=value)
            | Q(certification__name__icontains=value)
            | Q(certification__code__iexact=value)
            | Q(partner__name__icontains=value)
            | Q(reference__icontains=value)
        )


class CertificateList(ListPage):
    title = _("Certificates")
    subtitle = _("Who is certified in what, and until when.")
    table_class = CertificateTable
    filter_class = CertificateFilter
    permission = VIEW
    export_name = "certificates"
    empty = Empty(
        _("No certificates yet"), _("They come from passed courses, or are entered by hand."), "certificate"
    )

    def rows(self) -> QuerySet[Any]:
        return selectors.certificates_for(self.actor).order_by("valid_until", "pk")

    def actions(self) -> list[Action]:
        if not self.actor.can(MANAGE):
            return []
        bring_in = Action(_("Import"), f"{reverse('imports:new')}?kind=certificates", "upload", plain=True)
        return [bring_in, Action(_("Enter a certificate"), reverse("training:new_certificate"))]


class EnrolmentTable(SharikTable):
    person_name = PersonColumn(verbose_name=_("Person"), page="training:learn")
    partner = ThingColumn(verbose_name=_("Partner"), visible=False)
    course = ThingColumn(verbose_name=_("Course"), order_by="course__name")
    enrolled_at = MomentColumn(verbose_name=_("Enrolled"))
    best = NumberColumn(verbose_name=_("Result in percent"))
    completed_at = MomentColumn(verbose_name=_("Completed"))
    state = StateColumn(verbose_name=_("State"))


class EnrolmentFilter(filters.FilterSet):  # type: ignore[misc]
    search = filters.CharFilter(
        label=_("Search"), method="by_text", widget=forms.TextInput({"type": "search", "autocomplete": "off"})
    )
    course = filters.CharFilter(field_name="course__code", widget=forms.HiddenInput)
    state = filters.ChoiceFilter(label=_("State"), choices=EnrolmentState.choices, empty_label=_("All"))

    class Meta:
        model = CourseEnrolment
        fields: list[str] = []

    def by_text(self, rows: QuerySet[CourseEnrolment], name: str, value: str) -> QuerySet[CourseEnrolment]:
        return rows.filter(
            Q(person_name__icontains=value)
            | Q(course__name__icontains=value)
            | Q(partner__name__icontains=value)
        )


class EnrolmentList(ListPage):
    title = _("In training")
    subtitle = _("Who takes which course, and how it went.")
    table_class = EnrolmentTable
    filter_class = EnrolmentFilter
    permission = VIEW
    audience = "staff"
    export_name = "training"
    empty = Empty(_("Nobody is in training"), _("People enrol themselves or are enrolled here."), "school")

    def rows(self) -> QuerySet[Any]:
        return selectors.enrolments_for(self.actor).order_by("-pk")

    def actions(self) -> list[Action]:
        if not may_enrol_others(self.actor):
            return []
        return [Action(_("Enrol somebody"), reverse("training:enrol"), "user-plus")]

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Courses")), reverse("training:courses"))] if self.actor.can(MANAGE) else []
