"""A model's compat makes OpenClaw send or leave out what this chain refuses or needs.

What it means
-------------
`compat` overrules what OpenClaw knows about an endpoint. Behind LiteLLM it is easy to ask for too
much: the role "developer" and reasoning_effort are refused by models that do not reason, as
"Unsupported value: 'messages[0].role'" or "Unknown parameter: 'reasoning_effort'". It is as easy to
ask for too little: without supportsUsageInStreaming, a proxy that is not on this machine sends no
token counts, and OpenClaw's usage and context meter stay at 0.

Why it happens
--------------
The block was copied from another model or provider, or from OpenAI's own API, which takes them all.

How to fix it
-------------
Leave supportsDeveloperRole and supportsReasoningEffort out for models that do not reason. For a
proxy on another host:

    compat: { supportsUsageInStreaming: true },

Versions
--------
Measured on OpenClaw 2026.9.6.

References
----------
https://docs.openclaw.ai/concepts/model-providers
https://docs.litellm.ai/docs/completion/drop_params
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from clawdoctor.chain.advice import RESTART_OPENCLAW, check_again
from clawdoctor.chain.azure_host import host_of, is_loopback
from clawdoctor.chain.compose import Compose
from clawdoctor.chain.drop_params import drop_params, start_arguments
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.openclaw import Model, OpenClawConfig
from clawdoctor.chain.route import Route
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check, signature
from clawdoctor.checks.litellm.ll109_which_model import which_model
from clawdoctor.checks.patterns import alone, near
from clawdoctor.finding import Edit, Finding, Fix, Severity
from clawdoctor.knowledge.azure import AzureModel, model_named
from clawdoctor.run.needs import Absent
from clawdoctor.run.situation import Situation

CHAT = "openai-completions"
DEVELOPER, EFFORT, USAGE = (
    "supportsDeveloperRole",
    "supportsReasoningEffort",
    "supportsUsageInStreaming",
)


def check(
    route: Route,
    openclaw: OpenClawConfig,
    versions: Versions,
    litellm: LiteLLMConfig | Absent,
    environment: Environment,
    situation: Situation,
    compose: Compose | Absent,
) -> Iterator[Finding]:
    """One listed model, over chat completions: what its compat turns on, and what it lacks."""
    model = route.model
    api, _ = route.provider.api(model)
    if model is None or api not in (CHAT, None):
        return
    behind = _not_reasoning(route)
    if behind is not None and _is(model, DEVELOPER, True):
        why = 'OpenClaw gives its instructions the role "developer", which only models that reason'
        yield _refused(
            route, model, DEVELOPER, f"{why} are sure to take", behind, (openclaw, versions)
        )
    reasons = model.node.get("reasoning")
    if behind is not None and _is(model, EFFORT, True) and reasons and reasons.value is True:
        why = "OpenClaw sends reasoning_effort as soon as thinking is on, and a model that does not"
        found = _refused(
            route, model, EFFORT, f"{why} reason refuses it", behind, (openclaw, versions)
        )
        words = start_arguments(
            situation, compose, litellm if isinstance(litellm, LiteLLMConfig) else None
        )
        sure = _thinks(openclaw) and _nothing_drops(route, litellm, environment, words)
        if sure:
            refuses = "LiteLLM refuses what OpenClaw sends"
            found = replace(found, severity=Severity.ERROR, consequence=refuses)
        yield found
    if route.target == "proxy" and not _is(model, USAGE, True):
        yield from _no_usage(route, model, openclaw, versions)


def _is(model: Model, key: str, value: bool) -> bool:
    compat = model.node.get("compat")
    node = compat.get(key) if compat is not None else None
    return node is not None and node.value is value


def _not_reasoning(route: Route) -> AzureModel | None:
    """A model behind the route that certainly does not reason."""
    if route.target == "azure":
        direct = model_named(route.model_id)
        return direct if direct is not None and not direct.reasoning else None
    for deployment in route.deployments:
        guess = which_model(deployment)
        if guess is not None and guess.sure and not guess.model.reasoning:
            return guess.model
    return None


def _thinks(openclaw: OpenClawConfig) -> bool:
    """Whether an agent thinks unless it is told not to: that is how OpenClaw starts."""
    blocks = [openclaw.root.at("/agents/defaults")]
    for members in (openclaw.root.at("/agents/entries"), openclaw.root.at("/agents/list")):
        blocks += [node for _, node in members.children()] if members is not None else []
    levels = [block.text("thinkingDefault") for block in blocks if block is not None]
    return "off" not in levels


def _nothing_drops(
    route: Route, litellm: LiteLLMConfig | Absent, environment: Environment, words: tuple[str, ...]
) -> bool:
    """Whether LiteLLM itself refuses the parameter: nothing tells it to leave it out."""
    if not isinstance(litellm, LiteLLMConfig) or route.target != "proxy":
        return False
    return not any(
        drop_params(litellm, one, environment.proxy, words).drops("reasoning_effort")
        or one.params.get("allowed_openai_params") is not None
        for one in route.deployments
    )


def _refused(
    route: Route,
    model: Model,
    key: str,
    why: str,
    behind: AzureModel,
    seen: tuple[OpenClawConfig, Versions],
) -> Finding:
    openclaw, versions = seen
    node = model.node.at(f"/compat/{key}")
    return Finding(
        severity=Severity.WARNING,
        message=f'compat.{key} is on for "{model.id}", and {behind.name} does not reason',
        title=f"compat.{key} is on for models that do not reason",
        detail=f"{why}. {versions.stated('openclaw', 'OpenClaw')}.",
        place=openclaw.place(f"{model.pointer}/compat/{key}", f"{behind.name} does not reason"),
        consequence="the model may refuse what OpenClaw sends",
        fixes=(
            Fix(
                title=f"write {key}: false",
                applicability="safe",
                edits=(Edit(node.span, "false"),) if node is not None else (),
                snippet=f"{key}: false,",
                actions=(RESTART_OPENCLAW, check_again("OC114")),
            ),
        ),
        subjects=(route.id,),
    )


def _no_usage(
    route: Route, model: Model, openclaw: OpenClawConfig, versions: Versions
) -> Iterator[Finding]:
    """A proxy elsewhere, which is asked for token counts only where the model says so."""
    host = host_of(route.provider.base_url.resolved or "")
    if host is None or is_loopback(host):
        return
    yield Finding(
        severity=Severity.INFO,
        message=f'OpenClaw asks {host} for no token counts of "{model.id}"',
        title=f"OpenClaw asks {host} for no token counts",
        detail="OpenClaw asks for them by itself on localhost only; elsewhere its usage, cost and "
        f"context meter stay at 0. {versions.stated('openclaw', 'OpenClaw')}.",
        place=openclaw.place(f"{model.pointer}/compat/{USAGE}", f"no {USAGE}: true"),
        consequence="token counts stay at 0",
        fixes=(
            Fix(
                title=f"add {USAGE}: true to compat",
                snippet=f"compat: {{ {USAGE}: true }},",
                actions=(RESTART_OPENCLAW, check_again("OC114")),
            ),
        ),
        subjects=(route.id,),
    )


_REFUSED = (
    r"(?:not (?:be )?(?:supported|recogni[sz]ed|allowed|valid|accepted|permitted|known)|unsupported"
    r"|unrecogni[sz]ed|invalid|unknown|unexpected|reject\w{0,3}|does(?:n't| not) support)"
)

CHECK = Check(
    code="OC114",
    name="compat-unsupported",
    stage="openclaw",
    scope="request",
    run=check,
    documentation=__doc__,
    texts=(
        signature(
            r"\brole\b[^.]{0,80}?\bgot ['\"`]?developer\b|\brole\b[^.]{0,60}?Input should "
            r"be.{0,120}?\bdeveloper\b",
            "likely",
            "a server that speaks OpenAI's API",
        ),
        signature(
            r"messages\[\d{1,4}\]\.role['\"]? does not support ['\"]developer",
            "likely",
            "Azure",
        ),
        signature(
            r"\brole\b[^.]{0,60}?(?:unknown variant|invalid|unexpected|not supported"
            r"|unsupported|must be one of)[^.]{0,40}?\bdeveloper\b|(?:unknown|unexpected"
            r"|invalid|unsupported"
            r"|unrecognized)\b[^.]{0,40}?\brole\b[^.]{0,20}?\bdeveloper\b|Input tag "
            r"'developer' found using 'role'|\bdeveloper\b['\"`]? (?:role )?is not (?:one "
            r"of|supported|a valid|allowed(?! to\b))|not support (?:the )?(?:role "
            r")?['\"`]?developer\b",
            "likely",
            "a server that speaks OpenAI's API",
        ),
        signature(
            r"(?:Unknown|Unsupported) parameter: ['\"`](?P<parameter>reasoning_effort"
            r"|stream_options(?:\.include_usage)?|tools\[\d{1,4}\]\.function\.strict)['\"`]",
            "likely",
            "Azure",
        ),
        signature(
            r"does not support reasoning_effort='(?P<effort>\w{1,12})' for this model",
            "possible",
            "LiteLLM",
        ),
        signature(
            r"messages\[\d{1,4}\]\.role['\"]? does not support ['\"]system['\"] with this "
            r"model",
            "possible",
            "Azure",
        ),
        signature(
            r"Unsupported value: 'stream' does not support true with this model",
            "possible",
            "Azure",
        ),
        signature(
            alone(
                rf"\bdeveloper\b['\"`]? (?:message )?role\b[^.]{{0,60}}{_REFUSED}(?! to\b)"
                rf"|{_REFUSED}\b[^.]{{0,40}}\bdeveloper\b['\"`]? (?:message )?role"
            ),
            "likely",
            "a server that speaks OpenAI's API",
        ),
        signature(r"\bsupportsDeveloperRole\b", "likely", "OpenClaw"),
        # Zhipu: "the role is not right".
        signature("角色信息不正确", "possible", "another server that speaks OpenAI's API"),
        signature(
            near(r"\bstream_options\b", rf"{_REFUSED}|Extra inputs", 80),
            "likely",
            "a server that speaks OpenAI's API",
        ),
        signature(
            near(rf"{_REFUSED}|Extra (?:inputs|parameters|fields)", r"\bstream_options\b", 60),
            "likely",
            "a server that speaks OpenAI's API",
        ),
        signature(
            near(
                r"\breasoning_effort\b|\bfunction\.strict\b",
                r"(?:is|are) not (?:supported|allowed|permitted)|Extra inputs|unsupported"
                r"|unrecognized|unknown (?:field|parameter)",
                80,
            ),
            "possible",
            "a server that speaks OpenAI's API",
        ),
        signature(
            r"(?:Unexpected|Unknown|Unsupported|Invalid) (?:message )?role\W{1,6}developer\b",
            "likely",
            "a server that speaks OpenAI's API",
        ),
        signature(
            r"\bstrict['\"`\])]{0,3} ?[:,-] ?.{0,20}Extra inputs are not permitted"
            r"|(?:property|parameter|field|argument) ['\"`]?strict['\"`]? (?:is )?(?:unsupported"
            r"|not)",
            "likely",
            "a server that speaks OpenAI's API",
        ),
        signature(
            r"\brole['\"]?\W{1,4}Input should be ['\"](?:system|user)|\bsystem role (?:is )?not "
            r"supported",
            "possible",
            "a server that speaks OpenAI's API",
        ),
        signature(
            r"Thinking level \W{0,2}\w{1,10}\W{0,2} is only supported for",
            "possible",
            "OpenClaw",
        ),
    ),
)
