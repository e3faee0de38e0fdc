"""The proxy has no master key, or one that everybody knows, and refuses to start.

What it means
-------------
Current versions of LiteLLM exit with code 3 when they have no master key: "LiteLLM proxy refused
to start: no master key is set". The same goes for the example key sk-1234 of its own guides.
OpenClaw then finds nobody at the proxy's port.

Why it happens
--------------
Guides written for older versions leave the key out. Or it stands in litellm_settings or at the top
of the file, where LiteLLM does not look; or it is os.environ/NAME and NAME is not set where the
proxy starts. A key of digits only has to be quoted, or YAML makes a number of it.

How to fix it
-------------
Refer to a variable in the config, and set it to a key of your own where the proxy starts:

    general_settings:
      master_key: os.environ/LITELLM_MASTER_KEY

    echo "LITELLM_MASTER_KEY=sk-$(openssl rand -hex 24)" >> .env

OpenClaw needs the same key: apiKey: "${LITELLM_MASTER_KEY}". To try something without a key on your
own machine, set general_settings.dangerously_permit_weak_or_unset_master_key to true.

Versions
--------
LiteLLM 1.104.0 and later refuse to start. Older ones start and let everyone in.

References
----------
https://docs.litellm.ai/docs/proxy/virtual_keys
https://github.com/BerriAI/litellm/pull/42019
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from clawdoctor.chain.advice import generate_key
from clawdoctor.chain.environment import Environment, Variable
from clawdoctor.chain.litellm import REFERENCE, LiteLLMConfig
from clawdoctor.chain.parameter import file_name, restart
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check, signature
from clawdoctor.finding import Action, Command, Finding, Fix, Place, Severity, Step, Unknown
from clawdoctor.knowledge import Behaviour, behaviour
from clawdoctor.knowledge.did_you_mean import nearest
from clawdoctor.source.node import Node, join_pointer

NAME = "LITELLM_MASTER_KEY"
"""The variable that LiteLLM reads where the config names no key."""

_PUBLIC = "sk-1234"
_POINTER = "/general_settings/master_key"
_ALLOWED = "dangerously_permit_weak_or_unset_master_key"
_ALLOWED_VARIABLE = "LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY"
_ELSEWHERE = ("/litellm_settings/master_key", "/master_key", "/router_settings/master_key")


@dataclass(frozen=True, slots=True)
class _Fault:
    """Why there is no key that counts. `optional`: an old version starts all the same.

    `variable` is the one to set where the config already refers to it.
    """

    message: str
    place: Place
    why: str = ""
    related: tuple[Place, ...] = ()
    severity: Severity = Severity.ERROR
    optional: bool = True
    variable: str | None = None


def check(
    config: LiteLLMConfig, environment: Environment, versions: Versions
) -> Iterator[Finding | Unknown]:
    """The key as LiteLLM finds it: the config's, else the environment's, by its own rules."""
    if _is_allowed(config, environment):
        return
    if config.root.at("/general_settings/key_management_system") is not None:
        if config.master_key.state in ("missing", "unset"):
            yield Unknown("the master key may come from the secret manager of general_settings")
        return
    fault = _fault(config, environment)
    if isinstance(fault, Unknown):
        yield fault
    elif fault is not None:
        row = behaviour("litellm", "master-key", versions.value("litellm"))
        assert row is not None, "the rows of master-key leave a version out"
        yield _finding(fault, row, config, environment, versions)


def _is_allowed(config: LiteLLMConfig, environment: Environment) -> bool:
    """Whether the user asked for a proxy without a key. LiteLLM takes only a real true."""
    node = config.root.at(f"/general_settings/{_ALLOWED}")
    seen = environment.proxy.get(_ALLOWED_VARIABLE)
    return (node is not None and node.value is True) or (
        seen is not None and seen.value.strip().casefold() == "true"
    )


def _fault(config: LiteLLMConfig, environment: Environment) -> _Fault | Unknown | None:
    key, seen = config.master_key, environment.proxy.get(NAME)
    if key.state == "not-a-string":
        return _not_a_text(config, key.node)
    if key.state == "unset":
        return _unset(config, environment, key.variable or "")
    if key.node is not None and not (key.resolved or "").strip():
        return _Fault(
            message="the proxy will refuse to start: the master key is blank",
            place=config.place(_POINTER, "nothing here"),
            why=f"LiteLLM does not look at {NAME} when this line is there.",
        )
    if key.resolved is not None:
        return _public(config, key.resolved, key.found)
    if seen is not None and seen.value.strip():
        return _public(config, seen.value, seen)
    return _missing(config, environment)


def _not_a_text(config: LiteLLMConfig, node: Node | None) -> _Fault:
    number = node is not None and node.kind == "number"
    return _Fault(
        message=f"the proxy will not start: its master key is {'a number' if number else 'no text'}"
        f"{', not quoted' if number else ''}",
        place=config.place(_POINTER, "needs quotes" if number else "a key in quotes belongs here"),
        why="LiteLLM ends with AttributeError: ... object has no attribute 'startswith'.",
        optional=False,
    )


def _unset(config: LiteLLMConfig, environment: Environment, name: str) -> _Fault | Unknown | None:
    """As LL103 treats it. In a container it is for DK102 to say."""
    proxy = environment.proxy
    if proxy.container is not None:
        return None
    block = config.root.at(f"/environment_variables/{name}")
    why = f"LiteLLM reads {REFERENCE}{name} and finds nothing there."
    if block is not None:
        why = "LiteLLM resolves references before it reads environment_variables."
    elif proxy.basis == "assumed" and environment.ci:
        return Unknown(f"{name} is not set here; where the proxy starts it may be")
    assumed = proxy.basis == "assumed" and block is None
    where = "in this shell" if assumed else f"in {proxy.source}"
    return _Fault(
        message=f"the master key is {REFERENCE}{name}, and {name} is not set {where}"
        if block is None
        else f"the master key is {REFERENCE}{name}, which is set too late",
        place=config.place(_POINTER, f"{name} is not set {where}" if block is None else "empty"),
        why=why,
        related=(config.place(f"/environment_variables/{name}", "read too late"),)
        if block is not None
        else (),
        severity=Severity.WARNING if assumed else Severity.ERROR,
        variable=name if block is None else None,
    )


def _public(config: LiteLLMConfig, value: str, seen: Variable | None) -> _Fault | None:
    if value.strip() != _PUBLIC:
        return None
    label = f"{_PUBLIC} stands in every guide"
    place = config.place(_POINTER, f"{seen.name} is {_PUBLIC}" if seen is not None else label)
    if seen is not None and seen.place is not None:
        place = Place(seen.place.path, seen.place.pointer, seen.place.span, label)
    return _Fault(
        message=f"the proxy will refuse to start: {_PUBLIC} is a publicly known master key",
        place=place,
        why=f"{seen.name} is set in {seen.source}. It counts as none."
        if seen is not None and seen.place is None
        else "It counts as none.",
        variable=seen.name if seen is not None else None,
    )


def _missing(config: LiteLLMConfig, environment: Environment) -> _Fault | None:
    general = config.root.get("general_settings")
    message = "the proxy will refuse to start: no master key"
    if config.root.at(f"/environment_variables/{NAME}") is not None:
        if general is not None and general.entries:
            return None
        return _Fault(
            message=message,
            place=config.place(f"/environment_variables/{NAME}/-", "does not count here"),
            why="LiteLLM reads environment_variables too late for this one.",
        )
    elsewhere = [pointer for pointer in _ELSEWHERE if config.root.at(pointer) is not None]
    if elsewhere:
        section = elsewhere[0].split("/")[-2]
        where = f"in {section}" if section else "at the top of the file"
        return _Fault(
            message=f"{message}; LiteLLM does not look for it {where}",
            place=config.place(f"{elsewhere[0]}/-", "belongs to general_settings"),
            why="The key counts in general_settings only.",
        )
    if environment.proxy.container is not None:
        return None
    slip = _misspelt(config)
    if slip is not None:
        meant = "master_key" if slip.count("/") > 1 else "general_settings"
        return _Fault(
            message=f'{message}; LiteLLM does not know "{slip.rpartition("/")[2]}"',
            place=config.place(f"{slip}/-", f"has to be called {meant}"),
            why=f"The key counts as {_POINTER[1:].replace('/', '.')} only.",
        )
    return _Fault(
        message=message,
        place=config.place(_POINTER, f"no general_settings.master_key; {NAME} unset"),
        severity=Severity.WARNING if environment.ci else Severity.ERROR,
    )


def _misspelt(config: LiteLLMConfig) -> str | None:
    """Where the key, or the section that it stands in, has nearly the right name."""
    section, key = _POINTER[1:].split("/")
    general = config.root.get(section)
    if general is not None:
        slip = next((name for name, _ in general.children() if nearest(name, (key,))), None)
        return join_pointer(f"/{section}", slip) if slip is not None else None
    for name, node in config.root.children():
        if nearest(name, (section,)) and node.get(key) is not None:
            return join_pointer("", name)
    return None


def _finding(
    fault: _Fault,
    row: Behaviour,
    config: LiteLLMConfig,
    environment: Environment,
    versions: Versions,
) -> Finding:
    starts = row.effect == "optional" and fault.optional
    version = f"{row.says}; {versions.stated('litellm', 'LiteLLM')}." if fault.optional else ""
    return Finding(
        severity=fault.severity.at_most(Severity.WARNING) if starts else fault.severity,
        message="the proxy starts without a master key that protects it"
        if starts
        else fault.message,
        detail=f"{fault.why} {version}".strip(),
        place=fault.place,
        consequence="the proxy lets everyone in" if starts else "the proxy does not start",
        related=fault.related,
        fixes=(_fix(fault, config, environment),),
    )


def _fix(fault: _Fault, config: LiteLLMConfig, environment: Environment) -> Fix:
    name = fault.variable or NAME
    seen = environment.proxy.get(name)
    actions: tuple[Action, ...] = (generate_key(name),)
    if seen is not None and seen.value.strip() not in ("", _PUBLIC):
        actions = ()
    elif seen is not None and seen.value:  # a second line may lose against the one that is there
        where = file_name(seen.place.path) if seen.place is not None else seen.source
        actions = (
            Command('echo "sk-$(openssl rand -hex 24)"'),
            Step(f"put that in place of the value of {name} in {where}"),
        )
    then = "then" if actions else f"{name} is set already;"
    return Fix(
        title="give the proxy a master key",
        snippet=""
        if fault.variable is not None
        else f"general_settings:\n  master_key: {REFERENCE}{NAME}",
        actions=(
            *actions,
            Step(f'{then} the same key for OpenClaw: apiKey: "${{{name}}}"'),
            restart(config, environment),
        ),
    )


CHECK = Check(
    code="LL108",
    name="master-key-missing",
    stage="litellm",
    scope="start",
    run=check,
    documentation=__doc__,
    texts=(
        signature(
            r"LiteLLM proxy refused to start: (?:no master key is set|the master key is "
            r"(?:a publicly known default|empty))",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"the master key is a publicly known default",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"general_settings\.master_key in (?P<path>\S{1,300}) is blank, or points at an "
            r"environment variable that is not set",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"Neither general_settings\.master_key nor the LITELLM_MASTER_KEY environment "
            r"variable is set",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"(?P<variable>LITELLM_MASTER_KEY)\b['\"`]? (?:environment variable |env var "
            r")?(?:is |must be )?(?:not set|unset|missing|empty|required)",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"Master Key (?:is )?not set(?: for Proxy)?",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"(?:litellm|proxy_server|master_key)(?:(?!AttributeError:).){0,300}AttributeErr"
            r"or: '(?P<type>int|float|bool)' object has no attribute 'startswith'",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"'(?P<type>int|float|bool)' object has no attribute 'startswith'",
            "possible",
            "LiteLLM",
        ),
        signature(
            r"Master key is not initialized|Master key must be a (?:valid )?string"
            r"|set Proxy master key to use UI|no master key is set\b|(?:(?:must|please|need to"
            r"|have to|has to|forgot to) (?:set|define|provide|export)|missing"
            r"|without)[^.]{0,30}\bLITELLM_MASTER_KEY\b"
            r"|LITELLM_MASTER_KEY\b['\"`]? (?:environment variable "
            r"|env(?:ironment)? var(?:iable)? )?(?:must be|has to be|needs to be|isn't|wasn't"
            r"|not) (?:set|defined|provided|found|configured)"
            r"|master key .{0,60}publicly known default",
            "likely",
            "LiteLLM",
        ),
    ),
)
