"""Leads at a demo operator, in every state: most with the first partner, some with two others, some that nobody took."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from django.utils import translation

from catalog.models import Product, Territory
from deals.services.drafts import create_draft
from deals.services.leads import convert_lead
from deals.services.submission import submit_deal
from marketing.enums import LeadSource, LeadState
from marketing.leads.candidates import WORKERS
from marketing.leads.capture import capture_lead
from marketing.leads.offers import accept_lead, decline_lead
from marketing.leads.working import disqualify_lead, lose_lead, mark_contacted, qualify_lead
from marketing.models import Lead
from partners.enums import PartnerState
from partners.models import Partner
from portal.demo.dealwords import WORDS
from portal.demo.master import PASSWORD
from portal.demo.places import Place
from tenancy.actors import Actor, actor_of
from tenancy.enums import Audience, Role
from tenancy.models import Membership
from tenancy.scope import scope
from tenancy.services import add_membership, ensure_person

S = LeadState
#: What becomes of each lead, in the order in which they come.
ENDS = (
    S.CONVERTED, S.LOST, S.DISQUALIFIED, S.QUALIFIED, S.CONTACTED, S.ACCEPTED, S.CONTACTED, S.QUALIFIED, S.LOST,
    S.ACCEPTED, S.ACCEPTED, S.CONTACTED, S.DISQUALIFIED, S.MANUAL, S.MANUAL, S.MANUAL, S.OFFERED, S.OFFERED, S.OFFERED,
    S.OFFERED, S.OFFERED, S.OFFERED, S.OFFERED, S.OFFERED, S.OFFERED,
)  # fmt: skip
WISHES: tuple[tuple[str, str, str, tuple[str, str, str]], ...] = (
    ("start", "now", "medium", ("Three new shops need lines before the opening.",
     "سه فروشگاه تازه پیش از گشایش خط می‌خواهند.", "ثلاثة متاجر جديدة تحتاج إلى خطوط قبل الافتتاح.")),
    ("replace", "quarter", "large", ("Our contract ends this season; we compare offers.",
     "قراردادمان این فصل تمام می‌شود و پیشنهادها را می‌سنجیم.", "ينتهي عقدنا هذا الفصل ونقارن العروض.")),
    ("advice", "open", "small", ("We do not know what we need. Please call in the morning.",
     "نمی‌دانیم چه لازم داریم. لطفاً صبح تماس بگیرید.", "لا نعرف ما نحتاج إليه. اتصلوا صباحًا من فضلكم.")),
    ("more", "quarter", "medium", ("The present line is too narrow since we moved.",
     "از وقتی جابه‌جا شده‌ایم خط کنونی کم است.", "لم يعد الخط الحالي يكفي منذ انتقلنا.")),
    ("project", "year", "large", ("Head office and eleven branches, with backup and a firewall.",
     "دفتر مرکزی و یازده شعبه، با پشتیبان و دیواره آتش.", "المقر وأحد عشر فرعًا، مع نسخ احتياطي وجدار حماية.")),
)  # fmt: skip
_ORDER = {"en": 0, "fa": 1, "ar": 2}


@dataclass(frozen=True, slots=True)
class Scene:
    """Whom the demo's leads are about and who acts."""

    actor: Actor
    place: Place
    rng: Random
    now: datetime
    first: Partner


def make_leads(actor: Actor, place: Place, rng: Random, now: datetime) -> None:
    """Some 25 leads, each brought by the services to where it is."""
    others = Partner.objects.filter(state=PartnerState.ACTIVE).exclude(code="p001").order_by("code")
    first = Partner.objects.get(code="p001")
    for index, partner in enumerate(others[:2]):
        _add_seller(actor, place, partner, index)
    scene = Scene(actor, place, rng, now, first)
    for index, end in zip(count(), ENDS, strict=False):
        _bring(scene, index, end)
    _contest(scene)


def _add_seller(actor: Actor, place: Place, partner: Partner, index: int) -> None:
    """Somebody who works on leads at another partner."""
    with scope(actor.operator.pk, Audience.AUTH):
        person = ensure_person(
            email=f"{partner.code}@{place.slug}.example",
            name=place.people[-1 - index],
            language=place.language,
            password=PASSWORD,
        )
        add_membership(person, role=Role.PARTNER_SELLER, partner_id=partner.pk)


def _bring(scene: Scene, index: int, end: str) -> None:
    worked = end not in (S.OFFERED, S.MANUAL)
    received = scene.now - timedelta(days=20 - index * 0.75, hours=scene.rng.randint(0, 5))
    taken = capture_lead(
        scene.actor,
        fields=_fields(scene, index),
        source=scene.rng.choice([LeadSource.FORM, LeadSource.FILE, LeadSource.API, LeadSource.MANUAL]),
        partner=scene.first.code if worked and index % 2 == 0 else "",
        received_at=received,
    )
    lead = taken.lead
    if end == S.MANUAL:
        _refuse(scene, lead)
        Lead.objects.filter(pk=lead.pk).update(manual_since=received + timedelta(hours=4))
    elif worked:
        _work(scene, lead, end)


def _fields(scene: Scene, index: int) -> dict[str, Any]:
    place, rng = scene.place, scene.rng
    need, timing, size, words = WISHES[index % len(WISHES)]
    company = f"{place.first_words[index % len(place.first_words)][0]} {rng.choice(place.second_words)[0]}"
    products = list(Product.objects.filter(active=True).exclude(family__layer="core").order_by("code"))
    territories = list(Territory.objects.filter(active=True, level=1).order_by("code"))
    where = rng.choice(territories) if territories else None
    return {
        "need": need,
        "timing": timing,
        "size": size,
        "product": products[index % len(products)].code if index % 3 else "",
        "layer": "" if index % 3 else "connectivity",
        "territory": where.code if where else "",
        "person": place.people[index % len(place.people)],
        "company": company,
        "email": f"info@lead{index + 1}.example",
        "phone": "" if index % 4 == 0 else _phone(place, index),
        "country": place.country,
        "city": _called(where, place.language) if where else "",
        "text": words[_ORDER[place.language]],
        "language": place.language,
    }


def _called(where: Territory, language: str) -> str:
    with translation.override(language):
        return where.label()


def _phone(place: Place, index: int) -> str:
    return f"021 8800 {1100 + index}" if place.country == "IR" else f"04 330 {1100 + index}"


def _as(scene: Scene, lead: Lead, step: Callable[[Actor], Any]) -> None:
    """A step by somebody of the partner that has the lead."""
    lead.refresh_from_db()
    people = Membership.objects.filter(partner_id=lead.partner_id, active=True, role__in=WORKERS)
    # Not inside the partner's own scope: the demo is filled by the worker's login, which may not become a partner.
    step(actor_of(people.order_by("pk")[0], scene.actor.operator))


def _contest(scene: Scene) -> None:
    """Another company registers a deal with somebody whose lead the first partner works on."""
    worked = Lead.objects.filter(partner=scene.first, state=S.CONTACTED).exclude(product=None)
    lead = worked.order_by("pk")[0]
    contact = lead.contacts.get()
    fields = {
        "customer_name": contact.company,
        "country": contact.country,
        "city": contact.city,
        "domain": contact.email.partition("@")[2],
        "contact_name": scene.place.people[0],
        "engagement_model": "sell_to",
        "expected_close": (scene.now + timedelta(days=40)).date().isoformat(),
        "presales": [{"day": scene.now.date().isoformat(), "text": WORDS[scene.place.language]["visit"]}],
        "lines": [{"product": lead.product.code, "quantity": "2", "amount": str(90 * scene.place.unit)}],
    }
    submit_deal(scene.actor, ref=create_draft(scene.actor, fields=fields, partner="p004").ref)


def _refuse(scene: Scene, lead: Lead) -> None:
    """Whoever is asked says no, until nobody is left."""
    while lead.state == S.OFFERED:
        reason = scene.rng.choice(["no_capacity", "outside_area", "not_our_field"])
        _as(scene, lead, lambda actor, reason=reason: decline_lead(actor, ref=lead.ref, reason=reason))  # type: ignore[misc]
        lead.refresh_from_db()


def _work(scene: Scene, lead: Lead, end: str) -> None:
    if lead.state == S.OFFERED:
        _as(scene, lead, lambda actor: accept_lead(actor, ref=lead.ref))
    elif lead.state != S.ACCEPTED:
        return
    if end == S.ACCEPTED:
        return
    if end == S.DISQUALIFIED:
        _as(scene, lead, lambda actor: disqualify_lead(actor, ref=lead.ref, reason="not_reachable"))
        return
    _as(scene, lead, lambda actor: mark_contacted(actor, ref=lead.ref))
    if end in (S.QUALIFIED, S.CONVERTED):
        _as(scene, lead, lambda actor: qualify_lead(actor, ref=lead.ref))
    if end == S.LOST:
        _as(scene, lead, lambda actor: lose_lead(actor, ref=lead.ref, reason="price"))
    if end == S.CONVERTED:
        _as(scene, lead, lambda actor: convert_lead(actor, ref=lead.ref))
