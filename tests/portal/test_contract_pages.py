"""Contracts and documents in the portal: written, published, read, accepted with proof; added and checked."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from partners.models import Contract, ContractAcceptance, ContractVersion, PartnerDocument
from tests.kit.pdf import Document
from tests.kit.world import Tenant


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def published(tenant: Tenant) -> ContractVersion:
    boss = tenant.client("programme_manager")
    assert boss.post("/contracts/new/", {"name": "Partner contract", "active": "on"}).status_code == 302
    with tenant.scope():
        contract = Contract.objects.get()
    written = boss.post(f"/contracts/{contract.pk}/draft/")["Location"]
    assert boss.post(written, {"text_en": "# Terms\n\nBe **fair**.", "text_fa": "# شرایط\n\nمنصف باشید."})
    with tenant.scope():
        version = ContractVersion.objects.get()
    assert boss.post(f"/contracts/versions/{version.pk}/publish/", {}).status_code == 302
    with tenant.scope():
        found: ContractVersion = ContractVersion.objects.get()
        return found


def test_a_contract_is_written_read_accepted_and_proven(alpha: Tenant) -> None:
    version = published(alpha)
    owner, page = alpha.client("partner_owner@p1"), f"/contracts/versions/{version.pk}/"
    assert "Read and accept" in owner.get("/contracts/").content.decode()
    read = owner.get(page + "?language=fa").content.decode()
    assert "منصف باشید" in read
    given = {"language": "fa", "sha256": version.hashes["fa"], "capacity": "مدیرعامل"}
    assert owner.post(page + "accept/", given).status_code == 422  # not agreed
    answer = owner.post(page + "accept/", given | {"agreed": "on"})
    assert answer.status_code == 302
    proof = owner.get(answer["Location"]).content.decode()
    assert version.hashes["fa"] in proof
    assert "127.0.0.1" in proof
    document = owner.get(answer["Location"] + "pdf/?language=en")
    assert document["Content-Type"] == "application/pdf"
    words = Document(document.content).root.all_text()
    assert "Proof of acceptance" in words
    assert "127.0.0.1" in words
    assert alpha.client("partner_owner@p2").get(answer["Location"]).status_code == 404
    accepted = alpha.client("pam").get(page + "accepted/").content.decode()
    assert "Partner p1" in accepted
    assert ">Partner p1<" not in alpha.client("programme_manager").get(page + "missing/").content.decode()


def test_a_signature_on_paper_is_noted(alpha: Tenant) -> None:
    version = published(alpha)
    boss = alpha.client("programme_manager")
    page = f"/contracts/versions/{version.pk}/paper/"
    assert boss.post(page, {"partner": "p2", "person": "Ada"}).status_code == 302
    assert boss.post(page, {"partner": "p2", "person": "Ada"}).status_code == 422
    with alpha.scope():
        assert ContractAcceptance.objects.get().recorded_by == "programme_manager"


def test_a_document_is_added_by_the_partner_and_checked(alpha: Tenant) -> None:
    owner, pam = alpha.client("partner_owner@p1"), alpha.client("pam")
    until = (timezone.now().date() + timedelta(days=40)).isoformat()
    given = {"kind": "licence", "number": "L-7", "valid_until": until}
    assert owner.post("/documents/new/", given).status_code == 422  # no file
    file = SimpleUploadedFile("licence.pdf", b"%PDF-1.7 x")
    answer = owner.post("/documents/new/", given | {"file": file})
    assert answer.status_code == 302
    page = answer["Location"]
    assert "It is valid" not in owner.get(page).content.decode()
    assert alpha.client("partner_owner@p2").get(page).status_code == 404
    assert pam.post(f"{page}refuse/", {"text": ""}).status_code == 422
    assert pam.post(f"{page}accept/", {"valid_until": until}).status_code == 302
    with alpha.scope():
        assert PartnerDocument.objects.get().state == "valid"
    assert "more days" in owner.get(page).content.decode()
    assert "L-7" in owner.get("/documents/?ends=soon").content.decode()
