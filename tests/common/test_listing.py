"""Lists of words in the reader's language."""

import pytest
from django.template import Context, Template
from django.utils import translation

from common.listing import listed


@pytest.mark.parametrize(
    ("language", "expected"), [("en", "a, b"), ("en-gb", "a, b"), ("fa", "a، b"), ("ar", "a، b")]
)
def test_words_are_separated_as_the_language_does(language: str, expected: str) -> None:
    looped = "{% for word in words %}{{ word }}{% if not forloop.last %}{% comma %}{% endif %}{% endfor %}"
    with translation.override(language):
        assert listed(["a", "b"]) == expected
        for source in ("{{ words|listed }}", looped):
            assert Template("{% load sharik %}" + source).render(Context({"words": ["a", "b"]})) == expected
