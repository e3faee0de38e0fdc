"""OpenClaw rejects its configuration: the file contains an unknown key or value.

What it means
-------------
OpenClaw checks every key of openclaw.json against a strict schema. One that is misspelt or in the
wrong place is enough: the Gateway does not start, and other commands end with "OpenClaw config is
invalid", since 2026.5.12. Nothing is taken from the rest of the file.

Why it happens
--------------
A key is misspelt (apikey, baseURL) or stands one level too high (providers outside of models), the
api is misspelt or was renamed, a provider has no baseUrl or no models, a model is a bare string or
has no name, or the file was written for another version: env: { NAME: "value" } was fine up to
2026.7.1 and is env: { vars: { NAME: "value" } } now.

How to fix it
-------------
Correct the entry, then ask OpenClaw:

    openclaw config validate

`openclaw doctor --fix` repairs some old forms by itself; it deletes what it does not know.

Versions
--------
The schema is that of OpenClaw 2026.9.6, with the channels that it knows; a plug-in's own settings
are left alone. What a newer version may have added is a note, and a warning where it looks misspelt
or is a value of api. For an older one, a key that no version looked at has is an error; what else
is not known to have been wrong then is left alone. Keys that OpenClaw removed are known with the
version that first refuses them: agents.defaults.llm is refused since 2026.4.26. Where only the
version that last wrote the file is known, what it may have accepted is a warning, or a note outside
of agents, env, memory and models. The values of api, and the keys, are known for versions since
2026.2.17; a version between two that differ gets a warning. `openclaw config validate` came with
2026.3.2.

References
----------
https://docs.openclaw.ai/gateway/configuration-reference
https://github.com/openclaw/openclaw/issues/73577
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from clawdoctor.chain.advice import VALIDATE_OPENCLAW
from clawdoctor.chain.compose import Compose
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.openclaw_file import OpenClawFile
from clawdoctor.chain.schema import Violation, removal_of, schema_version, violations
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.checks.openclaw.api_line import proxy_url
from clawdoctor.checks.openclaw.oc003_fixes import MODEL, fix_of, is_misspelling
from clawdoctor.checks.openclaw.oc003_newer_keys import newer_keys
from clawdoctor.checks.openclaw.oc003_texts import ADVICE, TEXTS
from clawdoctor.deferred import dataclass, regex
from clawdoctor.finding import Finding, Fix, Place, Severity, Step
from clawdoctor.knowledge import behaviour, release
from clawdoctor.knowledge.openclaw_api import api_standing, api_values
from clawdoctor.knowledge.openclaw_config import key_standing, refused_since
from clawdoctor.run.situation import Situation
from clawdoctor.source.change import Put
from clawdoctor.source.node import Node, join_pointer, nearest_existing, split_pointer

_API = regex(r"/models/providers/[^/]+(?:/models/\d+)?/api")

_VARIABLE = regex(r"[A-Z_][A-Z0-9_]*", re.ASCII)
_ELSEWHERE = regex(r"/agents/(?:defaults|(?:entries|list)/[^/]+)/(?:memory|sandbox|tools|tts)/")
_SPOKEN = ("openai-completions", "openai-responses")
"""What every version and every LiteLLM knows."""
_CORE = ("agents", "env", "memory", "models")
_REPAIR = "start-repair"
_OWNERSHIP = "/agents/ownership"

_ENTRIES = "OpenClaw refuses the whole file for these entries"
_MODELS = 'the entries of "models" must be objects with "id" and "name"'

Era = Literal["known", "newer", "older", "older or newer"]
"""How the version relates to the schema's; the last one is that of a lower bound."""


@dataclass(frozen=True, slots=True)
class _Chain:
    """What fixes take from the rest of the chain: the models in use, and the proxy's URL."""

    openclaw: OpenClawConfig | None
    url: str


def check(
    file: OpenClawFile,
    versions: Versions,
    openclaw: OpenClawConfig | None,
    litellm: LiteLLMConfig | None,
    situation: Situation,
    compose: Compose | None,
) -> Iterator[Finding]:
    """Report each entry that OpenClaw rejects; an error if the version found surely does."""
    era = _era(versions)
    url = proxy_url(situation, compose) if litellm is not None else ""
    chain = _Chain(openclaw, url)
    for violation in violations(file.root):
        of_api = era == "older" and _API.fullmatch(violation.pointer)
        if of_api and violation.kind in ("not-allowed", "removed-value"):
            yield from _old_api(violation, file, versions, chain)
            continue
        if era == "older" and _was_known(violation, versions):
            continue
        severity = _severity(violation, era, versions)
        if _is_removed(violation, file, versions):
            severity = Severity.ERROR
        elif not _is_core(violation):
            severity = _severity_elsewhere(violation, era, versions)
        elif era == "older or newer":
            severity = _severity_from(versions, violation, file)
        if _is_old_roster(violation, file) and not (era == "known" and versions.known("openclaw")):
            severity = None if era == "older" else Severity.WARNING
        if severity is not None:
            yield _finding(violation, severity, file, versions, chain)
    if era == "older":
        yield from _newer_api(file, versions, Severity.ERROR)
        yield from newer_keys(file, versions)
    elif era == "older or newer":
        yield from _newer_api(file, versions, Severity.WARNING)


def _was_known(violation: Violation, versions: Versions) -> bool:
    """Whether the older version found has the key that the schema lacks."""
    version = versions.value("openclaw")
    is_key = violation.kind == "unknown-key"
    return is_key and key_standing(violation.pointer, version) == "known"


def _was_never_known(violation: Violation, versions: Versions) -> bool:
    """Whether the version found and all later ones that were looked at lack the key."""
    if violation.kind != "unknown-key" or refused_since(violation.pointer) is not None:
        return False
    return key_standing(violation.pointer, versions.value("openclaw")) == "unknown"


def _era(versions: Versions) -> Era:
    """How the version found relates to the schema's.

    An unknown version counts as the same, and as a newer one where the tables are outdated.
    """
    installed, known = release(versions.value("openclaw") or ""), release(schema_version())
    assert known is not None
    if installed is None:
        return "newer" if versions.outdated else "known"
    if installed == known:
        return "known"
    if installed > known:
        return "newer"
    return "older" if versions.known("openclaw") else "older or newer"


def _severity_from(versions: Versions, violation: Violation, file: OpenClawFile) -> Severity:
    """The severity where only the oldest version that may run is known.

    That version may accept what the schema refuses, unless it is misspelt or known to be refused.
    """
    oldest = versions.value("openclaw") or ""
    node = file.root.at(violation.pointer)
    if _API.fullmatch(violation.pointer) and node is not None and isinstance(node.value, str):
        return Severity.WARNING if node.value in api_values(oldest) else Severity.ERROR
    certain = violation.kind == "wrong-type" and bool(MODEL.fullmatch(violation.pointer))
    certain = certain or _is_misspelt(violation) or _was_never_known(violation, versions)
    return Severity.ERROR if certain else Severity.WARNING


def _severity(violation: Violation, era: Era, versions: Versions) -> Severity | None:
    """The severity of a violation; None if the version found may well accept it."""
    is_entry = violation.kind == "wrong-type" and MODEL.fullmatch(violation.pointer)
    match era:
        case "newer":
            return _severity_newer(violation)
        case "older" if not is_entry:
            return _severity_older(violation, versions)
    return Severity.ERROR


def _severity_newer(violation: Violation) -> Severity:
    """The severity for a version that is newer than the schema, and may accept more."""
    if violation.kind not in ("unknown-key", "not-allowed") or _is_misspelt(violation):
        return Severity.WARNING
    return Severity.WARNING if _API.fullmatch(violation.pointer) else Severity.INFO


def _severity_older(violation: Violation, versions: Versions) -> Severity | None:
    """The severity for a version that is older than the schema, and may accept other forms."""
    match violation.kind:
        case "unknown-key" if _was_never_known(violation, versions):
            return Severity.ERROR
        case "wrong-type" | "missing-key":
            return Severity.WARNING
        case "unknown-key" | "not-allowed" if _is_misspelt(violation):
            return Severity.WARNING
    return None


def _is_core(violation: Violation) -> bool:
    """Whether a setting is in a part of the file that was looked at in many versions."""
    pointer = violation.pointer
    inside = pointer.count("/") > 1 and split_pointer(pointer)[0] not in _CORE
    return not inside and _ELSEWHERE.match(pointer) is None


def _severity_elsewhere(violation: Violation, era: Era, versions: Versions) -> Severity | None:
    """The severity in another part, whose form in other versions nobody looked at.

    The version that wrote the file has accepted it, and is the likeliest to run.
    """
    match era:
        case "known" if versions.of("openclaw") is not None or _is_misspelt(violation):
            return Severity.ERROR
        case "known":
            return Severity.WARNING
        case "newer":
            return Severity.WARNING if _is_misspelt(violation) else Severity.INFO
        case "older":
            return Severity.ERROR if _was_never_known(violation, versions) else None
        case _:
            return Severity.INFO


def _is_removed(violation: Violation, file: OpenClawFile, versions: Versions) -> bool:
    """Whether the version found refuses a form that older ones accept."""
    removal, node = removal_of(violation), file.root.at(violation.pointer)
    if removal is None or not removal.covers(versions.value("openclaw")):
        return False
    if not violation.pointer.startswith("/env/"):
        return True
    # Below `env`, older versions accept variables. Another name may be a setting of a newer one.
    is_variable = _VARIABLE.fullmatch(violation.key) is not None
    return is_variable and node is not None and node.kind == "string"


def _is_old_roster(violation: Violation, file: OpenClawFile) -> bool:
    """Whether agents are listed as in older versions, which allow several without an owner."""
    return violation.pointer == _OWNERSHIP and file.root.at("/agents/list") is not None


def _is_misspelt(violation: Violation) -> bool:
    meant = violation.suggestion
    if meant is None or "." in meant:
        return False
    return violation.kind == "not-allowed" or is_misspelling(violation.key, meant)


def _finding(
    violation: Violation,
    severity: Severity,
    file: OpenClawFile,
    versions: Versions,
    chain: _Chain,
) -> Finding:
    consequence = "OpenClaw does not start"
    why = "OpenClaw refuses the whole file for one such entry"
    sure, exact = severity is Severity.ERROR, versions.known("openclaw")
    era = _era(versions)
    is_new = era == "newer" and severity is not Severity.ERROR
    if is_new or (era == "older or newer" and severity is not Severity.ERROR):
        consequence = "" if is_new else f"OpenClaw {schema_version()} does not start"
        other = "a newer" if is_new else "an older"
        why = f"OpenClaw {schema_version()} refuses the whole file for one such entry, which "
        why += f"{other} version may accept"
    elif violation.repaired and _repairs_at_start(versions):
        consequence = "OpenClaw's commands refuse its configuration"
        why = "OpenClaw's commands refuse the whole file; its Gateway rewrites this when it starts"
    return Finding(
        severity=severity,
        message=f"{_message(violation, is_new)}{_parent_note(violation)}{_suggestion(violation)}",
        title=_title(violation, is_new),
        detail=f"{why}. {_accepted_values(violation)}{'' if is_new else _removed(violation)}"
        f"{versions.stated('openclaw', 'OpenClaw')}.",
        place=_place(violation, file, is_new),
        consequence=consequence,
        fixes=(fix_of(violation, file.root, chain.openclaw, chain.url, sure=sure, exact=exact),),
    )


def _title(violation: Violation, is_new: bool) -> str:
    if is_new:
        return f"OpenClaw {schema_version()} refuses the whole file for these entries"
    return _MODELS if MODEL.fullmatch(violation.pointer) else _ENTRIES


def _message(violation: Violation, is_new: bool) -> str:
    known = f"OpenClaw {schema_version()} knows" if is_new else "OpenClaw knows"
    return violation.message.replace("OpenClaw knows", known)


def _parent_note(violation: Violation) -> str:
    """Where a key is missing, in the form that OpenClaw itself prints."""
    if violation.kind != "missing-key" or ":" in violation.message:
        return ""
    dotted = re.sub(r"\.(\d+)(?=\.|$)", r"[\1]", ".".join(split_pointer(violation.pointer)[:-1]))
    return f" in {dotted}" if dotted else ""


def _suggestion(violation: Violation) -> str:
    """The end of the message: what the user probably meant."""
    meant = violation.suggestion
    if meant is None:
        return ""
    where, dot, last = meant.rpartition(".")
    if dot and last == violation.key:
        return f"; it belongs in {where}"
    return f'; did you mean "{meant}"?'


def _accepted_values(violation: Violation) -> str:
    if violation.kind not in ("not-allowed", "removed-value") or not violation.expected:
        return ""
    return f"It takes {', '.join(violation.expected)}. "


def _repairs_at_start(versions: Versions) -> bool:
    """Whether the version that runs, or the newest that may run, rewrites removed keys."""
    found = versions.value("openclaw") if versions.known("openclaw") else None
    row = behaviour("openclaw", _REPAIR, found)
    return row is not None and row.effect == "repairs"


def _removed(violation: Violation) -> str:
    removal = removal_of(violation)
    if removal is None:
        return ""
    instead = f"; {removal.instead} took its place" if removal.instead else ""
    return f"OpenClaw {removal.since} and later refuse this key{instead}. "


def _place(violation: Violation, file: OpenClawFile, is_new: bool) -> Place:
    pointer = violation.pointer
    if violation.kind == "missing-key":
        pointer = nearest_existing(file.root, pointer)[0]
    path = violation.span.path if violation.span is not None else file.path
    return Place(path, pointer, violation.span, _label(violation, is_new))


def _label(violation: Violation, is_new: bool) -> str:
    meant = violation.suggestion
    match violation.kind:
        case "unknown-key" | "not-allowed" if is_new and meant is None:
            return f"OpenClaw {schema_version()} refuses this"
        case "missing-key":
            return f'"{violation.key}" is missing here'
        case "wrong-type" | "out-of-range" if violation.expected:
            return f"must be {' or '.join(violation.expected)}"
        case "unknown-key" if meant is None:
            return "OpenClaw knows no such key"
    return f"probably meant: {meant}" if meant is not None else "OpenClaw refuses this"


def _old_api(
    violation: Violation, file: OpenClawFile, versions: Versions, chain: _Chain
) -> Iterator[Finding]:
    """Report an `api` that the schema rejects, unless the older version found accepts it."""
    node = file.root.at(violation.pointer)
    accepted = api_values(versions.value("openclaw") or "")
    if node is None or node.value in accepted:
        return
    meant = violation.suggestion if violation.suggestion in accepted else None
    narrowed = replace(violation, expected=accepted, suggestion=meant)
    yield _finding(narrowed, Severity.ERROR, file, versions, chain)


def _newer_api(file: OpenClawFile, versions: Versions, severity: Severity) -> Iterator[Finding]:
    """Report an `api` that the schema accepts and the older version found rejects."""
    version = versions.value("openclaw") or ""
    accepted, newest = api_values(version), api_values(schema_version())
    for pointer, node in _api_nodes(file.root):
        standing = api_standing(str(node.value), version)
        if node.value in newest and standing != "known":
            sure = standing == "unknown"
            better = next((api for api in _SPOKEN if api[-9:] == str(node.value)[-9:]), _SPOKEN[0])
            yield Finding(
                severity=severity if sure else Severity.WARNING,
                message=f'"{node.value}" is no api that OpenClaw {version} knows'
                if sure
                else f'OpenClaw {version} may not know the api "{node.value}"',
                detail=f"It takes {', '.join(accepted)}. "
                f"{versions.stated('openclaw', 'OpenClaw')}.",
                place=Place(node.span.path, pointer, node.span, "not in this version"),
                consequence="OpenClaw does not start",
                fixes=(
                    Fix(
                        f'write "{better}"',
                        "unsafe",
                        snippet=f'api: "{better}",',
                        actions=(Step("or update OpenClaw"), VALIDATE_OPENCLAW),
                        changes=(Put(node, better),),
                    ),
                ),
            )


def _api_nodes(root: Node) -> Iterator[tuple[str, Node]]:
    """Every `api` of a provider or of one of its models."""
    providers = root.at("/models/providers")
    for name, provider in providers.children() if providers is not None else ():
        pointer = join_pointer("/models/providers", name)
        models = provider.get("models")
        listed = enumerate(models.items if models is not None else ())
        for where, owner in [
            (pointer, provider),
            *((f"{pointer}/models/{i}", m) for i, m in listed),
        ]:
            api = owner.get("api")
            if api is not None:
                yield f"{where}/api", api


CHECK = Check(
    code="OC003",
    name="openclaw-config-rejected",
    stage="openclaw",
    scope="start",
    run=check,
    documentation=__doc__,
    predicts=(
        "no-api",
        "unknown-api",
    ),
    texts=TEXTS,
    advice=ADVICE,
)
