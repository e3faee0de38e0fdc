"""The values that a report may show, and descriptions of those that it must hide.

A variable can contain anything: a config in a pull request can refer to any variable of a CI
machine. So a report shows a variable's value only if it cannot be a secret, whatever the variable.
"""

from __future__ import annotations

import re

from clawdoctor.chain.azure_host import host_of, is_azure, is_loopback
from clawdoctor.chain.environment import Variable
from clawdoctor.chain.placeholder import is_reference
from clawdoctor.chain.variable_name import names_address
from clawdoctor.deferred import regex
from clawdoctor.knowledge.azure import is_api_version, model_named
from clawdoctor.redaction.value import hidden_in_value
from clawdoctor.redaction.variable import hidden_in_variable, may_show_secret
from clawdoctor.source.secret import HIDDEN, Secret

_URL = regex(
    r"(?:https?://)?(?P<host>[a-z0-9.-]{1,253}|\[::1\])(?::[0-9]{1,5})?(?P<path>(?:/[a-z0-9]*)*)",
    re.IGNORECASE | re.ASCII,
)
_PATHS = frozenset({"", "openai", "v1", "deployments", "responses", "chat", "completions"})
_MODEL_PREFIX = regex(r"(?:azure|openai)/")

_NAME = regex(r"[A-Za-z][\w.-]{0,39}", re.ASCII)
_SECRET_DIGITS = 4
"""A name with this many digits may be a key."""
_HEX = regex(r"[0-9a-fA-F]{32}")
_ALPHANUMERIC = regex(r"[A-Za-z0-9]{84}")
_OPENAI = regex(r"sk-(?=[^\d\s]{0,200}\d)[\w-]{12,}", re.ASCII)
_JWT = regex(r"eyJ[\w-]+\.[\w-]+(?:\.[\w-]+)*", re.ASCII)
_GUID = regex(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def may_show_value(variable: Variable) -> bool:
    """Return whether a report may show the value of a variable.

    A value that Compose builds from other variables may be shown only if these are for addresses.
    """
    shown = variable.value.test(lambda text: not hidden_in_variable(variable.name, text))
    return shown and all(names_address(name) for name in variable.uses)


def quoted_name(text: str) -> str:
    """Return a name from a file in quotes, or "" if it may be a secret."""
    few_digits = sum(char.isdigit() for char in text) < _SECRET_DIGITS
    return f'"{text}"' if few_digits and _NAME.fullmatch(text) else ""


def is_harmless(text: str) -> bool:
    """Return whether a report may show this text even if it is part of a variable's value.

    This holds for a host of Azure or of this machine, alone or in a URL with an API path; for an
    api-version; and for a model that clawdoctor knows.
    """
    if is_api_version(text) or model_named(_MODEL_PREFIX.sub("", text, count=1)):
        return True
    url = _URL.fullmatch(text)
    if url is None or not _PATHS.issuperset(url["path"].split("/")):
        return False
    host = url["host"].casefold()
    return is_loopback(host) or (
        is_azure(host) and not any(looks_like_key(label) for label in host.split("."))
    )


def is_harmless_part(part: str, whole: str) -> bool:
    """Return whether a report may show a text that was built from a variable's value.

    A host must be in the value unchanged: a value that became part of a host name stays hidden.
    """
    if not is_harmless(part):
        return False
    host = host_of(part)
    if host is None:
        return True
    alone = rf"(?<![\w.-]){re.escape(host)}(?![\w.-])"
    return re.search(alone, whole, re.IGNORECASE) is not None


def quote_part(part: str, variable: Variable, reference: str, *, whole: bool = True) -> str:
    """Return a part of a request with a reference in place of a hidden variable's value.

    `whole` also replaces a part that is contained in the variable's value. A part that is unrelated
    to the variable is returned unchanged.
    """
    value = variable.value.reveal().strip().rstrip("/")
    if not value or may_show_value(variable):
        return part
    names = (variable.name, *variable.uses)
    if is_harmless_part(part, value) and all(names_address(name) for name in names):
        return part
    if value.casefold() in part.casefold():
        return re.sub(re.escape(value), lambda _: reference, part, flags=re.IGNORECASE)
    return reference if whole and part.casefold() in value.casefold() else part


def refusal_text(reason: str, host: str, shown: str) -> str:
    """Return why a host gets no request. `shown` is the host as a report may quote it."""
    return (
        reason
        if host == shown or host not in reason
        else f"the host of {shown} is not trusted (--trust-host)"
    )


def looks_like_key(text: str) -> bool:
    """Return whether a text has the shape of a key of Azure, OpenAI or LiteLLM, or of a JWT."""
    text = text.strip()
    return any(shape.fullmatch(text) for shape in (_HEX, _ALPHANUMERIC, _OPENAI, _JWT))


def show_credential(written: Secret | str | None) -> str:
    """Return the text that a report may quote in place of a credential.

    A reference without its default, the name of a variable and a placeholder are not secret. Any
    other string is `<hidden>`.
    """
    text = written.reveal() if isinstance(written, Secret) else written or ""
    if is_reference(text):
        for start, end in reversed(hidden_in_value(None, text)):
            text = text[:start] + HIDDEN + text[end:]
        return text
    return text if may_show_secret(text) else HIDDEN


def without_scheme(value: Secret) -> Secret:
    """Return the credential in the value of a header, without `Bearer`."""
    return Secret(value.reveal().removeprefix("Bearer "))


def show_header(value: Secret | str) -> str:
    """Return the value of a header if a report may quote it, such as an api-version, else ""."""
    text = value.reveal() if isinstance(value, Secret) else value
    return text if is_api_version(text) or show_credential(text) != HIDDEN else ""


def describe(value: Secret | str) -> str:
    """Return a noun for a hidden value that describes its shape: "a URL", "20 characters"."""
    text = (value.reveal() if isinstance(value, Secret) else value).strip()
    if not text:
        return "nothing"
    if _OPENAI.fullmatch(text):
        return "a value that starts with sk-, as OpenAI and LiteLLM keys do"
    if _HEX.fullmatch(text):
        return "32 hexadecimal digits, as in an Azure key"
    if _ALPHANUMERIC.fullmatch(text):
        return "84 letters and digits, as in an Azure key"
    if _JWT.fullmatch(text):
        return "a JWT"
    if _GUID.fullmatch(text):
        return "a GUID"
    if "://" in text:
        return "a URL"
    return f"{len(text)} character{'s' if len(text) != 1 else ''}"
