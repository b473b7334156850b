"""Bank responses as ISO 20022 pain.002 (CustomerPaymentStatusReport), versions 03 to 14.

Elements are found by their names, whatever the version's namespace: what is read here is the same in all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from defusedxml import ElementTree as safe
from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext_lazy as _

from common.errors import InputError
from common.text import clean_line
from incentives.payments.answers import MOST_BYTES, Answer, Response
from incentives.payments.reasons import PARTIAL

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_NAMESPACE: Final = re.compile(r"\{urn:iso:std:iso:20022:tech:xsd:pain\.002\.\d{3}\.\d{2}\}Document")


def parse(content: bytes) -> Response:
    """Read a response. ``InputError``: ``too_large``, ``unreadable``, ``not_a_response``, ``no_message_id``."""
    if len(content) > MOST_BYTES:
        raise InputError("too_large", _("The file is too large."))
    document = _document(content)
    root = _child(document, "CstmrPmtStsRpt")
    if root is None:
        raise InputError("not_a_response", _("This is XML, but not a pain.002 response."))
    group = _child(root, "OrgnlGrpInfAndSts")
    message_id = _text(group, "OrgnlMsgId")
    if group is None or not message_id:
        raise InputError("no_message_id", _("The response does not say which file it answers."))
    reason, text = _reason(group)
    return Response(
        message_id=message_id,
        status=_text(group, "GrpSts"),
        answers=list(_answers(root)),
        reason=reason,
        text=text,
        count=_whole(_text(group, "OrgnlNbOfTxs")),
        total=_decimal(_text(group, "OrgnlCtrlSum")),
        own_id=_text(root, "GrpHdr/MsgId"),
    )


def _document(content: bytes) -> Element:
    try:
        document = safe.fromstring(content, forbid_dtd=True)
    except (safe.ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise InputError("unreadable", _("The file is not sound XML.")) from error
    if not _NAMESPACE.fullmatch(document.tag):
        raise InputError("not_a_response", _("This is XML, but not a pain.002 response."))
    found: Element = document
    return found


def _answers(root: Element) -> Iterator[Answer]:
    """Answers of all payment blocks; an answer without a reference is what a block says of payments that it does not name."""
    for block in _children(root, "OrgnlPmtInfAndSts"):
        status, (reason, text) = _text(block, "PmtInfSts"), _reason(block)
        yield from (_answer(each, status, reason, text) for each in _children(block, "TxInfAndSts"))
        if status and status not in PARTIAL:
            yield Answer("", status, reason, text)


def _answer(element: Element, status: str, reason: str, text: str) -> Answer:
    own = _text(element, "TxSts")
    if own:
        status, (reason, text) = own, _reason(element)
    amount = _find(element, "OrgnlTxRef/Amt/InstdAmt")
    return Answer(
        end_to_end_id=_text(element, "OrgnlEndToEndId") or _text(element, "OrgnlInstrId"),
        status=status,
        reason=reason,
        text=text,
        bank_reference=_text(element, "AcctSvcrRef") or _text(element, "ClrSysRef"),
        amount=_decimal((amount.text or "").strip()) if amount is not None else None,
        currency=amount.get("Ccy", "") if amount is not None else "",
    )


def _reason(element: Element | None) -> tuple[str, str]:
    """The first reason's code and all further words of the bank."""
    code, words = "", []
    for each in _children(element, "StsRsnInf"):
        code = code or _text(each, "Rsn/Cd") or _text(each, "Rsn/Prtry")
        words += [clean_line(info.text or "") for info in _children(each, "AddtlInf")]
    return code[:35], " ".join(filter(None, words))[:500]


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _children(element: Element | None, name: str) -> Iterator[Element]:
    return (each for each in (element if element is not None else ()) if _name(each) == name)


def _child(element: Element | None, name: str) -> Element | None:
    return next(_children(element, name), None)


def _find(element: Element | None, path: str) -> Element | None:
    for name in path.split("/"):
        element = _child(element, name)
    return element


def _text(element: Element | None, path: str) -> str:
    found = _find(element, path)
    return clean_line(found.text or "")[:140] if found is not None else ""


def _whole(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,15}", text) else None


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and len(text) <= 40 else None
