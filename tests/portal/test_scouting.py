"""The pages of scouting: matrix with list, a prefilled new prospect, score, stages, invitation."""

import json
import re

import pytest

from catalog.models import Family, Product
from partners.models import Prospect
from partners.scouting.services import create_prospect, score_prospect
from portal.shell.charts import apart
from tests.kit.world import Tenant
from tests.partners.applying import deliver_all, newest

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(alpha: Tenant) -> Tenant:
    with alpha.scope():
        family = Family.objects.create(code="cloud", name="Cloud", layer="cloud")
        Product.objects.create(code="vps", name="Virtual server", family=family)
        for name, points in (("Strong Ltd", 90), ("Weak Ltd", 10)):
            made = create_prospect(
                alpha.system, fields={"company_name": name, "product": "vps"}, code=name[:4]
            )
            codes = (
                "technicians",
                "certificates",
                "references",
                "years",
                "customers",
                "sellers",
                "reach",
                "fit",
            )
            score_prospect(alpha.system, code=made.code, scores=dict.fromkeys(codes, points))
    return alpha


def test_the_matrix_shows_each_prospect_where_its_scores_are(shop: Tenant) -> None:
    page = shop.client("pam").get("/scouting/")
    chart = page.context["matrix"]
    points = dict(
        zip(
            chart.figure.data[0].text,
            zip(chart.figure.data[0].x, chart.figure.data[0].y, strict=True),
            strict=True,
        )
    )
    assert all(link.startswith("/scouting/") for link in chart.figure.data[0].meta["links"])
    assert points == {"Strong Ltd": (90.0, 90.0), "Weak Ltd": (10.0, 10.0)}
    assert next(line["x0"] for line in json.loads(chart.figure.to_json())["layout"]["shapes"]) == 60.0
    text = page.content.decode()
    assert "First priority" in text
    assert "Strong Ltd" not in shop.client("pam").get("/scouting/?search=weak").content.decode()


def test_a_gap_of_the_coverage_map_fills_the_form(shop: Tenant) -> None:
    pam = shop.client("pam")
    page = pam.get("/scouting/new/?product=vps&role=msp&layer=cloud").content.decode()
    for value in ("vps", "msp", "cloud"):
        assert re.search(rf'<option value="{value}" selected', page), value
    made = {"company_name": "New Ltd", "product": "vps", "role": "msp", "country": "AE"}
    assert pam.post("/scouting/new/", made | {"country": "Emirates"}).status_code == 422
    assert pam.post("/scouting/new/", made).status_code == 302
    with shop.scope():
        row = Prospect.objects.latest("pk")
        assert (row.company_name, row.owner_id) == ("New Ltd", shop.actors["pam"].membership_id)


def test_the_card_is_scored_moved_and_invited(shop: Tenant) -> None:
    pam = shop.client("pam")
    assert pam.post("/scouting/Weak/score/", {"value-fit": "x"}).status_code == 422
    assert (
        pam.post("/scouting/Weak/score/", {"value-fit": "75", "source-fit": "met at a fair"}).status_code
        == 302
    )
    assert "met at a fair" in pam.get("/scouting/Weak/").content.decode()
    pam.post("/scouting/Weak/stage/", {"stage": "talking"})
    answer = pam.post("/scouting/Weak/invite/", {"language": "en"}, follow=True)
    assert "E-mail" in answer.content.decode()  # what the invitation needs
    contact = {"company_name": "Weak Ltd", "country": "AE", "contact_name": "W", "contact_email": "w@weak.ae"}
    assert pam.post("/scouting/Weak/change/", contact).status_code == 302
    pam.post("/scouting/Weak/invite/", {"language": "en"})
    deliver_all(shop)
    with shop.scope():
        assert Prospect.objects.get(code="Weak").state == "invited"
    assert newest(shop).company_name == "Weak Ltd"
    assert shop.client("partner_owner@p1").get("/scouting/").status_code == 404


def test_names_of_equal_scores_stand_apart() -> None:
    spots = [(50.0, 50.0), (50.0, 50.0), (52.0, 50.0), (90.0, 10.0)]
    found = apart(spots, [0, 100])
    sides = [side for _x, _y, side in found]
    assert len(set(sides[:3])) == 3, "neighbours name themselves on different sides"
    assert len({(x, y) for x, y, _side in found}) == 4, "each can be reached"
    assert found[3] == (90.0, 10.0, "top center")
    assert all(
        abs(x - a) <= 2 and abs(y - b) <= 2 for (x, y, _side), (a, b) in zip(found, spots, strict=True)
    )
    assert apart([], []) == []
