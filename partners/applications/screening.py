"""What the system looks at before a person does: who is the same company as a partner, and what does not fit together.

Runs in the worker, over everything of the operator. A flag is a reason to look closer and no verdict; its evidence is what
the applicant wrote.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import phonenumbers
from django.utils import timezone

from catalog.matching import domain_key, legal_key, name_key, phone_key, similarity
from common.digits import to_latin
from partners.applications.disposable import DISPOSABLE
from partners.applications.numbers import name_similarity
from partners.applications.rules import OPEN
from partners.enums import ApplicationState, BlockKind
from partners.enums import FlagKind as K
from partners.enums import FlagLevel as L
from partners.models import Application, ApplicationFlag, BlockEntry, Partner
from tenancy.models import Membership

#: Endings that companies of any country take.
_WORLD = frozenset({"io", "ai", "co", "me", "tv", "cc", "eu", "app", "so", "to", "ly", "fm", "gg", "sh"})


@dataclass(frozen=True, slots=True)
class Found:
    kind: str
    level: str
    evidence: str = ""
    partner_id: int | None = None
    other_id: int | None = None


@dataclass(frozen=True, slots=True)
class Keys:
    """By what a company is recognised, each in its one spelling; empty where nothing is known."""

    name: str
    legal_id: str
    phone: str
    email: str
    domains: frozenset[str] = field(default_factory=frozenset)


def keys_of(name: str, legal_id: str, country: str, phone: str, email: str, website: str) -> Keys:
    domains = {domain_key(website), domain_key(email)} - {""}
    legal = legal_key(legal_id, country).partition(":")[2]
    return Keys(name, legal, phone_key(phone, country), email.strip().lower(), frozenset(domains))


def application_keys(it: Application) -> Keys:
    return keys_of(it.company_name, it.legal_id, it.country, it.phone, it.contact_email, it.website)


def find_flags(application: Application) -> list[Found]:
    """Every reason to look closer at ``application``."""
    keys = application_keys(application)
    return [
        *_partners(application, keys),
        *_people(keys),
        *_applications(application, keys),
        *_blocked(keys),
        *_own(application, keys),
    ]


def keep_flags(application: Application) -> list[Found]:
    """Look anew and keep what was found in place of what was."""
    found = find_flags(application)
    ApplicationFlag.objects.filter(application=application).delete()
    ApplicationFlag.objects.bulk_create(
        ApplicationFlag(
            application=application,
            kind=each.kind,
            level=each.level,
            evidence=each.evidence[:240],
            partner_id=each.partner_id,
            other_id=each.other_id,
        )
        for each in found
    )
    return found


def _partners(application: Application, keys: Keys) -> Iterator[Found]:
    """Companies of the channel, those that were ended too; the strongest likeness of each."""
    alike = name_similarity() / 100
    columns = ("pk", "name", "names", "legal_id", "phone", "website")
    for pk, name, names, legal_id, phone, website in Partner.objects.values_list(*columns).iterator():
        other = keys_of(name, legal_id, application.country, phone, "", website)
        if keys.legal_id and keys.legal_id == other.legal_id:
            yield Found(K.LEGAL_ID, L.HIGH, application.legal_id, pk)
        elif keys.phone and keys.phone == other.phone:
            yield Found(K.PHONE, L.HIGH, application.phone, pk)
        elif shared := keys.domains & other.domains:
            yield Found(K.DOMAIN, L.MEDIUM, min(shared), pk)
        elif any(similarity(keys.name, each) >= alike for each in (name, *names.values())):
            yield Found(K.NAME, L.MEDIUM, application.company_name, pk)


def _people(keys: Keys) -> Iterator[Found]:
    """The contact is one of a partner's people, or has an address of its company."""
    seen: set[int] = set()
    people = Membership.objects.exclude(partner=None).values_list("email", "partner_id").order_by("pk")
    for email, partner_id in people.iterator():
        if email.lower() == keys.email:
            yield Found(K.OWNER, L.HIGH, keys.email, partner_id)
        elif (domain := domain_key(email)) in keys.domains and partner_id not in seen:
            seen.add(partner_id)
            yield Found(K.DOMAIN, L.MEDIUM, domain, partner_id)


def _applications(application: Application, keys: Keys) -> Iterator[Found]:
    others = Application.objects.exclude(pk=application.pk).exclude(submitted_at=None)
    today = timezone.now().astimezone(application.operator.zone).date()
    for other in others.filter(state__in=(*OPEN, ApplicationState.REJECTED)).iterator():
        if not _same(keys, application_keys(other)):
            continue
        if other.state != ApplicationState.REJECTED:
            yield Found(K.OPEN_APPLICATION, L.MEDIUM, other.number, other_id=other.pk)
        elif other.reapply_after and today < other.reapply_after:
            yield Found(K.TOO_EARLY, L.HIGH, other.number, other_id=other.pk)
        else:
            yield Found(K.EARLIER_REJECTION, L.MEDIUM, other.number, other_id=other.pk)


def _same(one: Keys, other: Keys) -> bool:
    pairs = ((one.legal_id, other.legal_id), (one.phone, other.phone), (one.email, other.email))
    return any(left and left == right for left, right in pairs) or bool(one.domains & other.domains)


def _blocked(keys: Keys) -> Iterator[Found]:
    name = name_key(keys.name)
    wanted: dict[str, set[str]] = {
        BlockKind.LEGAL_ID: {keys.legal_id},
        BlockKind.PHONE: {keys.phone},
        BlockKind.DOMAIN: set(keys.domains) | {keys.email.rpartition("@")[2]},
        BlockKind.NAME: {name},
    }
    for entry in BlockEntry.objects.filter(kind__in=wanted).order_by("pk"):
        alike = (
            entry.kind == BlockKind.NAME and similarity(keys.name, entry.written) >= name_similarity() / 100
        )
        if alike or entry.value in wanted[entry.kind] - {""}:
            yield Found(K.BLOCKED, L.HIGH, f"{BlockKind(entry.kind).value}: {entry.written}")


def _own(application: Application, keys: Keys) -> Iterator[Found]:
    """What of the application does not fit together."""
    domain = keys.email.rpartition("@")[2]
    if domain in DISPOSABLE or domain_key(domain) in DISPOSABLE:
        yield Found(K.DISPOSABLE_MAIL, L.HIGH, domain)
    elif not domain_key(domain):
        yield Found(K.FREE_MAIL, L.LOW, domain)
    told = application.country
    region = _phone_region(application.phone, told)
    if region and region != told:
        yield Found(K.COUNTRY, L.MEDIUM, f"{application.phone} ({region} ≠ {told})")
    for each in sorted(keys.domains):
        ending = each.rpartition(".")[2].upper().replace("UK", "GB")
        if len(ending) == 2 and ending != told and ending.lower() not in _WORLD:
            yield Found(K.COUNTRY, L.MEDIUM, f"{each} ({ending} ≠ {told})")


def _phone_region(text: str, country: str) -> str:
    """The country of a phone number, empty where it has none or is written without one."""
    try:
        number = phonenumbers.parse(to_latin(text), country or None)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.region_code_for_number(number) or ""
