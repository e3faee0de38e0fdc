"""Neither the provider nor the model says which api OpenClaw should speak.

What it means
-------------
OpenClaw picks the code that talks to a provider by its `api`. Without one, old versions stop with
"No API provider registered for api: undefined", and those after them silently speak the Responses
API, which a proxy in front of chat deployments answers with an error of its own.

Why it happens
--------------
The line was left out, or it stands on the wrong level: `api` belongs to the provider, or to one of
its models, not to `models` or to `agents`.

How to fix it
-------------
Add it to the provider:

    api: "openai-completions",

Versions
--------
OpenClaw 2026.3.7 and older stop. 2026.3.8 to 2026.4.24 use openai-responses. 2026.4.27 and later
use openai-completions, which is right for a LiteLLM proxy: there the line is no more than a help
for the reader.

References
----------
https://docs.openclaw.ai/concepts/model-providers
https://github.com/openclaw/openclaw/issues/28022
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.route import Route
from clawdoctor.chain.schema import is_refused
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.checks.litellm.ll109_which_model import which_model
from clawdoctor.checks.openclaw.api_line import declare_api
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Finding, Severity
from clawdoctor.knowledge import behaviour


def check(route: Route, openclaw: OpenClawConfig, versions: Versions) -> Iterator[Finding]:
    """Report a route for which neither the provider nor the model sets `api`."""
    api, _ = route.provider.api(route.model)
    if api is not None or route.target == "azure" or route.purpose != "chat":
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


_NONE = r"(?:No (?:API )?provider registered for api|Unhandled API(?: in mapOptionsForApi)?):"

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
            rf"{_NONE} ['\"`]?(?P<api>undefined|null|ollama)\b",
            advice="missing",
        ),
        rule(
            "likely",
            "OpenClaw",
            rf"{_NONE} ['\"`]?(?P<api>(?:openai|azure|litellm|anthropic|chat|completion|responses"
            rf"|custom)"
            r"[\w-]{0,30})",
            advice="wrong",
        ),
        rule(
            "certain",
            "OpenClaw",
            r"Provider (?P<provider>[\w./-]{1,80})(?:, model (?P<model>[\w./:-]{1,120}))?: "
            r"(?:no \"api\" specified|\"api\" is required)",
            advice="missing",
        ),
        rule(
            "likely",
            "OpenClaw",
            r"\bprovider\b",
            r"missing (?:an? |the |its )?(?:[`'\"]{1,3}api[`'\"]{1,3}(?!:)|api (?:field|property"
            r"|type))",
            advice="missing",
        ),
        rule(
            "likely",
            "OpenClaw",
            r"\bMismatched api: (?P<api>[\w-]{1,40}) expected (?P<expected>[\w-]{1,40})",
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
