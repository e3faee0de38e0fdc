"""LiteLLM sends a reference such as ${NAME} as it stands, instead of the variable's value.

What it means
-------------
A value in litellm_config.yaml refers to an environment variable in a form that LiteLLM does not
know. LiteLLM takes it for the value itself: Azure gets the text "${AZURE_OPENAI_API_KEY}" as the
key and answers 401, or the api_base is not a URL. LiteLLM up to 1.106 then says only "Connection
error.". Later versions show the path that they could not send, such as
"/$%7BAZURE_API_BASE%7D/openai/deployments/...".

Why it happens
--------------
LiteLLM reads the environment in one form only: the whole value is os.environ/NAME. The forms
${NAME} and $NAME work in docker-compose.yml, in a shell and (the first) in openclaw.json, so they
look right. Nothing warns at start.

How to fix it
-------------
Write the whole value as a reference:

    api_key: os.environ/AZURE_OPENAI_API_KEY

A value cannot be put together from parts. Instead of https://${RESOURCE}.openai.azure.com set a
variable that holds the whole URL and write os.environ/AZURE_API_BASE.

Versions
--------
All versions of LiteLLM up to 1.110.2, the newest that was run.

References
----------
https://docs.litellm.ai/docs/proxy/configs
https://docs.litellm.ai/docs/proxy/deploy
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import set_for_proxy
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_value import REFERENCE
from clawdoctor.chain.parameter import restart
from clawdoctor.check import Check
from clawdoctor.checks.litellm.ll102_references import (
    WHOLE,
    Setting,
    is_bare_name,
    is_unresolved,
    leads_to_azure,
    referenced_names,
    string_settings,
)
from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Action, Applicability, Finding, Fix, Place, Severity
from clawdoctor.run.engine import CHAIN
from clawdoctor.source.change import Put
from clawdoctor.source.text import Span

_EFFECTS = {
    "api_key": ("LiteLLM does not expand this; {} answers 401", "{} would refuse the key"),
    "api_base": ("no URL: LiteLLM sends nothing and answers 500", "LiteLLM cannot reach {}"),
    "base_url": ("no URL: LiteLLM sends nothing and answers 500", "LiteLLM cannot reach {}"),
    "api_version": ("sent as the api-version; {} answers 404", "{} knows no such version"),
    "model": ("taken for a deployment's name; {} answers 404", "{} has no such deployment"),
    "master_key": ("the master key is now this very text", "the proxy would refuse the key"),
}
_SUFFIXES = {"model": "MODEL", "api_base": "URL", "base_url": "URL", "api_key": "KEY"}
_NOUNS = {"api_key": "the key", "api_version": "the api-version", "model": "the model"}


def check(config: LiteLLMConfig, environment: Environment) -> Iterator[Finding]:
    """Report every string that looks like a reference in a form that LiteLLM does not expand.

    A string that several deployments share through an anchor gives one finding for all.
    """
    together: dict[Span, list[Setting]] = {}
    for setting in string_settings(config):
        if is_unresolved(setting.text) or is_bare_name(setting, environment):
            together.setdefault(setting.node.span, []).append(setting)
    for sharing in together.values():
        yield _finding(config, sharing, restart(config, environment))


def _finding(config: LiteLLMConfig, sharing: list[Setting], action: Action) -> Finding:
    first = sharing[0]
    receiver = (
        "Azure" if first.deployment is None or leads_to_azure(first.deployment) else "the model"
    )
    label, consequence = _EFFECTS.get(
        first.name, ("LiteLLM does not expand this", "a setting is wrong")
    )
    if first.text.startswith(REFERENCE):
        label = "no variable has such a name: LiteLLM sends nothing"
    serious = first.name in _EFFECTS and (first.deployment or first.name == "master_key")
    return Finding(
        severity=Severity.ERROR if serious else Severity.WARNING,
        message=_message(first),
        detail="LiteLLM reads the environment only as os.environ/NAME, as the whole value. "
        "${NAME} works in docker-compose.yml and in openclaw.json, not in this file.",
        place=config.place(first.pointer, label.format(receiver)),
        consequence=consequence.format(receiver),
        related=tuple(
            Place(
                config.path,
                setting.pointer,
                setting.node.alias,
                "the same value, through this alias",
            )
            for setting in sharing
            if setting.node.alias is not None
        ),
        fixes=(_fix(first, action),),
        subjects=tuple(s.deployment.id for s in sharing if s.deployment is not None) or (CHAIN,),
    )


def _message(setting: Setting) -> str:
    if setting.name == "master_key":
        return f'the master key is the text "{setting.text}" itself'
    if setting.deployment is None:
        return f'LiteLLM takes the text "{setting.text}" itself for {setting.name}'
    noun = _NOUNS.get(setting.name, setting.name)
    if setting.text.startswith(REFERENCE):
        return f'LiteLLM finds no variable for "{setting.text}" and sends no {noun.split()[-1]}'
    if not leads_to_azure(setting.deployment):
        return f'LiteLLM sends the text "{setting.text}" as {noun}'
    return f'LiteLLM sends Azure the text "{setting.text}" as {noun}'


def _fix(setting: Setting, action: Action) -> Fix:
    whole = WHOLE.fullmatch(setting.text)
    if whole is None:
        variable = _new_variable(setting)
        value = "azure/ and the deployment's name" if setting.name == "model" else "the whole value"
        return Fix(
            title="put the whole value into one variable",
            snippet=f"{setting.name}: {REFERENCE}{variable}",
            actions=(set_for_proxy(variable, value), action),
        )
    groups = whole.groupdict()
    # LiteLLM has no default values: without the variable it would use nothing.
    applicability: Applicability = "unsafe" if groups.pop("default") else "safe"
    text = REFERENCE + next(value for value in groups.values() if value)
    return Fix(
        title=f"write {text}",
        applicability=applicability,
        changes=(Put(setting.node, text),),
        snippet=f"{setting.name}: {text}",
        actions=(action,),
    )


def _new_variable(setting: Setting) -> str:
    """A name for a variable with the whole value, made from the variable in it if there is one.

    Two models with variables of their own must not share the new one.
    """
    names = referenced_names(setting.text)
    if len(names) == 1:
        return f"{names[0]}_{_SUFFIXES.get(setting.name, 'VALUE')}"
    return f"AZURE_{setting.name.upper()}" if setting.deployment else setting.name.upper()


CHECK = Check(
    code="LL102",
    name="env-reference-not-expanded",
    stage="litellm",
    scope="route",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    predicts=("literal-key",),
    texts=(
        rule(
            "certain",
            "LiteLLM",
            r"(?:API key provided|bearer|invalid url|/deployments|received api"
            r" key)\W{1,12}(?P<reference>os\.envi[\w*./]{1,80})",
            advice="reference",
        ),
        rule(
            "certain",
            "LiteLLM",
            "missing an 'http",
            r"(?P<reference>os\.environ/(?P<variable>\w{2,80}))",
            advice="reference",
        ),
        rule(
            "certain",
            "LiteLLM",
            r"(?P<reference>(?:\$|%24)(?:\{|%7B)?(?P<variable>(?-i:[A-Z_][A-Z0-9_]{2,80}))(?:\}"
            r"|%7D)?)/{1,2}openai/",
            "AzureException|Sent from LiteLLM",
        ),
        rule(
            "likely",
            "LiteLLM",
            r"\bapi[-_]key'?[:=] ?'?"
            r"(?P<reference>\$\{?(?P<variable>(?-i:[A-Z_][A-Z0-9_]{2,80})))",
            "request headers|AzureException",
        ),
    ),
    advice={
        "reference": Advice(
            "The words os.environ/... were sent, not the variable's value. Where they stand decides"
            " what to do. In litellm_config.yaml LiteLLM reads a variable only where a value begins"
            " with os.environ/ and holds nothing else. In openclaw.json write"
            ' "${NAME}", in a compose file ${NAME}, and in .env the value itself: os.environ/ means'
            " nothing there.",
            "api_key: os.environ/AZURE_OPENAI_API_KEY     # litellm_config.yaml\n"
            'apiKey: "${LITELLM_MASTER_KEY}",             # openclaw.json',
        ),
        STRAIGHT: Advice(
            "OpenClaw reads a variable where a value of openclaw.json is ${NAME} in capital"
            " letters, and refuses or sends the words as they are if it is not set. Set it in"
            " ~/.openclaw/.env and restart the gateway:",
            "AZURE_OPENAI_API_KEY=...",
            run=("openclaw gateway restart",),
        ),
    },
)
