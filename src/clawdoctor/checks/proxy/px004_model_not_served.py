"""The running proxy does not have the model that OpenClaw requests.

What it means
-------------
The proxy accepts OpenClaw's key, but its list of models does not contain the model that an agent
uses. It answers 400 "Invalid model name passed in model=...". If LiteLLM dropped the deployment
when it started, the list does not contain the name either, and the answer is "There are no healthy
deployments for this model". LiteLLM gives the same answer for an unknown name if model_list has a
wildcard.

Why it happens
--------------
The name in openclaw.json is not a model_name of the proxy, the proxy was not restarted after a
change of its config, it runs with another config, or the key may not use the model. LiteLLM drops a
deployment if its api_version is a date without quotes, or if it does not know the provider of its
model. Without a prefix, it knows only names in its own list, such as gpt-4o-mini. The list for a
virtual key contains the models that the key may use, even if the proxy does not have them.

How to fix it
-------------
Use a name that the proxy lists:

    curl -H "Authorization: Bearer $LITELLM_MASTER_KEY" http://localhost:4000/v1/models

Restart the proxy after every change of its config.

Versions
--------
All versions of LiteLLM.

References
----------
https://docs.litellm.ai/docs/proxy/configs
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.configs import Configs
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.parameter import file_name, replace_proxy
from clawdoctor.chain.route import Chain, Route
from clawdoctor.chain.router import is_served_unlisted
from clawdoctor.check import Check
from clawdoctor.checks.proxy.admin import GET
from clawdoctor.checks.proxy.px004_texts import ADVICE, TEXTS
from clawdoctor.checks.renamed_model import renamed_model
from clawdoctor.checks.turn_finding import captured_value, turn_finding
from clawdoctor.finding import (
    Action,
    Command,
    Evidence,
    Finding,
    Fix,
    Place,
    Severity,
    Step,
    Unknown,
)
from clawdoctor.knowledge.did_you_mean import nearest
from clawdoctor.probes.proxy import RunningDeployments, ServedModels
from clawdoctor.probes.replies import AllReplies, Replies
from clawdoctor.run.needs import Unavailable
from clawdoctor.wire.question import Question


def check(
    route: Route,
    served: ServedModels,
    running: RunningDeployments | Unavailable,
    openclaw: OpenClawConfig,
    litellm: LiteLLMConfig | None,
    environment: Environment,
    chain: Chain,
    all_replies: AllReplies | None,
) -> Iterator[Finding | Unknown]:
    """Report a route whose model the proxy does not list, or lists without a deployment."""
    if all_replies is not None and all_replies.of(route) is not None:
        return  # the live turn shows it
    if route.model_id not in served.names:
        unlisted = litellm is not None and is_served_unlisted(litellm, route.model_id)
        if any(ref.own_key for ref in route.refs):
            yield Unknown(
                "memory search sends a different key, which may have access to other models"
            )
        elif served.wildcard or unlisted:
            yield Unknown(
                "the proxy may serve this model without listing it; only a test message can tell"
            )
        elif litellm is not None and route.model_id in litellm.aliases:
            yield Unknown(
                "this model is an alias, which the proxy may not list; only a test message can tell"
            )
        else:
            retry = (replace_proxy(litellm, environment),) if litellm is not None else ()
            others = [name for name in served.names if name not in chain.alternatives(route)]
            meant = next(iter(nearest(route.model_id, others)), None)
            actions = (*retry, CHECK_AGAIN)
            yield _missing_finding(route, served, openclaw, litellm, meant, actions)
    elif (
        isinstance(running, RunningDeployments)
        and running.whole
        and not _has_deployment(route, running, litellm)
    ):
        retry = (replace_proxy(litellm, environment),) if litellm is not None else ()
        yield _dropped_finding(route, openclaw, litellm, (*retry, CHECK_AGAIN))


def _has_deployment(
    route: Route, running: RunningDeployments, config: LiteLLMConfig | None
) -> bool:
    """Return whether the proxy has loaded a deployment for the name, an alias or a wildcard."""
    if running.of(route.model_id) or not running.deployments:
        return True
    if config is None or route.model_id in config.aliases:
        return True
    return is_served_unlisted(config, route.model_id)


def _missing_finding(
    route: Route,
    served: ServedModels,
    openclaw: OpenClawConfig,
    config: LiteLLMConfig | None,
    meant: str | None,
    retry: tuple[Action, ...],
) -> Finding:
    names = [f'"{name}"' for name in served.names]
    shown = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
    lists = f"lists {shown or 'no models'}"
    place = openclaw.place(route.name_pointer, "the proxy does not list this")
    related: tuple[Place, ...] = ()
    written = _place_in_config(route, config)
    if written is not None and config is not None:
        hint = ""
        why = (
            f"{file_name(config.path)} has the model, but the running proxy does not. The proxy "
            "was not restarted after a change, it runs with another file, or it dropped the "
            "deployment when it started."
        )
        fix = Fix(title="restart the proxy, and read the first lines of its log", actions=retry)
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
            "In openclaw.json, use a name that the proxy lists, or add this model to the proxy"
        )
        fix = Fix(
            title="in openclaw.json, use a name that the proxy lists",
            applicability="unsafe" if meant else "manual",
            changes=renamed_model(route, meant) if meant else (),
            snippet=snippet,
            actions=retry[-1:] if meant else (choose, *retry),
        )
    return Finding(
        severity=Severity.ERROR,
        message=f'the running proxy has no model "{route.model_id}"{hint}',
        title="" if meant else "the running proxy does not have models that agents use",
        detail=why,
        place=place,
        consequence=f'the proxy has no model "{route.model_id}"',
        related=related,
        evidence=(Evidence("http", f"GET /v1/models {lists}", 200),),
        fixes=(fix,),
    )


def _dropped_finding(
    route: Route, openclaw: OpenClawConfig, config: LiteLLMConfig | None, retry: tuple[Action, ...]
) -> Finding:
    reference = openclaw.place(route.name_pointer, "no deployment for this name")
    written = _place_in_config(route, config)
    return Finding(
        severity=Severity.ERROR,
        message=f'the proxy lists "{route.model_id}" but has no deployment for it',
        detail=(
            "The list for a virtual key contains the models that the key may use, even if the "
            "proxy does not have them. If litellm_config.yaml has the model, LiteLLM dropped it "
            'at startup. Its log says why, after "Error creating deployment".'
        ),
        place=written or reference,
        consequence=f'the proxy has no deployment for "{route.model_id}"',
        related=(reference,) if written is not None else (),
        evidence=(Evidence("http", f"GET /v1/model/info has no entry for {route.model_id}", 200),),
        fixes=(
            Fix(
                title="in litellm_config.yaml, correct the deployment, and restart the proxy",
                actions=(Step("Correct what the proxy's log reports for this deployment"), *retry),
            ),
        ),
    )


def _place_in_config(route: Route, config: LiteLLMConfig | None) -> Place | None:
    """Return the place where LiteLLM's file names the model, if it does."""
    for deployment in config.deployments if config is not None else ():
        if config is not None and deployment.group == route.model_id:
            return config.place(f"{deployment.pointer}/model_name", "not in the running proxy")
    return None


def check_turn(question: Question, replies: Replies, configs: Configs) -> Iterator[Finding]:
    """Report a turn that the proxy rejected because it lacks the model or its deployment."""
    for failure in replies.of("model-not-served"):
        model = captured_value(failure, "model", question.model)
        dropped = "no healthy deployments" in failure.turn.error
        message = f'the running proxy has no model "{model}"'
        why = "LiteLLM compares names letter by letter. A virtual key sees only its own models."
        if dropped:
            message = f'the proxy has no deployment for "{model}"'
            why = (
                "When LiteLLM cannot read a deployment at startup, it drops it and continues. "
                'Its log says why, after "Error creating deployment". With a wildcard in '
                "model_list, LiteLLM gives the same answer for a name that it does not know."
            )
        restart = configs.restart(replies.question.resource)
        fix = Fix(
            "in openclaw.json, use a name that the proxy lists", actions=(restart, CHECK_AGAIN)
        )
        if not dropped and any(route.deployments for route in question.routes):
            fix = _reload_fix(question, restart)
        yield turn_finding(
            failure,
            replies,
            configs,
            message=message,
            why=why,
            place=None
            if dropped
            else configs.of_route(question.routes[0], "model", "OpenClaw requests this"),
            label="no deployment for this name",
            fix=fix,
        )


def _reload_fix(question: Question, restart: Action) -> Fix:
    """Return the fix for a model that LiteLLM's file serves but the running proxy does not."""
    proxy = question.proxy
    listing: tuple[Action, ...] = ()
    if proxy is not None and proxy.url is not None and not proxy.url_variables:
        listing = (Command(f"{GET} {shlex.quote(proxy.url + '/v1/models')}"),)
    return Fix(
        title="restart LiteLLM, so that it loads the current litellm_config.yaml. If the error "
        "remains, use a model in openclaw.json that the proxy lists",
        actions=(
            restart,
            CHECK_AGAIN,
            Step("If the error remains, use one of these models in openclaw.json"),
            *listing,
        ),
    )


CHECK = Check(
    code="PX004",
    name="model-not-served",
    stage="proxy",
    scope="route",
    disproved_by_turn=True,
    run=check,
    live=check_turn,
    documentation=__doc__,
    owns=("model-not-served",),
    causes=(
        *("LL201", "PX110", "OC109", "LL003", "LL004", "LL105", "LL107", "LL116", "LL103"),
        "DK103",
    ),
    advice=ADVICE,
    texts=TEXTS,
)
