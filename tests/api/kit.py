"""A caller of the API: one persona's token at one operator's host."""

import json
from dataclasses import dataclass
from typing import Any

from django.test import Client

from tenancy.enums import Audience
from tenancy.models import ApiToken
from tenancy.scope import scope
from tenancy.tokens import hash_secret, new_secret
from tests.kit.world import Tenant

ROOT = "/api/v1/"


def token_for(tenant: Tenant, name: str, *scopes: str) -> str:
    """A token of any persona, whether or not its role may make tokens itself."""
    secret = new_secret("shk")
    with scope(tenant.operator.pk, Audience.AUTH, membership_id=tenant.actors[name].membership_id):
        ApiToken.objects.create(
            membership_id=tenant.actors[name].membership_id,
            name="test",
            prefix=secret[:12],
            token_hash=hash_secret(secret),
            scopes=list(scopes or ("all",)),
        )
    return secret


@dataclass
class Answer:
    status: int
    body: Any
    headers: Any
    content: bytes


@dataclass
class Caller:
    """``caller.post("segments/", {...}).status``; extra headers by keyword, ``Idempotency_Key="k"``."""

    host: str
    secret: str | None = None

    def call(self, method: str, path: str, data: Any = None, **headers: str) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        kind = sent.pop("Content-Type", "application/json")
        if self.secret and "Authorization" not in sent:
            sent["Authorization"] = f"Bearer {self.secret}"
        body = data if isinstance(data, bytes | str) else b"" if data is None else json.dumps(data)
        client = Client(SERVER_NAME=self.host, raise_request_exception=False)
        answer = client.generic(method, ROOT + path, body, kind, headers=sent)
        parsed = json.loads(answer.content) if "json" in answer.headers.get("Content-Type", "") else None
        return Answer(answer.status_code, parsed, answer.headers, answer.content)

    def get(self, path: str, **headers: str) -> Answer:
        return self.call("GET", path, **headers)

    def post(self, path: str, data: Any = None, **headers: str) -> Answer:
        return self.call("POST", path, data, **headers)

    def put(self, path: str, data: Any, **headers: str) -> Answer:
        return self.call("PUT", path, data, **headers)

    def patch(self, path: str, data: Any, **headers: str) -> Answer:
        return self.call("PATCH", path, data, **headers)


def caller(tenant: Tenant, name: str, *scopes: str) -> Caller:
    return Caller(tenant.host, token_for(tenant, name, *scopes))
