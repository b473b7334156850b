"""The cache keeps its connection."""

from django.core.cache import caches

from config.cache import KeptRedisCache


def test_the_client_is_made_once() -> None:
    cache = caches["default"]
    assert isinstance(cache, KeptRedisCache)
    assert cache.add("kept", "1", 5)
    client = cache._cache.get_client("kept", write=True)
    assert client is cache._cache.get_client("other")
    number = client.client_id()
    cache.set("other", 2)
    assert cache.get_many(["kept", "other"]) == {"kept": "1", "other": 2}
    assert client.client_id() == number
    cache.delete_many(["kept", "other"])
