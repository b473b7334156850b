"""PostgreSQL and Redis from wheels, for the demo and the tests: no system package, as root or as anybody.

The servers of a data folder ``var`` belong to it alone. Their addresses stand in ``var/servers.json``:
``{"database": "postgresql://...", "redis": "redis://..."}``, readable by its owner only.
"""

from config.embedded.servers import current, ensure_running, stop

__all__ = ["current", "ensure_running", "stop"]
