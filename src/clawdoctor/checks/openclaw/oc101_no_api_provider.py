"""Neither the provider nor its model sets the api that OpenClaw uses.

What it means
-------------
The `api` of a provider decides which protocol OpenClaw uses. Without it, old versions stop with "No
API provider registered for api: undefined". OpenClaw 2026.3.8 to 2026.4.25 silently use the
Responses API, which a proxy with chat deployments answers with an error. Later versions use
openai-completions. For a provider called openai, newer versions reject every api that is not
OpenAI's ("azure-openai-responses is not an OpenAI-compatible model adapter").

Why it happens
--------------
The line is missing or on the wrong level. `api` belongs to the provider or to one of its models,
not to `models` or `agents`.

How to fix it
-------------
Add it to the provider:

    api: "openai-completions",

In 2026.8.1 and later, with the provider id openai, only "openai-completions" and "openai-responses"
work with a proxy or Azure. With any other id, such as azure-openai, every api is allowed.

Versions
--------
OpenClaw 2026.3.7 and older stop. 2026.3.8 to 2026.4.25 use openai-responses. 2026.4.26 and later
use openai-completions, which is right for a LiteLLM proxy, so with these versions the line only
makes the default visible. 2026.8.1 and later check the api of a provider called openai.

References
----------
https://docs.openclaw.ai/concepts/model-providers
https://github.com/openclaw/openclaw/issues/28022
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.route import Route
from clawdoctor.chain.schema import is_refused
from clawdoctor.chain.version_range import judge_versions
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.checks.litellm.ll109_which_model import which_model
from clawdoctor.checks.openclaw.api_line import declare_api
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Finding, Fix, Severity
from clawdoctor.knowledge import behaviour
from clawdoctor.source.change import Put
from clawdoctor.wire.openclaw_model import CHAT, RESPONSES
from clawdoctor.wire.openclaw_refusal import speaks_like_openai


def check(route: Route, openclaw: OpenClawConfig, versions: Versions) -> Iterator[Finding]:
    """Report a route for which neither the provider nor the model sets `api`."""
    api, where = route.provider.api(route.model)
    if route.purpose != "chat":
        return
    if api is not None:
        yield from _adapter_finding(route, api, where, openclaw, versions)
        return
    if route.target == "azure":
        return
    if is_refused(openclaw.root, f"{route.provider.pointer}/api"):
        return
    row = behaviour("openclaw", "missing-api", versions.value("openclaw"))
    assert row is not None, "the rows of missing-api leave a version out"
    yield Finding(
        severity=_severity(route, row.effect, versions),
        message=f'the provider "{route.provider.id}" does not set api',
        detail=f"{row.says}; {versions.stated('openclaw', 'OpenClaw')}.",
        place=openclaw.place(f"{route.provider.pointer}/api", "no api here or in the models"),
        consequence=f"the provider sets no api, so OpenClaw cannot call the {route.target}",
        fixes=(declare_api(route.provider.node, "unsafe" if _is_codex(route) else "safe"),),
    )


def _adapter_finding(
    route: Route, api: str, where: str, openclaw: OpenClawConfig, versions: Versions
) -> Iterator[Finding]:
    """Report an `api` that newer versions reject for OpenClaw's own provider id openai."""
    node = openclaw.root.at(where)
    if route.provider.id.casefold() != "openai" or speaks_like_openai(api) or node is None:
        return
    judged = judge_versions(versions, "openclaw", "no-key-of-openai", ["route"])
    if judged is None or is_refused(openclaw.root, where):
        return
    right = RESPONSES if "responses" in api else CHAT
    yield Finding(
        severity=judged.severity,
        message=f'a provider called openai cannot use the api "{api}"',
        detail=f'OpenClaw stops with "{api} is not an OpenAI-compatible model adapter" and sends '
        f"no request; {versions.stated('openclaw', 'OpenClaw')}. This rule applies only to the id "
        "openai.",
        place=openclaw.place(where, f'must be "{CHAT}" or "{RESPONSES}"'),
        consequence=f'OpenClaw cannot use the api "{api}" with a provider called openai',
        fixes=(
            Fix(
                title=f'set api to "{right}"',
                applicability="unsafe",
                changes=(Put(node, right),),
                snippet=f'api: "{right}",',
                actions=(CHECK_AGAIN,),
            ),
        ),
    )


def _is_codex(route: Route) -> bool:
    """Return whether a model may need the Responses API, which older versions use by default."""
    guesses = [which_model(deployment) for deployment in route.deployments]
    endpoints = [guess.model.endpoints for guess in guesses if guess is not None]
    return any(each and "chat/completions" not in each for each in endpoints)


def _severity(route: Route, effect: str, versions: Versions) -> Severity:
    """Return error if the version found fails, warning if it is unknown, otherwise info."""
    installed = versions.openclaw
    if installed is None or (installed.lower_bound and effect != "completions"):
        return Severity.WARNING
    if effect == "completions":
        return Severity.INFO
    if effect == "fatal":
        return Severity.ERROR
    too_old = any(
        _refuses_responses(deployment.api_version.resolved) for deployment in route.deployments
    )
    return Severity.ERROR if too_old else Severity.WARNING


def _refuses_responses(api_version: str | None) -> bool:
    from clawdoctor.knowledge.azure import lacks

    return api_version is not None and lacks(api_version, "responses")


CHECK = Check(
    code="OC101",
    name="no-api-provider",
    stage="openclaw",
    scope="route",
    run=check,
    documentation=__doc__,
    predicts=(
        "no-api",
        "unknown-api",
    ),
    texts=(
        rule(
            "certain",
            "OpenClaw",
            r"(?:ered for api|Unhandled API[\w ]{0,24}): '?(?P<api>undefined|null|ollama"
            r"|(?:openai|azure|litellm|custom)[\w-]{0,30})\b",
            advice="wrong",
        ),
        rule(
            "certain",
            "OpenClaw",
            r"Provider (?P<provider>[\w./-]{1,80})(?:, model (?P<model>[\w./:-]{1,120}))?: (?:no "
            r"'api' specified|'api' is required)",
            advice="missing",
        ),
        rule(
            "likely",
            "OpenClaw",
            r"\bprovider\b",
            "missing (?:an? |the |its )?(?:'{1,3}api'{1,3}(?!:)|api (?:field|property|type))",
            advice="missing",
        ),
        rule(
            "likely",
            "OpenClaw",
            r"\bMismatched api: (?P<api>[\w-]{1,40}) expected (?P<expected>[\w-]{1,40})"
            r"|not an OpenAI\S{0,11} (?:\w{8} )?model adapter",
            advice="mismatch",
        ),
    ),
    advice={
        "missing": Advice(
            "The provider does not set api, and this version has no default. Add the line to the "
            "provider itself, next to its baseUrl:",
            'api: "openai-completions",',
            straight=Advice(
                "The provider does not set api, and this version has no default. Add the line to "
                "the provider itself, next to its baseUrl. OpenClaw supports "
                "azure-openai-responses since 2026.4.21; in older versions, use "
                "openai-completions:",
                'api: "azure-openai-responses",',
            ),
            when=(
                r"(?:\bapi|Options[^:]{0,12}): '?(?:undefined|null|ollama)|no 'api' specified"
                r"|'api' is required"
            ),
        ),
        "wrong": Advice(
            "This version of OpenClaw does not support the api <api>. For a LiteLLM proxy, "
            "whatever the model, write in the provider:",
            'api: "openai-completions",',
            straight=Advice(
                "This version of OpenClaw does not support the api <api>. For Azure without a "
                "proxy, write in the provider (since 2026.4.21; in older versions, use "
                "openai-completions):",
                'api: "azure-openai-responses",',
            ),
        ),
        "adapter": Advice(
            "For the provider id openai, OpenClaw 2026.8.1 and later accept only "
            "openai-completions and openai-responses. Use one of these, or keep <api> and give the "
            "provider another id, such as litellm, also in the names of its models "
            "(litellm/<model>).",
            'api: "openai-completions",',
            straight=Advice(
                "For the provider id openai, OpenClaw 2026.8.1 and later accept only "
                "openai-completions and openai-responses. Use one of these, or keep <api> and give "
                "the provider another id, such as azure-openai, also in the names of its models "
                "(azure-openai/<model>).",
                'api: "openai-responses",',
            ),
            when=r"\b(?P<api>[\w-]{1,40}) is not an OpenAI",
        ),
        "mismatch": Advice(
            "The model sets the api <api>, but a plug-in or an old "
            "agents/<agent>/agent/models.json sets <expected> for the provider. Set the same api "
            "in the provider and its models, and move that models.json away.",
            'api: "openai-completions",',
            straight=Advice(
                "The model sets the api <api>, but a plug-in or an old "
                "agents/<agent>/agent/models.json sets <expected> for the provider. Set the same "
                "api in the provider and its models, and move that models.json away.",
                'api: "azure-openai-responses",',
            ),
        ),
    },
)
