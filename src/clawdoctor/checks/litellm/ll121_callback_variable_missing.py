"""A callback or guardrail in litellm_config.yaml lacks variables that it requires.

What it means
-------------
A callback reports requests to another service, such as Slack, Datadog or Langfuse. Without its
variables, it reports nothing. With some callbacks, LiteLLM also answers the first request after
each start with 500 and does not send it to Azure. The next requests work, so the error looks
temporary. For slack, LiteLLM first installs the package slack_bolt with pip if it is missing, and
the request waits. If the list `callbacks` contains a name that LiteLLM does not know, LiteLLM does
not start.

A guardrail checks or changes requests. LiteLLM creates it at startup. Most guardrails, and the
callback presidio, keep LiteLLM from starting if their key or address is missing. LiteLLM skips a
guardrail that has an unknown name or no mode. Only the log says so ("Skipping guardrail"), and
requests go through unchecked.

Why it happens
--------------
- You copied the line from an example and did not set the service's variables where the proxy
  starts. In a container, LiteLLM sees only the variables that the Compose file passes to it.
- The callback is in the wrong list. LiteLLM knows slack, s3, sentry and some others only in
  success_callback and failure_callback.
- The callback is not in a list. LiteLLM treats each letter of "success_callback: langfuse" as a
  callback. If input_callback is not a list, LiteLLM answers no request, or does not start.

How to fix it
-------------
Set the variables in the proxy's environment, or remove the callback:

    litellm_settings:
      failure_callback: []

Slack alerts do not need a callback. They use a webhook in SLACK_WEBHOOK_URL:

    general_settings:
      alerting: ["slack"]

Versions
--------
Tested with LiteLLM 1.106.2, 1.108.7 and 1.110.2. LL126 reports a callback whose Python package is
missing. If you run a newer version, clawdoctor only warns about a name that none of the three
versions knows. With an empty input_callback, LiteLLM 1.106 and older answer no request, and 1.108
and later do not start.

References
----------
https://docs.litellm.ai/docs/proxy/logging
https://docs.litellm.ai/docs/proxy/alerting
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from clawdoctor.chain.advice import PROXY_SETTINGS
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_value import value_of
from clawdoctor.chain.parameter import restart, where_set, with_restart
from clawdoctor.chain.proxy_packages import NO_PACKAGES
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.checks.litellm.ll121_guardrails import left_out_guardrails
from clawdoctor.checks.litellm.ll121_names import no_list, unknown_name, wrong_list
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Finding, Fix, Severity, Step, Unknown
from clawdoctor.knowledge import table
from clawdoctor.source.node import Node
from clawdoctor.wire.start_callbacks import (
    INPUT,
    input_error,
    is_unknown_callback,
    listed_callbacks,
)
from clawdoctor.wire.start_fault import STOPS
from clawdoctor.wire.start_json import are_settings_checked
from clawdoctor.wire.start_needs import Lack, is_set, lacks

_HARMLESS_IF = " There is nothing to do if the service that runs LiteLLM sets {}."
_SETTINGS = "/litellm_settings"
_LISTS = ("callbacks", "success_callback", "failure_callback")
_NO_TEXTS = (f"{_SETTINGS}/success_callback", f"{_SETTINGS}/failure_callback", INPUT)
"""Lists in whose place LiteLLM accepts a string. If it has a dot, LiteLLM exits: see LL003."""


def check(
    config: LiteLLMConfig, environment: Environment, versions: Versions
) -> Iterator[Finding | Unknown]:
    """Report callbacks without their variables, and callbacks in a list that does not know them."""
    yield from with_restart(_findings(config, environment, versions), restart(config, environment))


def _findings(
    config: LiteLLMConfig, environment: Environment, versions: Versions
) -> Iterator[Finding | Unknown]:
    lists: dict[str, str] = {}
    unsure: list[str] = []
    yield from _text_findings(config, environment, versions.judged_as())
    for setting in _LISTS:
        pointer = f"{_SETTINGS}/{setting}"
        for where, node in listed_callbacks(config.root.at(pointer), pointer):
            name = str(node.value)
            if setting == "callbacks":
                finding = _unknown_finding(node, where, config, versions)
                if finding is not None:
                    yield finding
                    continue
            elif where == pointer:
                continue  # a string in place of a list
            missing = _missing(name, config, environment)
            if not missing:
                continue
            first = setting in table("callbacks")[name].get("first", ())
            if name in lists and not first:
                continue  # the same callback in another list
            lists[name] = where
            if environment.ci and environment.proxy.basis != "known":
                unsure += [variable for variable in missing if variable not in unsure]
                continue
            yield _finding(name, missing, where, config, environment, first=first)
    yield from left_out_guardrails(config, environment, versions)
    yield from _stopping_findings(config, environment, versions, unsure)
    if unsure:
        yield Unknown(f"{unsure[0]} is not set on this CI machine, but may be where the proxy runs")


def _stopping_findings(
    config: LiteLLMConfig, environment: Environment, versions: Versions, unsure: list[str]
) -> Iterator[Finding]:
    """Report missing values that LiteLLM needs to start. Add those that may be set to `unsure`."""
    for lack in lacks(config, environment, versions.value("litellm"), NO_PACKAGES):
        if lack.kind != "variables":
            continue
        if environment.ci and environment.proxy.basis != "known":
            unsure += lack.missing
            continue
        yield _stopping(lack, config, environment)


def _unknown_finding(
    node: Node, pointer: str, config: LiteLLMConfig, versions: Versions
) -> Finding | None:
    """Return the finding about a name that LiteLLM does not know in `callbacks`."""
    name = str(node.value)
    if name in table("callbacks")["lists"]["only"]:
        return wrong_list(name, pointer, config)
    if is_unknown_callback(name, config, versions.value("litellm")):
        return unknown_name(node, pointer, config, versions)
    return None


def _text_findings(
    config: LiteLLMConfig, environment: Environment, version: str | None
) -> Iterator[Finding]:
    """Report each string in place of a list that LiteLLM starts with, and each such input_callback.

    LL003 reports a date.
    """
    block = config.root.get("litellm_settings")
    for pointer in _NO_TEXTS:
        value = value_of(block, pointer, environment.proxy)
        node = value.node
        if node is None or node.kind == "sequence":
            continue
        if node.kind == "date" and are_settings_checked(version):
            continue
        if pointer == INPUT:
            yield no_list(node, pointer, config, input_error(config, environment, version))
        elif "." not in (value.resolved or "."):
            yield no_list(node, pointer, config)


def _missing(name: str, config: LiteLLMConfig, environment: Environment) -> tuple[str, ...]:
    """Return the variables that are not set. The file's own environment_variables count."""
    row = table("callbacks").get(name) if name != "lists" else None
    if row is None or any(is_set(other, config, environment) for other in row.get("instead", ())):
        return ()
    return tuple(need for need in row["needs"] if not is_set(need, config, environment))


def _finding(
    name: str,
    missing: tuple[str, ...],
    pointer: str,
    config: LiteLLMConfig,
    environment: Environment,
    *,
    first: bool,
) -> Finding:
    scope = environment.proxy
    assumed = scope.basis != "known"
    variables = " and ".join(missing)
    where, list_name = where_set(environment), _list_name(pointer)
    why = "LiteLLM logs an error and continues without the callback."
    if first:
        why = (
            "After each start, LiteLLM answers the first request with status 500. Then it "
            "continues without the callback."
        )
    why = f"{_unset(missing, scope.source)} {why}"
    if assumed:
        why += _HARMLESS_IF.format("it" if len(missing) == 1 else "them")
    severity = Severity.WARNING if first or not assumed else Severity.INFO
    return Finding(
        severity=severity,
        message=f"{variables} {_verb(missing)} not set for the callback {name}",
        title="the variables of these callbacks are not set",
        detail=why,
        place=config.place(pointer, "its variables are not set"),
        consequence="the first request after each start fails"
        if first
        else f"{name} gets no reports",
        fixes=(
            Fix(
                title=f"set {variables} {where}, or remove {name} from {list_name}",
                actions=(
                    Step(f"Set {variables} {where}. Or remove {name} from {list_name}"),
                    restart(config, environment),
                ),
            ),
        ),
        assumed=assumed,
        allows_start=True,
    )


def _verb(variables: Sequence[str]) -> str:
    return "is" if len(variables) == 1 else "are"


def _list_name(pointer: str) -> str:
    """Return the name of the list that contains a callback or a guardrail."""
    first, *others = pointer[1:].split("/")
    above = [name for name, item in zip([first, *others], others, strict=False) if item.isdigit()]
    return above[-1] if above else first


def _unset(variables: Sequence[str], source: str) -> str:
    """Return the sentence that the variables are not set."""
    noun = "The variable is" if len(variables) == 1 else "The variables are"
    return f"{noun} not set in {source}."


def _stopping(lack: Lack, config: LiteLLMConfig, environment: Environment) -> Finding:
    """Return the finding about a callback or guardrail that keeps LiteLLM from starting."""
    scope, named = environment.proxy, lack.named
    # A setting's name is in lower case. It is missing in every environment.
    variables = [name for name in lack.missing if name.isupper()]
    assumed = bool(variables) and scope.basis != "known"
    listed = " and ".join(lack.missing)
    why = f"LiteLLM creates each {named.noun} at startup, and exits with an error if "
    why += "a variable is missing." if variables else "a setting is missing."
    if variables:
        why = f"{_unset(variables, scope.source)} {why}"
    if assumed:
        why += _HARMLESS_IF.format("it" if len(variables) == 1 else "them")
    act = f"Set {listed} {where_set(environment)}" if variables else f"Add {listed}"
    remove = f"remove {named.name} from {_list_name(named.pointer)}"
    fault = f"{listed} {_verb(lack.missing)} not set"
    sure = lack.measured and not assumed
    return Finding(
        severity=Severity.ERROR if sure else Severity.WARNING,
        message=f"{fault} for the {named.noun} {named.name}",
        title=f"values that these {named.noun}s require are not set",
        detail=why,
        place=config.place(
            named.pointer, "its variables are not set" if variables else f"no {listed}"
        ),
        consequence=f"{fault}, so {STOPS}",
        fixes=(
            Fix(
                title=f"{act[:1].lower()}{act[1:]}, or {remove}",
                actions=(
                    Step(f"{act}. Or {remove}"),
                    restart(config, environment),
                ),
            ),
        ),
        assumed=assumed,
    )


CHECK = Check(
    code="LL121",
    name="callback-variable-missing",
    stage="litellm",
    predicts=("callback", "callback-variable"),
    scope="start",
    run=check,
    documentation=__doc__,
    texts=(
        rule(
            "certain",
            "LiteLLM",
            r"\b(?P<variable>(?:DD|POSTHOG)_\w{4,7}) is not set[ .\w]{0,8}, set"
            r"|(?P<name>PAGERDUTY_API_KEY) is not set",
        ),
        rule(
            "certain",
            "LiteLLM",
            r"(?:Missing (?:keys=\[)?|Error: )'?(?P<variable>(?:SLACK_API|APORIO|OPENMETER"
            r"|PRESIDIO)_\w{3,30})|'SLACK_BOT_TOKEN' or",
        ),
        rule(
            "certain",
            "LiteLLM",
            r"\b(?P<variable>LANGFUSE_(?:PUBLIC|SECRET)_KEY)\b.{0,40}(?:must be set|not set"
            r"| environment)|Langfuse client is disabled",
            advice="langfuse",
        ),
        rule(
            "certain",
            "LiteLLM",
            r"Guard\w{0,4}Missing\w{7,11}: |of HiddenLayer"
            "|(?P<variable>GENERIC_LOGGER_ENDPOINT) not found|Skipping guardrail '",
            advice="guardrail",
        ),
        rule("likely", "LiteLLM", "callback", "ValueError: Empty module name", advice="name"),
    ),
    advice={
        "langfuse": Advice(
            "Set both keys of your Langfuse project for the proxy, in"
            f" {PROXY_SETTINGS}. Or remove langfuse from the callbacks. You find the keys in"
            " Langfuse under Settings > API Keys. If you host Langfuse yourself, also set"
            " LANGFUSE_HOST.",
            "LANGFUSE_PUBLIC_KEY=pk-lf-...\nLANGFUSE_SECRET_KEY=sk-lf-...",
        ),
        "guardrail": Advice(
            "Set the variable from the error text for the proxy, in"
            f" {PROXY_SETTINGS}. Or set the value in the guardrail's litellm_params. If you do not"
            " use this guardrail or logger, remove it from litellm_config.yaml.",
            "guardrails:\n"
            "  - guardrail_name: my-guard\n"
            "    litellm_params:\n"
            "      api_key: os.environ/<variable>",
        ),
        "skipped": Advice(
            "LiteLLM starts without this guardrail, so it checks nothing. The lines below the"
            " message name the faulty setting. Correct it in the guardrail's litellm_params in"
            " litellm_config.yaml, and restart LiteLLM:",
            "guardrails:\n"
            "  - guardrail_name: my-guard\n"
            "    litellm_params:\n"
            "      guardrail: presidio\n"
            "      mode: pre_call",
            when="Skipping guardrail '",
        ),
        "name": Advice(
            "An entry of callbacks is empty or not a name. Use the name of a LiteLLM callback, or"
            " the dotted path to your own callback, and remove empty entries:",
            'litellm_settings:\n  callbacks: ["prometheus"]',
        ),
    },
)
