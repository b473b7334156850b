"""From the API post to the counted measurement: 200 lines/s for a minute in requests of 1 to 20 lines, on real processes."""

import http.client
import json
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from typing import Any

from bench.feeding import add_kpis, lines, make_operator, process, worker
from bench.result import Result
from config.embedded.processes import free_port

SECONDS, RATE, SENDERS = 60, 200, 8
LOOK = 0.01
_WAITING = """
select c.external_id from performance_pendingchunk p cross join unnest(p.credit_ids) i(id)
join performance_credit c on c.id = i.id
"""


def batches() -> Iterator[tuple[float, list[dict[str, str]]]]:
    """When to post (seconds from the start), and what."""
    pick, source, sent = random.Random(3), lines(SECONDS * RATE), 0
    while sent < SECONDS * RATE:
        size = min(pick.randint(1, 20), SECONDS * RATE - sent)
        yield sent / RATE, [next(source) for _ in range(size)]
        sent += size


def make_token(slug: str) -> str:
    """A token of a programme manager."""
    from django.core.management import call_command

    email = f"feed@{slug}.example"
    call_command(
        "create_member", operator=slug, email=email, role="programme_manager", verbosity=0, stdout=StringIO()
    )
    out = StringIO()
    call_command("create_token", operator=slug, email=email, scopes="all", stdout=out)
    return out.getvalue().strip()


class Watch:
    """Notes when each posted line was counted."""

    def __init__(self, actor: Any, port: int, token: str) -> None:
        self.actor, self.port, self.token = actor, port, token
        self.posted: dict[str, float] = {}
        self.answered: set[str] = set()
        self.lags: list[float] = []
        self.lock = threading.Lock()

    def post(self, batch: list[dict[str, str]]) -> None:
        body = json.dumps({"lines": batch})
        headers = {
            "Host": f"{self.actor.operator.host}:{self.port}",
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
        }
        begin = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("POST", "/api/v1/transactions/", body, headers)
        reply = json.loads(connection.getresponse().read())
        connection.close()
        if reply.get("accepted") != len(batch):
            raise ValueError(f"The API answered {reply}")
        with self.lock:
            for line in batch:
                self.posted[line["external_id"]] = begin

    def look(self) -> None:
        """Every line that is posted and no longer waits is visible now."""
        from django.db import connection as database

        from tenancy.access import scope_of

        with self.lock:
            known = dict(self.posted)
        with scope_of(self.actor), database.cursor() as cursor:
            cursor.execute(_WAITING)
            waiting = {row[0] for row in cursor.fetchall()}
        now = time.perf_counter()
        for reference in known.keys() - waiting:
            self.lags.append(now - known[reference])
            with self.lock:
                del self.posted[reference]

    def run(self) -> list[float]:
        """The lag of each line in milliseconds, sorted."""
        start = time.perf_counter()
        with ThreadPoolExecutor(SENDERS) as pool:
            jobs = []
            for due, batch in batches():
                while time.perf_counter() - start < due:
                    self.look()
                    time.sleep(LOOK)
                jobs.append(pool.submit(self.post, batch))
            while not all(job.done() for job in jobs) or self.posted:
                self.look()
                time.sleep(LOOK)
            for job in jobs:
                job.result()
        return sorted(round(lag * 1000, 1) for lag in self.lags)


def wait_for(port: int, host: str) -> None:
    """Return when the server answers; raises ``TimeoutError``."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz", headers={"Host": host})
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise TimeoutError("The web server did not start.")


def run() -> dict[str, Result]:
    """Percentiles over all lines."""
    actor = make_operator("lag")
    add_kpis(actor)
    port = free_port()
    command = (
        "gunicorn",
        "config.wsgi",
        "--bind",
        f"127.0.0.1:{port}",
        "--worker-class",
        "gthread",
        "--workers",
        "2",
    )
    with process(*command, "--threads", "8", "--log-level", "warning", login="sharik_web"), worker():
        wait_for(port, actor.operator.host)
        watch = Watch(actor, port, make_token("lag"))
        for batch in ([line] for line in lines(20, SECONDS * RATE)):
            watch.post(batch)
        lags = watch.run()[20:]
    p50, p95 = lags[len(lags) // 2], lags[len(lags) * 95 // 100]
    return {
        "lag_p50": Result(p50, 250, "ms", "lower", [p50]),
        "lag_p95": Result(p95, 1000, "ms", "lower", [p95]),
    }
