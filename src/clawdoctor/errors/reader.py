"""Read a text into an utterance: remove its wrapping, and parse its parts.

This module contains no failure modes. Each pattern takes time proportional to the text's length.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import cast

from clawdoctor.chain.azure_host import is_azure, is_loopback
from clawdoctor.deferred import regex
from clawdoctor.errors.named_files import files, is_no_yaml
from clawdoctor.errors.readings import readings
from clawdoctor.errors.refused_parameter import refused_parameter
from clawdoctor.errors.utterance import HostKind, NetworkKind, Speaker, Utterance
from clawdoctor.knowledge import table

_MOST = 20_000
"""The maximum length to parse for parts. A longer message quotes something else."""

_HOST = r"(?P<host>[A-Za-z0-9_](?:[\w.-]{0,200}\w)?|\[[0-9a-fA-F:]{2,40}\]|::1?)"
_PORT = r"(?P<port>\d{1,5})"
_URL = regex(
    rf"(?:https?|wss?)://(?:[^\s/?#@'\"]{{1,200}}@)?{_HOST}(?![\w.-]*@)(?::{_PORT})?"
    r"(?P<path>[/?][^\s'\"<>`)\]}]*)?",
    re.IGNORECASE,
)
_HELP = (
    r"(?:github\.com|docs\.|platform\.openai\.com/docs|aka\.ms|learn\.|go\.microsoft"
    r"|curl\.(?:se|haxx\.se)/)"
)
_HELP_LINK = regex(rf"https?://{_HELP}[^\s'\"<>`)\]}}]*", re.IGNORECASE)
"""A link to documentation or a bug tracker, which does not name the program that speaks."""
_OWN_MODEL = regex(r"\b(?:litellm|azure)[\w-]{0,30}/[\w.:-]{1,80}", re.IGNORECASE)
"""A model of a provider in this chain, such as `litellm/claude`: Anthropic does not speak here."""
_AZURE = regex(
    r"(?<![\w.-])(?:[\w-]{1,64}\.){0,3}(?:openai|cognitiveservices|services\.ai|models\.ai"
    r"|inference\.ml)\.azure\.(?:com|us|cn)\b",
    re.IGNORECASE,
)
_FRAME = r"[\w$.-]{1,200}\.(?:c|cs|dart|go|java|js|kt|mjs|php|py|rb|rs|scala|swift|ts):"
"""The place in a stack frame, such as `(RealConnection.kt:297)`, which is not a host and a port."""
_FAILED_HOSTS = (
    rf"\bE(?:NOTFOUND|AI_\w{{4,8}}) {_HOST}",
    rf"\bE(?:CONN\w{{4,8}}|TIMEDOUT|HOSTUNREACH|NETUNREACH) {_HOST}:{_PORT}",
    rf"Cannot connect to host {_HOST}:{_PORT}",
    rf"connect(?:ion)? (?:call )?(?:failed )?\('{_HOST}', {_PORT}",
    rf"connect(?:ing|ion)? (?:failed )?to (?:server |the server |host )?['\"]?(?:[\w.-]{{1,200}}/)?"
    rf"(?!server\b|host\b|the\b){_HOST}(?:['\"]?,? port[ =]|:){_PORT}",
    rf"resolve (?:destination )?(?:host(?:name)?:? |proxy:? )?(?:address )?['\"\[]?"
    rf"(?!destination\b|host(?:name)?\b|the\b|proxy\b){_HOST}",
    rf"\blookup {_HOST}(?: on [\w.:\[\]]{{2,60}})?: ",
    rf"\bdial tcp {_HOST}:{_PORT}",
    rf"\(host=['\"]?{_HOST}['\"]?, port={_PORT}\)",
    rf"UnknownHostException: {_HOST}",
    rf"['\"]?address['\"]?: ?['\"]{_HOST}['\"],? ['\"]?port['\"]?: ?{_PORT}",
    rf"remoteAddress: ?['\"]{_HOST}['\"], remotePort: {_PORT}",
    rf"\((?!{_FRAME})(?:attempted address: )?{_HOST}:{_PORT}[,)]",
    rf"\b(?:bind(?: for| to)?|listen(?:ing)?(?: on)?|in use) (?:tcp[46]? )?(?:{_HOST})?:{_PORT}\b",
    rf"connect(?:ing|ion)? to ['\"]?(?!server\b|host\b|the\b|a\b|an\b|your\b){_HOST}['\"]? "
    r"(?:timed out|failed|refused|was)",
)

_STATUS = regex(
    r"(?:\bError code:? |\bStatus(?:Error)?\("
    r"|\bstatus(?:[ _]?code)?(?:['\"]? ?[:=] ?['\"]?| (?:is |of )?)"
    r"|\b(?:Client|Server) error '|\b(?:unauthori[sz]ed|forbidden|not found|bad request) \(?"
    r"|\bsuccess: |\berror: \("
    r"|\bstatusCode['\"]?[:=] ?|\bHTTP(?:/[\d.]{1,3})?(?: error)?:? (?:status )?"
    r"|(?:\b|_|Error)code['\"]?[:=] ?['\"]?"
    r"|(?:[状狀][态態][码碼]|\bc[oó]digo(?: de estado)?)[:：]? ?"
    r"|\b(?:returned|answered|responded with|response|got) (?:code )?"
    r"|^\W{0,4}|(?:Error|Exception): |\b(?:Error|Fehler|Erreur|Errore|Erro|Ошибка|错误) )"
    r"(?P<status>[1-5]\d\d)\b(?![.:]\d)"
    r"|(?<![\w.:-])(?P<named>[45]\d\d)\)?[:,]? (?:status code|Bad Request|Unauthori[sz]ed"
    r"|Forbidden|\(?Resource|(?:page )?not found|Method Not|Request Timeout|Conflict|Gone|Payload"
    r"|Unprocessable|Too Many|Internal|Not Implemented|Bad Gateway|Service|Gateway|Client Error"
    r"|Server Error|<html|\{)",
    re.IGNORECASE,
)
_STATUS_NAMES = {
    400: ("badrequest", "badrequesterror"),
    401: ("unauthorized", "authenticationerror", "clientauthenticationexception"),
    403: ("forbidden", "permissiondeniederror"),
    404: ("notfound", "notfounderror", "resourcenotfoundexception", "resourcenotfounderror"),
    422: ("unprocessableentityerror",),
    429: ("toomanyrequests", "too_many_requests", "ratelimiterror"),
}
"""Codes and exceptions, in lower case, by which clients of Azure and OpenAI name a status."""
_FIELD = regex(
    r"['\"]?\b(?P<name>code|type|param)['\"]? ?[:=] ?"
    r"(?:'(?P<single>[^']{1,120})'|\"(?P<double>[^\"]{1,120})\"|(?P<bare>[A-Za-z_]\w{2,60}))"
)
_SDK_CODE = regex(r"(?:^|[\s:])\((?P<code>[A-Z][A-Za-z]{4,60})\) |\bCode: (?P<line>[A-Z]\w+)")
_EXCEPTION = regex(
    r"(?<![\w/])(?:[a-zA-Z_]\w{0,40}\.){0,6}(?P<name>[A-Z]\w{0,60}(?:Error|Exception|Timeout))\b"
)
_DEPLOYMENT = regex(r"/deployments/(?P<name>[^/\s?'\"<>]{1,100})")
_API_VERSION = regex(
    r"api[-_ ]version(?:=|['\"]?[:=] ?['\"]?| )(?P<version>\d{4}-\d\d-\d\d(?:-preview)?)",
    re.IGNORECASE,
)
_MODEL = regex(
    r"(?:\bmodel(?: group)?=|Tried to access |requested model: )(?!None\b)"
    r"(?P<name>[A-Za-z0-9][\w./:-]{0,119})",
    re.IGNORECASE,
)
_PROVIDER = regex(
    r"\b(?:models\.providers\.|provider(?:=|:? ?['<])|for provider:? (?=[\w-]{2,60}(?:[,)]|$)))"
    r"(?P<name>[a-z][\w-]{1,59})|\bProvider (?P<subject>[a-z][\w-]{1,59}): (?='|model)"
    r"|\bprofile '(?P<profile>[\w-]{1,60}):",
    re.IGNORECASE,
)
_MODULE = regex(r"No module named ['\"]?(?P<name>[A-Za-z_][\w.]{0,80})")
_RETRY = regex(
    r"(?:retry[- ]after['\"]?:? ?['\"]?|try again in |retry after )(?P<seconds>\d{1,6})"
    r"(?=\b| ?s)",
    re.IGNORECASE,
)
_EVERY_ADDRESS = "0.0.0.0"  # noqa: S104
_ERRNO = regex(r"e[a-z_]{3,20}")
_GATEWAY = ".azure-api.net"
_OWN_SUFFIXES = (".local", ".internal", ".lan", ".home", ".svc", ".localdomain", ".test")


def read(text: str) -> Utterance:
    """Return the parts of a message, whichever program, client or log wrote it."""
    return parts_of(readings(text))


def parts_of(forms: tuple[str, ...]) -> Utterance:
    """Return the parts of a message whose wrapping is already removed."""
    message = forms[0][:_MOST] if forms else ""
    statuses = statuses_of(message)
    network = _network(message)
    if network == "other" and any(400 <= status < 500 for status in statuses):
        network = None  # a client that reports an answer with the class of a failed connection
    url = next((url for url in _URL.finditer(message) if not _HELP_LINK.match(url[0])), None)
    host, port = _failed_host(message) if network is not None else ("", "")
    if not host and url is not None:
        host, port = url["host"], url["port"] or ""
    named = _AZURE.search(message) if network is not None and not is_azure(host) else None
    if named is not None and (not host or port == "443"):
        host, port = named[0], port  # a failed lookup, or an address in place of a name
    fields = list(_fields(message))
    codes = _distinct(value for name, value in fields if name != "param")
    exceptions = _distinct(match["name"] for match in _EXCEPTION.finditer(message))
    deployment, version = _DEPLOYMENT.search(message), _API_VERSION.search(message)
    provider = _PROVIDER.search(message)
    model, module = _MODEL.search(message), _MODULE.search(message)
    retry = _RETRY.search(message)
    refused, refused_kind = refused_parameter(message)
    speakers = _speakers("\n".join((forms[-1][:_MOST], message)) if forms else "")
    return Utterance(
        forms=forms,
        statuses=statuses or _named_statuses(codes, exceptions),
        codes=codes,
        params=_distinct(value for name, value in fields if name == "param"),
        exceptions=exceptions,
        refused=refused,
        refused_kind=refused_kind,
        network=network,
        host=host.strip("[]"),
        port=port,
        host_kind=_host_kind(host.strip("[]").casefold()),
        url=url[0] if url is not None else "",
        deployment=deployment["name"] if deployment is not None else "",
        model=model["name"].rstrip(".:/") if model is not None else "",
        provider=next(filter(None, provider.groups())) if provider is not None else "",
        module=module["name"].rstrip(".") if module is not None else "",
        api_version=version["version"] if version is not None else "",
        retry_after=retry["seconds"] if retry is not None else "",
        speakers=speakers,
        elsewhere=_is_elsewhere(message, speakers),
        others=_others(message) | ({f"port {port}"} if port in _other_ports() else frozenset()),
        files=files(message),
        no_yaml=is_no_yaml(message),
    )


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def statuses_of(message: str) -> tuple[int, ...]:
    """Return the HTTP statuses that a message names, from the outermost to the innermost."""
    found = (int(match["status"] or match["named"]) for match in _STATUS.finditer(message))
    return tuple(dict.fromkeys(found))


def _named_statuses(codes: Iterable[str], exceptions: Iterable[str]) -> tuple[int, ...]:
    """Return the statuses that a message without a number names by codes and exceptions."""
    named = {name.casefold() for name in (*codes, *exceptions)}
    return tuple(status for status, names in _STATUS_NAMES.items() if not named.isdisjoint(names))


def signs_of_status(status: int) -> tuple[str, ...]:
    """Return texts, in lower case: a message with this status contains one of them."""
    return str(status), *_STATUS_NAMES.get(status, ())


def _fields(message: str) -> Iterator[tuple[str, str]]:
    """Yield the values of `code`, `type` and `param`, also from Azure's clients."""
    for match in _FIELD.finditer(message):
        value = match["single"] or match["double"] or match["bare"]
        if value not in ("None", "null", "NoneType"):
            yield match["name"], value.strip()
    for match in _SDK_CODE.finditer(message):
        yield "code", match["code"] or match["line"]


@cache
def _marks() -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((program, tuple(words)) for program, words in table("speakers").items())


def _speakers(message: str) -> tuple[Speaker, ...]:
    """Return the programs of this chain that a message names, including a log's prefix.

    A program that runs on Node is OpenClaw unless the message names another caller.
    """
    folded = message.casefold()
    found = [who for who, words in _marks() if any(word in folded for word in words)]
    if "node" in found:
        found.remove("node")
        if {"openclaw", "litellm", "client"}.isdisjoint(found):
            found.insert(0, "openclaw")
    return tuple(cast("list[Speaker]", found))


def words_of(kind: NetworkKind) -> tuple[str, ...]:
    """Return the phrases that report a kind of failed connection, in lower case."""
    return dict(_words())[kind]


@cache
def _words() -> tuple[tuple[NetworkKind, tuple[str, ...]], ...]:
    return tuple(
        (cast("NetworkKind", kind), tuple(words)) for kind, words in table("network_words").items()
    )


@cache
def _other_ports() -> frozenset[str]:
    return frozenset(map(str, table("other_ports")["ports"]))


@cache
def _other_programs() -> tuple[tuple[str, ...], re.Pattern[str]]:
    """Return the names of programs and services outside this chain: words, and a pattern."""
    names = [name for names in table("other_programs").values() for name in names]
    plain = tuple(
        name for name in names if re.escape(name) == name.replace("-", "\\-").replace(" ", "\\ ")
    )
    return plain, re.compile("|".join(sorted(set(names) - set(plain))))


def _others(message: str) -> frozenset[str]:
    plain, pattern = _other_programs()
    folded = _OWN_MODEL.sub("", _HELP_LINK.sub("", message)).casefold()
    found = {name for name in plain if name in folded}
    return frozenset(found | {match[0] for match in pattern.finditer(folded)})


def _is_elsewhere(message: str, speakers: tuple[Speaker, ...]) -> bool:
    """Return whether a message is about another service of Azure, and names no Azure model."""
    folded = message.casefold()
    of_models = "litellm" in speakers or "openai" in folded
    return not of_models and _azure_services().search(folded) is not None


@cache
def _azure_services() -> re.Pattern[str]:
    return re.compile("|".join(table("other_programs")["azure_services"]))


def _network(message: str) -> NetworkKind | None:
    folded = message.casefold()
    kinds = (kind for kind, words in _words() if any(_has_word(folded, word) for word in words))
    return next(kinds, None)


def _has_word(folded: str, word: str) -> bool:
    """Return whether a text contains a word. An errno name must not be part of another word."""
    if word not in folded:
        return False
    return not _ERRNO.fullmatch(word) or re.search(rf"(?<![a-z]){word}", folded) is not None


def _failed_host(message: str) -> tuple[str, str]:
    """Return the host and the port of a failed connection, or "" for each that is not named."""
    for pattern in _FAILED_HOSTS:
        match = re.search(pattern, message, re.IGNORECASE)
        if match is not None and message[match.end("host") :][:1] != "@":
            return match["host"] or _EVERY_ADDRESS, match.groupdict().get("port") or ""
    return "", ""


def _host_kind(host: str) -> HostKind | None:
    if not host:
        return None
    if is_azure(host) or _AZURE.fullmatch(host):
        return "azure"
    if host.endswith(_GATEWAY):
        return "gateway"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        named = "." not in host or host.endswith(_OWN_SUFFIXES)
        own = is_loopback(host) or named
        return "own" if own else "foreign" if _others(host) else "public"
    own = address.is_private or address.is_loopback or address.is_unspecified
    return "own" if own else "public"
