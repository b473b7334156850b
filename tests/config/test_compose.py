"""The production files: every service is there, secrets come from the environment, commands exist."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
OURS = ["migrate", "web", "live", "worker", "beat"]


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """The services of the compose file, anchors merged."""
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    return loaded


def test_every_part_of_an_installation_is_a_service(services: dict[str, Any]) -> None:
    assert {"postgres", "redis", "web", "live", "worker", "beat", "nginx"} <= set(services)


@pytest.mark.parametrize("name", OURS)
def test_secrets_come_from_the_environment(services: dict[str, Any], name: str) -> None:
    environment = services[name]["environment"]
    assert environment["SECRET_KEY"].startswith("${SECRET_KEY:?")


@pytest.mark.parametrize("name", ["web", "live", "worker", "beat"])
def test_only_the_migrating_service_knows_the_owner(services: dict[str, Any], name: str) -> None:
    assert "OWNER_DATABASE_URL" in services["migrate"]["environment"]
    assert "OWNER_DATABASE_URL" not in services[name]["environment"]
    assert re.match(r"postgresql://sharik_(web|worker)@", services[name]["environment"]["DATABASE_URL"])


@pytest.mark.parametrize("name", ["web", "live", "worker", "beat"])
def test_nothing_starts_before_the_schema_is_there(services: dict[str, Any], name: str) -> None:
    assert services[name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}


def test_every_service_that_others_wait_for_exists(services: dict[str, Any]) -> None:
    waited = {name for service in services.values() for name in service.get("depends_on", {})}
    assert waited <= set(services)


def test_only_the_proxy_is_reachable_from_outside(services: dict[str, Any]) -> None:
    assert [name for name, service in services.items() if "ports" in service] == ["nginx"]


def test_the_proxy_passes_on_to_services_that_exist(services: dict[str, Any]) -> None:
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    assert set(re.findall(r"server (\w+):\d+;", text)) == {"web", "live"} <= set(services)
    assert "proxy_buffering off;" in text


def test_the_image_runs_without_rights_and_installs_by_hash() -> None:
    text = (ROOT / "Dockerfile").read_text()
    last = text.rindex("\nFROM ")
    assert re.search(r"^USER (?!root)\w+", text[last:], re.MULTILINE)
    assert "--require-hashes" in text and "--only-binary :all:" in text


def test_the_processes_of_the_demo_are_those_of_production(services: dict[str, Any]) -> None:
    lines = (ROOT / "Procfile").read_text().splitlines()
    assert {line.partition(":")[0] for line in lines} <= set(services)
