"""Strings that are not real values: references, variable names and placeholders.

A reference names the source of the value (`${NAME}`, `os.environ/NAME`), spelled correctly or not.
A placeholder was copied from an example and never replaced (`your-resource`, `<your-key>`). The
report can show both; any other string may be a secret. The rules are therefore strict: they match
only strings without any random part.
"""

from __future__ import annotations

import re

from clawdoctor.deferred import regex

_NAME = r"[A-Za-z_]\w*"
_INSIDE_BRACES = r"(?:[^{}]|\$\{[^{}]*\})*"

_REFERENCES = tuple(
    (sign, regex(pattern, re.ASCII | re.DOTALL))
    for sign, pattern in (
        ("${", rf"\$?\$\{{\s*(?:env:)?({_NAME})\s*(?::?[-+?]{_INSIDE_BRACES})?\}}"),
        # Only in upper case without braces: a password can start with a dollar sign.
        ("$", r"\$?\$(?:env:)?([A-Z_][A-Z0-9_]*)"),
        ("$(", rf"\$\(({_NAME})\)"),
        ("{{", rf"\$?\{{\{{\s*(?:(?:env|secrets|vars)\.)?({_NAME})\s*\}}\}}"),
        ("${", rf"\$\{{({_NAME})"),
        ("os.en", rf"(?i:os\.en[a-z]{{1,9}})\s*[/.:=\\]\s*({_NAME})"),
        # Names in a secret manager can contain dashes.
        ("os.environ/", r"os\.environ/((?!sk-)[A-Za-z][\w-]*)"),
        ("os.environ/", rf"os\.environ/\$?\{{?({_NAME})\}}?"),
        ("os.environ[", rf"os\.environ\[\s*[\"']?({_NAME})[\"']?\s*\]"),
        ("(", rf"os\.(?:getenv|environ\.get)\(\s*[\"']?({_NAME})[\"']?\s*\)"),
        ("os.getenv", rf"os\.getenv[/:.]\s*({_NAME})"),
        ("process.env.", rf"process\.env\.({_NAME})"),
        ("env", rf"(?:env|environ|environment)[/:.]({_NAME})"),
        ("__env__:", rf"__env__:({_NAME})"),
        ("%", r"%([A-Z_][A-Z0-9_]*)%"),
    )
)
"""The spellings of a reference, each after a part that all texts in this spelling contain in lower
case. A text without that part is not matched: building an expression takes longer than a match."""
_VARIABLE = regex(r"(?=[A-Z0-9]*_)[A-Z][A-Z0-9_]+", re.ASCII)
_LONG_NAME = 20

_URL = regex(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_PREFIX = regex(
    r"(?:[a-z][a-z0-9_]*/)*(?:bearer +)?(?:sk[-_](?:(?!your)[a-z]{1,5}[-_])?)?", re.IGNORECASE
)
# Atomic: otherwise both alternatives for a short word are tried in every combination.
_WORD = r"(?>(?:[A-Za-z]{1,20}[0-9]{0,2}|[A-Za-z0-9]{1,5})(?![A-Za-z0-9]))"
_WORDS = rf"{_WORD}(?:[-_ ./:']{{1,3}}{_WORD})*"
_YOUR = regex(rf"your[-_ ]{_WORDS}", re.IGNORECASE)
_BRACKETED = regex(
    rf"<\s*({_WORDS})\s*>|(?<![${{])\{{\s*({_WORDS})\s*\}}(?!\}})|\[\s*(your[-_ ]{_WORDS})\s*\]",
    re.IGNORECASE,
)
_TO_FILL_IN = regex(
    rf"change[-_ ]?(?:me|it|this)|replace[-_ ]?(?:me|this|it)(?:[-_ ]{_WORDS})?"
    rf"|(?:replace|fill)[-_ ](?:with|in)(?:[-_ ]{_WORDS})?"
    rf"|(?:insert|enter|put|paste|add)[-_ ]{_WORDS}[-_ ]here"
    rf"|(?:{_WORD}[-_ ]){{1,4}}here|todo|fixme|tbd|placeholder",
    re.IGNORECASE,
)
_FILLED_IN = ("change", "replace", "fill", "todo", "fixme", "tbd", "placeholder")
_OPENING = frozenset("<{[")
_API_KEY = regex(r"(?:your |my |the |an? )?(?:api|secret|access)[- ]?key", re.IGNORECASE)
"""The text that guides use in place of a key. A real key has no blank."""
_UPPER_NAME = regex(r"(?:[A-Z][A-Z0-9]*_)+NAME|YOUR_[A-Z0-9_]+|(?:[A-Z][A-Z0-9]*_)+HERE")
_BLANKED = regex(r"x{3,}(?:[-_ ]x{3,})*|\.{3,}|…|\*{3,}", re.IGNORECASE)
_MAYBE = regex(
    r"your|here|<|\{|\[|chang|replac|fill|todo|fixme|tbd|placeholder|_name|key|xxx|\.\.\.|…|\*\*\*",
    re.IGNORECASE,
)
"""What each of the other expressions requires. Most values contain none of these."""
_MOST_DIGITS = 4
_LONGEST = 500


def is_reference(text: str) -> bool:
    """Return whether the whole string refers to a variable, even in a spelling that fails.

    `${NAME:-default}` is a reference with any default, `$NAME` only in upper case. A string after
    `os.environ/` that looks like a key is a key pasted in place of a name.
    """
    return referred_name(text) is not None


def referred_name(text: str) -> str | None:
    """Return the variable that a reference names, or None if the string is not a reference."""
    text = text.strip()
    folded = text.lower()
    for sign, pattern in _REFERENCES:
        match = pattern.fullmatch(text) if sign in folded else None
        if match and _plausible(match[1]):
            return match[1]
    return None


def is_variable_name(text: str) -> bool:
    """Return whether the whole string is the name of an environment variable: `LITELLM_KEY`."""
    return _VARIABLE.fullmatch(text.strip()) is not None


def is_placeholder(text: str) -> bool:
    """Return whether a value was copied from an example: `your-resource`, `<key>`, `sk-...`.

    A URL counts if one of its parts is a placeholder. Otherwise the whole string must be a
    placeholder, after an optional provider (`azure/`) or key prefix (`sk-`): a real key that
    contains "your" does not count, nor does a plausible name such as `my-resource`.
    """
    text = text.strip()
    if len(text) > _LONGEST or not _MAYBE.search(text):
        return False
    scheme = _URL.match(text)
    if scheme:
        rest = text[scheme.end() :]
        bracketed = _BRACKETED.search(rest) if _OPENING & set(rest) else None
        return (bracketed is not None and _few_digits(bracketed[0])) or any(
            _is_placeholder_word(part) for part in re.split(r"[/.:@?&=#,;]", rest)
        )
    prefix = _PREFIX.match(text)
    return _is_placeholder_word(text) or (
        prefix is not None and _is_placeholder_word(text[prefix.end() :])
    )


def _is_placeholder_word(text: str) -> bool:
    if _BLANKED.fullmatch(text):
        return True
    matches = _is_to_fill_in(text) or any(
        pattern.fullmatch(text) for pattern in (_UPPER_NAME, _API_KEY)
    )
    return matches and _few_digits(text)


def _is_to_fill_in(text: str) -> bool:
    """Match only what the start or the end allows: the expressions take milliseconds to build."""
    folded = text.casefold()
    if folded.startswith("your") and _YOUR.fullmatch(text):
        return True
    if text[:1] in _OPENING:
        return _BRACKETED.fullmatch(text) is not None
    may_match = folded.endswith("here") or folded.startswith(_FILLED_IN)
    return may_match and _TO_FILL_IN.fullmatch(text) is not None


def _few_digits(text: str) -> bool:
    # `your-gpt4o-mini` has some digits; a real key in angle brackets has many.
    return sum(char.isdigit() for char in text) <= _MOST_DIGITS


def _plausible(name: str) -> bool:
    long = len(name) >= _LONG_NAME and any(char.isdigit() for char in name)
    return not long or is_variable_name(name)
