import copy
import json
import logging
import pickle
from dataclasses import dataclass

import pytest

from clawdoctor.source.secret import HIDDEN, Secret

TEXT = "8f3a2b1c9d4e5f60718293a4b5c6d7e8"


@dataclass(frozen=True, slots=True)
class Holder:
    key: Secret


@pytest.mark.parametrize(
    "shown",
    [
        str(Secret(TEXT)),
        repr(Secret(TEXT)),
        f"{Secret(TEXT)}",
        f"{Secret(TEXT)!r:>50}",
        "%s" % Secret(TEXT),  # noqa: UP031
        repr(Holder(Secret(TEXT))),
        json.dumps({"key": Secret(TEXT)}, default=str),
        logging.LogRecord("x", 10, "f", 1, "%s", (Secret(TEXT),), None).getMessage(),
    ],
)
def test_no_format_shows_a_secret(shown: str) -> None:
    assert TEXT not in shown
    assert HIDDEN in shown


def test_a_secret_can_be_compared_and_judged() -> None:
    assert Secret(TEXT) == Secret(TEXT)
    assert Secret(TEXT) != Secret("x")
    assert Secret(TEXT) != TEXT
    assert len({Secret(TEXT), Secret(TEXT)}) == 1
    assert not Secret("")
    assert len(Secret(TEXT)) == 32
    assert Secret(TEXT).test(str.isalnum)
    assert not Secret(TEXT).test(str.isdecimal)
    assert Secret(f" {TEXT}\n").stripped().reveal() == TEXT


def test_a_secret_does_not_change() -> None:
    with pytest.raises(AttributeError):
        Secret(TEXT).other = 1
    assert copy.deepcopy(Secret(TEXT)) == Secret(TEXT)
    assert pickle.loads(pickle.dumps(Secret(TEXT))) == Secret(TEXT)
