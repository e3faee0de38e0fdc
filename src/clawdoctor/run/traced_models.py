"""Choose the models to trace: those in use, or those that the user names."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from clawdoctor.chain.azure_host import host_of, is_azure
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.openclaw import ModelRef, OpenClawConfig, Provider
from clawdoctor.chain.openclaw_setting import Setting
from clawdoctor.chain.route import Chain, Route
from clawdoctor.chain.router import deployments_for
from clawdoctor.knowledge.did_you_mean import nearest
from clawdoctor.run.facts import Facts
from clawdoctor.run.situation import Situation
from clawdoctor.source.secret import Secret

TracedModel = Route | str
"""A route of OpenClaw, or, without openclaw.json, a model that a client requests from LiteLLM."""


class UnknownModelError(Exception):
    """The user named a model that this chain does not have. The text is a message for the user."""


def traced_models(
    situation: Situation, facts: Facts, *, or_none: bool = False
) -> tuple[TracedModel, ...]:
    """Return the models that the situation names, or else those in use.

    `or_none` means that a config is unusable, and an unknown name is left out. Otherwise it raises
    UnknownModelError.
    """
    chain = facts.known(Chain) or Chain((), (), ())
    litellm, openclaw = facts.known(LiteLLMConfig), facts.known(OpenClawConfig)
    groups = () if openclaw is not None or litellm is None else tuple(litellm.groups)
    if not situation.models:
        used = [route for route in chain.routes if chain.usage.get(route.id) == "used"]
        used += _searches_elsewhere(openclaw, chain)
        used.sort(key=_rank_in(openclaw))
        return (*used, *(group for group in groups if "*" not in group))
    found: dict[str, TracedModel] = {}
    for written in situation.models:
        named = tuple(_named(written, chain, litellm, client=bool(groups)))
        if not named and not or_none:
            raise UnknownModelError(_message(written, chain, groups))
        found |= {model if isinstance(model, str) else model.id: model for model in named}
    return tuple(found.values())


def _searches_elsewhere(openclaw: OpenClawConfig | None, chain: Chain) -> Iterator[Route]:
    """Yield a route for each memory search whose own URL leads out of the chain."""
    if openclaw is None:
        return
    within = {pointer for route in chain.routes for pointer in route.used_by}
    for search in openclaw.memory_searches:
        if search.pointer in within or search.base_url.state == "missing":
            continue
        missing: Setting[str] = Setting("", None, "missing")
        no_key: Setting[Secret] = Setting("", None, "missing")
        named = openclaw.provider(search.provider)
        provider = named or Provider(search.provider, "", search.node, missing, no_key, ())
        ref = ModelRef(
            search.written, search.pointer, search.node, provider.id, search.model, "embedding"
        )
        direct = is_azure(host_of(search.base_url.resolved or ""))
        yield Route(
            id=f"{search.provider}/{search.model}",
            provider=provider,
            model_id=search.model,
            model=None,
            target="azure" if direct else "server",
            refs=(ref,),
            deployments=(),
        )


def _rank_in(openclaw: OpenClawConfig | None) -> Callable[[Route], tuple[int, int]]:
    """Return a key that sorts primaries before fallbacks, in their order, and embeddings last."""
    refs = openclaw.refs if openclaw is not None else ()
    position = {ref.pointer: index for index, ref in enumerate(refs)}

    def rank(route: Route) -> tuple[int, int]:
        ranks = [
            (
                2 if ref.purpose == "embedding" else 0 if ref.primary else 1,
                position.get(ref.pointer, 0),
            )
            for ref in route.refs
        ]
        return min(ranks, default=(3, 0))

    return rank


def _named(
    written: str, chain: Chain, litellm: LiteLLMConfig | None, *, client: bool
) -> Iterator[TracedModel]:
    if client and litellm is not None:
        if deployments_for(litellm, written):
            yield written
        return
    exact = [route for route in chain.routes if route.id.casefold() == written.casefold()]
    for route in exact or chain.routes:
        if (exact or route.model_id == written) and _exists(route, litellm):
            yield route


def _exists(route: Route, litellm: LiteLLMConfig | None) -> bool:
    """Return whether a config has the model: load_chain adds a route per name of the user."""
    listed = route.model is not None or bool(route.refs) or bool(route.deployments)
    return listed or route.target != "proxy" or litellm is None


def _message(written: str, chain: Chain, groups: tuple[str, ...]) -> str:
    known = [route.id for route in chain.routes if route.model is not None or route.refs]
    names = known or list(groups)
    by_model = {route.model_id: route.id for route in chain.routes if route.id in known}
    near = nearest(written, names, 3) or tuple(
        by_model[name] for name in nearest(written.rpartition("/")[2], by_model, 3)
    )
    if near:
        return f"no model of this chain is named {written}; did you mean {', '.join(near)}?"
    listed = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
    return f"no model of this chain is named {written}" + (f"; it has {listed}" if listed else "")
