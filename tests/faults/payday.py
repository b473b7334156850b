"""A pay day whose process is killed at every single statement: ``python -m tests.faults.payday '<JSON>'``.

Each step runs in a process of its own that is killed (SIGKILL) before its first statement, then before its second, and so on
until it survives. Prints how often it was killed, per step.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import django


def connect(database: dict[str, Any]) -> None:
    """Point Django at the database of the test."""
    from django.conf import settings

    settings.DATABASES["default"] |= database


def kill_before(number: int) -> Callable[..., Any]:
    """A wrapper of statements that ends the process before the one with this number."""
    seen = 0

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal seen
        seen += 1
        if seen == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    return wrapper


def until_it_survives(work: Callable[[], Any]) -> int:
    """How many processes died before one came through."""
    from django.db import connection

    for number in range(1, 2000):
        child = os.fork()
        if child == 0:
            with connection.execute_wrapper(kill_before(number)):
                work()
            os._exit(0)
        _pid, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            if os.WEXITSTATUS(status):
                raise SystemExit(f"A step failed by itself at statement {number}.")
            return number - 1
    raise SystemExit("A step never ended.")


def main(task: dict[str, Any]) -> None:
    from incentives.payments.services import export_batch, import_response
    from tenancy.access import scope_of
    from tenancy.models import Operator

    operator = Operator(**task["operator"])
    from tenancy.actors import system_actor

    actor = system_actor(operator)

    def export() -> None:
        with scope_of(actor):
            export_batch(actor, batch_id=task["batch"])

    def bring_in() -> None:
        with scope_of(actor):
            import_response(actor, content=task["content"].encode())

    kills = {"export": until_it_survives(export), "response": until_it_survives(bring_in)}
    sys.stdout.write(json.dumps(kills))


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    django.setup()
    connect(given["database"])
    main(given)
