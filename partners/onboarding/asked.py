"""What the profile and the legal step ask: each field with its reader, and where the answer goes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from catalog.services import values
from catalog.services.legal_ids import clean_legal_id
from common.errors import DomainError, InputError, Invalid
from partners.models import Partner
from partners.onboarding.enums import StepKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Asked:
    """One question. ``of_partner``: the answer becomes the partner's own value when the step is done."""

    label: "str | _StrPromise"
    clean: values.Clean
    required: bool = False
    of_partner: bool = False
    long: bool = False
    ltr: bool = False


def _legal_id(value: Any) -> str:
    return clean_legal_id(values.text(40)(value), "")


ASKS: dict[str, dict[str, Asked]] = {
    StepKind.PROFILE: {
        "city": Asked(_("City"), values.text(80), required=True, of_partner=True),
        "address": Asked(_("Postal address"), values.text(300), required=True, of_partner=True, long=True),
        "phone": Asked(_("Phone"), values.phone, required=True, of_partner=True, ltr=True),
        "website": Asked(_("Website"), values.website, of_partner=True, ltr=True),
        "about": Asked(_("What the company does"), values.text(1000), long=True),
    },
    StepKind.LEGAL: {
        "legal_name": Asked(_("Registered name"), values.text(200), required=True),
        "legal_id": Asked(_("Legal id"), _legal_id, required=True, of_partner=True, ltr=True),
        "tax_number": Asked(_("Tax number"), values.text(40), required=True, ltr=True),
        "signatory": Asked(_("Who may sign for the company"), values.text(200), required=True),
    },
}


def asks_of(kind: str) -> dict[str, Asked]:
    """The questions of a kind of step; none for most."""
    return ASKS.get(kind, {})


def read_answers(kind: str, given: Mapping[str, Any]) -> dict[str, str]:
    """The answers as they are kept. Raises ``Invalid`` with an error per field."""
    errors: list[DomainError] = []
    found: dict[str, str] = {}
    for name, asked in asks_of(kind).items():
        try:
            found[name] = asked.clean(given.get(name, ""))
            if asked.required and not found[name]:
                raise InputError("required", _("This must not be empty."))
        except DomainError as error:
            errors.append(error.at(name))
    if errors:
        raise Invalid(errors)
    return found


def known_of(partner: Partner, kind: str) -> dict[str, str]:
    """What the house knows already, for a form to begin with."""
    known = {name: getattr(partner, name) for name, asked in asks_of(kind).items() if asked.of_partner}
    return known | ({"legal_name": partner.name} if kind == StepKind.LEGAL else {})


def values_for_partner(kind: str, data: Mapping[str, str]) -> dict[str, str]:
    """The answers that become the partner's own."""
    return {name: data[name] for name, asked in asks_of(kind).items() if asked.of_partner and data.get(name)}
