"""Signing in: members only, at the operator's own host, and what invitations open."""

import re
from random import randrange

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.urls import reverse

from portal.accounts.mails import send_invitation
from tenancy.selectors import members_for
from tenancy.services import change_role, invite_member, set_member_active
from tests.kit.world import PASSWORD, Tenant

LOGIN = "/accounts/login/"


def sign_in(client: Client, email: str, password: str = PASSWORD, following: str = "") -> int:
    """Through the form, each browser from an address of its own: the limit of guesses counts addresses."""
    client.defaults.setdefault("REMOTE_ADDR", f"10.{randrange(256)}.{randrange(256)}.{randrange(256)}")
    response = client.post(LOGIN, {"login": email, "password": password, "next": following})
    return response.status_code


def logged_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def test_a_member_signs_in_and_lands_at_home(alpha: Tenant) -> None:
    client = alpha.client()
    assert client.get("/").headers["Location"] == "/accounts/login/?next=/"
    assert sign_in(client, "pam@alpha.example") == 302
    page = client.get("/")
    assert page.status_code == 200
    assert "Partner account manager" in page.content.decode()


def test_a_wrong_password_and_a_stranger_look_the_same(alpha: Tenant, beta: Tenant) -> None:
    answers = set()
    for email, password in (
        ("pam@alpha.example", "not the password"),
        ("nobody@alpha.example", "not the password"),
        ("pam@beta.example", PASSWORD),
    ):
        client = alpha.client()
        response = client.post(LOGIN, {"login": email, "password": password})
        assert not logged_in(client)
        body = response.content.decode().replace(email, "EMAIL")
        body = re.sub(r'(nonce|value|data-csrf)="[^"]*"', "", body)
        answers.add((response.status_code, body))
    assert len(answers) == 1


def test_a_session_is_nobody_at_another_operator(alpha: Tenant, beta: Tenant) -> None:
    client = alpha.client("programme_manager")
    assert logged_in(client)
    stolen = beta.client()
    stolen.cookies = client.cookies
    assert stolen.get("/").status_code == 302
    assert stolen.get("/people/").status_code == 302


def test_next_stays_on_this_host(alpha: Tenant, beta: Tenant) -> None:
    for bad in (
        "//evil.example/",
        "https://evil.example/",
        f"http://{beta.host}/",
        "\\\\evil.example",
        "javascript:1",
    ):
        client = alpha.client()
        response = client.post(LOGIN, {"login": "pam@alpha.example", "password": PASSWORD, "next": bad})
        assert response.headers["Location"] == "/"
    client = alpha.client()
    response = client.post(
        LOGIN, {"login": "pam@alpha.example", "password": PASSWORD, "next": "/accounts/profile/"}
    )
    assert response.headers["Location"] == "/accounts/profile/"


def test_nobody_signs_up_without_an_invitation(alpha: Tenant) -> None:
    client = alpha.client()
    response = client.post("/accounts/signup/", {"email": "new@alpha.example", "password1": PASSWORD})
    assert "new@alpha.example" not in client.get("/").content.decode()
    assert response.status_code == 200
    assert not logged_in(client)


def test_deactivating_and_changing_a_role_count_at_the_next_request(alpha: Tenant) -> None:
    client = alpha.client("partner_seller@p1")
    assert client.get("/people/").status_code == 403
    member_id = alpha.actors["partner_seller@p1"].membership_id
    assert member_id is not None
    with alpha.scope("programme_manager"):
        change_role(alpha.actors["programme_manager"], member_id=member_id, role="partner_owner")
    assert client.get("/people/").status_code == 200
    with alpha.scope("programme_manager"):
        set_member_active(alpha.actors["programme_manager"], member_id=member_id, active=False)
    closed = client.get("/people/")
    assert closed.status_code == 404
    assert "/accounts/logout/" in closed.content.decode()


def invite(tenant: Tenant, email: str, **fields: object) -> str:
    actor = tenant.actors["partner_owner@p1"]
    with tenant.scope("partner_owner@p1"):
        values = {"email": email, "role": "partner_seller", "partner_id": actor.partner_id, "language": "fa"}
        _invitation, secret = invite_member(actor, **(values | fields))  # type: ignore[arg-type]
    return f"/invitation/{secret}/"


def test_a_new_person_joins_with_name_and_password(alpha: Tenant) -> None:
    address = invite(alpha, "new.seller@alpha.example")
    client = alpha.client()
    page = client.get(address).content.decode()
    assert "new.seller@alpha.example" in page
    assert "Partner p1" in page
    refused = client.post(address, {"name": "Sara", "password": "alpha12345"})
    assert refused.status_code == 422
    assert not logged_in(client)
    client.post(address, {"name": "Sara", "password": "a long and windy road"})
    assert logged_in(client)
    with alpha.scope("partner_owner@p1"):
        member = members_for(alpha.actors["partner_owner@p1"]).get(email="new.seller@alpha.example")
        assert (member.name, member.role) == ("Sara", "partner_seller")
    assert alpha.client().get(address).status_code == 404


def test_an_invitation_of_another_operator_is_closed(alpha: Tenant, beta: Tenant) -> None:
    address = invite(alpha, "new@alpha.example")
    assert beta.client().get(address).status_code == 404
    assert alpha.client().get(address).status_code == 200


def test_a_known_person_signs_in_to_accept_and_gets_a_choice(alpha: Tenant, beta: Tenant) -> None:
    address = invite(alpha, "pam@beta.example")
    client = alpha.client()
    assert sign_in(client, "pam@beta.example") == 200
    page = client.get(address).content.decode()
    assert "password" not in page.split("<main")[1]
    assert sign_in(client, "pam@beta.example", following=address) == 302
    assert client.get("/").status_code == 404
    client.post(address)
    assert logged_in(client)


def test_an_invitation_is_not_for_somebody_else(alpha: Tenant) -> None:
    address = invite(alpha, "new@alpha.example")
    client = alpha.client("partner_seller@p2")
    client.post(address)
    with alpha.scope("partner_owner@p1"):
        members = members_for(alpha.actors["partner_owner@p1"])
        assert not members.filter(email__in=["new@alpha.example", "partner_seller.p2@alpha.example"]).exists()


def test_a_person_switches_between_companies(alpha: Tenant) -> None:
    address = invite(alpha, "partner_owner.p2@alpha.example")
    client = alpha.client("partner_owner@p2")
    client.post(address)
    assert "Partner p1" in client.get("/").content.decode()
    page = client.get(reverse("switch_membership")).content.decode()
    assert "Partner p1" in page
    assert "Partner p2" in page
    home = alpha.actors["partner_owner@p2"].membership_id
    client.post(reverse("switch_membership"), {"membership": home})
    assert client.get("/people/").status_code == 200
    foreign = alpha.actors["programme_manager"].membership_id
    assert client.post(reverse("switch_membership"), {"membership": foreign}).status_code == 404
    assert client.get("/").status_code == 200


def test_reset_mail_has_the_canonical_host_and_the_reader_s_language(beta: Tenant) -> None:
    client = beta.client()
    client.post("/accounts/password/reset/", {"email": "pam@beta.example"})
    assert len(mail.outbox) == 1
    assert f"{beta.operator.origin}/accounts/password/reset/key/" in mail.outbox[0].body
    poisoned = Client(SERVER_NAME="evil.example").post(
        "/accounts/password/reset/", {"email": "pam@beta.example"}
    )
    assert poisoned.status_code in (400, 404)
    assert len(mail.outbox) == 1


def test_reset_answers_alike_for_known_and_unknown(alpha: Tenant) -> None:
    answers = {
        (response.status_code, response.headers["Location"])
        for email in ("pam@alpha.example", "nobody@alpha.example")
        if (response := alpha.client().post("/accounts/password/reset/", {"email": email}))
    }
    assert len(answers) == 1


def test_profile_changes_name_language_and_colours(alpha: Tenant) -> None:
    client = alpha.client("pam")
    response = client.post("/accounts/profile/", {"name": "Pam Beesly", "language": "fa", "theme": "dark"})
    assert response.status_code == 302
    page = client.get("/").content.decode()
    assert 'lang="fa" dir="rtl" data-bs-theme="dark"' in page
    assert "Pam Beesly" in page
    assert (
        client.post("/accounts/profile/", {"name": "", "language": "fa", "theme": "dark"}).status_code == 422
    )


@pytest.mark.parametrize(
    "path", ["/accounts/security/", "/accounts/2fa/", "/accounts/sessions/", "/accounts/password/change/"]
)
def test_security_pages_open(alpha: Tenant, path: str) -> None:
    client = alpha.client()
    sign_in(client, "pam@alpha.example")
    assert client.get(path).status_code == 200


def test_guessing_is_stopped_even_when_the_password_is_right_at_last(alpha: Tenant) -> None:
    client = alpha.client()
    for _attempt in range(10):
        sign_in(client, "support_agent@alpha.example", "not the password")
    sign_in(client, "support_agent@alpha.example")
    assert not logged_in(client)


def test_the_invitation_mail_speaks_the_language_of_the_invited(beta: Tenant) -> None:
    with beta.scope("programme_manager"):
        actor = beta.actors["programme_manager"]
        invitation, secret = invite_member(actor, email="new@beta.example", role="executive", language="fa")
        send_invitation(beta.operator, invitation, secret)
    message = mail.outbox[0]
    assert isinstance(message, EmailMultiAlternatives)
    html = str(message.alternatives[0][0])
    assert 'lang="fa" dir="rtl"' in html
    assert f"{beta.operator.origin}/invitation/{secret}/" in message.body
    assert f'href="{beta.operator.origin}/invitation/{secret}/"' in html


def test_a_changed_password_ends_every_session_and_is_told_by_mail(alpha: Tenant) -> None:
    client, other = alpha.client(), alpha.client()
    for one in (client, other):
        sign_in(one, "pam@alpha.example")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    wanted = "a wholly new sentence"
    data = {"oldpassword": PASSWORD, "password1": wanted, "password2": wanted}
    assert client.post("/accounts/password/change/", data).status_code == 302
    assert not logged_in(client)
    assert not logged_in(other)
    assert sign_in(alpha.client(), "pam@alpha.example", wanted) == 302
    assert [message.to for message in mail.outbox] == [["pam@alpha.example"]]


def test_nobody_changes_the_own_address(alpha: Tenant) -> None:
    client = alpha.client("pam")
    assert client.get("/accounts/email/").status_code == 404
    assert client.post("/accounts/email/", {"action_add": "", "email": "x@alpha.example"}).status_code == 404
