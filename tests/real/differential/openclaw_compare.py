"""Hold what clawdoctor predicts of OpenClaw against what OpenClaw did."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.route import Chain, Route
from clawdoctor.chain.schema.language import schema_version
from clawdoctor.chain.versions import InstalledVersions
from clawdoctor.check import built_in_checks
from clawdoctor.finding import ReportedFinding, Severity
from clawdoctor.run.diagnosis import examine
from clawdoctor.run.facts import Facts
from clawdoctor.run.loaders import SUBJECTS, loaders
from clawdoctor.run.situation import Situation
from clawdoctor.simulator.scene import installed
from clawdoctor.source.secret import Secret
from clawdoctor.wire.openclaw import openclaw_request
from clawdoctor.wire.request import HopRequest, Outcome, Refused, Unpredicted
from real.differential.openclaw_process import Answer, Case, Sent

CODES = ("OC002", "OC003", "OC004")
NOISE = frozenset(
    (
        "accept",
        "accept-encoding",
        "accept-language",
        "connection",
        "content-length",
        "content-type",
        "sec-fetch-mode",
        "traceparent",
        "user-agent",
        "session_id",
        "x-client-request-id",
    )
)
"""Headers of the HTTP client. The config's own User-Agent is compared."""
MARKS = ("x-stainless", "x-openclaw-")
"""Headers that say which client and which turn it is."""
LIMITS = ("max_completion_tokens", "max_output_tokens", "max_tokens")
ROOM = 300
"""The tokens by which the agent's prompt may differ from the size that clawdoctor assumes."""
TEXTS = ("messages", "input", "system", "instructions", "tools")
"""Parts of a body that hold the agent's texts and tools. They are compared by their form."""
FREE = ("prompt_cache_key",)


@dataclass(frozen=True, slots=True)
class Predicted:
    """What clawdoctor says of a case.

    `places` are the pointers of the faults in the config, and `doubts` those of entries that this
    version may refuse.
    """

    places: tuple[str, ...]
    doubts: tuple[str, ...]
    turn: Outcome | None = None
    embeddings: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """A disagreement: its kind, and both values."""

    kind: str
    predicted: object
    real: object

    def __str__(self) -> str:
        return f"{self.kind}: clawdoctor {self.predicted!r}, OpenClaw {self.real!r}"


def predict(case: Case, version: str, folder: Path) -> Predicted:
    """What clawdoctor predicts. `folder` is new, and holds the files."""
    home = folder / "home"
    (home / ".openclaw").mkdir(parents=True)
    (home / ".openclaw/openclaw.json").write_text(json.dumps(case.config), "utf-8")
    path = installed(folder / "prefix", {"openclaw": version})
    situation = Situation(cwd=str(home), home=str(home), environ={"PATH": path, **case.environ})
    chosen = [check for check in built_in_checks() if check.code in CODES]
    report, _ = examine(situation, checks=chosen)
    places = _pointers(report.findings, Severity.ERROR)
    doubts = _pointers(report.findings, Severity.WARNING)
    if places or not case.ask:
        return Predicted(places, doubts)
    facts = Facts(loaders(situation), SUBJECTS)
    return Predicted(
        places,
        doubts,
        _outcome(facts, "chat") if "turn" in case.ask else None,
        _outcome(facts, "embedding") if "embed" in case.ask else None,
    )


def _pointers(findings: Iterable[ReportedFinding], severity: Severity) -> tuple[str, ...]:
    found = [finding.place for finding in findings if finding.severity is severity]
    return tuple(place.pointer if place else "" for place in found)


def _outcome(facts: Facts, purpose: str) -> Outcome:
    chain, openclaw = facts.known(Chain), facts.known(OpenClawConfig)
    environment, versions = facts.known(Environment), facts.known(InstalledVersions)
    if chain is None or openclaw is None or environment is None or versions is None:
        return Unpredicted("the chain is not known")
    for route in chain.routes:
        if route.purpose == purpose and _is_main(route):
            return openclaw_request(route, openclaw, environment, versions.versions)
    return Unpredicted("no route")


def _is_main(route: Route) -> bool:
    """Whether the main agent's first model, or its memory search, is this route."""
    mains = ("/agents/defaults/model", "/agents/defaults/model/primary")
    return any(ref.pointer in mains or "memory" in ref.pointer for ref in route.refs)


def undecided(predicted: Predicted, version: str) -> bool:
    """Whether clawdoctor says of no entry that this version refuses it, and need not know.

    It has the schema of one version. An older one can refuse what that one accepts.
    """
    return bool(predicted.doubts) or version != schema_version()


def differences(predicted: Predicted, real: Answer, version: str) -> tuple[Difference, ...]:
    """What the two disagree about."""
    if not real.valid and not predicted.places and undecided(predicted, version):
        return ()
    if bool(predicted.places) == real.valid:
        said = "; ".join(f"{path}: {text}" for path, text in real.issues) or real.text
        return (Difference("valid", predicted.places, said or "valid"),)
    found: list[Difference] = []
    if not real.valid and real.issues and not _same_place(predicted, real):
        found.append(Difference("place", predicted.places, real.issues))
    found += _hop("turn", predicted.turn, real.turn, real.turn_log)
    found += _hop("embeddings", predicted.embeddings, real.embeddings, real.embeddings_log)
    return tuple(found)


def _same_place(predicted: Predicted, real: Answer) -> bool:
    """Whether a fault that clawdoctor reports is at, above or below one that OpenClaw reports."""
    pointers = ["/" + path.replace(".", "/") for path, _ in real.issues]
    if any(path in ("", "<root>") for path, _ in real.issues):
        return True
    places = [place.replace("~1", "/").replace("~0", "~") for place in predicted.places]
    return any(
        place.startswith(pointer) or pointer.startswith(place)
        for place in places
        for pointer in pointers
    )


def _hop(
    name: str, predicted: Outcome | None, real: tuple[Sent, ...], log: str
) -> Iterator[Difference]:
    match predicted:
        case None | Unpredicted():
            return
        case Refused():
            if real:
                yield Difference(f"{name} sent", f"{predicted.kind}: {predicted.text}", real[0].url)
            elif predicted.text.rstrip(".") not in log.replace('\\"', '"'):
                yield Difference(f"{name} refusal", predicted.text, _faults(log))
        case HopRequest():
            if not real:
                yield Difference(f"{name} refused", predicted.url, _faults(log))
            else:
                yield from _request(name, predicted, real[0])


def _faults(log: str) -> str:
    """The lines of the output that name an error."""
    lines = [line for line in log.splitlines() if "rror" in line or "fail" in line]
    return "\n".join(dict.fromkeys(lines))[:800] or log[:800]


def _request(name: str, predicted: HopRequest, real: Sent) -> Iterator[Difference]:
    if predicted.method != real.method:
        yield Difference(f"{name} method", predicted.method, real.method)
    if _address(predicted.url) != _address(real.url):
        yield Difference(f"{name} url", predicted.url, real.url)
    ours, theirs = _headers(predicted.headers), _headers(real.headers)
    for header in sorted(ours.keys() | theirs.keys()):
        own_agent = header == "user-agent" and "OpenAI/JS" not in ours.get(header, "OpenAI/JS")
        noise = header in NOISE or header.startswith(MARKS)
        compared = own_agent or not noise
        if compared and ours.get(header) != theirs.get(header):
            yield Difference(f"{name} header {header}", ours.get(header), theirs.get(header))
    for key in sorted(predicted.body.keys() | real.body.keys()):
        mine, other = _value(key, predicted.body), _value(key, real.body)
        if isinstance(mine, frozenset) and isinstance(other, frozenset) and mine <= other:
            continue
        if mine != other and not _is_squeezed(key, mine, other):
            yield Difference(f"{name} parameter {key}", mine, other)


def _is_squeezed(key: str, mine: object, other: object) -> bool:
    """Whether both limits are what a small window leaves beside the agent's prompt."""
    if key not in LIMITS or not (isinstance(mine, int) and isinstance(other, int)):
        return False
    return abs(mine - other) < ROOM


def _address(url: str) -> tuple[str, str, str, list[tuple[str, str]]]:
    parts = urlsplit(url)
    port = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    query = sorted(parse_qsl(parts.query, keep_blank_values=True))
    return parts.scheme, parts.netloc.lower().removesuffix(port), parts.path, query


def _headers(headers: Mapping[str, str | Secret]) -> dict[str, str]:
    return {
        name.lower(): value.reveal() if isinstance(value, Secret) else value
        for name, value in headers.items()
    }


def _value(key: str, body: Mapping[str, Any]) -> object:
    """The value of a parameter, or the form of one that holds texts or tools.

    A set holds the forms of the messages: the agent sends more of them than the stand-in.
    """
    if key not in body:
        return None
    if key in FREE:
        return "set"
    if key == "metadata" and isinstance(body[key], Mapping) and "openclaw_transport" in body[key]:
        return sorted(body[key])
    if key == "tools":
        return sorted({_tool(tool) for tool in body[key]})
    if key in ("messages", "input") and isinstance(body[key], list):
        return frozenset(_message(message) for message in body[key] if "role" in message)
    return "texts" if key in TEXTS else body[key]


def _tool(tool: Mapping[str, Any]) -> str:
    function = tool.get("function", tool)
    return f"{tool.get('type')} strict={function.get('strict')} nested={'function' in tool}"


def _message(message: Mapping[str, Any]) -> str:
    content = message.get("content")
    form = "list" if isinstance(content, list) else "text"
    return f"{message['role']} {form}"
