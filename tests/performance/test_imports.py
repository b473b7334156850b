"""Files of master data and transactions: mapping, guesses, counts, refused lines, trees in any order."""

import csv
import gzip
import json
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum

from catalog.models import Customer, Family, Product, Territory
from common.errors import Forbidden, Invalid
from common.mappings import load_mapping
from partners.models import Partner, PartnerLink, Rep
from performance.feed import intake
from performance.imports.columns import as_template, guess, mapping_of
from performance.imports.kinds import KINDS
from performance.imports.running import Summary, open_file, run_import
from performance.models import Credit
from tests.kit.world import Tenant

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
AW = DATA / "adventureworks"


def bring(
    tenant: Tenant, tmp_path: Path, kind: str, text: str | bytes, mapping: str = "", **options: Any
) -> Summary:
    path = tmp_path / "file.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    chosen = load_mapping(mapping) if mapping else None
    opened = open_file(KINDS[kind], path, chosen)
    return run_import(tenant.system, opened, refused_path=tmp_path / "refused.csv", **options)


def counts(summary: Summary) -> tuple[int, int, int, int, int]:
    return summary.read, summary.created, summary.changed, summary.unchanged, summary.refused


def refused(tmp_path: Path) -> list[list[str]]:
    with (tmp_path / "refused.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_a_file_with_our_names_comes_in_and_again_changes_nothing(alpha: Tenant, tmp_path: Path) -> None:
    text = "code,name,name_fa,key_account,colour\nsme,SME,کوچک,no,red\nkey,Key,کلیدی,yes,blue\n"
    summary = bring(alpha, tmp_path, "segments", text)
    assert counts(summary) == (2, 2, 0, 0, 0)
    assert summary.ignored == ["colour"]
    assert counts(bring(alpha, tmp_path, "segments", text)) == (2, 0, 0, 2, 0)
    assert counts(bring(alpha, tmp_path, "segments", text.replace("Key,", "Keys,"))) == (2, 0, 1, 1, 0)


def test_refused_lines_are_kept_with_their_reasons(alpha: Tenant, tmp_path: Path) -> None:
    text = 'code,name,country,since\nc1,One,AE,2024-01-31\n,Two,AE,\nc3,=cmd|x,Iran,2024-02-30\nc4,"Fo\nur"\nc5,Five,IR,\n'
    summary = bring(alpha, tmp_path, "customers", text)
    assert counts(summary) == (5, 2, 0, 0, 3)
    rows = refused(tmp_path)
    assert rows[0] == ["line", "reason", "code", "name", "country", "since"]
    assert [row[0] for row in rows[1:]] == ["3", "4", "5"]
    assert rows[1][1].startswith("code: ")
    assert "country: " in rows[2][1]
    assert "since: " in rows[2][1]
    assert rows[2][3] == "'=cmd|x"
    with alpha.scope():
        assert set(Customer.objects.values_list("code", flat=True)) == {"c1", "c5"}


def test_lines_of_a_chunk_are_refused_while_the_next_is_read(
    alpha: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "CHUNK", 3)
    head = "source,external_id,kind,occurred_at,partner,amount\n"
    amounts = ["1", "x", "3", "y", "5", "6", "7", "8", "z", "10"]
    lines = [f"erp,{place},sale,2026-01-02,p1,{amount}\n" for place, amount in enumerate(amounts)]
    summary = bring(alpha, tmp_path, "transactions", head + "".join(lines))
    assert counts(summary) == (10, 7, 0, 0, 3)
    assert [(row[0], row[3], row[-1]) for row in refused(tmp_path)[1:]] == [
        ("3", "1", "x"), ("5", "3", "y"), ("10", "8", "z")
    ]  # fmt: skip
    with alpha.scope():
        assert Credit.objects.aggregate(total=Sum("amount"))["total"] == 40


def test_a_dry_run_tells_the_same_and_keeps_nothing(alpha: Tenant, tmp_path: Path) -> None:
    text = "code,name,parent\nb,B,a\na,A,\nx,X,nowhere\n"
    summary = bring(alpha, tmp_path, "territories", text, dry_run=True)
    assert counts(summary) == (3, 2, 0, 0, 1)
    with alpha.scope():
        assert not Territory.objects.exists()
    assert counts(bring(alpha, tmp_path, "territories", text)) == (3, 2, 0, 0, 1)


def test_columns_that_do_not_fit_are_refused_before_anything_happens(alpha: Tenant, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        bring(alpha, tmp_path, "reps", "code,name\nr,R\n")
    assert [(error.code, error.field) for error in caught.value.errors] == [("missing_column", "partner")]
    with pytest.raises(Invalid) as caught:
        bring(
            alpha,
            tmp_path,
            "segments",
            "code,name\ns,S\n",
            '[columns]\ncode = "code"\nname = "name"\nsize = "name"\n',
        )
    assert caught.value.errors[0].code == "unknown_field"


def test_a_partner_may_not_import(alpha: Tenant, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("code,name\ns,S\n")
    with pytest.raises(Forbidden):
        run_import(
            alpha.actors["partner_owner@p1"],
            open_file(KINDS["segments"], path, None),
            refused_path=tmp_path / "r.csv",
        )


def test_headers_of_others_are_understood() -> None:
    header = ["کد مشتری", "نام", "Customer Segment", "Region", "شناسه ملی", "Tel"]
    assert guess(KINDS["customers"].columns, header) == {
        "code": "کد مشتری",
        "name": "نام",
        "segment": "Customer Segment",
        "territory": "Region",
        "legal_id": "شناسه ملی",
    }
    assert as_template("Net {USD}") == "Net {{USD}}"
    read = mapping_of({"amount": as_template("Net {USD}")}, {}).compile(["Net {USD}"])
    assert read({"Net {USD}": "5"}) == {"amount": "5"}


def test_twenty_thousand_customers_take_seconds(alpha: Tenant, tmp_path: Path) -> None:
    bring(alpha, tmp_path, "segments", "code,name\nsme,SME\n")
    lines = [f"c{n},شرکت شماره {n},sme,2023-05-{n % 28 + 1:02d}\n" for n in range(20_000)]
    began = time.process_time()  # other processes of the machine must not decide
    summary = bring(alpha, tmp_path, "customers", "code,name,segment,since\n" + "".join(lines))
    assert counts(summary) == (20_000, 20_000, 0, 0, 0)
    assert time.process_time() - began < 20


@pytest.mark.skipif(not DATA.exists(), reason="the real data is not on this machine")
def test_adventure_works_comes_in_with_mappings(alpha: Tenant, tmp_path: Path) -> None:
    territories = '[columns]\ncode = "SalesTerritoryKey"\nname = "SalesTerritoryRegion"\n'
    products = (
        '[columns]\ncode = "ProductKey"\nname = "EnglishProductName"\nfamily = "ProductSubcategoryKey"\n'
        'list_price = "ListPrice"\npartner_price = "DealerPrice"\n[constants]\nlayer = "enterprise_it"\n'
    )
    partners = '[columns]\ncode = "ResellerKey"\nname = "ResellerName"\n[constants]\nroles = "reseller"\n'
    reps = '[columns]\ncode = "EmployeeKey"\nname = "{FirstName} {LastName}"\n[constants]\npartner = "1"\n'
    expected = {"sales_territories": 11, "products": 606, "resellers": 701, "sales_people": 17}
    kinds = ["territories", "products", "partners", "reps"]
    for (file, number), kind, mapping in zip(
        expected.items(), kinds, [territories, products, partners, reps], strict=True
    ):
        summary = bring(alpha, tmp_path, kind, (AW / f"{file}.csv").read_bytes(), mapping)
        assert counts(summary) == (number, number, 0, 0, 0), refused(tmp_path)[:3]
    with alpha.scope():
        assert (Partner.objects.count(), PartnerLink.objects.filter(depth=0).count()) == (704, 704)
        assert not Partner.objects.filter(root=None).exists()
        assert Rep.objects.get(code="281").name == "Michael Blythe"
        family = Family.objects.get(code="enterprise_it")
        assert (family.name, family.products.count()) == ("Enterprise IT hardware and software", 209)
        assert Product.objects.filter(list_price__gt=0).exists()


@pytest.mark.skipif(not DATA.exists(), reason="the real data is not on this machine")
def test_irans_regions_in_one_file_from_the_leaves_up(beta: Tenant, tmp_path: Path) -> None:
    rows: list[str] = []
    for file, own, above, parent in [
        ("shahr", "c", "s", "shahrestan"),
        ("shahrestan", "s", "o", "ostan"),
        ("ostan", "o", "", ""),
    ]:
        with (DATA / "iran_geo" / f"{file}.csv").open(encoding="utf-8-sig") as source:
            rows += [
                f"{own}{row['id']},{row['name']},{above + row[parent] if parent else ''}\n"
                for row in csv.DictReader(source)
            ]
    summary = bring(
        beta, tmp_path, "territories", gzip.compress(("code,name,parent\n" + "".join(rows)).encode())
    )
    assert counts(summary) == (2033, 2033, 0, 0, 0)
    with beta.scope():
        deep = Territory.objects.filter(level=2)
        assert (deep.count(), Territory.objects.filter(level=0).count()) == (1554, 31)
        tehran = Territory.objects.get(code="o8")
        below = Territory.objects.filter(path__contains=[tehran.pk])
        assert (
            below.count() == 1 + sum(t.level for t in below if t.level == 1) + below.filter(level=2).count()
        )


def test_the_command_prints_a_summary_and_fails_on_refusals(
    alpha: Tenant, tmp_path: Path, capsys: pytest.CaptureFixture[str], settings: Any
) -> None:
    settings.VAR = tmp_path
    path = tmp_path / "partners.csv"
    path.write_text("code,name,parent\nn1,New,p1\nn2,Other,nobody\n")
    with pytest.raises(SystemExit) as ended:
        call_command("import", "partners", str(path), operator="alpha")
    assert ended.value.code == 1
    summary = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert {name: summary[name] for name in ("kind", "read", "created", "refused")} == {
        "kind": "partners",
        "read": 2,
        "created": 1,
        "refused": 1,
    }
    assert "nobody" in Path(summary["refused_file"]).read_text(encoding="utf-8-sig")
    with pytest.raises(CommandError, match="no operator"):
        call_command("import", "partners", str(path), operator="nowhere")
    path.write_text("code,name\nn1,New\n")
    call_command("import", "partners", str(path), operator="alpha")
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["unchanged"] == 1
