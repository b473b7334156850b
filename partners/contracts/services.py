"""Contracts are written, published and accepted."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.enums import PartnerRole
from catalog.services import values
from common.errors import Conflict, Forbidden, InputError, NotFound
from common.text import clean_text
from partners.contracts.notices import tell_accepted, tell_published
from partners.contracts.rules import accept_days
from partners.contracts.selectors import get_version, today_of
from partners.contracts.texts import LONGEST, hash_of, kept
from partners.models import Contract, ContractAcceptance, ContractVersion, Partner
from partners.selectors import get_partner, own_company
from tenancy import audit, outbox
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.timers import schedule

MANAGE = Permission.MANAGE_PARTNERS
ACCEPTED = "partners.contract_accepted"
#: Days before the last day on which partners are reminded.
WARNING_DAYS = (7, 1)
REMIND = "contracts.remind"


def save_contract(
    actor: Actor,
    *,
    name: str,
    names: Mapping[str, str] | None = None,
    roles: Sequence[str] = (),
    active: bool = True,
    contract_id: int | None = None,
) -> Contract:
    """A new contract, or a changed one; its texts are in its versions."""
    actor.require(MANAGE)
    contract = Contract() if contract_id is None else _contract(contract_id)
    contract.name = _at("name", values.text(200, required=True), name)
    contract.names = {code: word for code, word in _at("names", values.names, names or {}).items() if word}
    contract.roles = _at("roles", values.several(PartnerRole), list(roles))
    contract.active = active
    contract.save()
    verb = "create" if contract_id is None else "change"
    audit.record(actor, f"contract.{verb}", contract, ref=contract.name)
    return contract


def _at(field: str, clean: values.Clean, value: Any) -> Any:
    try:
        return clean(value)
    except InputError as error:
        raise error.at(field) from None


def draft_version(actor: Actor, *, contract_id: int) -> ContractVersion:
    """The draft of the next version, which begins with the text in force; an open draft is continued."""
    actor.require(MANAGE)
    contract = Contract.objects.select_for_update(no_key=True).filter(pk=contract_id).first()
    if contract is None:
        raise NotFound()
    versions = ContractVersion.objects.filter(contract=contract).order_by("-number")
    last: ContractVersion | None = versions.first()
    if last is not None and last.published_at is None:
        return last
    made: ContractVersion = ContractVersion.objects.create(
        contract=contract, number=last.number + 1 if last else 1, texts=last.texts if last else {}
    )
    audit.record(
        actor, "contract.draft", contract, ref=contract.name, changes={"version": [None, made.number]}
    )
    return made


def write_version(
    actor: Actor, *, version_id: int, texts: Mapping[str, str], changes: str = ""
) -> ContractVersion:
    """Change the draft's texts (language code -> Markdown). A published version never changes."""
    actor.require(MANAGE)
    version = _draft(actor, version_id)
    for code, text in texts.items():
        if code not in actor.operator.languages:
            raise InputError("unknown_language", _("“%(value)s” is no language."), "texts", {"value": code})
        if len(text) > LONGEST:
            raise InputError("too_long", _("At most %(most)s characters."), f"text_{code}", {"most": LONGEST})
    version.texts = {code: kept(text) for code, text in texts.items() if kept(text)}
    version.changes = clean_text(changes)[:4000]
    version.save(update_fields=["texts", "changes"])
    return version


def publish_version(actor: Actor, *, version_id: int, valid_from: date | None = None) -> ContractVersion:
    """Put the draft in force from a day on. Partners are told and have their days to accept it.

    Raises ``InputError`` where the operator's main language has no text, or for a day that is over.
    """
    actor.require(MANAGE)
    version = _draft(actor, version_id)
    main, today = actor.operator.main_language, today_of(actor.operator)
    day = valid_from or today
    if not version.texts.get(main):
        raise InputError("required", _("Write the text in the main language first."), f"text_{main}")
    if day < today:
        raise InputError("past", _("This day is over."), "valid_from")
    version.hashes = {code: hash_of(text) for code, text in version.texts.items()}
    version.valid_from, version.published_at = day, timezone.now()
    version.accept_until, version.published_by = day + timedelta(days=accept_days()), actor.name
    version.save()
    audit.record(
        actor,
        "contract.publish",
        version.contract,
        ref=version.contract.name,
        changes={"version": [None, version.number], "hashes": [None, version.hashes]},
    )
    tell_published(actor, version)
    for days in WARNING_DAYS:
        at = timezone.now() + (version.accept_until - timedelta(days=days) - today)
        if at > timezone.now():
            schedule(REMIND, version, at, days=days)
    return version


def accept_version(
    actor: Actor, *, version_id: int, sha256: str, language: str, capacity: str, address: str | None = None
) -> ContractAcceptance:
    """Accept for the own company what was on the screen: ``sha256`` and ``language`` name the text that was read.

    Raises ``Forbidden`` for whoever may not sign, ``Conflict`` for a version that is accepted already, is not the one in force, or
    whose text is another one.
    """
    actor.require(Permission.MANAGE_COMPANY)
    company = own_company(actor)
    version = _in_force(actor, version_id)
    if version.hashes.get(language) != sha256:
        raise Conflict("other_text", _("This is not the text that you have read. Open the page again."))
    who = {"person": actor.name, "email": actor.email, "address": address}
    return _accept(actor, version, company, language, capacity, **who)


def record_acceptance(
    actor: Actor, *, version_id: int, partner: str, person: str, capacity: str = ""
) -> ContractAcceptance:
    """The contract was signed on paper: the operator notes who signed for the partner (its code)."""
    actor.require(MANAGE)
    company = get_partner(actor, partner)
    version = _in_force(actor, version_id)
    name = _at("person", values.text(200, required=True), person)
    language = actor.operator.main_language
    return _accept(actor, version, company, language, capacity, person=name, email="", recorded_by=actor.name)


def _in_force(actor: Actor, version_id: int) -> ContractVersion:
    version, today = get_version(actor, version_id), today_of(actor.operator)
    newer = ContractVersion.objects.filter(contract=version.contract, number__gt=version.number)
    if newer.filter(published_at__isnull=False, valid_from__lte=today).exists():
        raise Conflict("newer_version", _("There is a newer version. Read and accept that one."))
    if version.published_at is None:
        raise Conflict("not_published", _("This version is not published yet."))
    return version


def _accept(
    actor: Actor, version: ContractVersion, company: Partner, language: str, capacity: str, **who: Any
) -> ContractAcceptance:
    if actor.membership_id is None:
        raise Forbidden()
    role = _at("capacity", values.text(120, required=not who.get("recorded_by")), capacity)
    try:
        with transaction.atomic():
            acceptance: ContractAcceptance = ContractAcceptance.objects.create(
                version=version,
                partner=company,
                membership_id=actor.membership_id,
                capacity=role,
                language=language,
                sha256=version.hashes[language],
                at=timezone.now(),
                **who,
            )
    except IntegrityError:
        raise Conflict("accepted", _("This version is accepted already.")) from None
    change = {"version": [None, version.number], "sha256": [None, acceptance.sha256]}
    audit.record(actor, "contract.accept", version.contract, ref=company.code, changes=change)
    outbox.emit(ACCEPTED, {"partner_id": company.pk, "version_id": version.pk})
    tell_accepted(acceptance)
    return acceptance


def _contract(pk: int) -> Contract:
    found: Contract | None = Contract.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def _draft(actor: Actor, pk: int) -> ContractVersion:
    version = get_version(actor, pk)
    locked: ContractVersion = ContractVersion.objects.select_for_update(no_key=True).get(pk=version.pk)
    if locked.published_at is not None:
        raise Conflict("published", _("A published version never changes. Begin a new one."))
    return locked
