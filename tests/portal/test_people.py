"""Who manages whom: staff everybody, an owner the own company, strangers nobody."""

from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.scopes import SCOPES
from portal.people.scopes import OFFERED
from tenancy.selectors import invitations_for, members_for
from tests.kit.world import Tenant


def pk_of(tenant: Tenant, name: str) -> int:
    found = tenant.actors[name].membership_id
    assert found is not None
    return found


def test_an_owner_sees_the_own_company_only(alpha: Tenant) -> None:
    page = alpha.client("partner_owner@p1").get("/people/").content.decode()
    assert "partner_seller.p1@alpha.example" in page
    assert "partner_seller.p2@alpha.example" not in page
    assert "pam@alpha.example" not in page


def test_staff_see_everybody_of_their_operator(alpha: Tenant, beta: Tenant) -> None:
    page = alpha.client("programme_manager").get("/people/").content.decode()
    assert "partner_seller.p2@alpha.example" in page
    assert "beta.example" not in page


def test_foreign_people_answer_like_people_who_are_not_there(alpha: Tenant, beta: Tenant) -> None:
    owner = alpha.client("partner_owner@p1")
    missing = owner.get("/people/999999/")
    for foreign in (pk_of(alpha, "partner_owner@p2"), pk_of(alpha, "pam"), pk_of(beta, "partner_owner@p1")):
        response = owner.get(f"/people/{foreign}/")
        assert response.status_code == missing.status_code == 404
        assert owner.post(f"/people/{foreign}/active/", {"active": "0"}).status_code == 404
        assert owner.post(f"/people/{foreign}/", {"role": "partner_finance"}).status_code == 404
    with beta.scope("programme_manager"):
        assert members_for(beta.actors["programme_manager"]).filter(active=False).count() == 0


def test_roles_without_the_right_are_refused(alpha: Tenant) -> None:
    for name in ("partner_seller@p1", "partner_finance@p1", "pam", "executive", "support_agent"):
        client = alpha.client(name)
        assert client.get("/people/").status_code == 403, name
        assert client.get("/people/invite/").status_code == 403, name
        assert client.post("/people/invite/", {"email": "x@y.example"}).status_code == 403, name


def test_an_owner_invites_to_the_own_company_whatever_is_posted(alpha: Tenant) -> None:
    client = alpha.client("partner_owner@p1")
    data = {"email": "new@p1.example", "role": "partner_finance", "language": "fa"}
    response = client.post("/people/invite/", data | {"partner": alpha.partners["p2"].pk})
    assert response.status_code == 302
    actor = alpha.actors["partner_owner@p1"]
    with alpha.scope("partner_owner@p1"):
        invitation = invitations_for(actor).get(email="new@p1.example")
        assert invitation.partner_id == actor.partner_id
    assert mail.outbox[0].to == ["new@p1.example"]
    assert f"{alpha.operator.origin}/invitation/invite_" in mail.outbox[0].body
    assert client.post("/people/invite/", data | {"role": "pam"}).status_code == 422


def test_a_role_and_a_company_that_do_not_fit_are_said_at_the_field(alpha: Tenant) -> None:
    client = alpha.client("programme_manager")
    data = {"email": "new@alpha.example", "role": "partner_owner", "language": "en", "partner": ""}
    response = client.post("/people/invite/", data)
    assert response.status_code == 422
    page = response.content.decode()
    assert "This role and this company do not fit together." in page
    assert 'value="new@alpha.example"' in page
    assert mail.outbox == []


def test_a_second_link_closes_the_first_and_a_withdrawn_one_is_closed(alpha: Tenant) -> None:
    client = alpha.client("programme_manager")
    client.post("/people/invite/", {"email": "a@alpha.example", "role": "executive", "language": "en"})
    actor = alpha.actors["programme_manager"]
    with alpha.scope("programme_manager"):
        first = invitations_for(actor).get(email="a@alpha.example")
    client.post(f"/people/invitations/{first.pk}/resend/")
    with alpha.scope("programme_manager"):
        second = invitations_for(actor).filter(email="a@alpha.example").exclude(pk=first.pk).get()
        first.refresh_from_db()
        assert (first.is_open(), second.is_open()) == (False, True)
    client.post(f"/people/invitations/{second.pk}/withdraw/")
    with alpha.scope("programme_manager"):
        second.refresh_from_db()
        assert not second.is_open()
    links = [line for message in mail.outbox for line in message.body.splitlines() if "/invitation/" in line]
    assert len(links) == 2
    for link in links:
        assert alpha.client().get(link.removeprefix(alpha.operator.origin)).status_code == 404


def test_role_and_access_change_through_the_page(alpha: Tenant) -> None:
    client = alpha.client("partner_owner@p1")
    seller = pk_of(alpha, "partner_seller@p1")
    assert client.post(f"/people/{seller}/", {"role": "partner_finance"}).status_code == 302
    assert client.post(f"/people/{seller}/", {"role": "programme_manager"}).status_code == 200
    client.post(f"/people/{seller}/active/", {"active": "0"})
    with alpha.scope("partner_owner@p1"):
        member = members_for(alpha.actors["partner_owner@p1"]).get(pk=seller)
        assert (member.role, member.active) == ("partner_finance", False)
    own = pk_of(alpha, "partner_owner@p1")
    assert client.post(f"/people/{own}/active/", {"active": "0"}).status_code == 403


def test_a_token_is_shown_once_and_can_be_revoked(alpha: Tenant) -> None:
    client = alpha.client("programme_manager")
    page = client.post("/tokens/new/", {"name": "feed", "scopes": ["transactions:write"], "days": "30"})
    body = page.content.decode()
    secret = body.split('dir="ltr">shk_')[1].split("<")[0]
    assert page.headers["Cache-Control"] == "private, no-store"
    listed = client.get("/tokens/").content.decode()
    assert secret not in listed
    assert "feed" in listed
    number = listed.split("/tokens/")[-1].split("/revoke/")[0]
    client.post(f"/tokens/{number}/revoke/")
    assert "Revoked" in client.get("/tokens/").content.decode()


def test_sellers_and_technicians_have_no_tokens(alpha: Tenant) -> None:
    for name in ("partner_seller@p1", "partner_technician@p1"):
        client = alpha.client(name)
        assert client.get("/tokens/").status_code == 403
        assert client.post("/tokens/new/", {"name": "x", "scopes": ["all"]}).status_code == 403


def test_offered_scopes_exist() -> None:
    assert set(OFFERED) <= set(SCOPES)


def test_export_and_filters(alpha: Tenant) -> None:
    client = alpha.client("programme_manager")
    page = client.get("/people/", {"search": "seller.p1"}).content.decode()
    assert "partner_seller.p1@alpha.example" in page
    assert "partner_owner.p2@alpha.example" not in page
    csv = b"".join(client.get("/people/", {"export": "csv", "role": "pam"})).decode("utf-8-sig").splitlines()
    assert len(csv) == 2
    assert "pam@alpha.example" in csv[1]
    assert client.get("/people/", {"export": "exe"}).status_code == 404


def test_lists_need_as_many_queries_for_many_rows_as_for_few(alpha: Tenant) -> None:
    client = alpha.client("programme_manager")
    client.get("/people/")
    counts = []
    for search in ("partner_seller.p1", "partner"):
        with CaptureQueriesContext(connection) as queries:
            client.get("/people/", {"search": search})
        counts.append(len(queries))
    assert counts[0] == counts[1]
