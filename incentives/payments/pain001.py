"""Payment files as ISO 20022 pain.001.001.09 (CustomerCreditTransferInitiation, the 2019 version).

Version 09 because SEPA, CGI-MP and the national schemes moved from 03 to it in 2023 and 2024, and because only its fields fit
structured addresses and dates of today. The same batch always gives the same bytes.
"""

from __future__ import annotations

import re
from datetime import UTC
from typing import Final
from xml.etree import ElementTree as tree

from common.text import clean_line
from incentives.payments.latin import reference, to_payment_set
from incentives.payments.orders import Order, OrderFile, Payer, amount_text, check

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
#: What XML 1.0 cannot carry and ``clean_line`` leaves.
_NOT_XML: Final = re.compile("[\ud800-\udfff\ufffe\uffff]")
_NAME: Final = 70
_TEXT: Final = 140


def build(file: OrderFile) -> bytes:
    """The XML file of a batch. ``InputError``: see ``orders.check`` and ``orders.amount_text``."""
    check(file)
    document = tree.Element("Document", {"xmlns": NAMESPACE})
    root = tree.SubElement(document, "CstmrCdtTrfInitn")
    _header(root, file)
    payment = tree.SubElement(root, "PmtInf")
    _instruction(payment, file)
    for order in file.orders:
        _order(tree.SubElement(payment, "CdtTrfTxInf"), order, file)
    tree.indent(document)
    body: bytes = tree.tostring(document, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body + b"\n"


def _add(parent: tree.Element, path: str, text: str) -> tree.Element:
    """The element at ``path`` below ``parent`` with ``text``; elements on the way are made where missing."""
    *way, last = path.split("/")
    for name in way:
        found = parent.find(name)
        parent = tree.SubElement(parent, name) if found is None else found
    element = tree.SubElement(parent, last)
    element.text = text
    return element


def _said(text: str, most: int, file: OrderFile) -> str:
    if file.latin_only:
        return to_payment_set(text, most)
    return _NOT_XML.sub("", clean_line(text))[:most].strip()


def _header(root: tree.Element, file: OrderFile) -> None:
    header = tree.SubElement(root, "GrpHdr")
    _add(header, "MsgId", file.message_id)
    _add(header, "CreDtTm", file.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    _sums(header, file)
    _add(header, "InitgPty/Nm", _said(file.payer.name, _NAME, file))


def _sums(parent: tree.Element, file: OrderFile) -> None:
    _add(parent, "NbOfTxs", str(len(file.orders)))
    _add(parent, "CtrlSum", amount_text(file.total, file.currency))


def _instruction(payment: tree.Element, file: OrderFile) -> None:
    _add(payment, "PmtInfId", file.message_id)
    _add(payment, "PmtMtd", "TRF")
    _add(payment, "BtchBookg", "false")
    _sums(payment, file)
    _add(payment, "PmtTpInf/CtgyPurp/Cd", "SUPP")
    _add(payment, "ReqdExctnDt/Dt", file.execute_on.isoformat())
    _payer(payment, file.payer, file)
    _add(payment, "ChrgBr", "SLEV" if file.currency == "EUR" else "SHAR")


def _payer(payment: tree.Element, payer: Payer, file: OrderFile) -> None:
    _add(payment, "Dbtr/Nm", _said(payer.name, _NAME, file))
    account = tree.SubElement(payment, "DbtrAcct")
    _add(account, "Id/IBAN", payer.iban)
    _add(account, "Ccy", file.currency)
    agent = tree.SubElement(payment, "DbtrAgt")
    if payer.bic:
        _add(agent, "FinInstnId/BICFI", payer.bic)
    else:
        _add(agent, "FinInstnId/Othr/Id", "NOTPROVIDED")


def _order(element: tree.Element, order: Order, file: OrderFile) -> None:
    _add(element, "PmtId/InstrId", order.end_to_end_id)
    _add(element, "PmtId/EndToEndId", order.end_to_end_id)
    _add(element, "Amt/InstdAmt", amount_text(order.amount, file.currency)).set("Ccy", file.currency)
    if order.bic:
        _add(element, "CdtrAgt/FinInstnId/BICFI", order.bic)
    _add(element, "Cdtr/Nm", _said(order.name, _NAME, file) or "NOTPROVIDED")
    _add(element, "CdtrAcct/Id/IBAN", order.iban)
    _remittance(element, order, file)


def _remittance(element: tree.Element, order: Order, file: OrderFile) -> None:
    """Which statement is paid (a statement of account, ``SOAC``), its day and amount."""
    remittance = tree.SubElement(tree.SubElement(element, "RmtInf"), "Strd")
    about = tree.SubElement(remittance, "RfrdDocInf")
    _add(about, "Tp/CdOrPrtry/Cd", "SOAC")
    _add(about, "Nb", reference(order.document))
    _add(about, "RltdDt", order.document_date.isoformat())
    amount = _add(remittance, "RfrdDocAmt/RmtdAmt", amount_text(order.amount, file.currency))
    amount.set("Ccy", file.currency)
    text = _said(order.text, _TEXT, file)
    if text:
        _add(remittance, "AddtlRmtInf", text)
