"""OpenClaw requests a model from the proxy that is not in litellm_config.yaml.

What it means
-------------
OpenClaw sends the part of the model reference after the first slash as the model. LiteLLM looks for
a model_name with exactly this value. If there is none, it answers 400 "Invalid model name passed in
model=...". If model_list has a wildcard such as azure/*, it answers 400 "There are no healthy
deployments for this model". OpenClaw 2026.6.8 and later show "The selected model was not found by
the provider".

Why it happens
--------------
The name is misspelled in one of the two files. Or you used the name of the Azure deployment or of
the model instead of the proxy's model_name, or left the provider's prefix in the id.
completion_model in general_settings replaces the model of every request, and model_alias_map in
litellm_settings the models in it.

A wildcard such as openai/* also matches a model without a prefix if LiteLLM has it in its list of
models and therefore knows its provider: gpt-5-mini, but not gpt-5-mini-eu.

The model may also be the model of memory search: memory.search, or agents.defaults.memorySearch in
older versions of OpenClaw. OpenClaw sends it to the proxy's /embeddings. Chat works, but every
memory search fails.

How to fix it
-------------
Use the same name in both files. In openclaw.json, it is in models[].id of the provider and in every
agent's model. In litellm_config.yaml, it is in model_name:

    - model_name: gpt-5.2            # litellm_config.yaml
    { id: "gpt-5.2", name: "..." }   # openclaw.json

Versions
--------
All versions of both programs. If the proxy runs and lists the model, its list decides. OpenClaw
2026.6.8 and older remove openai/ from the name of memory search's model. Newer versions send the
name to a proxy unchanged.

References
----------
https://docs.litellm.ai/docs/proxy/configs
https://docs.openclaw.ai/concepts/model-providers
https://docs.openclaw.ai/reference/memory-config
https://github.com/openclaw/openclaw/issues/92124
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.parameter import restart
from clawdoctor.chain.route import Chain, Route
from clawdoctor.chain.router import (
    ONLY_MODEL,
    deployments_for,
    may_be_served,
    replacement,
    requested_name,
)
from clawdoctor.chain.version_range import judge_versions
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.checks.openclaw.api_line import declare_api
from clawdoctor.checks.renamed_model import renamed_model
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Action, Finding, Fix, Place, Severity, Step, Unknown
from clawdoctor.knowledge import behaviour
from clawdoctor.knowledge.did_you_mean import nearest
from clawdoctor.probes.proxy import ServedModels
from clawdoctor.run.facts import Facts
from clawdoctor.source.change import Remove
from clawdoctor.source.node import split_pointer

_UNSURE = (
    " LiteLLM adds a provider only to the names in its list of models. The list that it loads when"
    " it starts may be newer than the one that clawdoctor knows. If it has this name, a wildcard of"
    " this config matches it."
)


def check(
    route: Route,
    openclaw: OpenClawConfig,
    litellm: LiteLLMConfig,
    versions: Versions,
    environment: Environment,
    chain: Chain,
    facts: Facts,
) -> Iterator[Finding | Unknown]:
    """Report a route through the proxy whose model id matches no model_name, wildcard or alias.

    The running proxy's own list overrides the file. PX004 checks the running proxy.
    """
    model = route.model_id
    severity, why = _judged(route, litellm, versions)
    if route.target != "proxy" or severity is None:
        return
    served = facts.known(ServedModels, route)
    if served is not None and served.can_serve(model):
        return
    if litellm.models_in_database:
        yield Unknown("the proxy's database may contain models that the file does not")
        return
    if route.listed != model and _is_served(route.listed, litellm):
        yield _lost_prefix(route, openclaw, versions)
        return
    pointer = replacement(litellm, model)[1]
    if pointer:
        yield _replaced(route, litellm, pointer, severity, restart(litellm, environment))
        return
    groups = tuple(dict.fromkeys(deployment.group for deployment in litellm.deployments))
    others = [group for group in groups if group not in chain.alternatives(route)]
    meant = _certain_name(route, groups, litellm) or next(iter(nearest(model, others)), None)
    hint = f'; did you mean "{meant}"?' if meant else ""
    unsure = may_be_served(litellm, model)
    yield Finding(
        severity=Severity.WARNING if unsure else severity,
        message=f'the proxy has no model "{route.model_id}"{hint}',
        detail=f"{why}LiteLLM needs a model_name that exactly matches the model from OpenClaw. "
        f"This config has {_list_groups(groups)}.{_answer(litellm)}"
        f"{_UNSURE if unsure else ''}",
        place=openclaw.place(route.name_pointer, "no model_name matches this"),
        consequence=f'the proxy has no model "{route.model_id}"',
        related=tuple(_name_places(litellm, meant)),
        fixes=(_fix(route, meant, restart(litellm, environment)),),
    )


def _replaced(
    route: Route, litellm: LiteLLMConfig, pointer: str, severity: Severity, action: Action
) -> Finding:
    """Return the finding about a setting that names a model that the proxy does not have."""
    above = pointer.rpartition("/")[0]
    section = litellm.root.at(above)
    entry = section.entry(split_pointer(pointer)[-1]) if section is not None else None
    name = "completion_model" if pointer == ONLY_MODEL else "model_alias_map"
    which = "every request" if pointer == ONLY_MODEL else "requests with this name"
    what, it = (name, name) if pointer == ONLY_MODEL else ("the entry", "the entry")
    return Finding(
        severity=severity,
        message=f"{name} names a model that the proxy does not have",
        detail=f"LiteLLM uses the model in {name} for {which}, instead of the model that "
        "OpenClaw sends.",
        place=litellm.place(pointer, "no model_name matches this"),
        consequence=f'LiteLLM replaces "{route.model_id}" with a model that it does not have',
        fixes=(
            Fix(
                title=f"remove {what} from {above.rpartition('/')[2]}",
                applicability="unsafe" if entry is not None else "manual",
                changes=(Remove(section, entry),) if section and entry is not None else (),
                actions=(Step(f"Or set {it} to a model_name"), action),
            ),
        ),
    )


def _lost_prefix(route: Route, openclaw: OpenClawConfig, versions: Versions) -> Finding:
    """Return the finding about a model whose name OpenClaw shortens before it sends it."""
    row = behaviour("openclaw", "own-prefix", versions.value("openclaw"))
    assert row is not None, "the rows of own-prefix leave a version out"
    return Finding(
        severity=Severity.ERROR,
        message=f'OpenClaw sends the model "{route.model_id}", not "{route.listed}"',
        detail=f"{row.says}. {versions.stated('openclaw', 'OpenClaw')}. LiteLLM has the full id "
        "as a model_name, but not the shortened id.",
        place=openclaw.place(route.name_pointer, f'sent as "{route.model_id}"'),
        consequence=f'the proxy has no model "{route.model_id}"',
        fixes=(declare_api(route.provider.node),),
    )


def _judged(
    route: Route, litellm: LiteLLMConfig, versions: Versions
) -> tuple[Severity | None, str]:
    """Return the severity, or None if LiteLLM has the model, and a sentence on memory search."""
    missing = not _is_served(route.model_id, litellm)
    why = "Memory search uses this model. " if route.purpose == "embedding" else ""
    if not all(ref.prefixed for ref in route.refs) or not route.refs:
        return (Severity.ERROR if missing else None), why
    short = not _is_served(route.model_id.partition("/")[2], litellm)
    faulty = [name for name, bad in (("sent", missing), ("stripped", short)) if bad]
    judged = judge_versions(versions, "openclaw", "embedding-prefix", faulty)
    if judged is None:
        return None, ""
    return judged.severity, f"{why}{judged.row.says}. "


def _is_served(model: str, litellm: LiteLLMConfig) -> bool:
    return requested_name(litellm, model) in litellm.aliases or bool(
        deployments_for(litellm, model)
    )


def _certain_name(route: Route, groups: tuple[str, ...], litellm: LiteLLMConfig) -> str | None:
    """Return the intended model_name: without a prefix, by deployment, or with one."""
    _, slash, rest = route.model_id.partition("/")
    if slash and rest in groups:
        return rest
    named = [d.group for d in litellm.deployments if d.name == route.model_id]
    if named:
        return named[0]
    for group in groups:
        if group.count("*") == 1 and group != "*":
            name = group.replace("*", route.model_id)
            if deployments_for(litellm, name):
                return name
    return None


def _answer(litellm: LiteLLMConfig) -> str:
    """Return a sentence on LiteLLM's answer if it is not "Invalid model name"."""
    if not litellm.patterns:
        return ""
    return ' Because of the wildcard, the error says "There are no healthy deployments".'


def _list_groups(groups: tuple[str, ...]) -> str:
    listed = ", ".join(f'"{group}"' for group in groups[:6])
    return (listed or "none") + (f" and {len(groups) - 6} more" if len(groups) > 6 else "")


def _name_places(litellm: LiteLLMConfig, meant: str | None) -> Iterator[Place]:
    for deployment in litellm.deployments:
        if deployment.group == meant:
            yield litellm.place(f"{deployment.pointer}/model_name", "the proxy's name for it")
            return


def _fix(route: Route, meant: str | None, retry: Action) -> Fix:
    """Return the fix in openclaw.json. Other programs may use the proxy's names, so keep those."""
    if meant is None:
        return Fix(
            title="add the model to litellm_config.yaml, or use an existing model in openclaw.json",
            snippet=f"- model_name: {route.model_id}\n  litellm_params:\n"
            "    model: azure/<name of the deployment>\n"
            "    api_base: https://<resource>.openai.azure.com\n"
            "    api_key: os.environ/AZURE_OPENAI_API_KEY",
            actions=(retry, CHECK_AGAIN),
        )
    snippet = f'"{route.provider.id}/{meant}" in the agent\'s model, id: "{meant}" in models[]'
    if route.purpose == "embedding":
        snippet = f'model: "{meant}" in the settings of memory search'
    return Fix(
        title=f'change the model to "{meant}"',
        applicability="unsafe",
        changes=renamed_model(route, meant),
        snippet=snippet,
        actions=(CHECK_AGAIN,),
    )


CHECK = Check(
    code="LL201",
    name="model-name-mismatch",
    stage="litellm",
    scope="route",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    predicts=("unknown-model",),
    causes=("LL003", "LL004", "OC109"),
    texts=(
        rule(
            "likely",
            "OpenClaw",
            "The selected model was not found by the provider",
            advice="id",
        ),
    ),
    advice={
        "id": Advice(
            "The provider that OpenClaw called has no model with this id. With LiteLLM, the id in"
            " openclaw.json must be a model_name that the proxy lists:",
            '{ id: "<a model_name of the proxy>", name: "GPT" }',
            run=(
                'curl -s -H "Authorization: Bearer $LITELLM_MASTER_KEY"'
                " http://127.0.0.1:4000/v1/models",
            ),
            straight=Advice(
                "The provider that OpenClaw called has no model with this id. With Azure, the id in"
                " openclaw.json is the deployment name, which may differ from the model name. You"
                " find it in Azure Portal > your Azure OpenAI resource > Model deployments.",
                '{ id: "<name of your deployment>", name: "GPT" }',
            ),
        ),
    },
)
