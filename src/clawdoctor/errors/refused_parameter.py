"""Find the request parameter that a message rejects, in the wording of any server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain

from clawdoctor.errors.utterance import ParameterKind
from clawdoctor.knowledge import table

SIGNS = (
    "unknown", "unknwon", "unrecogni", "unsupported", "unexpected", "extra", "additional",
    "invalid", "not support", "not a support", "n't support", "not allowed", "not permitted",
    "not recogni",
    "not valid", "not accept", "cannot be used", "not available", "only allowed", "only be",
    "must be", "not one of", "only supported", "input should be",
)  # fmt: skip
"""Words in lower case: a message that rejects a parameter contains at least one."""


def signs_of(refuses: tuple[str, ...]) -> tuple[str, ...]:
    """Return texts, in lower case: a message that rejects one of these contains one of them.

    Each of `refuses` is a kind of parameter or the name of a parameter.
    """
    if refuses == ("telling",):
        return tuple(table("request_parameters")["telling"])
    return SIGNS if {"plain", "other"} & set(refuses) else refuses


_NAME = r"(?P<name>[A-Za-z_]\w{0,60}(?:[.\[]\w{1,60}\]?){0,6})"
_OPEN, _CLOSE = r"[ :='\"`\[({]{1,5}", r"['\"`\])]{0,3}"
_NOUN = r"(?:param(?:eter)?|argument|field|property|properties|option|name)(?:s|\(s\))?"
_TAKEN = r"(?:support\w{0,3}|allowed|permitted|recogni[sz]ed|accepted|available|valid)\b"
_EXTRA = r"(?:extra (?:inputs|fields) (?:are )?not permitted|extra_forbidden)"
_WORDINGS = (
    # unknown parameter: 'x'; unrecognized request arguments supplied: x; extra parameters ['x']
    r"\b(?:unkn(?:ow|wo)n|unrecogni[sz]ed|unsupported|unexpected|unpermitted|disallowed|invalid"
    rf"|extra)[ _](?:request |keyword |body |input )?{_NOUN}(?: supplied| provided)?{_OPEN}{_NAME}",
    # x: extra inputs are not permitted; extra inputs are not permitted, field: 'x'; loc: [body, x]
    rf"(?:^|[ #/.\[(]){_NAME}['\"`\])]{{0,3}}(?: -|:|,| \()? ?(?:extra|property '[\w.]{{1,80}}')",
    rf"{_EXTRA}(?:,? field)?{_OPEN}{_NAME}",
    rf"\bloc['\"]: ?[\[(]['\"]body['\"],? ?['\"]{_NAME}",
    rf"additional propert\w{{1,3}} (?:is|are) not allowed \(['\"]?{_NAME}",
    # x: input should be 'low', 'medium' or 'high', as pydantic says
    rf"(?:^|[ #/.\[('\"]){_NAME}['\"`]?:? input should be ",
    # the 'x' parameter is not yet supported; logprobs and echo parameters are not available
    rf"(?<![\w.-])['\"`\[]{{0,2}}(?!(?:parameter|property|argument"
    rf"|field)\b){_NAME}{_CLOSE}(?:, \w{{1,30}}){{0,4}}(?: and \w{{1,30}})?"
    r"(?: param(?:eter)?s?| option| value| field| setting| ['\"][\w-]{1,30}['\"])? ?"
    r"(?:specified in the request )?(?:is|are|was)(?: currently| yet)?"
    rf"(?:(?: not|n't)(?: yet| a)?(?: be)? | un| only ){_TAKEN}",
    rf"{_NOUN} (?:is|are) not {_TAKEN}{_OPEN}{_NAME}",
    rf"cannot be used with ['\"`]?{_NAME}",
    # unsupported value: 'x'; 'x' does not support 'y'; x must be one of
    rf"unsupported value:? ?['\"`]{_NAME}",
    rf"(?<![\w.-])['\"`]?{_NAME}{_CLOSE}(?: ?: value)? "
    r"(?:does(?: not|n't) support|must be|can only be|is not one of) ",
    # x does not support the parameters: ['y']
    r"(?:does|do|did)(?: not|n't) (?:support|recogni[sz]e|accept|allow) (?:the |specifying )?"
    rf"(?:param(?:eter)?s?:? |option )?['\"`\[({{]{{0,3}}{_NAME}",
)  # fmt: skip


@cache
def _wordings() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(wording, re.IGNORECASE) for wording in _WORDINGS)


def refused_parameter(message: str) -> tuple[str, ParameterKind | None]:
    """Return the parameter that a message rejects, and its kind; the most telling of several."""
    if not any(sign in message.casefold() for sign in SIGNS):
        return "", None
    found: dict[ParameterKind, str] = {}
    for name in _names(message):
        found.setdefault(kind_of(name), name)
    kinds: tuple[ParameterKind, ...] = ("telling", "plain", "other")
    return next(((found[kind], kind) for kind in kinds if kind in found), ("", None))


def _names(message: str) -> Iterator[str]:
    matches = chain.from_iterable(pattern.finditer(message) for pattern in _wordings())
    return (match["name"].removeprefix("body.") for match in matches)


@cache
def kind_of(name: str) -> ParameterKind:
    """Return how telling a parameter name is, such as `stream_options.include_usage`."""
    parts = {name.casefold(), *re.split(r"[.\[]", name.casefold())}
    names = table("request_parameters")
    kinds: tuple[ParameterKind, ...] = ("telling", "plain")
    return next((kind for kind in kinds if not parts.isdisjoint(names[kind])), "other")
