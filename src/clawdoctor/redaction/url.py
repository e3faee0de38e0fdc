"""Find the secret parts of a URL: userinfo, query, fragment and parts of the path.

`strict` is for the value of a setting: every part of the path that no API of the chain has is
hidden. Without it, for any other text, only parts that look like a key are hidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from clawdoctor.chain.placeholder import is_placeholder, is_reference
from clawdoctor.deferred import regex
from clawdoctor.redaction.randomness import Range, is_key_shaped, looks_random, random_ranges
from clawdoctor.redaction.secret_name import names_secret
from clawdoctor.source.secret import HIDDEN

_URL = regex(r"[A-Za-z][A-Za-z0-9+.\-]{0,20}://[^\s\"'<>`|]*[^\s\"'<>`|.,:;!)\]}?]")
SCHEME = regex(r"[A-Za-z][A-Za-z0-9+.\-]{0,20}://")
_PARTS = regex(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]*://|https?[:;]?/{1,3})?"
    r"(?P<authority>[^/?#]*)(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?:#(?P<fragment>.*))?",
    re.DOTALL,
)
_SEGMENT = regex(r"[^/]+")
_PAIR = regex(r"(?P<name>[^&;=]+)(?:=(?P<value>[^&;]*))?")
_HOST = regex(
    r"\s*(?:\[[0-9A-Fa-f:.]{2,45}\]"
    r"|(?:[A-Za-z0-9.\-_]|\$\{\w{1,64}\}|<[A-Za-z][A-Za-z_ \-]{0,40}>|\{[a-z_]{1,40}\})*)"
    r"(?::\d{1,5}(?!\d))?",
    re.ASCII,
)
"""A host and a port. A reference or a placeholder may be part of the host."""
_HALF_A_KEY = regex(r"(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[A-Za-z\d]{8,}", re.ASCII)
"""No machine name mixes these: it is the part of a key before its first slash."""
_PORT = regex(r":\d{1,5}(?:[/?#]|$)")
MASK = "a"
"""The letter that replaces each character of a reference."""
_LABEL = regex(r"[^.:\[\]]+")
API_VERSION = regex(
    r"20\d\d[-_./]?\d\d[-_./]?\d\d(?:[-_. ]?preview(?:\.\d)?)?"
    r"|v\d{1,2}|preview|latest|stable",
    re.IGNORECASE,
)
"""An api-version, also with separators that Azure does not accept."""
_NAME = regex(r"[A-Za-z0-9][\w.\-]{0,63}", re.ASCII)
_KNOWN_SEGMENTS = frozenset(
    {
        "v1",
        "v2",
        "openai",
        "deployments",
        "chat",
        "completions",
        "responses",
        "embeddings",
        "models",
    }
    | {"api", "projects", "model", "info", "messages", "health", "liveliness", "liveness", "azure"}
    | {"readiness", "anthropic", "inference", "images", "audio", "engines", "litellm", "proxy"}
    | {"compact", "transcriptions", "speech", "generations", "ui", "key", "team", "user", "gpt"}
)
_PORTAL = regex(r"https://portal\.azure\.(?:com|us)/#@")
_SIGNATURES = frozenset({"sig", "signature", "code", "key"})
_BEFORE_NAMES = frozenset({"deployments", "projects", "models", "engines"})
"""The parts of a path that precede a name, such as a deployment's."""


def urls_in(text: str) -> Iterator[re.Match[str]]:
    """Yield the matches of all URLs in a text, without trailing punctuation."""
    return _URL.finditer(text) if "://" in text else iter(())


_USERINFO = regex(
    r"(?<![\w.+%~<>-])[\w.+%~-]{1,80}(?::[^\s@/'\"]{1,200})?"
    r"(?=@(?:(?!v\d)[A-Za-z][\w-]{0,62}(?:\.[\w-]{1,63}){1,6}|localhost|\d{1,3}(?:\.\d{1,3}){3}))"
)
"""A user and a password before a host. `openclaw@2026.9.6` is a version."""


def userinfo_in(text: str) -> Iterator[Range]:
    """Yield the ranges before `@host`, which an error repeats without the rest of its URL."""
    if "@" in text:
        yield from (match.span() for match in _USERINFO.finditer(text))


def hidden_in_url(url: str, *, strict: bool, names: bool = True) -> Iterator[Range]:
    """Yield the ranges of a URL that may be secret. The scheme may be missing.

    With `names`, the name of a deployment in the path is shown.
    """
    parts = _PARTS.fullmatch(url)
    if parts is None:
        yield 0, len(url)
        return
    # A client treats a backslash as a slash, or as part of the userinfo.
    path = parts.start("path")
    userinfo = url.rfind("@", 0, path)
    start = parts.start("authority")
    colon = url.find(":", start, path)
    # A key or a password can contain a slash or a #. In a setting, an @ after the host is
    # suspicious, except in the portal's own addresses.
    elsewhere = strict and not _PORTAL.match(url)
    if elsewhere or (colon >= 0 and not _PORT.match(url, colon)):
        userinfo = max(userinfo, url.rfind("@", path))
    if userinfo > start:
        yield start, userinfo
    if userinfo < path:
        host_start = max(start, userinfo + 1)
        yield from _in_host(url[host_start:path], host_start, strict=strict)
    else:
        rest = _PARTS.fullmatch(f"{MASK}://{url[userinfo + 1 :]}")
        assert rest is not None, "every text matches"
        shift = userinfo + 1 - len(f"{MASK}://")
        yield from _in_host(rest["authority"], userinfo + 1, strict=strict)
        yield from _after_host(url, rest, shift, strict=strict, names=names)
        return
    yield from _after_host(url, parts, 0, strict=strict, names=names)


def shown_url(url: str) -> str:
    """Return a URL without possible secrets, including the name of a deployment."""
    shown, done = "", 0
    for start, end in sorted(hidden_in_url(url, strict=True, names=False)):
        shown += url[done:start] + HIDDEN if start >= done else ""
        done = max(done, end)
    return shown + url[done:]


def _after_host(
    url: str, parts: re.Match[str], shift: int, *, strict: bool, names: bool
) -> Iterator[Range]:
    start, end = parts.start("path") + shift, parts.end("path") + shift
    yield from _in_path(url, start, end, strict=strict, names=names)
    if parts["query"]:
        yield from _in_query(parts["query"], parts.start("query") + shift, strict=strict)
    if parts["fragment"] and (strict or any(True for _ in random_ranges(parts["fragment"]))):
        yield parts.start("fragment") + shift, parts.end("fragment") + shift


def _in_host(host: str, offset: int, *, strict: bool) -> Iterator[Range]:
    """Yield the labels that look like a key, and everything that is not a host or a port."""
    valid = _HOST.match(host)
    end = valid.end() if valid else 0
    for label in _LABEL.finditer(host, 0, end):
        text = label[0]
        if not is_reference(text) and (looks_random(text) or is_key_shaped(text) or len(text) > 63):
            yield offset + label.start(), offset + label.end()
    if strict and host[end:].strip():
        # A long part without a dot before a strange character may be half a password.
        name = host[:end].partition(":")[0]
        yield offset + (end if len(name) < 8 or "." in name else 0), offset + len(host)
    elif _HALF_A_KEY.fullmatch(host, 0, end):
        yield offset, offset + end


def _in_path(url: str, start: int, end: int, *, strict: bool, names: bool) -> Iterator[Range]:
    previous = ""
    for segment in _SEGMENT.finditer(url, start, end):
        text = segment[0].strip()
        if is_reference(text) or is_placeholder(text) or text.casefold() in _KNOWN_SEGMENTS:
            previous = text.casefold()
            continue
        is_name = _NAME.fullmatch(text) and not looks_random(text)
        allowed = is_name and (not strict or (names and previous in _BEFORE_NAMES))
        if not allowed and (strict or any(True for _ in random_ranges(text))):
            yield segment.span()
        previous = ""


def _in_query(query: str, offset: int, *, strict: bool) -> Iterator[Range]:
    for pair in _PAIR.finditer(query):
        name, value = pair["name"], pair["value"]
        if value is None or not _NAME.fullmatch(name) or looks_random(name):
            yield offset + pair.start(), offset + pair.end()
        elif not _is_harmless(name, value, strict=strict):
            yield offset + pair.start("value"), offset + pair.end("value")


def _is_harmless(name: str, value: str, *, strict: bool) -> bool:
    if not value or is_reference(value) or is_placeholder(value):
        return True
    if name.casefold() in ("api-version", "api_version"):
        return API_VERSION.fullmatch(value) is not None
    public = len(value) < 8 and not names_secret(name) and name.casefold() not in _SIGNATURES
    return not strict and public
