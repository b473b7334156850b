"""Django's Redis cache, whose client is made once per process: making it anew costs more than what it is asked."""

from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient


class _KeptClient(RedisCacheClient):
    """A client is safe among threads, and its pool opens connections of its own after a fork. There is one server."""

    _kept: Any = None

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        if self._kept is None:
            self._kept = super().get_client(key, write=write)
        return self._kept


class KeptRedisCache(RedisCache):
    """``RedisCache`` with a kept client."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _KeptClient
