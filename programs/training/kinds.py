"""What may be written of courses and certifications, and how it is read."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.enums import Layer, PartnerRole
from catalog.services import values
from catalog.services.kinds import NAMED
from catalog.services.writing import Batch, Field, Kind
from common.digits import to_latin
from common.errors import InputError
from programs.models import Certification, Course, CourseVersion, QuizKey
from tenancy.enums import Permission


def whole(least: int, most: int) -> values.Clean:
    """A whole number between the two, or nothing."""

    def read(value: Any) -> int | None:
        written = to_latin(str("" if value is None else value)).strip()
        if not written:
            return None
        if not written.isdecimal() or not least <= int(written) <= most:
            words = {"least": least, "most": most}
            raise InputError("out_of_range", _("Write a number from %(least)s to %(most)s."), params=words)
        return int(written)

    return read


CERTIFICATION = Kind(
    "certification",
    Certification,
    Permission.MANAGE_TRAINING,
    {
        **NAMED,
        "layer": Field(values.choice(Layer, required=False)),
        "valid_months": Field(whole(1, 240)),
    },
    topic="training",
)


def _begin_drafts(batch: Batch) -> None:
    """A new course has a draft to write in."""
    for draft in batch.written:
        if draft.created:
            version = CourseVersion.objects.create(course=draft.thing, number=1)
            QuizKey.objects.create(version=version)


COURSE = Kind(
    "course",
    Course,
    Permission.MANAGE_TRAINING,
    {
        **NAMED,
        "layer": Field(values.choice(Layer, required=False)),
        "roles": Field(values.several(PartnerRole)),
        "layers": Field(values.several(Layer)),
        "mandatory": Field(values.boolean(empty=False)),
        "certification": Field(values.code, refers=Certification),
        "minutes": Field(whole(1, 10_000)),
    },
    topic="training",
    keep=_begin_drafts,
)
