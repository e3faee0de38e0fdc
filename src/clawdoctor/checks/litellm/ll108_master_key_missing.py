"""The proxy has no master key, or a publicly known one, and refuses to start.

What it means
-------------
Current versions of LiteLLM exit with code 3 if they have no master key: "LiteLLM proxy refused to
start: no master key is set". They do the same with sk-1234, the example key of LiteLLM's guides.
OpenClaw then gets no answer on the proxy's port.

Why it happens
--------------
- Guides for older versions omit the key.
- The key is in litellm_settings or at the top level of the file, where LiteLLM does not look.
- The key is os.environ/NAME, and NAME is not set in the proxy's environment. It may be in a .env
  that LiteLLM does not read.
- The key contains only digits and has no quotes, so YAML turns it into a number.

How to fix it
-------------
Refer to a variable in the config, and set it in the proxy's environment:

    general_settings:
      master_key: os.environ/LITELLM_MASTER_KEY

    export LITELLM_MASTER_KEY=sk-...

If other programs already use this proxy, use their key, because a new key would lock them out.
Otherwise create one: `echo sk-$(openssl rand -hex 24)`. OpenClaw needs the same key: apiKey:
"${LITELLM_MASTER_KEY}". For an experiment without a key on your own machine, set
general_settings.dangerously_permit_weak_or_unset_master_key to true.

Versions
--------
LiteLLM 1.104.0 and later refuse to start. Older versions start and accept requests from anyone.

References
----------
https://docs.litellm.ai/docs/proxy/virtual_keys
https://github.com/BerriAI/litellm/pull/42019
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from clawdoctor.chain.advice import PROXY_SETTINGS, set_for_proxy
from clawdoctor.chain.endpoint import Endpoints
from clawdoctor.chain.environment import Environment, Variable
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_value import REFERENCE
from clawdoctor.chain.openclaw import Provider
from clawdoctor.chain.parameter import file_name, restart, where_set
from clawdoctor.chain.placeholder import is_placeholder
from clawdoctor.chain.route import Chain
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.checks.litellm.ll103_unset import set_title, set_where_it_starts
from clawdoctor.checks.litellm.ll108_master_key import PUBLIC, Fault, master_key_fault
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Action, Command, Finding, Fix, Severity, Step, Unknown
from clawdoctor.knowledge import Behaviour, behaviour
from clawdoctor.probes.proxy import AliveProxy
from clawdoctor.run.facts import Facts
from clawdoctor.run.needs import Unavailable
from clawdoctor.source.secret import Secret
from clawdoctor.wire.proxy_key import MASTER_KEY, permits_no_key

_NO_START = ", so the proxy does not start"


def check(
    config: LiteLLMConfig,
    environment: Environment,
    versions: Versions,
    chain: Chain,
    endpoints: Endpoints,
    facts: Facts,
) -> Iterator[Finding | Unknown]:
    """Report a missing or unusable master key in the config or the environment."""
    if permits_no_key(config, environment):
        return
    if config.root.at("/general_settings/key_management_system") is not None:
        if config.master_key.state in ("missing", "unset"):
            yield Unknown("the master key may come from the secret manager in general_settings")
        return
    answers = [facts.get(AliveProxy, proxy) for proxy in endpoints.proxies]
    unanswered = bool(answers) and all(
        isinstance(answer, Unavailable) and answer.kind == "proxy-unreachable" for answer in answers
    )
    fault = master_key_fault(config, environment, unanswered=unanswered)
    if isinstance(fault, Unknown):
        yield fault
    elif fault is not None:
        if fault.assumed and any(isinstance(answer, AliveProxy) for answer in answers):
            return  # the proxy was started with a key
        row = behaviour("litellm", "master-key", versions.value("litellm"))
        assert row is not None, "the rows of master-key leave a version out"
        finding = _finding(fault, row, config, environment, versions, chain)
        if fault.assumed and unanswered:
            reason = "No proxy answers, and this may be the reason."
            finding = replace(finding, detail=f"{finding.detail} {reason}")
        yield finding


def _finding(
    fault: Fault,
    row: Behaviour,
    config: LiteLLMConfig,
    environment: Environment,
    versions: Versions,
    chain: Chain,
) -> Finding:
    starts = row.effect == "optional" and fault.optional
    version = f"{row.says}. {versions.stated('litellm', 'LiteLLM')}." if fault.optional else ""
    return Finding(
        severity=fault.severity.at_most(Severity.WARNING) if starts else fault.severity,
        message="the proxy has no master key and accepts requests from anyone"
        if starts
        else fault.message,
        detail=f"{fault.why} {version}".strip(),
        place=fault.place,
        consequence="anyone can use the proxy" if starts else _consequence(fault),
        related=fault.related,
        fixes=(_fix(fault, config, environment, chain),),
    )


_OPEN = "the proxy has no master key and accepts requests from anyone"


def _consequence(fault: Fault) -> str:
    message = fault.message.partition(";")[0]
    return message if "not start" in message else message + _NO_START


def _fix(fault: Fault, config: LiteLLMConfig, environment: Environment, chain: Chain) -> Fix:
    if fault.remedy:
        return Fix(
            title=fault.remedy,
            applicability="safe" if fault.changes else "manual",
            changes=fault.changes,
            actions=(restart(config, environment),),
        )
    name = fault.variable or MASTER_KEY
    if not name.isidentifier():  # another name could be code in the shell command
        name = MASTER_KEY
    return Fix(
        title=_title(fault, name, config, environment)
        + (
            ", unless the service that starts LiteLLM already sets the variable"
            if fault.assumed
            else ""
        ),
        applicability="unsafe" if fault.changes else "manual",
        changes=fault.changes,
        snippet=""
        if fault.variable is not None
        else f"general_settings:\n  master_key: {REFERENCE}{MASTER_KEY}",
        actions=(
            *_key_actions(name, environment, chain),
            restart(config, environment),
        ),
    )


def _title(fault: Fault, name: str, config: LiteLLMConfig, environment: Environment) -> str:
    variable = environment.proxy.get(name)
    if variable is not None and variable.value.stripped() == Secret(PUBLIC):
        return f"replace the value of {name} in {_where(variable)} with a key of your own"
    if fault.variable is not None:
        return set_title(name, environment)
    if fault.changes:
        return f"set master_key to {REFERENCE}{name}"
    file, where = file_name(config.path), where_set(environment)
    return f"in {file}, add master_key to general_settings; then set {name} {where}"


def _where(variable: Variable) -> str:
    return file_name(variable.place.path) if variable.place is not None else variable.source


def _key_actions(name: str, environment: Environment, chain: Chain) -> tuple[Action, ...]:
    """Return the actions that set the variable. A new key replaces only a publicly known key.

    If a client already sends a key, a second key would lock it out.
    """
    variable = environment.proxy.get(name)
    same = f'Give OpenClaw the same key: apiKey: "${{{name}}}"'
    if variable is not None and variable.value.test(lambda text: text.strip() not in ("", PUBLIC)):
        return (Step(f"{name} is already set. {same}"),)
    if variable is not None and variable.value:
        # LiteLLM may not read a second line for the same variable.
        return (
            Command('echo "sk-$(openssl rand -hex 24)"'),
            Step(f"Replace the value of {name} in {_where(variable)} with the output"),
            Step(same),
        )
    if environment.proxy.unread.get(name) is not None:
        return (set_where_it_starts(name, environment, ""),)
    if any(_has_own_key(provider) for provider in chain.proxy_providers):
        return (set_for_proxy(name, "the key that OpenClaw sends", where_set(environment)),)
    return (
        Step(
            "Create a key: echo sk-$(openssl rand -hex 24). If other programs already use this "
            "proxy, use their key instead"
        ),
        set_where_it_starts(name, environment, "the proxy's key"),
    )


def _has_own_key(provider: Provider) -> bool:
    """Return whether OpenClaw has a key for the proxy, or a reference to it, not a placeholder."""
    key = provider.api_key
    is_example = key.resolved is not None and key.resolved.test(is_placeholder)
    return key.state != "missing" and not is_example


CHECK = Check(
    code="LL108",
    name="master-key-missing",
    stage="litellm",
    scope="start",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    predicts=("master-key",),
    texts=(
        rule("certain", "LiteLLM", "the master key is a publicly known default", advice="weak"),
        rule(
            "likely",
            "LiteLLM",
            r"no master key is set|nor the LITELLM_MA|master[_ ]key [\w ]{0,26}?(?:(?:be|id) [sd]"
            r"|not (?:set|init)|is (?:mis|emp|uns))",
        ),
        rule(
            "likely",
            "LiteLLM",
            "master[_ ]key",
            "'(?P<type>int|float|bool)' object has no attribute 'startswith'|must be a string",
            advice="quotes",
        ),
    ),
    advice={
        "weak": Advice(
            "The master key is a publicly known example key, such as sk-1234. Create your own key."
            f" Set it for the proxy, in {PROXY_SETTINGS}, and for OpenClaw and every other program"
            " that sent the old key:",
            "general_settings:\n  master_key: os.environ/LITELLM_MASTER_KEY",
            run=('echo "LITELLM_MASTER_KEY=sk-$(openssl rand -hex 24)"',),
        ),
        "quotes": Advice(
            "YAML turns the unquoted master key into a number. Put quotes around it in"
            " litellm_config.yaml. It must start with sk-. Better, refer to a variable:",
            "general_settings:\n  master_key: os.environ/LITELLM_MASTER_KEY",
        ),
    },
)
