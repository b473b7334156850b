"""A settlement in a process of its own that kills itself: ``python -m tests.incentives.money.killed SLUG RUN POINT``.

``POINT`` counts the statements that the database was asked: the process dies by SIGKILL before that one.
"""

import os
import signal
import sys
from typing import Any

import django


def main(slug: str, run_id: int, point: int) -> None:
    from django.db.backends.utils import CursorWrapper

    from incentives.settlement import advance_run
    from tenancy.access import find_operator
    from tenancy.actors import system_actor

    actor = system_actor(find_operator(slug), "killed")
    asked = 0
    execute = CursorWrapper.execute

    def counting(self: Any, *args: Any, **kwargs: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked == point:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(self, *args, **kwargs)

    CursorWrapper.execute = counting  # type: ignore[method-assign]
    advance_run(actor, run_id=run_id)
    sys.stdout.write(str(asked))


if __name__ == "__main__":
    django.setup()
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
