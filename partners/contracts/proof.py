"""The proof of an acceptance as a document: who, when, from where, and the text itself."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from common import display, pdf
from common.calendars import base_language, get_calendar
from partners.contracts.selectors import get_acceptance
from partners.contracts.texts import plain_of
from partners.models import ContractAcceptance
from tenancy.actors import Actor
from tenancy.models import Operator


def proof_pdf(actor: Actor, acceptance_id: int, language: str) -> bytes:
    """The PDF with words around it in ``language``; the contract stands in the language in which it was accepted.

    Raises ``NotFound``.
    """
    acceptance = get_acceptance(actor, acceptance_id)
    with translation.override(base_language(language)):
        data = _document(actor.operator, acceptance, base_language(language))
    return pdf.render("contract", data, language=language)


def _document(operator: Operator, acceptance: ContractAcceptance, language: str) -> dict[str, Any]:
    version = acceptance.version
    at = display.format_datetime(acceptance.at, get_calendar(operator.calendar), language, operator.zone)
    number = display.format_number(version.number, language)
    title = version.contract.label(language)
    facts = [
        [_("Company"), acceptance.partner.label(language)],
        [_("Version"), number],
        [_("Accepted by"), acceptance.person],
        [_("In the capacity of"), acceptance.capacity or "–"],
        [_("E-mail"), acceptance.email or "–"],
        [_("Time"), at],
        [_("Network address"), acceptance.address or "–"],
    ]
    if acceptance.recorded_by:
        facts.append([_("Signed on paper, noted by"), acceptance.recorded_by])
    return {
        "title": _("Proof of acceptance"),
        "contract": title,
        "brand": {"name": operator.label(language), "colour": operator.brand_colour},
        "foot": f"{title} · {number}",
        "page_words": [_("Page"), _("of")],
        "facts": facts,
        "hash_label": _("Hash of the text (SHA-256)"),
        "hash": acceptance.sha256,
        "text_label": _("The accepted text"),
        "text_language": acceptance.language if acceptance.language in version.texts else language,
        "blocks": plain_of(version.texts.get(acceptance.language, "")),
    }
