"""Specialisations: written by the operator, evaluated set-wise each night, with evidence and time to make up for what is missing."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.enums import Layer
from catalog.selectors import one_by_code
from catalog.services import values
from catalog.services.kinds import NAMED
from catalog.services.writing import Batch, Field, Kind, Mode, write_one
from common.errors import InputError
from common.text import clean_text
from partners.enums import PartnerState
from partners.models import Partner
from performance.models import Kpi
from programs.directory.entries import refresh_entries
from programs.enums import SpecialisationState
from programs.models import Certification, Specialisation, SpecialisationHeld
from programs.training import notices
from programs.training.figures import figures
from programs.training.held import Holders, certified
from programs.training.numbers import requirements_most, specialisation_days
from programs.training.seats import counted
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission

AT_ONCE = 2000
MOST_PEOPLE = 1000


def _needs(value: Any) -> dict[str, int]:
    """Certification's code -> number of people."""
    if not isinstance(value, dict) or not value:
        raise InputError("required", _("Name at least one certification."))
    found: dict[str, int] = {}
    for code, number in value.items():
        if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= MOST_PEOPLE:
            words = {"least": 1, "most": MOST_PEOPLE}
            raise InputError("out_of_range", _("Write a number from %(least)s to %(most)s."), params=words)
        found[str(code)] = number
    return found


def _texts(value: Any) -> dict[str, str]:
    return {str(code): clean_text(str(text)).strip()[:2000] for code, text in (value or {}).items() if text}


def _check(batch: Batch) -> None:
    """Certifications and KPI have to be there, and a KPI needs its least value."""
    wanted = {code for draft in batch.sound for code in draft.given.get("needs", {})}
    known = set(Certification.objects.filter(code__in=wanted).values_list("code", flat=True))
    for draft in batch.sound:
        for code in sorted(set(draft.given.get("needs", {})) - known):
            draft.refuse(InputError("unknown_code", _("There is no “%(code)s”."), "needs", {"code": code}))
        kpi = draft.value("kpi")
        if kpi and not Kpi.objects.filter(code=kpi).exists():
            draft.refuse(InputError("unknown_code", _("There is no “%(code)s”."), "kpi", {"code": kpi}))
        if kpi and draft.value("least") is None:
            draft.refuse(InputError("required", _("This must not be empty."), "least"))


SPECIALISATION = Kind(
    "specialisation",
    Specialisation,
    Permission.MANAGE_TRAINING,
    {
        **NAMED,
        "layer": Field(values.choice(Layer, required=False)),
        "texts": Field(_texts, merge=True),
        "needs": Field(_needs, required=True),
        "kpi": Field(values.code),
        "least": Field(values.price),
    },
    topic="training",
    check=_check,
)


def save_specialisation(actor: Actor, *, code: str, **fields: Any) -> tuple[Specialisation, bool]:
    """``name, names, layer, texts, needs, kpi, least, active``."""
    return write_one(actor, SPECIALISATION, code, fields)


def create_specialisation(actor: Actor, *, code: str, **fields: Any) -> Specialisation:
    return write_one(actor, SPECIALISATION, code, fields, Mode.CREATE)[0]


def change_specialisation(actor: Actor, *, code: str, **fields: Any) -> Specialisation:
    return write_one(actor, SPECIALISATION, code, fields, Mode.CHANGE)[0]


def specialisations_for(actor: Actor) -> QuerySet[Specialisation]:
    actor.require(Permission.VIEW_TRAINING)
    found: QuerySet[Specialisation] = Specialisation.objects.all()
    return found


def get_specialisation(actor: Actor, code: str) -> Specialisation:
    """Raises ``NotFound``."""
    return one_by_code(specialisations_for(actor), code)


def held_for(actor: Actor) -> QuerySet[SpecialisationHeld]:
    """Who has what, as far as the walls show: the own company's for partners, the book's for a PAM, else all."""
    actor.require(Permission.VIEW_TRAINING)
    found: QuerySet[SpecialisationHeld] = SpecialisationHeld.objects.select_related(
        "specialisation", "partner"
    )
    return found


def specialisations_held(partner_ids: Collection[int], on: date) -> dict[int, Decimal]:
    """Partner -> how many specialisations it has; a partner without any is left out. A source for tiers."""
    rows = SpecialisationHeld.objects.filter(
        partner_id__in=partner_ids, specialisation__active=True, since__lte=on
    )
    counts = rows.order_by().values_list("partner_id").annotate(n=Count("pk"))
    return {partner_id: Decimal(number) for partner_id, number in counts}


def evaluate_specialisations(actor: Actor) -> int:
    """All active partners against all active specialisations, as of today; returns how many are held. In a worker's scope."""
    today = timezone.now().astimezone(actor.operator.zone).date()
    subjects = list(Specialisation.objects.filter(active=True).order_by("pk"))
    SpecialisationHeld.objects.exclude(specialisation__in=subjects).delete()
    partners = list(
        Partner.objects.filter(state=PartnerState.ACTIVE, active=True)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    SpecialisationHeld.objects.exclude(partner_id__in=partners).delete()
    for start in range(0, len(partners), AT_ONCE):
        _evaluate(actor, subjects, partners[start : start + AT_ONCE], today)
    refresh_entries()
    return SpecialisationHeld.objects.count()


@transaction.atomic
def _evaluate(actor: Actor, subjects: Iterable[Specialisation], partners: list[int], today: date) -> None:
    people = certified(partners, today)
    sales = figures(actor.operator, {one.kpi for one in subjects if one.kpi}, partners, today)
    rows = SpecialisationHeld.objects.filter(partner_id__in=partners).select_related(
        "specialisation", "partner"
    )
    there = {(row.specialisation_id, row.partner_id): row for row in rows.select_for_update(of=("self",))}
    most = requirements_most()
    for subject in subjects:
        for partner_id in partners:
            row = there.get((subject.pk, partner_id))
            holders = people.get(partner_id, {})
            if row is None and not holders:
                continue
            evidence = _evidence(subject, _people(subject, holders, most), sales.get(partner_id, {}))
            _settle(actor, subject, partner_id, row, evidence, today)


def _people(subject: Specialisation, holders: Holders, most: int) -> dict[str, int]:
    """Certification's code -> how many people count for it."""
    return dict(zip(subject.needs, counted(holders, list(subject.needs.items()), most), strict=True))


def _evidence(
    subject: Specialisation, people: dict[str, int], sales: dict[str, Decimal]
) -> list[dict[str, Any]]:
    found = [
        {"code": code, "needed": str(number), "measured": str(people[code]), "met": people[code] >= number}
        for code, number in subject.needs.items()
    ]
    if subject.kpi and subject.least is not None:
        measured = sales.get(subject.kpi, Decimal(0))
        met = measured >= subject.least
        found.append(
            {
                "code": subject.kpi,
                "needed": str(subject.least),
                "measured": str(measured),
                "met": met,
                "kpi": True,
            }
        )
    return found


def _settle(
    actor: Actor,
    subject: Specialisation,
    partner_id: int,
    row: SpecialisationHeld | None,
    evidence: list[dict[str, Any]],
    today: date,
) -> None:
    met = all(one["met"] for one in evidence)
    if row is None:
        if met:
            row = SpecialisationHeld.objects.create(
                specialisation=subject,
                partner_id=partner_id,
                since=today,
                checked_on=today,
                evidence=evidence,
            )
            audit.record(actor, "specialisation.earn", row, ref=subject.code)
            notices.tell_specialisation(notices.SPECIAL, row)
        return
    before = row.state
    row.evidence, row.checked_on = evidence, today
    if met:
        row.state, row.valid_until = SpecialisationState.HELD, None
    elif before == SpecialisationState.HELD:
        row.state = SpecialisationState.ENDING
        row.valid_until = today + timedelta(days=specialisation_days())
        notices.tell_specialisation(notices.SPECIAL_MISSING, row, until=row.valid_until)
    elif row.valid_until is not None and row.valid_until < today:
        audit.record(actor, "specialisation.end", row, ref=subject.code)
        notices.tell_specialisation(notices.SPECIAL_ENDED, row)
        row.delete()
        return
    row.save()


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the reader's company is: what it has, and how many people count for each need."""

    held: dict[int, SpecialisationHeld]
    holders: Holders
    most: int

    def people(self, subject: Specialisation, code: str) -> int:
        return _people(subject, self.holders, self.most).get(code, 0)


def standing_of(actor: Actor) -> Standing:
    """Of the actor's own company; empty for staff."""
    company = actor.partner_id or 0
    today = timezone.now().astimezone(actor.operator.zone).date()
    rows = SpecialisationHeld.objects.filter(partner_id=company)
    return Standing(
        {row.specialisation_id: row for row in rows},
        certified([company], today).get(company, {}),
        requirements_most(),
    )


def holders_of(actor: Actor) -> dict[int, int]:
    """Specialisation -> how many partners that the actor sees have it."""
    actor.require(Permission.VIEW_TRAINING)
    rows = SpecialisationHeld.objects.order_by().values("specialisation_id").annotate(n=Count("pk"))
    return dict(rows.values_list("specialisation_id", "n"))
