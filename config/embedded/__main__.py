"""``python -m config.embedded start | stop | status``: the servers of the data folder ``$VAR``."""

import os
import sys
from pathlib import Path

from config.embedded import current, ensure_running, stop
from config.embedded.processes import ServerFailed


def main(arguments: list[str]) -> int:
    """Returns the exit status: 0 done, 1 a server failed, 2 an unknown verb."""
    var = Path(os.environ.get("VAR", ".var")).resolve()
    verb = arguments[0] if arguments else "status"
    try:
        if verb == "start":
            ensure_running(var)
        elif verb == "stop":
            stop(var)
        elif verb == "status":
            print("\n".join(f"{name}: {url}" for name, url in (current(var) or {}).items()))
        else:
            print(__doc__, file=sys.stderr)
            return 2
    except ServerFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
