"""The frame: language, theme, headers, navigation, error pages; and how values and charts are written."""

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from portal.shell import charts, errors
from portal.shell.brand import DARK_GROUND, LIGHT_GROUND, READABLE, Rgb, accent_css, contrast
from portal.shell.formats import Formats
from portal.shell.meters import meter_geometry
from portal.shell.navigation import navigation_for
from tests.kit.world import Tenant

RIALS = Formats(language="fa", calendar="jalali", time_zone="Asia/Tehran", currency="IRR")


def draw(source: str, tenant: Tenant, **values: object) -> str:
    request = RequestFactory().get("/")
    request.operator, request.actor = tenant.operator, None
    with translation.override("fa"):
        return Template("{% load sharik %}" + source).render(Context({"request": request, **values}))


def test_values_follow_language_calendar_and_currency(beta: Tenant) -> None:
    noon = datetime(2025, 6, 15, 12, 0, tzinfo=UTC)
    assert "۱٬۲۳۴٬۵۶۷\u00a0ریال" in draw("{% money amount %}", beta, amount=Decimal(1234567))
    assert "۱۴۰۴" in draw("{% day value %}", beta, value=date(2025, 6, 15))
    assert "۱۵:۳۰" in draw("{% moment value %}", beta, value=noon)
    assert "۱۲٫۵" in draw("{% percent value %}", beta, value=Decimal("0.125"))
    assert "تیر" in draw('{% period_label "1404-04" %}', beta)
    assert draw("{% money nothing %}", beta, nothing=None) == "–"
    assert draw("{{ name|doer }}", beta, name=beta.system.name) == "خودکار"
    assert draw("{{ name|doer }}", beta, name="سارا") == "سارا"


def test_toman_is_chosen_by_cookie_and_named(beta: Tenant) -> None:
    assert RIALS.money(Decimal(15)) == "۱۵\u00a0ریال"
    assert Formats(language="fa", currency="IRR", toman=True).money(Decimal(15)) == "۱٫۵\u00a0تومان"


def test_markup_in_values_is_written_out(beta: Tenant) -> None:
    hostile = '<img src=x onerror="alert(1)">'
    for tag in (
        "{{ v|ltr }}",
        "{% state_badge v %}",
        "{% amount_link 1 v %}",
        "{% empty_state v %}",
        "{% icon v %}",
    ):
        assert "<img" not in draw(tag, beta, v=hostile)


def test_chart_json_cannot_leave_its_script() -> None:
    chart = charts.bar("T", ["</script><b>"], {"s&p": [Decimal(3)]}, write=RIALS.number)
    text = charts.chart_payload(chart)
    assert "<" not in text
    assert json.loads(text)["data"][0]["x"] == ["</script><b>"]
    assert chart.rows == [["</script><b>", "۳"]]


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [(0, 100, [0, 20, 40, 60, 80, 100]), (0, 7, [0, 2, 4, 6, 8]), (-3, 9, [-5, 0, 5, 10]), (0, 0, [0, 1])],
)
def test_ticks_are_round_and_span_the_values(low: int, high: int, ticks: list[int]) -> None:
    assert charts.nice_ticks(low, high) == ticks


def test_a_waterfall_ends_at_the_exact_sum() -> None:
    chart = charts.waterfall(
        "T", [("a", Decimal("0.1")), ("b", Decimal("0.2"))], "sum", write=lambda value: str(value)
    )
    assert chart.rows[-1] == ["sum", "0.3"]


def test_a_meter_stays_inside_its_track() -> None:
    over = meter_geometry(Decimal(30), Decimal(20), [Decimal(5), Decimal(25)])
    assert (int(over.width), over.kind, over.marks) == (100, "good", [Decimal("25.0")])
    assert meter_geometry(Decimal(-4), Decimal(20)).width == 0
    assert meter_geometry(Decimal(1), Decimal(0)).width == 100


def _rgb(css: str, name: str, which: int) -> Rgb:
    text = re.findall(rf"{name}:#(\w{{6}})", css)[which]
    return int(text[:2], 16), int(text[2:4], 16), int(text[4:], 16)


@pytest.mark.parametrize(
    "accent", ["#ffe600", "#0d7a5f", "#1f5fbf", "#000000", "#ffffff", "#e0a100", "#d4145a"]
)
def test_every_accent_stays_readable(accent: str) -> None:
    css = accent_css(accent)
    assert contrast(_rgb(css, "--sharik-accent-text", 0), LIGHT_GROUND) >= READABLE
    assert contrast(_rgb(css, "--sharik-accent-text", 1), DARK_GROUND) >= READABLE
    assert contrast(_rgb(css, "--tblr-primary", 0), _rgb(css, "--tblr-primary-fg", 0)) >= 4.5


def test_an_accent_that_is_no_colour_never_reaches_the_style_sheet() -> None:
    with pytest.raises(ValueError, match="rrggbb"):
        accent_css("red;}</style>")


def test_navigation_shows_what_a_role_may_open(alpha: Tenant) -> None:
    def urls(name: str) -> set[str]:
        return {entry.url for section in navigation_for(alpha.actors[name], "/") for entry in section.entries}

    assert "/tokens/" in urls("programme_manager")
    assert "/people/" in urls("partner_owner@p1")
    assert not {"/people/", "/tokens/"} & urls("partner_technician@p1")


@pytest.mark.parametrize(
    "name", ["partner_owner@p1", "partner_seller@p1", "pam", "programme_manager", "executive"]
)
def test_everything_in_the_navigation_opens(alpha: Tenant, name: str) -> None:
    client = alpha.client(name)
    for section in navigation_for(alpha.actors[name], "/"):
        for entry in section.entries:
            assert client.get(entry.url).status_code == 200, entry.url


def test_language_comes_from_choice_browser_and_operator(alpha: Tenant, beta: Tenant) -> None:
    def language(tenant: Tenant, accept: str, cookie: str = "") -> str:
        client = tenant.client()
        if cookie:
            client.cookies["django_language"] = cookie
        html = client.get("/accounts/login/", headers={"accept-language": accept}).content.decode()
        found = re.search(r'<html lang="(\w+)"', html)
        assert found
        return found[1]

    assert language(alpha, "fa-IR,en;q=0.5") == "fa"
    assert language(beta, "ar") == "fa"
    assert language(beta, "en") == "en"
    assert language(beta, "en", cookie="fa") == "fa"
    assert language(beta, "en", cookie="ar") == "en"


def test_language_switch_comes_back_and_refuses_strange_languages_and_hosts(
    alpha: Tenant, beta: Tenant
) -> None:
    client = alpha.client("pam")
    response = client.post("/language/", {"language": "fa", "next": "/accounts/profile/"})
    assert response.headers["Location"] == "/accounts/profile/"
    assert 'dir="rtl"' in client.get("/").content.decode()
    for bad in ("//evil.example", f"http://{beta.host}/"):
        assert client.post("/language/", {"language": "en", "next": bad}).headers["Location"] == "/"
    assert beta.client("pam").post("/language/", {"language": "ar"}).status_code == 404


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/people/", "/nothing/", "/tokens/new/"])
def test_security_headers(alpha: Tenant, path: str) -> None:
    response = alpha.client("programme_manager" if "login" not in path else None).get(path)
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    for part in (
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
        "'nonce-",
    ):
        assert part in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    if response.status_code == 200:
        assert "no-store" in response.headers["Cache-Control"]
    html = response.content.decode()
    assert not re.search(r"<[^>]+\sstyle=", html)
    assert not re.search(r"<[^>]+\son\w+=", html)
    assert not re.search(r"<script(?![^>]*(src|nonce))", html)


def test_a_missing_page_says_what_to_do_in_the_reader_s_language(beta: Tenant) -> None:
    response = beta.client("pam").get("/nothing/")
    assert response.status_code == 404
    html = response.content.decode()
    assert 'lang="fa"' in html
    assert "/accounts/logout/" in html


def test_a_form_without_its_token_is_explained(alpha: Tenant) -> None:
    client = alpha.client("pam")
    client.handler.enforce_csrf_checks = True
    response = client.post("/language/", {"language": "fa"})
    assert response.status_code == 403
    assert "This form is no longer valid" in response.content.decode()


def test_a_host_without_an_operator_has_nothing(alpha: Tenant) -> None:
    response = alpha.client().get("/", headers={"host": "nobody.localhost"})
    assert response.status_code == 404
    assert "Alpha" not in response.content.decode()


@pytest.mark.parametrize(("view", "status"), [(errors.server_error, 500), (errors.unavailable, 503)])
def test_pages_for_our_own_faults_need_neither_database_nor_session(view: Any, status: int) -> None:
    with translation.override("fa"):
        response = view(RequestFactory().get("/"))
    html = response.content.decode()
    assert response.status_code == status
    assert 'lang="fa" dir="rtl"' in html
    assert "Traceback" not in html
