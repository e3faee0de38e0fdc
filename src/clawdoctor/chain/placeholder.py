"""Texts that stand for a value instead of being one: references, variable names, placeholders.

A reference names where the value comes from (`${NAME}`, `os.environ/NAME`), rightly spelt or not.
A placeholder was copied from an example and never filled in (`your-resource`, `<your-key>`). Both
may be shown; whatever is neither has to be taken for a real value. Every rule here is therefore
strict: a text only counts when nothing random is left in it.
"""

from __future__ import annotations

import re

_NAME = r"[A-Za-z_]\w*"
_INSIDE_BRACES = r"(?:[^{}]|\$\{[^{}]*\})*"

_REFERENCES = tuple(
    re.compile(pattern, re.ASCII | re.DOTALL)
    for pattern in (
        rf"\$?\$\{{\s*(?:env:)?({_NAME})\s*(?::?[-+?]{_INSIDE_BRACES})?\}}",
        # Without braces only in upper case: a password may well start with a dollar sign.
        r"\$?\$(?:env:)?([A-Z_][A-Z0-9_]*)",
        rf"\$\(({_NAME})\)",
        rf"\$?\{{\{{\s*(?:(?:env|secrets|vars)\.)?({_NAME})\s*\}}\}}",
        rf"\$\{{({_NAME})",
        rf"(?i:os\.env(?:iron)?(?:ment)?)[/.:=\\]\s*({_NAME})",
        # A secret manager's names may have dashes.
        r"os\.environ/((?!sk-)[A-Za-z][\w-]*)",
        rf"os\.environ/\$?\{{?({_NAME})\}}?",
        rf"os\.environ\[\s*[\"']?({_NAME})[\"']?\s*\]",
        rf"os\.(?:getenv|environ\.get)\(\s*[\"']?({_NAME})[\"']?\s*\)",
        rf"os\.getenv[/:.]\s*({_NAME})",
        rf"process\.env\.({_NAME})",
        rf"(?:env|environ|environment)[/:.]({_NAME})",
        rf"__env__:({_NAME})",
        r"%([A-Z_][A-Z0-9_]*)%",
    )
)
_VARIABLE = re.compile(r"(?=[A-Z0-9]*_)[A-Z][A-Z0-9_]+", re.ASCII)
_LONG_NAME = 20

_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_PREFIX = re.compile(
    r"(?:[a-z][a-z0-9_]*/)*(?:bearer +)?(?:sk[-_](?:(?!your)[a-z]{1,5}[-_])?)?", re.IGNORECASE
)
# Atomic, as the two ways to read a short word would be tried in every combination.
_WORD = r"(?>(?:[A-Za-z]{1,20}[0-9]{0,2}|[A-Za-z0-9]{1,5})(?![A-Za-z0-9]))"
_WORDS = rf"{_WORD}(?:[-_ ./:']{{1,3}}{_WORD})*"
_YOUR = re.compile(rf"your[-_ ]{_WORDS}", re.IGNORECASE)
_BRACKETED = re.compile(
    rf"<\s*({_WORDS})\s*>|(?<![${{])\{{\s*({_WORDS})\s*\}}(?!\}})|\[\s*(your[-_ ]{_WORDS})\s*\]",
    re.IGNORECASE,
)
_TO_FILL_IN = re.compile(
    rf"change[-_ ]?(?:me|it|this)|replace[-_ ]?(?:me|this|it)(?:[-_ ]{_WORDS})?"
    rf"|(?:replace|fill)[-_ ](?:with|in)(?:[-_ ]{_WORDS})?"
    rf"|(?:insert|enter|put|paste|add)[-_ ]{_WORDS}[-_ ]here"
    rf"|(?:{_WORD}[-_ ]){{1,4}}here|todo|fixme|tbd|placeholder",
    re.IGNORECASE,
)
_UPPER_NAME = re.compile(r"(?:[A-Z][A-Z0-9]*_)+NAME|YOUR_[A-Z0-9_]+|(?:[A-Z][A-Z0-9]*_)+HERE")
_BLANKED = re.compile(r"x{3,}(?:[-_ ]x{3,})*|\.{3,}|…|\*{3,}", re.IGNORECASE)
_MOST_DIGITS = 4
_LONGEST = 500


def is_reference(text: str) -> bool:
    """Whether the whole text names a variable to read, in a spelling that works or does not.

    `${NAME:-default}` is one too, whatever its default. `$NAME` counts in upper case only. What
    looks like a key behind `os.environ/` is no reference: it was pasted where its name belongs.
    """
    return referred_name(text) is not None


def referred_name(text: str) -> str | None:
    """The variable that a reference names; None where the text is no reference."""
    for pattern in _REFERENCES:
        match = pattern.fullmatch(text.strip())
        if match and _plausible(match[1]):
            return match[1]
    return None


def is_variable_name(text: str) -> bool:
    """Whether the whole text is an environment variable's bare name: `LITELLM_KEY`."""
    return _VARIABLE.fullmatch(text.strip()) is not None


def is_placeholder(text: str) -> bool:
    """Whether a value was left as an example shows it: `your-resource`, `<key>`, `sk-...`.

    In a URL one placeholder among its parts is enough. Elsewhere the whole text has to be one,
    behind a provider (`azure/`) or a key's usual prefix (`sk-`) at most: a real key that happens
    to contain "your" is none, and neither is a plausible name such as `my-resource`.
    """
    text = text.strip()
    if len(text) > _LONGEST:
        return False
    scheme = _URL.match(text)
    if scheme:
        rest = text[scheme.end() :]
        bracketed = _BRACKETED.search(rest)
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
    return _few_digits(text) and any(
        pattern.fullmatch(text) for pattern in (_YOUR, _BRACKETED, _TO_FILL_IN, _UPPER_NAME)
    )


def _few_digits(text: str) -> bool:
    # `your-gpt4o-mini` has some; a key that somebody put into angle brackets has many.
    return sum(char.isdigit() for char in text) <= _MOST_DIGITS


def _plausible(name: str) -> bool:
    long = len(name) >= _LONG_NAME and any(char.isdigit() for char in name)
    return not long or is_variable_name(name)
