"""The running proxy does not have the model that OpenClaw asks for.

What it means
-------------
The proxy lets OpenClaw in, and its list of models lacks the one that an agent uses. It answers
400 "Invalid model name passed in model=...". Or the list has the name and no deployment behind it:
LiteLLM dropped it when it started, and answers "There are no healthy deployments for this model".

Why it happens
--------------
The name in openclaw.json is no model_name of the proxy; or the proxy was not restarted after its
config was changed; or it runs with another config; or its key may not use the model. A deployment
is dropped for an unquoted api_version or for a model without a provider's prefix.

How to fix it
-------------
Use a name that the proxy lists:

    curl -H "Authorization: Bearer $LITELLM_MASTER_KEY" http://localhost:4000/v1/models

and restart the proxy after every change of its config.

Versions
--------
All versions of LiteLLM.

References
----------
https://docs.litellm.ai/docs/proxy/configs
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import check_again
from clawdoctor.chain.configs import Configs
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.parameter import file_name, restart
from clawdoctor.chain.question import Question
from clawdoctor.chain.route import Route
from clawdoctor.check import Check, signature
from clawdoctor.checks.patterns import near
from clawdoctor.checks.turn_finding import again, captured, turn_finding
from clawdoctor.finding import Action, Evidence, Finding, Fix, Place, Severity, Step, Unknown
from clawdoctor.knowledge.did_you_mean import nearest
from clawdoctor.probes.proxy import RunningDeployments, ServedModels
from clawdoctor.probes.replies import AllReplies, Replies
from clawdoctor.run.needs import Unavailable

CODE = "PX004"


def check(
    route: Route,
    served: ServedModels,
    running: RunningDeployments | Unavailable,
    openclaw: OpenClawConfig,
    litellm: LiteLLMConfig | None,
    environment: Environment,
    everything: AllReplies | Unavailable,
) -> Iterator[Finding | Unknown]:
    """A route whose model the proxy does not list, or lists without a deployment."""
    config = litellm
    if isinstance(everything, AllReplies) and everything.of(route) is not None:
        return  # the turn has told
    if route.model_id not in served.names:
        if served.wildcard or (config is not None and _by_wildcard(route.model_id, config)):
            yield Unknown("the proxy serves it through a wildcard; only a request can tell")
        elif config is not None and route.model_id in config.aliases:
            yield Unknown("it is an alias, which the proxy need not list; only a request can tell")
        else:
            retry = (restart(config, environment),) if config is not None else ()
            yield _missing(route, served, openclaw, config, (*retry, check_again(CODE)))
    elif (
        isinstance(running, RunningDeployments)
        and running.whole
        and not _has_deployment(route, running, config)
    ):
        retry = (restart(config, environment),) if config is not None else ()
        yield _dropped(route, openclaw, config, (*retry, check_again(CODE)))


def _by_wildcard(model: str, config: LiteLLMConfig) -> bool:
    return any("*" in deployment.group for deployment in config.serving(model))


def _has_deployment(
    route: Route, running: RunningDeployments, config: LiteLLMConfig | None
) -> bool:
    """Whether anything is loaded for the name; an alias and a wildcard stand for other names."""
    if running.of(route.model_id) or not running.deployments:
        return True
    if config is None or route.model_id in config.aliases:
        return True
    return _by_wildcard(route.model_id, config)


def _missing(
    route: Route,
    served: ServedModels,
    openclaw: OpenClawConfig,
    config: LiteLLMConfig | None,
    retry: tuple[Action, ...],
) -> Finding:
    names = [f'"{name}"' for name in served.names]
    shown = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
    lists = f"lists {shown or 'no models'}"
    meant = next(iter(nearest(route.model_id, served.names)), None)
    place = openclaw.place(_pointer(route), "the proxy does not list this")
    related: tuple[Place, ...] = ()
    written = _written(route, config)
    if written is not None and config is not None:
        hint = ""
        why = (
            f"{file_name(config.path)} has it and the running proxy does not. It was not restarted "
            "after a change, it runs with another file, or it dropped the deployment when it "
            "started."
        )
        fix = Fix(title="restart the proxy and read its first lines", actions=retry)
        place, related = written, (place,)
    else:
        hint = f'; did you mean "{meant}"?' if meant else ""
        why = "LiteLLM compares names letter by letter. A virtual key sees only its own models."
        snippet = (
            f'"{route.provider.id}/{meant}" in the agent\'s model, id: "{meant}" in models[]'
            if meant
            else ""
        )
        choose = Step(
            "use a name that the proxy lists in openclaw.json, or add this one to the proxy"
        )
        fix = Fix(
            title="use a name that the proxy lists",
            snippet=snippet,
            actions=retry[-1:] if meant else (choose, *retry),
        )
    return Finding(
        severity=Severity.ERROR,
        message=f'the running proxy has no model "{route.model_id}"{hint}',
        detail=why,
        place=place,
        consequence=f'the proxy has no model "{route.model_id}"',
        related=related,
        evidence=(Evidence("http", f"GET /v1/models {lists}", 200),),
        fixes=(fix,),
    )


def _dropped(
    route: Route, openclaw: OpenClawConfig, config: LiteLLMConfig | None, retry: tuple[Action, ...]
) -> Finding:
    reference = openclaw.place(_pointer(route), "no deployment behind this name")
    written = _written(route, config)
    return Finding(
        severity=Severity.ERROR,
        message=f'the proxy lists "{route.model_id}" and has no deployment for it',
        detail="LiteLLM drops a deployment that it cannot read when it starts, and goes on. Its "
        'log says why, after "Error creating deployment"; a request is told "There are no healthy '
        'deployments for this model".',
        place=written or reference,
        consequence=f'the proxy has no deployment for "{route.model_id}"',
        related=(reference,) if written is not None else (),
        evidence=(Evidence("http", f"GET /v1/model/info has no entry for {route.model_id}", 200),),
        fixes=(
            Fix(
                title="mend the deployment and restart the proxy",
                actions=(Step("mend what the proxy's log says of this deployment"), *retry),
            ),
        ),
    )


def _written(route: Route, config: LiteLLMConfig | None) -> Place | None:
    """Where LiteLLM's file names the model, if it does."""
    for deployment in config.deployments if config is not None else ():
        if config is not None and deployment.group == route.model_id:
            return config.place(f"{deployment.pointer}/model_name", "not in the running proxy")
    return None


def _pointer(route: Route) -> str:
    return f"{route.model.pointer}/id" if route.model is not None else route.refs[0].pointer


def check_turn(question: Question, replies: Replies, configs: Configs) -> Iterator[Finding]:
    """A turn that the proxy refused because it has no such model, or no deployment of it."""
    for failure in replies.of("model-not-served"):
        model = captured(failure, "model", question.model)
        dropped = "no healthy deployments" in failure.turn.error
        message = f'the running proxy has no model "{model}"'
        why = "LiteLLM compares names letter by letter. A virtual key sees only its own models."
        if dropped:
            message = f'the proxy has no deployment for "{model}"'
            why = (
                "LiteLLM drops a deployment that it cannot read when it starts, and goes on. Its "
                'log says why, after "Error creating deployment".'
            )
        yield turn_finding(
            failure,
            replies,
            configs,
            message=message,
            why=why,
            place=None if dropped else configs.of_route(question.routes[0], "model", "asked for"),
            label="no deployment behind this name",
            fix=Fix(
                title="use a name that the proxy lists, and restart it after a change",
                actions=(again(configs, replies), check_again(CODE)),
            ),
        )


CHECK = Check(
    code=CODE,
    name="model-not-served",
    stage="proxy",
    scope="route",
    run=check,
    live=check_turn,
    documentation=__doc__,
    owns=("model-not-served",),
    causes=("LL201", "OC109", "LL003", "LL105", "LL107", "LL103", "DK103"),
    texts=(
        signature(
            r"Call .?/v1/models.? to view available models for your key",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"Invalid model name passed in(?: "
            r"model=(?!None\b)(?P<model>[^\s'\"`]{1,120}?)(?=\.?(?:[\s'\"`]|$)))?",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"You passed in model=(?P<model>[^\s'\"`]{1,120}?)\. There (?:are no healthy "
            r"deployments|is no .model_name. with this string)",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"no healthy deployments? (?:for|found for) (?:this model"
            r"|(?P<model>[^\s'\"`]{1,120}))|There is no .model_name. with this string",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"(?:key|team|user|token|project|org) not allowed to access "
            r"model(?:.{0,600}?Tried to access (?P<model>[^\s'\"`]{1,120}))?",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"(?:key|team|user|project|org)_model_access_denied|ProxyModelNotFoundError",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"requested model ['\"](?P<model>[^'\"]{1,120})['\"] is not available for this "
            r"API key",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"The model `(?P<model>[^`]{1,120})` does not exist or is not accessible",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"The selected model was not found by the provider\. Check the model id|request "
            r"failed \(model not found",
            "possible",
            "OpenClaw",
        ),
        signature(
            r"Model \"(?P<model>[^\"]{1,160})\" not found\. Fell back to "
            r"\"(?P<fallback>[^\"]{1,160})\"",
            "possible",
            "OpenClaw",
        ),
        signature(
            r"\b400, message=['\"]Bad Request['\"], url=['\"]\S{0,200}litellm",
            "possible",
            "LiteLLM",
        ),
        signature(
            r"Valid models for team are"
            r"|not allowed to call model ?= ?(?P<model>[\w./:-]{1,120})|Allowed (?:team"
            r"|member) models ?=|does not exist in Model ID (?:List|map)"
            r"|Make sure you passed models in your config\.yaml"
            r"|Team member not allowed to access model",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"ha(?:s|ve) access to the requested model: |(?:LLM Model List"
            r"|LLM Router) (?:is )?not loaded in|No model list passed, models"
            r"|Model ['\"]\S{1,80}['\"] (?:is currently paused and cannot accept requests"
            r"|not found in router configuration)|There is no .?.?model_name.?.? with this"
            r"|model parameter is required but was None"
            r"|to view (?:the )?(?:available )?models (?:available )?(?:for your key|to you)\b",
            "likely",
            "LiteLLM",
        ),
        signature(
            near(
                r"\blite_?llm(?: router| proxy|'s)?\b",
                r"invalid model name|no healthy deployments?",
                120,
            ),
            "likely",
            "LiteLLM",
        ),
        signature(
            near(
                r"no healthy deployments?",
                r"\blite_?llm\b",
                120,
            ),
            "likely",
            "LiteLLM",
        ),
        signature(
            r"No models available\.|No (?:healthy )?deployments? found|Model Name invalid - "
            r"|Could not map model ?=|^(?:\w{1,30}: )?Model is blocked|invalid model name"
            r"|no healthy deployments?",
            "possible",
            "LiteLLM",
        ),
        signature(
            near(
                r"litellm[- _](?:proxy|server|gateway)|litellm (?:returns|returned|says"
                r"|answers)",
                r"invalid model name|unknown model|no healthy deployments?"
                r"|model (?:\S{1,80} )?(?:was |is )?not (?:found|served|available|configured)"
                r"|model (?:\S{1,80} )?does ?n[o']t exist",
                160,
            ),
            "possible",
            "LiteLLM",
        ),
        signature(
            r"Personal key model access|Allowed user models ?=",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"Model list not initialized|(?:key|team|user|token)\b.{0,30}(?:does not|doesn't"
            r"|no) have access to (?:the |this )?model|not in the list of models"
            r"|models for your key|(?:key|team|user) (?:is )?not allowed to (?:access|use"
            r"|call) (?:the |this )?model",
            "possible",
            "LiteLLM",
        ),
        signature(
            r"configured model is unavailable from the provider|can't find the model you're using"
            r" right now",
            "possible",
            "OpenClaw",
        ),
        signature(
            r"\b404:? Model not found\b",
            "possible",
            "a server that speaks OpenAI's API",
        ),
        signature(
            r"['\"]detail['\"]: ?['\"]Model not found['\"]|\"POST (?:/v1)?/(?:chat/completions"
            r"|responses) HTTP/[\d.]{1,3}\" 400 Bad Request",
            "possible",
            "LiteLLM",
        ),
        signature(
            r"Model id = (?P<model>\S{1,80}) not found on litellm proxy",
            "certain",
            "LiteLLM",
        ),
    ),
)
