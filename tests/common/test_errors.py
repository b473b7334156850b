"""Errors carry code, field and a text that is translated when it is shown."""

import pytest
from django.utils.translation import gettext_lazy, override

from common.errors import Conflict, DomainError, Forbidden, InputError, Invalid, LineError, NotFound


def test_shape_of_one_error() -> None:
    error = Conflict("deal_taken", "Taken until %(day)s.", "customer", {"day": "1 May"})
    assert error.as_dict() == {
        "code": "deal_taken",
        "message": "Taken until 1 May.",
        "errors": [{"field": "customer", "code": "deal_taken", "message": "Taken until 1 May."}],
    }
    assert str(error) == "Taken until 1 May."


def test_shape_of_several() -> None:
    errors = [InputError("not_a_number", "No number", "amount"), LineError(7, "bad_quotes", "Broken")]
    assert Invalid(errors).as_dict() == {
        "code": "invalid",
        "message": "Some values are not valid.",
        "errors": [
            {"field": "amount", "code": "not_a_number", "message": "No number"},
            {"line": 7, "code": "bad_quotes", "message": "Broken"},
        ],
    }


@pytest.mark.parametrize(
    ("kind", "code"),
    [(NotFound, "not_found"), (Forbidden, "forbidden"), (Conflict, "conflict"), (InputError, "invalid")],
)
def test_defaults(kind: type[DomainError], code: str) -> None:
    error = kind()
    assert error.code == code
    assert error.as_dict()["errors"] == []
    assert error.at("name").as_dict()["errors"][0]["field"] == "name"


def test_a_percent_sign_without_params_is_only_text() -> None:
    assert str(DomainError("x", "100% sure")) == "100% sure"


def test_the_language_is_that_of_the_reader() -> None:
    error = DomainError("x", gettext_lazy("Yes"))
    with override("fa"):
        assert str(error) == "بله"
    with override("en"):
        assert str(error) == "Yes"
