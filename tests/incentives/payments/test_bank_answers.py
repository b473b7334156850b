"""Bank responses are read whatever their version, and hostile ones do no harm."""

from decimal import Decimal

import pytest

from common.errors import DomainError, InputError
from incentives.payments import csvfile, pain002
from incentives.payments.answers import is_known
from incentives.payments.reasons import PARTNER_MUST_ACT, REASONS

SPACE = "urn:iso:std:iso:20022:tech:xsd:pain.002.001."


def report(body: str, version: str = "10", group: str = "<GrpSts>PART</GrpSts>") -> bytes:
    head = "<GrpHdr><MsgId>BANK-1</MsgId><CreDtTm>2026-11-25T08:00:00Z</CreDtTm></GrpHdr>"
    original = f"<OrgnlGrpInfAndSts><OrgnlMsgId>PARS-B0001</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>{group}</OrgnlGrpInfAndSts>"
    return f'<?xml version="1.0"?><Document xmlns="{SPACE}{version}"><CstmrPmtStsRpt>{head}{original}{body}</CstmrPmtStsRpt></Document>'.encode()


def transaction(key: str, inner: str) -> str:
    return f"<TxInfAndSts><OrgnlEndToEndId>{key}</OrgnlEndToEndId>{inner}</TxInfAndSts>"


REFUSED = "<TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Closed</AddtlInf><AddtlInf>in May</AddtlInf></StsRsnInf>"
PAID = (
    "<TxSts>ACSC</TxSts><AcctSvcrRef>R-77</AcctSvcrRef>"
    '<OrgnlTxRef><Amt><InstdAmt Ccy="USD">12.34</InstdAmt></Amt></OrgnlTxRef>'
)


@pytest.mark.parametrize("version", ["03", "09", "10", "14"])
def test_lines_of_every_version_are_read(version: str) -> None:
    block = f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>X</OrgnlPmtInfId>{transaction('A', PAID)}{transaction('B', REFUSED)}</OrgnlPmtInfAndSts>"
    found = pain002.parse(report(block, version))
    assert (found.message_id, found.status, found.own_id) == ("PARS-B0001", "PART", "BANK-1")
    paid, refused = found.answers
    assert (paid.end_to_end_id, paid.status, paid.bank_reference) == ("A", "ACSC", "R-77")
    assert (paid.amount, paid.currency) == (Decimal("12.34"), "USD")
    assert (refused.status, refused.reason, refused.text) == ("RJCT", "AC04", "Closed in May")


def test_a_block_speaks_for_its_lines_and_the_file_for_all() -> None:
    block = f"<OrgnlPmtInfAndSts><PmtInfSts>RJCT</PmtInfSts><StsRsnInf><Rsn><Cd>DT01</Cd></Rsn></StsRsnInf>{transaction('A', '')}</OrgnlPmtInfAndSts>"
    named, rest = pain002.parse(report(block)).answers
    assert (named.end_to_end_id, named.status, named.reason) == ("A", "RJCT", "DT01")
    assert (rest.end_to_end_id, rest.status, rest.reason) == ("", "RJCT", "DT01")
    group = "<OrgnlNbOfTxs>2</OrgnlNbOfTxs><OrgnlCtrlSum>9.5</OrgnlCtrlSum><GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf>"
    whole = pain002.parse(report("", group=group))
    assert (whole.status, whole.reason, whole.count, whole.total) == ("RJCT", "FF01", 2, Decimal("9.5"))
    assert whole.answers == []


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "unreadable"),
        (b"<a>", "unreadable"),
        (b"\xff\xfe\x00", "unreadable"),
        (b"PK\x03\x04", "unreadable"),
        (b"<a/>", "not_a_response"),
        (f'<Document xmlns="{SPACE}10"><Other/></Document>'.encode(), "not_a_response"),
        (f'<Document xmlns="{SPACE}10"><CstmrPmtStsRpt/></Document>'.encode(), "no_message_id"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "unreadable"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "unreadable"),
        (b'<?xml version="1.0" encoding="nonsense"?><a/>', "unreadable"),
        (b"x" * 10_000_001, "too_large"),
    ],
)
def test_what_is_no_response_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(InputError) as refused:
        pain002.parse(content)
    assert refused.value.code == code


def test_a_bomb_of_entities_is_not_unpacked() -> None:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE b [<!ENTITY a0 "ha">{entities}]><b>&a9;</b>'.encode()
    with pytest.raises(InputError):
        pain002.parse(bomb)


def test_a_csv_response_is_read_with_the_words_of_banks() -> None:
    content = "End_To_End_Id;STATUS;bank_reference;reason;text;amount;currency\r\nA;paid;R1;;;12.34;usd\r\nB;Rejected;;ac04;closed;;\r\nC;ACSP;;;;;\r\n"
    found = csvfile.parse(content.encode(), "PARS-B0001")
    assert [answer.status for answer in found.answers] == ["ACSC", "RJCT", "ACSP"]
    assert found.answers[0].amount == Decimal("12.34")
    assert found.answers[1].reason == "AC04"


@pytest.mark.parametrize(
    ("content", "message_id", "code"),
    [
        ("end_to_end_id,other\nA,1\n", "M", "missing_columns"),
        ("end_to_end_id,status\nA,paid\n", "", "no_message_id"),
        ("end_to_end_id,status,message_id\nA,paid,M\nB,paid,N\n", "", "two_files"),
        ("end_to_end_id,status,amount\nA,paid,1e999999\n", "M", "not_a_number"),
        ("", "M", "empty_file"),
    ],
)
def test_a_csv_response_that_cannot_be_meant_is_refused(content: str, message_id: str, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        csvfile.parse(content.encode(), message_id)
    assert refused.value.code == code


def test_every_reason_has_words_and_a_remedy() -> None:
    assert all(str(what) and str(todo) for what, todo in REASONS.values())
    assert {"AC01", "AC04", "BE01", "RC01"} <= PARTNER_MUST_ACT
    assert "AM04" not in PARTNER_MUST_ACT
    assert is_known("ACSC") and is_known("RJCT") and not is_known("XXXX")
