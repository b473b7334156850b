"""Names and lists of words in the reader's language."""

import pytest
from django.template import Context, Template
from django.utils import translation

from common.names import listed, reader_locale


@pytest.mark.parametrize(
    ("language", "expected"), [("en", "a, b"), ("en-gb", "a, b"), ("fa", "a، b"), ("ar", "a، b")]
)
def test_words_are_separated_as_the_language_does(language: str, expected: str) -> None:
    looped = "{% for word in words %}{{ word }}{% if not forloop.last %}{% comma %}{% endif %}{% endfor %}"
    with translation.override(language):
        assert listed(["a", "b"]) == expected
        for source in ("{{ words|listed }}", looped):
            assert Template("{% load sharik %}" + source).render(Context({"words": ["a", "b"]})) == expected


@pytest.mark.parametrize(
    ("language", "country"), [("en", "Iran"), ("en-gb", "Iran"), ("fa", "ایران"), ("ar", "إيران")]
)
def test_countries_have_the_readers_names(language: str, country: str) -> None:
    with translation.override(language):
        assert reader_locale().territories["IR"] == country
        assert Template("{% load sharik %}{{ code|country_name }}").render(Context({"code": "IR"})) == country
