"""Neither the provider nor the model says which api OpenClaw should speak.

What it means
-------------
OpenClaw picks the code that talks to a provider by its `api`. Without one, old versions stop with
"No API provider registered for api: undefined", and those after them silently speak the Responses
API, which a proxy in front of chat deployments answers with an error of its own. For a provider
called openai, newer versions refuse every api that is not OpenAI's ("azure-openai-responses is not
an OpenAI-compatible model adapter").

Why it happens
--------------
The line was left out, or it stands on the wrong level: `api` belongs to the provider, or to one of
its models, not to `models` or to `agents`.

How to fix it
-------------
Add it to the provider:

    api: "openai-completions",

Under the id openai, only "openai-completions" and "openai-responses" go to a proxy or to Azure.
Any other id, such as azure-openai, may have every api.

Versions
--------
OpenClaw 2026.3.7 and older stop. 2026.3.8 to 2026.4.25 use openai-responses. 2026.4.26 and later
use openai-completions, which is right for a LiteLLM proxy: there the line is no more than a help
for the reader. 2026.8.0 and later look at the api of a provider called openai.

References
----------
https://docs.openclaw.ai/concepts/model-providers
https://github.com/openclaw/openclaw/issues/28022
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN, RESTART_OPENCLAW
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
        message=f'the provider "{route.provider.id}" names no api',
        detail=f"{row.says}; {versions.stated('openclaw', 'OpenClaw')}.",
        place=openclaw.place(f"{route.provider.pointer}/api", "no api here or in its models"),
        consequence=f"OpenClaw does not know how to talk to the {route.target}",
        fixes=(declare_api(route.provider.node, "unsafe" if _is_codex(route) else "safe"),),
    )


def _adapter_finding(
    route: Route, api: str, where: str, openclaw: OpenClawConfig, versions: Versions
) -> Iterator[Finding]:
    """Report an `api` that newer versions refuse under the id of OpenClaw's own provider openai."""
    node = openclaw.root.at(where)
    if route.provider.id.casefold() != "openai" or speaks_like_openai(api) or node is None:
        return
    judged = judge_versions(versions, "openclaw", "no-key-of-openai", ["route"])
    if judged is None or is_refused(openclaw.root, where):
        return
    right = RESPONSES if "responses" in api else CHAT
    yield Finding(
        severity=judged.severity,
        message=f'OpenClaw does not speak "{api}" to a provider called openai',
        detail=f'OpenClaw says "{api} is not an OpenAI-compatible model adapter" and sends '
        f"nothing; {versions.stated('openclaw', 'OpenClaw')}. Another id has no such rule.",
        place=openclaw.place(where, f'"{CHAT}" or "{RESPONSES}"'),
        consequence="OpenClaw asks nobody",
        fixes=(
            Fix(
                title=f'write "{right}"',
                applicability="unsafe",
                changes=(Put(node, right),),
                snippet=f'api: "{right}",',
                actions=(RESTART_OPENCLAW, CHECK_AGAIN),
            ),
        ),
    )


def _is_codex(route: Route) -> bool:
    """Whether a model may be served only by the Responses API, which older versions use here."""
    guesses = [which_model(deployment) for deployment in route.deployments]
    endpoints = [guess.model.endpoints for guess in guesses if guess is not None]
    return any(each and "chat/completions" not in each for each in endpoints)


def _severity(route: Route, effect: str, versions: Versions) -> Severity:
    """An error if the version found fails, a warning if it is unknown, else a note."""
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
            "The provider has no api, and this version has no default for it. Add the line to the "
            "provider itself, beside its baseUrl:",
            'api: "openai-completions",',
            ("openclaw gateway restart",),
            straight=Advice(
                "The provider has no api, and this version has no default for it. Add the line to "
                "the provider itself, beside its baseUrl (azure-openai-responses is known since "
                "2026.4.21; before, use openai-completions):",
                'api: "azure-openai-responses",',
                ("openclaw gateway restart",),
            ),
            when=(
                r"(?:\bapi|Options[^:]{0,12}): '?(?:undefined|null|ollama)|no 'api' spec"
                r"|'api' is req"
            ),
        ),
        "wrong": Advice(
            "<api> is not an api that this version of OpenClaw has. For a LiteLLM proxy, whatever "
            "model is behind it, write in the provider:",
            'api: "openai-completions",',
            ("openclaw gateway restart",),
            straight=Advice(
                "<api> is not an api that this version of OpenClaw has. Straight to Azure, write "
                "in the provider (since 2026.4.21; before, openai-completions):",
                'api: "azure-openai-responses",',
                ("openclaw gateway restart",),
            ),
        ),
        "adapter": Advice(
            "Under the id openai, OpenClaw 2026.8.0 and later accept only openai-completions and "
            "openai-responses. Write one of them, or keep <api> and give the provider another id, "
            "such as litellm, also in the names of its models (litellm/<model>).",
            'api: "openai-completions",',
            ("openclaw gateway restart",),
            straight=Advice(
                "Under the id openai, OpenClaw 2026.8.0 and later accept only openai-completions "
                "and openai-responses. Write one of them, or keep <api> and give the provider "
                "another id, such as azure-openai, also in the names of its models "
                "(azure-openai/<model>).",
                'api: "openai-responses",',
                ("openclaw gateway restart",),
            ),
            when=r"\b(?P<api>[\w-]{1,40}) is not an OpenAI",
        ),
        "mismatch": Advice(
            "The model says <api>, but a plug-in or an old agents/<agent>/agent/models.json gives "
            "the provider <expected>. Write the same api in the provider and its models, and move "
            "that models.json away.",
            'api: "openai-completions",',
            ("openclaw gateway restart",),
            straight=Advice(
                "The model says <api>, but a plug-in or an old agents/<agent>/agent/models.json "
                "gives the provider <expected>. Write the same api in the provider and its "
                "models, and move that models.json away.",
                'api: "azure-openai-responses",',
                ("openclaw gateway restart",),
            ),
        ),
    },
)
