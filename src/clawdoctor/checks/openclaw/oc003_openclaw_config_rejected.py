"""OpenClaw rejects its configuration because of an unknown key or value.

What it means
-------------
OpenClaw checks every key of openclaw.json against a strict schema. One misspelled or misplaced key
is enough: in most versions, the Gateway does not start, and from 2026.5.12 on, other commands end
with "OpenClaw config is invalid". OpenClaw does not use the rest of the file either.

Why it happens
--------------
A key is misspelled (apikey, baseURL) or one level too high (providers outside models), the api
is misspelled or was renamed, a provider has no baseUrl or no models, a model is a plain string or
has no name, or the file was written for another version. For example, env: { NAME: "value" } was
valid before 2026.8.1 and is now env: { vars: { NAME: "value" } }.

How to fix it
-------------
Correct the entry, then check the file with OpenClaw:

    openclaw config validate

`openclaw doctor --fix` repairs some old forms by itself, and deletes the keys that it does not
know.

Versions
--------
clawdoctor uses the schema of OpenClaw 2026.9.6, including the channels in that schema. It does not
check the settings of plug-ins.

If the installed OpenClaw is newer, an unknown entry causes a note, because the newer version may
accept it. It causes a warning if it looks misspelled or is a value of api.

If the installed OpenClaw is older, an unknown key causes an error if none of the examined versions
has it. clawdoctor reports other entries only if it knows that this version rejects them.

For keys that OpenClaw removed, clawdoctor knows the first version that rejects them. For example,
2026.4.26 and later reject agents.defaults.llm. In 2026.8.1 and later, the Gateway corrects some of
these keys when it starts. In 2026.4.20 to 2026.5.2, the Gateway instead replaces the file with
the last working copy, if there is one.

If only the version that last wrote the file is known, an entry that this version may accept causes
a warning, or a note outside of agents, env, memory and models. clawdoctor knows the keys and the
values of api for 2026.2.17 and later. For a version between two examined versions that differ,
clawdoctor gives a warning. `openclaw config validate` is available in 2026.3.2 and later.

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
"""The values of `api` that every version of OpenClaw and LiteLLM supports."""
_CORE = ("agents", "env", "memory", "models")
_REPAIR = "start-repair"
_OWNERSHIP = "/agents/ownership"

_ENTRIES = "OpenClaw rejects the whole file because of these entries"
_MODELS = 'the entries of "models" must be objects with "id" and "name"'

Era = Literal["known", "newer", "older", "older or newer"]
"""How the version found relates to the schema's; the last value is for a lower bound."""


@dataclass(frozen=True, slots=True)
class _Chain:
    """What fixes need from the rest of the chain: the models in use, and the proxy's URL."""

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
    """Report each entry that OpenClaw rejects: an error if the version found certainly does."""
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
    """Return whether the older version found has the key that the schema lacks."""
    version = versions.value("openclaw")
    is_key = violation.kind == "unknown-key"
    return is_key and key_standing(violation.pointer, version) == "known"


def _was_never_known(violation: Violation, versions: Versions) -> bool:
    """Return whether the version found and all later examined versions lack the key."""
    if violation.kind != "unknown-key" or refused_since(violation.pointer) is not None:
        return False
    return key_standing(violation.pointer, versions.value("openclaw")) == "unknown"


def _era(versions: Versions) -> Era:
    """Return how the version found relates to the schema's.

    An unknown version counts as the same version, or as a newer one if the tables are outdated.
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
    """Return the severity if only the oldest version that may run is known.

    That version may accept what the schema rejects, unless the entry is misspelled or the version
    is known to reject it.
    """
    oldest = versions.value("openclaw") or ""
    node = file.root.at(violation.pointer)
    if _API.fullmatch(violation.pointer) and node is not None and isinstance(node.value, str):
        return Severity.WARNING if node.value in api_values(oldest) else Severity.ERROR
    certain = violation.kind == "wrong-type" and bool(MODEL.fullmatch(violation.pointer))
    certain = certain or _is_misspelt(violation) or _was_never_known(violation, versions)
    return Severity.ERROR if certain else Severity.WARNING


def _severity(violation: Violation, era: Era, versions: Versions) -> Severity | None:
    """Return the severity of a violation, or None if the version found may well accept it."""
    is_entry = violation.kind == "wrong-type" and MODEL.fullmatch(violation.pointer)
    match era:
        case "newer":
            return _severity_newer(violation)
        case "older" if not is_entry:
            return _severity_older(violation, versions)
    return Severity.ERROR


def _severity_newer(violation: Violation) -> Severity:
    """Return the severity for a version that is newer than the schema and may accept more."""
    if violation.kind not in ("unknown-key", "not-allowed") or _is_misspelt(violation):
        return Severity.WARNING
    return Severity.WARNING if _API.fullmatch(violation.pointer) else Severity.INFO


def _severity_older(violation: Violation, versions: Versions) -> Severity | None:
    """Return the severity for a version older than the schema, which may accept other forms."""
    match violation.kind:
        case "unknown-key" if _was_never_known(violation, versions):
            return Severity.ERROR
        case "wrong-type" | "missing-key":
            return Severity.WARNING
        case "unknown-key" | "not-allowed" if _is_misspelt(violation):
            return Severity.WARNING
    return None


def _is_core(violation: Violation) -> bool:
    """Return whether a setting is in a part of the file that was examined in many versions."""
    pointer = violation.pointer
    inside = pointer.count("/") > 1 and split_pointer(pointer)[0] not in _CORE
    return not inside and _ELSEWHERE.match(pointer) is None


def _severity_elsewhere(violation: Violation, era: Era, versions: Versions) -> Severity | None:
    """Return the severity in another part of the file, which was examined in one version only.

    The version that wrote the file accepted the entry, and is the most likely one to run.
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
    """Return whether the version found rejects a form that older versions accept."""
    removal, node = removal_of(violation), file.root.at(violation.pointer)
    if removal is None or not removal.covers(versions.value("openclaw")):
        return False
    if not violation.pointer.startswith("/env/"):
        return True
    # Below `env`, older versions accept variables. Another name may be a setting of a newer one.
    is_variable = _VARIABLE.fullmatch(violation.key) is not None
    return is_variable and node is not None and node.kind == "string"


def _is_old_roster(violation: Violation, file: OpenClawFile) -> bool:
    """Return whether agents are listed as in older versions, which need no owner for several."""
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
    consequence = f"{violation.message.partition(': ')[0]}, so OpenClaw does not start"
    why = "OpenClaw rejects the whole file because of a single wrong entry"
    sure, exact = severity is Severity.ERROR, versions.known("openclaw")
    era = _era(versions)
    is_new = era == "newer" and severity is not Severity.ERROR
    if is_new or (era == "older or newer" and severity is not Severity.ERROR):
        consequence = (
            ""
            if is_new
            else f"OpenClaw {schema_version()} rejects the configuration and does not start"
        )
        other = "a newer" if is_new else "an older"
        why = (
            f"OpenClaw {schema_version()} rejects the whole file because of a single wrong entry; "
        )
        why += f"{other} version may accept it"
    elif violation.repaired and _repairs_at_start(versions):
        consequence = "OpenClaw's commands reject its configuration"
        why = "OpenClaw's commands reject the whole file; its Gateway corrects this at startup"
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
        return f"OpenClaw {schema_version()} rejects the whole file because of these entries"
    return _MODELS if MODEL.fullmatch(violation.pointer) else _ENTRIES


def _message(violation: Violation, is_new: bool) -> str:
    known = f"OpenClaw {schema_version()} knows" if is_new else "OpenClaw knows"
    return violation.message.replace("OpenClaw knows", known)


def _parent_note(violation: Violation) -> str:
    """Return the path where a key is missing, in the form that OpenClaw itself prints."""
    if violation.kind != "missing-key" or ":" in violation.message:
        return ""
    dotted = re.sub(r"\.(\d+)(?=\.|$)", r"[\1]", ".".join(split_pointer(violation.pointer)[:-1]))
    return f" in {dotted}" if dotted else ""


def _suggestion(violation: Violation) -> str:
    """Return the end of the message, which says what the user probably meant."""
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
    return f"Accepted values: {', '.join(violation.expected)}. "


def _repairs_at_start(versions: Versions) -> bool:
    """Return whether the version that runs, or the newest that may run, corrects removed keys."""
    found = versions.value("openclaw") if versions.known("openclaw") else None
    row = behaviour("openclaw", _REPAIR, found)
    return row is not None and row.effect == "repairs"


def _removed(violation: Violation) -> str:
    removal = removal_of(violation)
    if removal is None:
        return ""
    instead = f"; {removal.instead} replaces it" if removal.instead else ""
    return f"OpenClaw {removal.since} and later reject this key{instead}. "


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
            return f"OpenClaw {schema_version()} rejects this"
        case "missing-key":
            return f'"{violation.key}" is missing'
        case "wrong-type" | "out-of-range" if violation.expected:
            return f"must be {' or '.join(violation.expected)}"
        case "unknown-key" if meant is None:
            return "unknown key"
    return f'did you mean "{meant}"?' if meant is not None else "OpenClaw rejects this"


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
                message=f"OpenClaw {version} {'does' if sure else 'may'} not support "
                f'the api "{node.value}"',
                detail=f"This version accepts {', '.join(accepted)}. "
                f"{versions.stated('openclaw', 'OpenClaw')}.",
                place=Place(node.span.path, pointer, node.span, "not in this version"),
                consequence=f'OpenClaw {version} does not support the api "{node.value}", so it '
                "does not start",
                fixes=(
                    Fix(
                        f'set api to "{better}"',
                        "unsafe",
                        snippet=f'api: "{better}",',
                        actions=(Step("Or update OpenClaw"), VALIDATE_OPENCLAW),
                        changes=(Put(node, better),),
                    ),
                ),
            )


def _api_nodes(root: Node) -> Iterator[tuple[str, Node]]:
    """Yield every `api` of a provider or of one of its models, with its pointer."""
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
