"""Registration by forwarded mail: a draft of the sender's company with what the mail says, and nothing for anybody else."""

import json
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from deals.enums import DealSource, DealState, MailResult
from deals.mailing import receive_mail
from deals.mailparts import read_mail
from deals.models import Deal, DealMail
from tenancy.enums import Audience
from tenancy.models import Membership
from tenancy.scope import scope
from tests.deals.kit import market
from tests.kit.world import Tenant
from workflow.conversation import attachments_of

SENDER = "partner_seller.p1@alpha.example"
ENGLISH = """
Please register this one.

---------- Forwarded message ---------
From: Jane Buyer <jane@mail.goldengate.example.ae>
Subject: Your offer

Customer: Golden Gate Trading LLC
Legal id: AB-77
Country: AE
City: Dubai
Phone: +971 4 123 4567
Expected close: 2027-03-01
Product: fiber x 10 = 1,000.50
Product: waf
Thanks: Jane
"""
PERSIAN = """
> مشتري: شرکت داده‌پردازی
> شهر: تهران
> تاریخ بستن: ۲۰۲۷-۰۳-۰۱
> محصول: fiber × ۵ = ۲۰۰۰
"""


def message(text: str = ENGLISH, sender: str = SENDER, **headers: str) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = (
        f"Somebody <{sender}>",
        "deals@alpha.example",
        "Fwd: Your offer",
    )
    made["Message-ID"] = headers.pop("message_id", "<1@mail.example>")
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


@pytest.fixture
def ground(alpha: Tenant) -> Tenant:
    with alpha.scope():
        market()
    return alpha


def take(tenant: Tenant, mail: EmailMessage) -> Any:
    with tenant.scope():
        return receive_mail(tenant.system, mail.as_bytes())


def test_mail_becomes_a_draft_with_what_it_says(ground: Tenant) -> None:
    mail = message()
    mail.add_attachment(b"%PDF-1.7 offer", maintype="application", subtype="pdf", filename="offer.pdf")
    mail.add_attachment(b"MZ program", maintype="application", subtype="octet-stream", filename="../x.exe")
    received = take(ground, mail)
    assert received.result == MailResult.DRAFT
    assert received.refused_files == ["../x.exe"]
    with ground.scope("partner_owner@p1"):
        deal = Deal.objects.get()
        lines = list(deal.lines.order_by("position").values_list("product__code", "quantity", "amount"))
        files = [each.name for each in attachments_of(deal)]
    assert (deal.state, deal.source, deal.author_name) == (
        DealState.DRAFT,
        DealSource.MAIL,
        "partner_seller@p1",
    )
    assert (deal.customer_name, deal.legal_id, deal.country, deal.city) == (
        "Golden Gate Trading LLC", "AB-77", "AE", "Dubai",
    )  # fmt: skip
    assert (deal.contact_name, deal.contact_email) == ("Jane Buyer", "jane@mail.goldengate.example.ae")
    assert deal.contact_phone == "+971 4 123 4567"
    assert deal.domain.endswith("example.ae")
    assert str(deal.expected_close) == "2027-03-01"
    assert [(code, float(quantity), float(amount)) for code, quantity, amount in lines] == [
        ("fiber", 10, 1000.5), ("waf", 1, 0),
    ]  # fmt: skip
    assert "Please register" in deal.description
    assert files == ["offer.pdf"]
    assert deal.submitted_at is None


def test_persian_mail(ground: Tenant) -> None:
    take(ground, message(PERSIAN))
    with ground.scope():
        deal = Deal.objects.get()
        assert (deal.customer_name, deal.city, str(deal.expected_close), deal.value) == (
            "شرکت داده‌پردازی", "تهران", "2027-03-01", 2000,
        )  # fmt: skip


def test_html_mail_without_its_scripts(ground: Tenant) -> None:
    mail = message("")
    mail.set_content(
        "<p>Customer: Blue&nbsp;Ocean</p><script>Customer: Evil</script><p>City: Dubai</p>", subtype="html"
    )
    take(ground, mail)
    with ground.scope():
        deal = Deal.objects.get()
    assert (deal.customer_name, deal.city) == ("Blue Ocean", "Dubai")
    assert "Evil" not in deal.description


def test_the_same_message_makes_one_draft(ground: Tenant) -> None:
    first, second = take(ground, message()), take(ground, message())
    assert (second.again, second.deal) == (True, first.deal)
    with ground.scope():
        assert Deal.objects.count() == 1


@pytest.mark.parametrize(
    ("mail", "result"),
    [
        (message(sender="stranger@evil.example"), "unknown_sender"),
        (message(sender="pam@alpha.example"), "unknown_sender"),
        (message(sender="partner_technician.p1@alpha.example"), "not_allowed"),
        (message(Auto_Submitted="auto-replied"), "automatic"),
        (message(Precedence="list"), "automatic"),
    ],
)
def test_others_are_refused_and_logged(
    ground: Tenant, caplog: pytest.LogCaptureFixture, mail: EmailMessage, result: str
) -> None:
    assert take(ground, mail).result == result
    assert result in caplog.text
    with ground.scope():
        assert not Deal.objects.exists()
        assert [each.result for each in DealMail.objects.all()] == [result]


def test_who_has_left_is_a_stranger(ground: Tenant) -> None:
    with scope(ground.operator.pk, Audience.AUTH):
        Membership.objects.filter(pk=ground.actors["partner_seller@p1"].membership_id).update(active=False)
    assert take(ground, message()).result == "unknown_sender"


def test_members_of_another_operator_are_strangers(ground: Tenant, beta: Tenant) -> None:
    assert take(beta, message()).result == "unknown_sender"


def test_command(ground: Tenant, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mail.eml"
    path.write_bytes(message().as_bytes())
    call_command("receive_deal_mail", operator="alpha", file=str(path))
    answer = json.loads(capsys.readouterr().out)
    assert answer["result"] == "draft"
    assert answer["deal"].startswith("D-")


@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"From: a@b.example\r\nContent-Type: text/html; charset=nope\r\n\r\n"]),
)
def test_any_bytes_are_read(tail: bytes, head: bytes) -> None:
    mail = read_mail(head + tail)
    assert not head or mail.sender == "a@b.example"
    assert len(mail.fields["description"]) <= 4000
