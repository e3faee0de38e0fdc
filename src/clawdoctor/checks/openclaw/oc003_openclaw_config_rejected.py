"""OpenClaw refuses its configuration: a key or a value in it is none that it knows.

What it means
-------------
OpenClaw checks every key of openclaw.json against a strict schema. One that is misspelt or in the
wrong place is enough: the Gateway does not start, and other commands end with "OpenClaw config is
invalid". Nothing is taken from the rest of the file.

Why it happens
--------------
A key is misspelt (apikey, baseURL) or stands one level too high (providers outside of models), the
api is misspelt or was renamed, a provider has no baseUrl or no models, a model is a bare string or
has no name, or the file was written for another version: env: { NAME: "value" } was fine early in
2026 and is env: { vars: { NAME: "value" } } now.

How to fix it
-------------
Correct the entry, then ask OpenClaw:

    openclaw config validate

`openclaw doctor --fix` repairs some old forms by itself; it deletes what it does not know.

Versions
--------
The schema is that of OpenClaw 2026.9.6. For a newer one, unknown keys are left alone unless they
look misspelt; for an older one, what is not known to have been wrong then is left alone. The values
of api are known for each version since 2026.2.17.

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
from clawdoctor.chain.openclaw_file import OpenClawFile
from clawdoctor.chain.schema import Violation, schema_version, violations
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check, signature
from clawdoctor.checks.openclaw.oc003_fixes import MODEL, fix_of, is_slip
from clawdoctor.checks.patterns import alone, near
from clawdoctor.finding import Finding, Fix, Place, Severity, Step
from clawdoctor.knowledge import release
from clawdoctor.knowledge.openclaw_api import api_values
from clawdoctor.source.node import Node, join_pointer, nearest_existing, split_pointer

_API = re.compile(r"/models/providers/[^/]+(?:/models/\d+)?/api")

_OWNERSHIP = "/agents/ownership"

_ENTRIES = "OpenClaw refuses the whole file for these entries"
_MODELS = 'the entries of "models" must be objects with "id" and "name"'

Era = Literal["known", "newer", "older"]


def check(file: OpenClawFile, versions: Versions) -> Iterator[Finding]:
    """What OpenClaw refuses, weighed by how sure that is for the version found."""
    era = _era(versions)
    for violation in violations(file.root):
        of_api = era == "older" and _API.fullmatch(violation.pointer)
        if of_api and violation.kind in ("not-allowed", "removed-value"):
            yield from _old_api(violation, file, versions)
            continue
        severity = _severity(violation, era)
        if _is_old_roster(violation, file, versions):
            severity = Severity.WARNING
        if severity is not None:
            yield _finding(violation, severity, file, versions)
    if era == "older":
        yield from _not_yet(file, versions)


def _era(versions: Versions) -> Era:
    """How the version found relates to the schema's; an unknown one is taken for the same."""
    found, known = release(versions.value("openclaw") or ""), release(schema_version())
    assert known is not None
    if found is None or found == known:
        return "known"
    if found > known:
        return "newer"
    return "older" if versions.known("openclaw") else "known"


def _severity(violation: Violation, era: Era) -> Severity | None:
    """None where another version than the schema's may well take it."""
    if era == "known" or (violation.kind == "wrong-type" and MODEL.fullmatch(violation.pointer)):
        return Severity.ERROR
    match violation.kind:
        case "wrong-type" | "missing-key":
            return Severity.ERROR if era == "newer" else Severity.WARNING
        case "unknown-key" | "not-allowed":
            # A key that belongs elsewhere now may have been right before, or be right again.
            return Severity.WARNING if _is_misspelt(violation) else None
        case _:
            return Severity.WARNING if era == "newer" else None


def _is_old_roster(violation: Violation, file: OpenClawFile, versions: Versions) -> bool:
    """A list of agents as older versions have it, which took several without an owner."""
    old_form = violation.pointer == _OWNERSHIP and file.root.at("/agents/list") is not None
    return old_form and not versions.known("openclaw")


def _is_misspelt(violation: Violation) -> bool:
    meant = violation.suggestion
    if meant is None or "." in meant:
        return False
    return violation.kind == "not-allowed" or is_slip(violation.key, meant)


def _finding(
    violation: Violation, severity: Severity, file: OpenClawFile, versions: Versions
) -> Finding:
    consequence = "OpenClaw does not start"
    why = "OpenClaw refuses the whole file for one such entry"
    if violation.repaired:
        consequence = "OpenClaw's commands refuse its configuration"
        why = "OpenClaw's commands refuse the whole file; its Gateway rewrites this when it starts"
    return Finding(
        severity=severity,
        message=f"{violation.message}{_where(violation)}{_meant(violation)}",
        title=_MODELS if MODEL.fullmatch(violation.pointer) else _ENTRIES,
        detail=f"{why}. {_listed(violation)}{versions.stated('openclaw', 'OpenClaw')}.",
        place=_place(violation, file),
        consequence=consequence,
        fixes=(fix_of(violation, file.root),),
    )


def _where(violation: Violation) -> str:
    """Where a key is missing, as OpenClaw itself says it."""
    if violation.kind != "missing-key" or ":" in violation.message:
        return ""
    dotted = re.sub(r"\.(\d+)(?=\.|$)", r"[\1]", ".".join(split_pointer(violation.pointer)[:-1]))
    return f" in {dotted}" if dotted else ""


def _meant(violation: Violation) -> str:
    """What was probably meant, as the end of the message."""
    meant = violation.suggestion
    if meant is None:
        return ""
    where, dot, last = meant.rpartition(".")
    if dot and last == violation.key:
        return f"; it belongs in {where}"
    return f'; did you mean "{meant}"?'


def _listed(violation: Violation) -> str:
    if violation.kind not in ("not-allowed", "removed-value") or not violation.expected:
        return ""
    return f"It takes {', '.join(violation.expected)}. "


def _place(violation: Violation, file: OpenClawFile) -> Place:
    pointer = violation.pointer
    if violation.kind == "missing-key":
        pointer = nearest_existing(file.root, pointer)[0]
    path = violation.span.path if violation.span is not None else file.path
    return Place(path, pointer, violation.span, _label(violation))


def _label(violation: Violation) -> str:
    meant = violation.suggestion
    match violation.kind:
        case "missing-key":
            return f'"{violation.key}" is missing here'
        case "wrong-type" | "out-of-range" if violation.expected:
            return f"must be {' or '.join(violation.expected)}"
        case "unknown-key" if meant is None:
            return "OpenClaw knows no such key"
    return f"probably meant: {meant}" if meant is not None else "OpenClaw refuses this"


def _old_api(violation: Violation, file: OpenClawFile, versions: Versions) -> Iterator[Finding]:
    """A value of `api` that the schema refuses: the older version found may have taken it."""
    node = file.root.at(violation.pointer)
    taken = api_values(versions.value("openclaw") or "")
    if node is None or node.value in taken:
        return
    meant = violation.suggestion if violation.suggestion in taken else None
    told = replace(violation, expected=taken, suggestion=meant)
    yield _finding(told, Severity.ERROR, file, versions)


def _not_yet(file: OpenClawFile, versions: Versions) -> Iterator[Finding]:
    """A value of `api` that the schema takes and the older version found does not."""
    taken, newest = api_values(versions.value("openclaw") or ""), api_values(schema_version())
    for pointer, node in _apis(file.root):
        if node.value in newest and node.value not in taken:
            advice = "update OpenClaw, or write an api that it knows"
            yield Finding(
                severity=Severity.ERROR,
                message=f'"{node.value}" is no api that this OpenClaw knows yet',
                detail=f"It takes {', '.join(taken)}. {versions.stated('openclaw', 'OpenClaw')}.",
                place=Place(node.span.path, pointer, node.span, "not in this version"),
                consequence="OpenClaw does not start",
                fixes=(Fix(title=advice, actions=(Step(advice), VALIDATE_OPENCLAW)),),
            )


def _apis(root: Node) -> Iterator[tuple[str, Node]]:
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


_PATH = r"(?:models|agents|env|gateway|tools|channels|plugins)"
_ANY_PATH = (
    r"(?:models|agents|env|gateway|tools|channels|plugins|meta|memory|session|logging|diagnostics"
    r"|bindings|messages|commands|skills|browser|hooks|cron|auth|secrets|wizard)"
)

CHECK = Check(
    code="OC003",
    name="openclaw-config-rejected",
    stage="openclaw",
    scope="start",
    run=check,
    documentation=__doc__,
    survives_evidence=True,
    texts=(
        signature(
            r"Unknown config keys?:? .{0,20}?(?P<path>(?:models\.providers"
            r"|agents\.)[^\s,]{1,120})",
            "likely",
            "OpenClaw",
        ),
        signature(
            rf"(?P<path>(?:<root>|{_PATH}(?:\.[^\s:]{{1,120}})?)): Unrecognized keys?: "
            rf"(?P<keys>\"(?!\$include)[^\"]{{1,80}}\")",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"Config validation failed: (?P<path>[^\s:]{1,120}): Unrecognized keys?: "
            r"(?P<keys>\"(?!\$include)[^\"]{1,80}\")",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"(?P<path>models\.providers\.[^\s:]{1,120}): Invalid option: expected one of "
            r"(?P<allowed>\"[^,]{1,400}\")(?:, got: \"(?P<value>[^\"]{1,80})\")?",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"(?P<path>(?:models\.(?:providers|mode)|agents\.(?:defaults|entries"
            r"|list))[^\s:]{0,120}): (?:Invalid (?:input|option|enum value|type|string"
            r"|literal)|Required\b|Expected|Too (?:small|big)|Unrecognized key\(s\))(?:: "
            r"expected (?P<expected>\w{1,20}), received (?P<received>\w{1,20}))?",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"custom model providers must declare (?P<setting>baseUrl|models)",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"\"(?P<value>[\w-]{1,60})\" is a removed api id; use \"(?P<meant>[\w-]{1,60})\"",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"Config validation failed: (?![\w.-]{1,120}\.(?:[cm]?[jt]s|json5?|ya?ml|toml|py):)"
            r"(?P<path>[\w.<>\[\]-]{1,120}): (?!Unrecognized "
            r"keys?: \"\$include|Missing env|plugin: failed to parse plugin manifest)",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"(?:Invalid config at |OpenClaw config is invalid: |Config invalid File: "
            r")(?P<path>\S{1,200}\.json)(?!.{0,200}(?:JSON5 parse failed|include|Missing "
            r"env var))",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"Config(?:uration)? (?:is )?invalid\b(?!.{0,300}(?:JSON5 parse failed|include"
            r"|Missing env var)).{0,200}(?:openclaw|clawdbot|moltbot) (?:doctor|config)",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"final-config-validation[\"'].{0,80}?message[\"']: "
            r"?[\"'](?P<problem>.{1,120}?)[\"'],",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"[\"']?baseUrl[\"']? is required when defining custom models",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"Gateway (?:aborted|failed to start|start blocked|refused to "
            r"start)[^.]{0,40}\bconfig(?:uration)? (?:is )?invalid",
            "likely",
            "OpenClaw",
        ),
        signature(
            rf"(?:openclaw|clawdbot"
            rf"|moltbot)\.json\b.{{0,20}}?\b(?P<path>{_ANY_PATH}(?:\.[^\s:]{{1,120}})?): "
            r"(?:Invalid (?:input|option|type)|Required\b|Too (?:small|big))",
            "certain",
            "OpenClaw",
        ),
        signature(
            near(
                rf"(?P<path>\b{_ANY_PATH}\.[^\s:]{{1,120}}): (?:Invalid (?:input|option|type)"
                rf"|Unrecognized key)",
                r"(?:openclaw|clawdbot|moltbot) doctor",
                300,
            ),
            "certain",
            "OpenClaw",
        ),
        signature(
            r"existing config is missing (?P<setting>gateway\.\w{1,30})",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"\bproviders\.(?P<provider>[\w-]{1,60})(?:\.\S{1,80})? missing required property "
            r"['\"]?(?P<setting>baseUrl|models)\b",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"\bmodels\.providers\S{1,120}.{0,20}?(?:Expected|Invalid|Required|expected|invalid"
            r"|required)\b",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"Config (?:file )?is invalid; (?:fix it before|cannot validate)|cannot run [\w "
            r"]{1,40}because "
            r"config is invalid|config reload skipped \(invalid config\)",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"Config invalid(?: at|:| after [\w /]{1,30}?:?)? "
            r"[(\W]{0,3}(?P<path>\S{1,200}(?:openclaw|clawdbot"
            r"|moltbot)\.json)(?!.{0,200}(?:JSON5 parse failed|include|Missing env var))",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"config (?:auto-)?(?:reload )?restored (?:from )?last-known-good|restored "
            r"openclaw\.json from last-known-good|last-known-good\b.{0,80}invalid-config",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"final config read became invalid|(?:selected|target) config(?:uration)? (?:is still"
            r"|became) "
            r"invalid|config is still invalid after|openclaw\.json failed validation",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"Legacy config (?:keys|entries) detected|config moved to (?:channels|agents|models"
            r"|tools)\.\w{1,40}|\(auto-migrated on load\)",
            "likely",
            "OpenClaw",
        ),
        signature(
            near(
                r"\b(?:is|are|was|were) (?:legacy\b(?! prov)|removed|renamed|deprecated|retired"
                r"|obsolete)"
                r"|\bno longer (?:supported|valid|recognized)",
                r"Run:? .?(?:openclaw|clawdbot) doctor",
                200,
            ),
            "likely",
            "OpenClaw",
        ),
        signature(
            r"Provider (?P<provider>[\w./-]{1,80})(?:, model [\w./:-]{1,120})?: (?:model missing "
            r"['\"]?(?P<setting>id|name)|invalid (?:contextWindow|maxTokens)|must specify\b"
            r"|['\"]baseUrl['\"] is required when)",
            "certain",
            "OpenClaw",
        ),
        signature(
            rf"\b(?P<path>{_ANY_PATH}(?:\.[^\s:]{{1,120}})?): "
            rf"Unrecognized key(?:s|\(s\))?\b(?!: \"\$include)",
            "likely",
            "OpenClaw",
        ),
        signature(
            near(
                r"Unrecognized key(?:s|\(s\))?\b(?!: \"\$include)",
                r"\b(?:openclaw|clawdbot|moltbot)\b",
                300,
            ),
            "likely",
            "OpenClaw",
        ),
        signature(
            near(
                r"\b(?:openclaw|clawdbot|moltbot)\b",
                r"Unrecognized key(?:s|\(s\))?\b(?!: \"\$include)",
                200,
            ),
            "likely",
            "OpenClaw",
        ),
        signature(
            alone(
                r"Unrecognized key(?:s|\(s\))?(?: in object)?: ['\"]|Invalid input: expected "
                r"\w{1,20}, "
                r"received \w{1,20}|Expected (?:object|array|string|number|boolean), received "
                r"(?:undefined|null|string|number|object|array|boolean)"
            ),
            "possible",
            "OpenClaw",
        ),
        signature(
            r"Gateway start blocked: set gateway\.mode",
            "possible",
            "OpenClaw",
        ),
        signature(
            near(
                r"\bmodels?\.providers\b",
                r"\bmissing (?:the )?(?:required )?(?:field|property|key)?s?\b"
                r"|must (?:have|declare|be|contain)\b|\bis (?:required|invalid)"
                r"|validation (?:failed|error)|schema",
                80,
            ),
            "likely",
            "OpenClaw",
        ),
        signature(
            r"Gateway\w{0,6}RequestError: invalid config",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"\bUnknown config keys?\b",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"\bConfig invalid; doctor will run\b",
            "likely",
            "OpenClaw",
        ),
        signature(
            near(r"unrecognized_keys", r"['\"](?:models|agents|providers)['\"]", 200),
            "likely",
            "OpenClaw",
        ),
        signature(
            r"Invalid models\.json schema",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"\bproviders?\.models\.\w{1,12} is not a function|\bmodels\.map is not a function",
            "possible",
            "a program that reads OpenClaw's file",
        ),
    ),
)
