"""Courses: what is taught, in published versions that never change, who takes them, and the quizzes' attempts.

Partners read courses, versions and their own people's rows; every step is a service that writes as the operator's office. The
right answers stand in a table that no partner reads.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from catalog.enums import Layer, PartnerRole
from catalog.models import Coded, Searchable
from partners.models import Partner
from programs.enums import EnrolmentState
from programs.models.training import Certificate, Certification
from tenancy.base import Named, TenantForeignKey, TenantModel
from tenancy.models import Membership
from tenancy.walls.spec import ALL, STAFF, Walls
from workflow.models import StoredFile

OF_PARTNER = Walls(partner="partner_id", pam="partner_id")


class Course(Named, Searchable, Coded):
    """Something to learn. ``current`` is the number of the version that counts; without one nobody at a partner sees it."""

    walls = Walls(partner=ALL, pam=ALL, partner_if="current is not null")
    layer = models.CharField(_("technology layer"), max_length=20, choices=Layer.choices, blank=True)
    #: Whom it is for; an empty list asks nothing.
    roles = ArrayField(
        models.CharField(max_length=20, choices=PartnerRole.choices),
        verbose_name=_("partner roles"),
        default=list,
        blank=True,
    )
    layers = ArrayField(
        models.CharField(max_length=20, choices=Layer.choices),
        verbose_name=_("technology layers of the partner"),
        default=list,
        blank=True,
    )
    mandatory = models.BooleanField(_("mandatory"), default=False)
    #: What whoever completes it is certified in.
    certification = TenantForeignKey(
        Certification, null=True, blank=True, related_name="courses", verbose_name=_("certification")
    )
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    current = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta(Coded.Meta):
        pass


class CourseVersion(TenantModel):
    """The content of a course. Texts are language -> text; a published version never changes (a trigger sees to it).

    ``body``: Markdown, a section begins with each heading of the second level. ``links``: ``[{"title", "url"}]``.
    ``quiz``: ``[{"id", "kind", "text", "options": [{"id", "text"}], "weight"}]``; the right answers are a ``QuizKey``.
    """

    walls = Walls(partner=ALL, pam=ALL, partner_if="published_at is not null")
    course = TenantForeignKey(Course, related_name="versions", on_delete=models.CASCADE)
    number = models.PositiveSmallIntegerField()
    summary = models.JSONField(_("summary"), default=dict, blank=True)
    body = models.JSONField(_("material"), default=dict, blank=True)
    links = models.JSONField(_("links"), default=list, blank=True)
    quiz = models.JSONField(_("quiz"), default=list, blank=True)
    pass_mark = models.PositiveSmallIntegerField(_("pass mark"), default=80)
    #: How often the quiz can be taken; 0 asks nothing.
    attempts_most = models.PositiveSmallIntegerField(_("attempts"), default=3)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["course", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "course", "number"], name="courseversion_number"),
            models.UniqueConstraint(
                fields=["operator", "course"],
                condition=models.Q(published_at=None),
                name="courseversion_one_draft",
            ),
            models.CheckConstraint(
                condition=models.Q(pass_mark__gte=1, pass_mark__lte=100), name="courseversion_pass_mark"
            ),
        ]


#: A partner reads the files of a version that one of its people takes or has taken.
_TAKEN = (
    "(exists (select 1 from programs_courseenrolment taken"
    " where taken.version_id = programs_coursefile.version_id and taken.state <> 'cancelled'))"
)


class CourseFile(StoredFile, TenantModel):
    """A file of a version's material. Files of a published version never change (a trigger sees to it)."""

    walls = Walls(partner=ALL, pam=ALL, partner_if=_TAKEN)
    version = TenantForeignKey(CourseVersion, related_name="files", on_delete=models.CASCADE)
    title = models.CharField(_("title"), max_length=200)
    author = models.CharField(max_length=200)
    at = models.DateTimeField(db_default=Now())

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        indexes = [models.Index(fields=["operator", "version", "id"], name="coursefile_version")]


class QuizKey(TenantModel):
    """The right answers of a version: question id -> ``{"right": [option ids], "why": language -> text}``."""

    walls = STAFF
    version = TenantForeignKey(CourseVersion, related_name="keys", on_delete=models.CASCADE)
    answers = models.JSONField(default=dict, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["operator", "version"], name="quizkey_version")]


class CourseEnrolment(TenantModel):
    """A person who takes a course, in the version of the day on which it was begun."""

    walls = OF_PARTNER
    course = TenantForeignKey(Course, related_name="enrolments", verbose_name=_("course"))
    version = TenantForeignKey(CourseVersion, related_name="+")
    partner = TenantForeignKey(Partner, related_name="+", verbose_name=_("partner"))
    member = TenantForeignKey(Membership, related_name="+", verbose_name=_("person"))
    person_name = models.CharField(_("person"), max_length=200)
    state = models.CharField(
        _("state"), max_length=12, choices=EnrolmentState.choices, default=EnrolmentState.PLANNED
    )
    #: The certificate that it leads to.
    certificate = TenantForeignKey(Certificate, null=True, blank=True, related_name="enrolments")
    enrolled_by = models.CharField(max_length=200)
    enrolled_at = models.DateTimeField(auto_now_add=True)
    due_on = models.DateField(_("to be done by"), null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)
    #: Numbers of the sections that were read.
    sections_read = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    #: The best result of the quiz, in percent.
    best = models.DecimalField(_("result"), max_digits=5, decimal_places=2, null=True, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "course", "member"],
                condition=models.Q(state__in=["planned", "in_training"]),
                name="courseenrolment_open",
            )
        ]
        indexes = [
            models.Index(fields=["operator", "partner", "-id"], name="courseenrolment_partner"),
            models.Index(fields=["operator", "member"], name="courseenrolment_member"),
        ]


class QuizAttempt(TenantModel):
    """One try at a quiz. ``seed`` decides the order of questions and options; ``answers``: question id -> option ids.

    ``result`` of a finished one: ``[{"id", "given", "share", "weight"}]`` in the order shown.
    """

    walls = OF_PARTNER
    enrolment = TenantForeignKey(CourseEnrolment, related_name="attempts", on_delete=models.CASCADE)
    partner = TenantForeignKey(Partner, related_name="+")
    member = TenantForeignKey(Membership, related_name="+")
    number = models.PositiveSmallIntegerField()
    seed = models.BigIntegerField()
    answers = models.JSONField(default=dict, blank=True)
    result = models.JSONField(default=list, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    score = models.DecimalField(_("result"), max_digits=5, decimal_places=2, null=True, blank=True)
    passed = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        ordering = ["enrolment", "number"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "enrolment", "number"], name="quizattempt_number"),
            models.UniqueConstraint(
                fields=["operator", "enrolment"],
                condition=models.Q(finished_at=None),
                name="quizattempt_one_open",
            ),
        ]
