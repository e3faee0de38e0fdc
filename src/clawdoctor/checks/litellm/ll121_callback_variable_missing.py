"""A callback or guardrail in litellm_config.yaml lacks the variables that it needs.

What it means
-------------
A callback reports requests to another service, such as Slack, Datadog or Langfuse. Without its
variables it reports nothing. With some of them LiteLLM also answers the first request after each
start with 500, although Azure has answered it. The next requests work, so the fault looks like a
passing one. A name that LiteLLM does not know in the list `callbacks` keeps it from starting.

A guardrail checks or changes requests. LiteLLM makes it when it starts. Without its key or its
address most guardrails keep LiteLLM from starting, and so does the callback presidio.

Why it happens
--------------
The line was copied from an example, and the variables of the service were not set where the proxy
starts. In a container only the variables that the Compose file passes on count. Or the callback is
in the wrong list: LiteLLM knows slack, s3, sentry and some others in success_callback and
failure_callback only.

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
missing. A name that none of the three knows is a warning where a newer one runs.

References
----------
https://docs.litellm.ai/docs/proxy/logging
https://docs.litellm.ai/docs/proxy/alerting
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.parameter import restart
from clawdoctor.chain.proxy_packages import NO_PACKAGES
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Edit, Finding, Fix, Severity, Step, Unknown
from clawdoctor.knowledge import table
from clawdoctor.knowledge.did_you_mean import nearest
from clawdoctor.source.node import Node
from clawdoctor.wire.start_callbacks import (
    is_unknown_callback,
    known_callbacks,
    listed_callbacks,
)
from clawdoctor.wire.start_fault import STOPS
from clawdoctor.wire.start_needs import Lack, is_set, lacks

_SETTINGS = "/litellm_settings"
_LISTS = ("callbacks", "success_callback", "failure_callback")


def check(
    config: LiteLLMConfig, environment: Environment, versions: Versions
) -> Iterator[Finding | Unknown]:
    """Report each callback without its variables, and those in a list that does not know them."""
    lists: dict[str, str] = {}
    unsure: list[str] = []
    for setting in _LISTS:
        pointer = f"{_SETTINGS}/{setting}"
        for where, node in listed_callbacks(config.root.at(pointer), pointer):
            name = str(node.value)
            if setting == "callbacks" and name in table("callbacks")["lists"]["only"]:
                yield _wrong_list(name, where, config)
                continue
            running = versions.value("litellm")
            if setting == "callbacks" and is_unknown_callback(name, config, running):
                yield _unknown_name(node, where, config, versions)
                continue
            row = table("callbacks").get(name)
            missing = (
                _missing(row, config, environment) if row is not None and name != "lists" else ()
            )
            if row is None or not missing:
                continue
            first = setting in row.get("first", ())
            if name in lists and not first:
                continue  # the same callback in another list
            lists[name] = where
            if environment.ci and environment.proxy.basis != "known":
                unsure += [variable for variable in missing if variable not in unsure]
                continue
            yield _finding(name, missing, where, config, environment, first=first)
    for lack in lacks(config, environment, versions.value("litellm"), NO_PACKAGES):
        if lack.kind != "variables":
            continue
        if environment.ci and environment.proxy.basis != "known":
            unsure += lack.missing
            continue
        yield _stopping(lack, config, environment)
    if unsure:
        yield Unknown(f"{unsure[0]} is not set on this CI machine; where the proxy runs it may be")


def _missing(
    row: Mapping[str, Any], config: LiteLLMConfig, environment: Environment
) -> tuple[str, ...]:
    """Return the variables that are not set. The file's own environment_variables count."""
    if any(is_set(name, config, environment) for name in row.get("instead", ())):
        return ()
    return tuple(name for name in row["needs"] if not is_set(name, config, environment))


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


def _unknown_name(node: Node, pointer: str, config: LiteLLMConfig, versions: Versions) -> Finding:
    known = known_callbacks()
    sure = versions.standing(known, str(node.value)) != "unseen"
    meant = next(iter(nearest(str(node.value), known.ever)), None)
    edits = (Edit(node.span, meant),) if meant and node.alias is None else ()
    label = f"did you mean {meant}?" if meant else "not a callback of any known version"
    fix = Fix(
        title=f"write {meant}" if meant else "name a callback that LiteLLM has, or a module",
        applicability="unsafe" if meant else "manual",
        edits=edits,
        snippet=f'callbacks: ["{meant or "module.instance"}"]',
        actions=(CHECK_AGAIN,),
    )
    return Finding(
        severity=Severity.ERROR if sure else Severity.WARNING,
        message=f"LiteLLM {'does' if sure else 'may'} not know a callback of this name",
        title="callbacks in a list that does not know them",
        detail="LiteLLM takes a name that it does not know for a Python module, and exits when it "
        "starts: ValueError: Empty module name." + versions.doubt(known, str(node.value)),
        place=config.place(pointer, label),
        consequence=STOPS if sure else "",
        fixes=(fix,),
        allows_start=not sure,
    )


def _wrong_list(name: str, pointer: str, config: LiteLLMConfig) -> Finding:
    return Finding(
        severity=Severity.ERROR,
        message=f"LiteLLM does not know {name} in callbacks",
        title="callbacks in a list that does not know them",
        detail=f"LiteLLM takes {name} for a Python module there, and exits when it starts: "
        "ValueError: Empty module name.",
        place=config.place(pointer, "belongs in success_callback or failure_callback"),
        consequence=STOPS,
        fixes=(
            Fix(
                title="move it to the other lists",
                snippet=f'success_callback: ["{name}"]\nfailure_callback: ["{name}"]',
                actions=(Step(f"take {name} out of callbacks"),),
            ),
        ),
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
            r"(?:Missing (?:keys=\[)?|Error: )['`]?(?P<variable>(?:SLACK_API|APORIO|OPENMETER"
            r"|PRESIDIO)_\w{3,30})|`SLACK_BOT_TOKEN` or",
        ),
        rule(
            "certain",
            "LiteLLM",
            r"\b(?P<variable>LANGFUSE_(?:PUBLIC|SECRET)_KEY)\b.{0,40}"
            "(?:must be set|not set| environment variable)",
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
