"""Applications and prospects through the API: staff only, the same steps and errors as in the portal."""

from partners.models import Criterion
from tests.api.kit import caller
from tests.kit.world import Tenant
from tests.partners.applying import applied, deliver_all, newest


def test_the_review_from_question_to_approval(alpha: Tenant, beta: Tenant) -> None:
    number, _secret = applied(alpha, contact_email="x@mailinator.com")
    pam, manager = caller(alpha, "pam"), caller(alpha, "programme_manager")
    (row,) = pam.get("applications/?state=screening").body["results"]
    assert (row["number"], row["company_name"]) == (number, "Novin Network Ltd")
    assert {"kind": "disposable_mail", "level": "high", "evidence": "mailinator.com"} in row["flags"]
    asked = pam.post(
        f"applications/{number}/request-information/", {"text": "Phone?", "fields_asked": ["fax"]}
    )
    assert asked.status == 400
    with alpha.scope():
        codes = list(Criterion.objects.values_list("code", flat=True))
    scores = {"scores": dict.fromkeys(codes, 70)}
    assert pam.post(f"applications/{number}/score/", scores).body["technical"] == "70.0"
    stale = pam.post(f"applications/{number}/approve/", {"version": 1})
    assert (stale.status, stale.body["code"]) == (409, "stale_version")
    assert pam.post(f"applications/{number}/approve/", {"code": "novin"}).body["state"] == "scored"
    assert pam.post(f"applications/{number}/approve/", {"code": "novin"}).body["code"] == "second_person"
    done = manager.post(f"applications/{number}/approve/", {"code": "novin"})
    assert (done.body["state"], done.body["partner"]) == ("approved", "novin")
    assert caller(beta, "programme_manager").get(f"applications/{number}/").status == 404
    assert caller(alpha, "partner_owner@p1").get("applications/").status == 403


def test_prospects_are_made_scored_moved_and_invited(alpha: Tenant) -> None:
    pam = caller(alpha, "pam")
    made = pam.post("prospects/", {"company_name": "Kish Cloud", "layer": "cloud", "code": "kish"})
    assert made.status == 201, made.body
    assert made.headers["Location"].endswith("/prospects/kish/")
    assert pam.post("prospects/", {"company_name": "X", "code": "kish"}).status == 409
    assert (
        pam.post("prospects/", {"company_name": "X", "product": "none"}).body["errors"][0]["field"]
        == "product"
    )
    assert pam.post("prospects/kish/score/", {"scores": {"fit": 90}}).body["commercial"] == "20.0"
    assert pam.post("prospects/kish/move/", {"stage": "talking"}).body["stage"] == "talking"
    assert pam.post("prospects/kish/move/", {"stage": "converted"}).status == 400
    refused = pam.post("prospects/kish/invite/", {})
    assert {error["field"] for error in refused.body["errors"]} == {
        "country",
        "contact_name",
        "contact_email",
    }
    told = {"country": "AE", "contact_name": "Ali", "contact_email": "ali@kish.ae"}
    assert pam.call("PATCH", "prospects/kish/", told).body["country"] == "AE"
    assert pam.post("prospects/kish/invite/", {"language": "ar"}).body["stage"] == "invited"
    deliver_all(alpha)
    assert newest(alpha).language == "ar"
    assert caller(alpha, "partner_owner@p1").get("prospects/").status == 403
