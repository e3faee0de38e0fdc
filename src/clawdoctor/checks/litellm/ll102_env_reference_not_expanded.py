"""LiteLLM sends a reference such as ${NAME} as literal text instead of the variable's value.

What it means
-------------
A value in litellm_config.yaml refers to an environment variable in a form that LiteLLM does not
support. LiteLLM uses the text itself as the value. Azure then receives "${AZURE_OPENAI_API_KEY}" as
the key and answers 401, or the api_base is not a URL. LiteLLM 1.106 and older then say only
"Connection error.". Later versions show the path that they could not send, such as
"/$%7BAZURE_API_BASE%7D/openai/deployments/...".

Why it happens
--------------
LiteLLM supports only one form: os.environ/NAME as the whole value. The forms ${NAME} and $NAME work
in docker-compose.yml and in a shell, and ${NAME} also works in openclaw.json, so they look right.
LiteLLM does not warn about them at startup.

How to fix it
-------------
Write the reference as the whole value:

    api_key: os.environ/AZURE_OPENAI_API_KEY

You cannot build a value from parts. Instead of https://${RESOURCE}.openai.azure.com, set a variable
to the whole URL and write os.environ/AZURE_API_BASE.

Versions
--------
All versions of LiteLLM up to 1.110.2, the newest version tested.

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
from clawdoctor.chain.parameter import restart, where_set
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
from clawdoctor.finding import Applicability, Finding, Fix, Place, Severity
from clawdoctor.run.engine import CHAIN
from clawdoctor.source.change import Put
from clawdoctor.source.text import Span

_TEXT = "LiteLLM does not expand a variable"
_EFFECTS = {
    "api_key": (
        "LiteLLM does not expand this; {} answers 401",
        f"{_TEXT}, so {{}} would reject the key",
    ),
    "api_base": (
        "not a URL: LiteLLM sends Azure nothing and answers 500",
        f"{_TEXT}, so it cannot reach {{}}",
    ),
    "base_url": (
        "not a URL: LiteLLM sends Azure nothing and answers 500",
        f"{_TEXT}, so it cannot reach {{}}",
    ),
    "api_version": (
        "sent as the api-version; {} answers 404",
        f"{_TEXT}, so {{}} would reject the api-version",
    ),
    "model": (
        "sent as the deployment name; {} answers 404",
        f"{_TEXT}, so {{}} would not find the deployment",
    ),
    "master_key": (
        "this text is now the master key",
        f"{_TEXT}, so it would reject OpenClaw's key",
    ),
}
_WHOLE_VALUES = {
    "model": "azure/<name of the deployment>",
    "api_base": "the whole URL",
    "base_url": "the whole URL",
}
_SUFFIXES = {"model": "MODEL", "api_base": "URL", "base_url": "URL", "api_key": "KEY"}
_NOUNS = {
    "api_key": "the key",
    "api_base": "the URL",
    "base_url": "the URL",
    "api_version": "the api-version",
    "model": "the model",
}
_URLS = ("api_base", "base_url")


def check(config: LiteLLMConfig, environment: Environment) -> Iterator[Finding]:
    """Report every string that looks like a reference in a form that LiteLLM does not expand.

    If several deployments share a string through an anchor, they share one finding.
    """
    together: dict[Span, list[Setting]] = {}
    for setting in string_settings(config):
        if is_unresolved(setting.text) or is_bare_name(setting, environment):
            together.setdefault(setting.node.span, []).append(setting)
    for sharing in together.values():
        yield _finding(config, sharing, environment)


def _finding(config: LiteLLMConfig, sharing: list[Setting], environment: Environment) -> Finding:
    first = sharing[0]
    receiver = (
        "Azure" if first.deployment is None or leads_to_azure(first.deployment) else "the model"
    )
    label, consequence = _EFFECTS.get(
        first.name, ("LiteLLM does not expand this", "a setting is wrong")
    )
    if first.text.startswith(REFERENCE):
        label = "no variable has this name: LiteLLM sends Azure nothing"
    serious = first.name in _EFFECTS and (first.deployment or first.name == "master_key")
    return Finding(
        severity=Severity.ERROR if serious else Severity.WARNING,
        message=_message(first),
        detail="LiteLLM expands only os.environ/NAME, and only as the whole value. "
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
        fixes=(_fix(first, config, environment),),
        subjects=tuple(s.deployment.id for s in sharing if s.deployment is not None) or (CHAIN,),
    )


def _message(setting: Setting) -> str:
    if setting.name == "master_key":
        return f'the master key is the text "{setting.text}"'
    if setting.deployment is None:
        return f'LiteLLM uses the text "{setting.text}" as {setting.name}'
    noun = _NOUNS.get(setting.name, setting.name)
    if setting.text.startswith(REFERENCE):
        return f'LiteLLM finds no variable for "{setting.text}" and sends no {noun.split()[-1]}'
    if setting.name in _URLS:
        return f'LiteLLM uses the text "{setting.text}" as {noun}'
    if not leads_to_azure(setting.deployment):
        return f'LiteLLM sends the text "{setting.text}" as {noun}'
    return f'LiteLLM sends Azure the text "{setting.text}" as {noun}'


def _fix(setting: Setting, config: LiteLLMConfig, environment: Environment) -> Fix:
    action = restart(config, environment)
    whole = WHOLE.fullmatch(setting.text)
    if whole is None:
        variable = _new_variable(setting)
        value = _WHOLE_VALUES.get(setting.name, "the whole value")
        return Fix(
            title=f"set {setting.name} to {REFERENCE}{variable}",
            snippet=f"{setting.name}: {REFERENCE}{variable}",
            actions=(set_for_proxy(variable, value, where_set(environment)), action),
        )
    groups = whole.groupdict()
    # LiteLLM does not support default values: if the variable is unset, it uses nothing.
    applicability: Applicability = "unsafe" if groups.pop("default") else "safe"
    variable = next(value for value in groups.values() if value)
    text, known = REFERENCE + variable, environment.proxy.get(variable)
    noun = _NOUNS.get(setting.name, "the value that you want")
    if setting.name in _URLS and setting.deployment and leads_to_azure(setting.deployment):
        noun = "https://<resource>.openai.azure.com"
    where = where_set(environment, variable)
    unset = known is None and variable.isidentifier()
    step = (set_for_proxy(variable, noun, where),) if unset else ()
    return Fix(
        title=f"set {setting.name} to {text}",
        applicability=applicability,
        changes=(Put(setting.node, text),),
        snippet=f"{setting.name}: {text}",
        actions=(*step, action),
    )


def _new_variable(setting: Setting) -> str:
    """Return a name for a variable with the whole value, based on the variable in it if any.

    Two models with different variables must not share the new variable.
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
            "The program sent the literal text os.environ/..., not the variable's value. The fix"
            " depends on the file that contains this text. In litellm_config.yaml, LiteLLM expands"
            " os.environ/NAME only if it is the whole value. In openclaw.json write"
            ' "${NAME}", in a Compose file ${NAME}, and in .env the value itself: os.environ/ has'
            " no meaning in these files.",
            "api_key: os.environ/AZURE_OPENAI_API_KEY     # litellm_config.yaml\n"
            'apiKey: "${LITELLM_MASTER_KEY}",             # openclaw.json',
        ),
        STRAIGHT: Advice(
            "OpenClaw expands ${NAME} in a value of openclaw.json if NAME is in capital letters."
            " If the variable is unset, OpenClaw refuses to run or sends the literal text. Set the"
            " variable in ~/.openclaw/.env and restart the gateway:",
            "AZURE_OPENAI_API_KEY=...",
            run=("openclaw gateway restart",),
        ),
    },
)
