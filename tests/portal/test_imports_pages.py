"""Bringing a file in through the portal: upload, columns, preview, trial, import, result, refused lines."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from catalog.models import Segment
from deals.models import Deal
from performance.imports.services import run_job
from performance.models import ImportJob
from tests.deals.kit import market
from tests.kit.world import Tenant

TEXT = "Segment code,نام,Colour\nsme,SME,red\nkey,=Key,blue\n,Nobody,green\n"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def upload(client: Client, text: str | bytes = TEXT, kind: str = "segments") -> Any:
    file = SimpleUploadedFile("بخش‌ها.csv", text.encode() if isinstance(text, str) else text)
    return client.post(reverse("imports:new"), {"kind": kind, "file": file})


def uploaded(client: Client, **options: Any) -> int:
    answer = upload(client, **options)
    assert answer.status_code == 302
    return int(re.findall(r"\d+", answer["Location"])[0])


def run(tenant: Tenant, pk: int) -> ImportJob:
    run_job(tenant.system, pk)
    with tenant.scope():
        job: ImportJob = ImportJob.objects.get(pk=pk)
    return job


def job(page: str) -> str:
    """The part of the page that shows the import."""
    return page.split('id="job"')[1].split("</main>")[0]


def test_from_upload_to_result(alpha: Tenant) -> None:
    client = alpha.client("programme_manager")
    pk = uploaded(client)
    columns = reverse("imports:columns", args=[pk])
    page = client.get(columns).content.decode()
    assert '<option value="Segment code" selected>' in page
    assert '<option value="نام" selected>' in page
    assert "cell-bad" in page
    assert "Colour" in page
    with alpha.scope():
        assert not Segment.objects.exists()

    assert client.post(reverse("imports:start", args=[pk]), {"dry_run": "1"}).status_code == 302
    tried = run(alpha, pk)
    assert (tried.state, tried.summary["created"], tried.summary["refused"]) == ("uploaded", 2, 1)
    assert "nothing was kept" in client.get(reverse("imports:job", args=[pk])).content.decode()
    with alpha.scope():
        assert not Segment.objects.exists()

    client.post(reverse("imports:start", args=[pk]), {"dry_run": "0"})
    waiting = client.get(reverse("imports:job", args=[pk])).content.decode()
    assert "hx-get" in job(waiting)
    assert client.get(columns).status_code == 302
    done = run(alpha, pk)
    assert (done.state, done.summary["created"], done.lines_done) == ("done", 2, 3)
    assert run_job(alpha.system, pk) is None
    result = client.get(reverse("imports:job", args=[pk])).content.decode()
    assert "hx-get" not in job(result)
    refused = client.get(reverse("imports:refused", args=[pk]))
    text = b"".join(refused.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "Nobody" in text
    assert "بخشها.csv" in client.get(reverse("imports:list")).content.decode()
    with alpha.scope():
        assert set(Segment.objects.values_list("code", flat=True)) == {"sme", "key"}


def test_chosen_columns_are_kept_for_the_next_file(alpha: Tenant) -> None:
    client = alpha.client("programme_manager")
    pk = uploaded(client, text="a,b\n1,One\n")
    columns = reverse("imports:columns", args=[pk])
    assert "No column is chosen" in client.get(columns).content.decode()
    missing = client.post(columns, {"column_code": "a"})
    assert missing.status_code == 422
    assert "No column is chosen for “Name”" in missing.content.decode()
    chosen = {"fixed_code": "{a}-{b}", "column_name": "b", "fixed_key_account": "yes"}
    assert client.post(columns, chosen).status_code == 302
    assert "1-One" in client.get(columns).content.decode()
    client.post(reverse("imports:start", args=[pk]), {"dry_run": "0"})
    run(alpha, pk)
    with alpha.scope():
        assert Segment.objects.get(code="1-One").key_account
    again = client.get(
        reverse("imports:columns", args=[uploaded(client, text="b,a,c\nTwo,2,x\n")])
    ).content.decode()
    assert "2-Two" in again


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "The file is empty"),
        (b"%PDF-1.4", "CSV file or an XLSX workbook"),
        ("کد,نام\n".encode("cp1256"), "is not UTF-8 text"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_once(alpha: Tenant, text: bytes, reason: str) -> None:
    answer = upload(alpha.client("programme_manager"), text or b"")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert reason in page or "empty" in page
    with alpha.scope():
        assert not ImportJob.objects.exists()


def test_an_import_is_reserved_to_those_who_may(alpha: Tenant, beta: Tenant) -> None:
    pk = uploaded(alpha.client("programme_manager"))
    for name, status in [("pam", 403), ("partner_finance@p1", 403), ("executive", 403)]:
        client = alpha.client(name)
        for page in ("job", "columns", "refused"):
            assert client.get(reverse(f"imports:{page}", args=[pk])).status_code == status
        assert client.get(reverse("imports:new")).status_code == status
    stranger = beta.client("programme_manager")
    for page in ("job", "columns", "refused"):
        assert stranger.get(reverse(f"imports:{page}", args=[pk])).status_code == 404
    assert stranger.post(reverse("imports:start", args=[pk]), {"dry_run": "0"}).status_code == 404


def test_transactions_come_in_through_the_portal(alpha: Tenant) -> None:
    client = alpha.client("programme_manager")
    text = "id,Order date,reseller,Total\n1,2024-05-01,p1,10.5\n2,2024-05-02,nobody,3\n3,yesterday,p1,1\n"
    pk = uploaded(client, text=text, kind="transactions")
    fixed = {"fixed_source": "erp", "fixed_kind": "sale", "fixed_currency": "USD"}
    chosen = {"column_external_id": "id", "column_occurred_at": "Order date", "column_partner": "reseller"}
    assert (
        client.post(
            reverse("imports:columns", args=[pk]), chosen | fixed | {"column_amount": "Total"}
        ).status_code
        == 302
    )
    assert client.get(reverse("imports:columns", args=[pk])).status_code == 200
    client.post(reverse("imports:start", args=[pk]), {"dry_run": "0"})
    job = run(alpha, pk)
    summary = {name: job.summary[name] for name in ("read", "accepted", "unresolved", "refused")}
    assert summary == {"read": 3, "accepted": 1, "unresolved": 1, "refused": 1}


def test_a_partner_brings_in_its_own_deals(alpha: Tenant) -> None:
    with alpha.scope():
        market()
    client = alpha.client("partner_seller@p1")
    assert "/imports/new/?kind=deals" in client.get("/deals/").content.decode()
    form = client.get("/imports/new/").content.decode()
    assert 'value="deals"' in form
    assert 'value="products"' not in form
    assert client.get("/imports/").status_code == 200
    assert upload(client, kind="products").status_code == 422
    text = (
        "Deal,Account,National id,Country,Product code,Amount,Close date,Submit\n"
        "O-1,Golden Gate,AB-1,AE,fiber,100,2027-01-31,yes\n"
        "O-2,Blue Ocean,AB-2,AE,nothing,100,2027-01-31,yes\n"
    )
    pk = uploaded(client, text=text, kind="deals")
    page = client.get(reverse("imports:columns", args=[pk])).content.decode()
    assert "column_partner" not in page
    assert "nothing" in page
    with alpha.scope():
        assert not Deal.objects.exists()
    client.post(reverse("imports:start", args=[pk]))
    done = run(alpha, pk)
    assert (done.state, done.summary["created"], done.summary["refused"]) == ("done", 1, 1)
    with alpha.scope():
        deal = Deal.objects.get()
        assert (deal.partner.code, deal.external_id, deal.state) == ("p1", "O-1", "submitted")
    refused = client.get(reverse("imports:refused", args=[pk]))
    assert "O-2" in b"".join(refused.streaming_content).decode()  # type: ignore[attr-defined]
    for stranger in ("partner_seller@p2", "partner_owner@p1"):
        other = alpha.client(stranger)
        assert other.get(reverse("imports:job", args=[pk])).status_code == 404
        assert other.get(reverse("imports:refused", args=[pk])).status_code == 404
    assert client.get(reverse("imports:job", args=[pk])).status_code == 200
    assert alpha.client("partner_technician@p1").get("/imports/new/").status_code == 403


def test_a_partners_file_names_no_other_company(alpha: Tenant) -> None:
    with alpha.scope():
        market()
    client = alpha.client("partner_owner@p1")
    text = "Partner,Deal,Account,Product code\np2,O-1,Golden Gate,fiber\n"
    pk = uploaded(client, text=text, kind="deals")
    client.post(reverse("imports:start", args=[pk]))
    done = run(alpha, pk)
    assert (done.summary["created"], done.summary["refused"]) == (0, 1)
    with alpha.scope():
        assert not Deal.objects.exists()
