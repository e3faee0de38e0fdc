"""A callback or guardrail in litellm_config.yaml lacks the variables that it needs.

What it means
-------------
A callback reports requests to another service, such as Slack, Datadog or Langfuse. Without its
variables it reports nothing. With some of them LiteLLM also answers the first request after each
start with 500, although Azure has answered it. The next requests work, so the fault looks like a
passing one. A name that LiteLLM does not know in the list `callbacks` keeps it from starting.

A guardrail checks or changes requests. LiteLLM makes it when it starts. Without its key or its
address most guardrails keep LiteLLM from starting, and so does the callback presidio. LiteLLM
leaves a guardrail out if it does not know its name, or if it has no mode. It says so only in its
log ("Skipping guardrail"), and lets every request through.

Why it happens
--------------
The line was copied from an example, and the variables of the service were not set where the proxy
starts. In a container only the variables that the Compose file passes on count. Or the callback is
in the wrong list: LiteLLM knows slack, s3, sentry and some others in success_callback and
failure_callback only. Or it is not in a list at all: LiteLLM reads "success_callback: langfuse"
letter by letter, and none of them is a callback. With anything but a list in input_callback it
answers no request, or does not start.

How to fix it
-------------
Set the variables where the proxy starts, or take the callback out:

    litellm_settings:
      failure_callback: []

Alerts for Slack need no callback. They use a webhook in SLACK_WEBHOOK_URL:

    general_settings:
      alerting: ["slack"]

Versions
--------
Run on LiteLLM 1.106.2, 1.108.7 and 1.110.2. LL126 reports a callback whose Python package is
missing. A name that none of the three knows is a warning where a newer one runs. With an empty
input_callback, LiteLLM 1.106 and older answer no request; 1.108 and later do not start.

References
----------
https://docs.litellm.ai/docs/proxy/logging
https://docs.litellm.ai/docs/proxy/alerting
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_value import value_of
from clawdoctor.chain.parameter import restart
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

_SETTINGS = "/litellm_settings"
_LISTS = ("callbacks", "success_callback", "failure_callback")
_NO_TEXTS = (f"{_SETTINGS}/success_callback", f"{_SETTINGS}/failure_callback", INPUT)
"""The lists with whose text LiteLLM starts. With a dot in it LiteLLM exits, which LL003 reports."""


def check(
    config: LiteLLMConfig, environment: Environment, versions: Versions
) -> Iterator[Finding | Unknown]:
    """Report each callback without its variables, and those in a list that does not know them."""
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
                continue  # a text in place of a list
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
        yield Unknown(f"{unsure[0]} is not set on this CI machine; where the proxy runs it may be")


def _stopping_findings(
    config: LiteLLMConfig, environment: Environment, versions: Versions, unsure: list[str]
) -> Iterator[Finding]:
    """Report what LiteLLM does not start without. `unsure` gets variables that may be set."""
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
    """Report each text in place of a list with which LiteLLM starts, and any such input_callback.

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
    verb = "is" if len(missing) == 1 else "are"
    why = "LiteLLM writes an error to its log, and goes on without the callback."
    if first:
        why = (
            "LiteLLM answers the first request after each start with 500. Then it goes on without "
        )
        why += "the callback."
    if assumed:
        why += " There is nothing to do if the service that runs it sets them."
    severity = Severity.WARNING if first or not assumed else Severity.INFO
    return Finding(
        severity=severity,
        message=f"the callback {name} needs {variables}, which {verb} not set in {scope.source}",
        title="callbacks without their variables",
        detail=why,
        place=config.place(pointer, "its variables are not set"),
        consequence="the first request after each start fails"
        if first
        else f"{name} gets no reports",
        fixes=(
            Fix(
                title="set the variables, or take the callback out",
                actions=(
                    Step(f"set {variables} where the proxy starts, or take {name} out"),
                    restart(config, environment),
                ),
            ),
        ),
        assumed=assumed,
        allows_start=True,
    )


def _stopping(lack: Lack, config: LiteLLMConfig, environment: Environment) -> Finding:
    """Report a callback or guardrail without which LiteLLM does not start."""
    scope, named = environment.proxy, lack.named
    # A name of a setting is in small letters: it lacks in every environment.
    variables = [name for name in lack.missing if name.isupper()]
    assumed = bool(variables) and scope.basis != "known"
    listed = " and ".join(lack.missing)
    where = f", which {'is' if len(variables) == 1 else 'are'} not set in {scope.source}"
    why = f"LiteLLM makes each {named.noun} when it starts, and exits with an error."
    if assumed:
        why += " There is nothing to do if the service that runs it sets them."
    act = f"set {listed} where the proxy starts" if variables else f"add {listed}"
    sure = lack.measured and not assumed
    return Finding(
        severity=Severity.ERROR if sure else Severity.WARNING,
        message=f"the {named.noun} {named.name} needs {listed}{where if variables else ''}",
        title=f"{named.noun}s without what they need",
        detail=why,
        place=config.place(
            named.pointer, "its variables are not set" if variables else f"no {listed}"
        ),
        consequence=STOPS,
        fixes=(
            Fix(
                title="give it what it needs, or take it out",
                actions=(
                    Step(f"{act}, or take {named.name} out"),
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
            "(?:GuardrailMissingSecrets|GuardMissingCredentials): |of HiddenLayer"
            "|(?P<variable>GENERIC_LOGGER_ENDPOINT) not found",
            advice="guardrail",
        ),
        rule("likely", "LiteLLM", "callback", "ValueError: Empty module name", advice="name"),
    ),
    advice={
        "langfuse": Advice(
            "Set both keys of your Langfuse project where the proxy starts, or take langfuse out of"
            " the callbacks. In Langfuse they are under Settings > API Keys. With a server of your"
            " own set LANGFUSE_HOST as well.",
            "LANGFUSE_PUBLIC_KEY=pk-lf-...\nLANGFUSE_SECRET_KEY=sk-lf-...",
        ),
        "guardrail": Advice(
            "Set the variable that the text names where the proxy starts, or give the value in"
            " the guardrail's litellm_params. If you do not use this guardrail or logger, take it"
            " out of litellm_config.yaml.",
            "guardrails:\n"
            "  - guardrail_name: my-guard\n"
            "    litellm_params:\n"
            "      api_key: os.environ/<variable>",
        ),
        "name": Advice(
            "An entry of callbacks is empty or no name. Write the name of a callback of LiteLLM, or"
            " the path to your own with dots, and take empty entries out:",
            'litellm_settings:\n  callbacks: ["prometheus"]',
        ),
    },
)
