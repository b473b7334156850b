"""Master data: create, read, put, change, list; who may; what a stranger sees."""

from typing import Any

import pytest

from tests.api.kit import Caller, caller
from tests.kit.world import Tenant

SAMPLES: dict[str, dict[str, Any]] = {
    "families": {"code": "cloud.1", "name": "Cloud", "names": {"fa": "ابری"}, "layer": "cloud"},
    "products": {
        "code": "A/B.1",
        "name": "Backup 1 TB",
        "strategic": True,
        "roles": ["msp"],
        "list_price": {"amount": "12.50", "currency": "USD"},
    },
    "segments": {"code": "smb", "name": "Small business", "key_account": False},
    "territories": {"code": "north", "name": "North", "parent": None},
    "customers": {"code": "c-1", "name": "Acme", "country": "US", "since": "2013-04-01"},
    "partners": {"code": "p9", "name": "Nine", "roles": ["reseller"], "layers": ["cloud"], "tier": "gold"},
    "reps": {"code": "r1", "name": "Rita", "partner": "p1", "email": "rita@example.com"},
}
KINDS = sorted(SAMPLES)


@pytest.fixture
def manager(alpha: Tenant) -> Caller:
    return caller(alpha, "programme_manager")


@pytest.mark.parametrize("kind", KINDS)
def test_create_read_change_and_put(manager: Caller, kind: str) -> None:
    sample = SAMPLES[kind]
    made = manager.post(f"{kind}/", sample)
    assert made.status == 201, made.body
    assert {name: made.body[name] for name in sample} == sample
    address = made.headers["Location"].removeprefix("/api/v1/")
    assert manager.get(address).body == made.body
    changed = manager.patch(address, {"name": "Other"})
    assert (changed.status, changed.body["name"]) == (200, "Other")
    assert {**changed.body, "name": "", "updated_at": ""} == {**made.body, "name": "", "updated_at": ""}
    again = manager.put(address, made.body)
    assert (again.status, again.body["name"]) == (200, sample["name"])
    put = manager.put(f"{kind}/new-one/", {**sample, "legal_id": ""} if kind == "customers" else sample)
    assert (put.status, put.body["code"]) == (201, "new-one")
    assert manager.get(f"{kind}/?search=new-one").body["count"] == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_code_is_given_once(manager: Caller, kind: str) -> None:
    manager.post(f"{kind}/", SAMPLES[kind])
    again = manager.post(f"{kind}/", SAMPLES[kind])
    assert (again.status, again.body["code"]) == (409, "code_taken")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_what_is_not_there_and_what_is_a_strangers_look_the_same(
    alpha: Tenant, beta: Tenant, kind: str, method: str
) -> None:
    sample = SAMPLES[kind] | ({"list_price": None} if kind == "products" else {})
    assert caller(beta, "programme_manager").put(f"{kind}/theirs/", sample).status == 201
    reader = caller(alpha, "channel_finance") if method == "GET" else caller(alpha, "programme_manager")
    data = None if method == "GET" else {"name": "x"}
    theirs = reader.call(method, f"{kind}/theirs/", data)
    nobodys = reader.call(method, f"{kind}/nobodys/", data)
    assert theirs.content == nobodys.content
    assert (
        theirs.status
        == nobodys.status
        == (400 if method == "PUT" and kind in ("families", "reps") else theirs.status)
    )
    assert method == "PUT" or theirs.status == 404


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("role", ["partner_owner@p1", "pam", "executive", "support_agent"])
def test_who_only_reads_may_not_write(alpha: Tenant, kind: str, role: str) -> None:
    reader = caller(alpha, role)
    answer = reader.post(f"{kind}/", SAMPLES[kind])
    assert (answer.status, answer.body["code"]) == (403, "forbidden")
    expected = 403 if role.startswith("partner") and kind == "customers" else 200
    assert reader.get(f"{kind}/").status == expected


def test_a_partner_sees_its_own_tree(alpha: Tenant) -> None:
    def codes(name: str) -> set[str]:
        return {row["code"] for row in caller(alpha, name).get("partners/").body["results"]}

    assert codes("programme_manager") == {"p1", "p1sub", "p2"}
    assert codes("partner_owner@p1") == {"p1", "p1sub"}
    assert codes("pam") == {"p1"}
    other = caller(alpha, "partner_owner@p2").get("partners/p1/")
    assert other.content == caller(alpha, "partner_owner@p2").get("partners/nobody/").content
    assert other.status == 404


def test_scopes_narrow_what_a_role_may(alpha: Tenant) -> None:
    reads = caller(alpha, "programme_manager", "segments:read")
    assert reads.get("segments/").status == 200
    refused = reads.post("segments/", SAMPLES["segments"])
    assert (refused.status, refused.body["code"]) == (403, "missing_scope")
    assert "segments:write" in refused.body["message"]
    assert reads.get("products/").status == 403
    writes = caller(alpha, "programme_manager", "segments:write")
    assert writes.post("segments/", SAMPLES["segments"]).status == 201
    assert writes.get("segments/smb/").status == 200
    everything_read = caller(alpha, "programme_manager", "read")
    assert everything_read.get("segments/smb/").status == 200
    assert everything_read.put("segments/smb/", SAMPLES["segments"]).status == 403


@pytest.mark.parametrize(
    "protected", ["id", "operator", "operator_id", "path", "search_key", "root", "membership"]
)
def test_fields_that_are_not_offered_are_refused(manager: Caller, protected: str) -> None:
    answer = manager.post("partners/", SAMPLES["partners"] | {protected: 1})
    assert answer.status == 400
    assert answer.body["errors"][0]["field"] == protected
    assert answer.body["errors"][0]["code"] == "unknown_field"


def test_what_may_only_be_read_stays(manager: Caller) -> None:
    made = manager.post("territories/", SAMPLES["territories"]).body
    sent = {"name": "North", "code": "other", "level": 7, "created_at": "2001-01-01T00:00:00Z"}
    assert manager.patch("territories/north/", sent).status == 200
    after = manager.get("territories/north/").body
    assert (after["code"], after["level"], after["created_at"]) == ("north", 0, made["created_at"])


def test_pages(manager: Caller) -> None:
    for number in range(5):
        manager.put(f"segments/s{number}/", {"name": f"Segment {number}"})
    first = manager.get("segments/?page_size=2")
    assert (first.body["count"], first.body["previous"]) == (5, None)
    assert [row["code"] for row in first.body["results"]] == ["s0", "s1"]
    last = manager.get("segments/?page_size=2&page=3&ordering=-code")
    assert ([row["code"] for row in last.body["results"]], last.body["next"]) == (["s0"], None)
    assert "page=2" in last.body["previous"]
    assert manager.get("segments/?page=9").status == 404


@pytest.mark.parametrize(
    "query", ["page_size=0", "page_size=501", "page_size=x", "ordering=secret", "active=maybe", "search=%00"]
)
def test_senseless_queries_are_refused(manager: Caller, query: str) -> None:
    answer = manager.get(f"segments/?{query}")
    assert answer.status == 400
    assert answer.body["message"]


def test_filters(manager: Caller) -> None:
    manager.post("families/", SAMPLES["families"])
    manager.put("products/in/", {"name": "In", "family": "cloud.1"})
    manager.put("products/out/", {"name": "Out", "active": False})

    def codes(query: str) -> list[str]:
        return [row["code"] for row in manager.get(f"products/?{query}").body["results"]]

    assert codes("family=cloud.1") == ["in"]
    assert codes("layer=cloud") == ["in"]
    assert codes("active=false") == ["out"]
    assert codes("search=OUT") == ["out"]


def test_unknown_references_name_their_field(manager: Caller) -> None:
    answer = manager.post("products/", {"code": "x", "name": "X", "family": "nowhere"})
    assert (answer.status, answer.body["code"]) == (400, "unknown_code")
    assert answer.body["errors"][0]["field"] == "family"


def test_two_customers_become_one_and_both_codes_find_it(manager: Caller, alpha: Tenant) -> None:
    manager.post("customers/", SAMPLES["customers"])
    younger = {"code": "c/2", "name": "Acme Inc", "phone": "+1 212 555 0100", "email": "Office@acme.example"}
    assert manager.post("customers/", younger).status == 201
    assert caller(alpha, "pam").post("customers/c-1/merge/", {"other": "c/2"}).status == 403
    assert caller(alpha, "partner_owner@p1").post("customers/c-1/merge/", {"other": "c/2"}).status == 403
    merged = manager.post("customers/c/2/merge/", {"other": "c-1"})
    assert (merged.status, merged.body["code"], merged.body["phone"]) == (200, "c-1", "+1 212 555 0100")
    assert manager.get("customers/c/2/").body["code"] == "c-1"
    assert [row["code"] for row in manager.get("customers/").body["results"]] == ["c-1"]
    again = manager.post("customers/c-1/merge/", {"other": "c/2"})
    assert (again.status, again.body["errors"][0]["field"]) == (400, "other")
