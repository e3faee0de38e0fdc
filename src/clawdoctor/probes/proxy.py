"""Requests to the proxy that cost nothing: its health, its models and its deployments.

Measured on LiteLLM 1.106.2: without a database, the answer to a wrong key is 400 "No connected
db.", and the answer to a missing key is a plain-text 500. `/openapi.json` contains the version, but
takes the proxy ten seconds, so no probe requests it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from clawdoctor.chain.azure_host import host_of, split
from clawdoctor.chain.endpoint import Proxy
from clawdoctor.chain.shown import refusal_text
from clawdoctor.chain.trust import Trust
from clawdoctor.deferred import dataclass
from clawdoctor.probes.edge import edge_of
from clawdoctor.probes.evidence import message_of
from clawdoctor.probes.http import Answer, Http, NoAnswer
from clawdoctor.probes.listing import rows_of, rows_so_far
from clawdoctor.run.needs import Absent, Unavailable
from clawdoctor.run.refusal import Refusal
from clawdoctor.source.secret import Secret
from clawdoctor.wire.openclaw_headers import BEARER, authorization

ALIVE_PATH = "/health/liveliness"
BEHIND_GATEWAY = (502, 503, 504)
"""The statuses of a gateway in front of a proxy that is down."""

_ALIVE = "I'm alive!"
_LITELLM_TEXTS = (
    "LiteLLM",
    "litellm",
    "Authentication Error, ",
    '"no_db_connection"',
    ":1677610602",
)
"""Texts of LiteLLM in its answer to a request for the models without a key.

The number is the creation date that it gives to all models.
"""
_REFUSED_STATUSES = (401, 403)


@dataclass(frozen=True, slots=True)
class Liveness:
    """The answers to requests for the proxy's health."""

    result: Answer | NoAnswer
    models: Answer | NoAnswer | None = None
    """The answer to a request for the models without a key, if the health proves nothing."""
    above: Answer | NoAnswer | None = None
    """The health at the host's root, if the baseUrl has a path."""

    @property
    def is_litellm(self) -> bool:
        """Whether LiteLLM answers. A gateway may hide LiteLLM's health."""
        models = self.models
        return _is_alive(self.result) or (isinstance(models, Answer) and _is_litellm(models))

    @property
    def is_above(self) -> bool:
        """Whether LiteLLM answers at the host's root and not at the baseUrl's path."""
        return not self.is_litellm and _is_alive(self.above)

    @property
    def is_guarded(self) -> bool:
        """Whether the server may be LiteLLM behind a gateway that requires a key.

        LiteLLM itself, installed with pip, answers a missing key with a plain 500.
        """
        models = self.models
        return (
            not self.is_litellm
            and isinstance(models, Answer)
            and (
                models.status in _REFUSED_STATUSES
                or (models.status == 500 and models.body == "Internal Server Error")
            )
        )


def _is_alive(answer: Answer | NoAnswer | None) -> bool:
    return isinstance(answer, Answer) and answer.status == 200 and _ALIVE in answer.body


def _is_litellm(models: Answer) -> bool:
    return any(name.startswith("x-litellm-") for name in models.headers) or any(
        text in models.body for text in _LITELLM_TEXTS
    )


@dataclass(frozen=True, slots=True)
class AliveProxy:
    """A proxy that answers, or another server that a provider leads to."""

    latency_ms: int
    is_litellm: bool = True


@dataclass(frozen=True, slots=True)
class ModelsAnswer:
    """The proxy's answer to a request for its models with OpenClaw's key."""

    result: Answer | NoAnswer
    with_key: bool

    @property
    def refused(self) -> bool:
        """Whether the proxy rejects the key."""
        answer = self.result
        if not isinstance(answer, Answer):
            return False
        if answer.status in _REFUSED_STATUSES or "No connected db" in answer.body:
            return True
        return answer.status == 500 and not self.with_key


@dataclass(frozen=True, slots=True)
class ServedModels:
    """The models that the proxy lists for OpenClaw's key."""

    names: tuple[str, ...]

    @property
    def patterns(self) -> tuple[str, ...]:
        """The wildcards in the list. LiteLLM lists azure/* as azure/Azure-LLM."""
        shown = (re.sub("/Azure-LLM$", "/*", name) for name in self.names)
        return tuple(name for name in shown if "*" in name)

    @property
    def wildcard(self) -> bool:
        """Whether the list has a wildcard, so that a missing name proves little."""
        return bool(self.patterns)

    def can_serve(self, model: str) -> bool:
        """Return whether the list contains the model, or a wildcard that matches it."""
        return model in self.names or any(
            re.match(re.escape(pattern).replace(r"\*", ".*"), model) for pattern in self.patterns
        )


@dataclass(frozen=True, slots=True)
class RunningDeployment:
    """A deployment of the running proxy, as `/v1/model/info` lists it, without its key."""

    group: str
    model: str
    api_base: str | None


@dataclass(frozen=True, slots=True)
class RunningDeployments:
    """The deployments that the proxy has loaded.

    `whole` is False if the list is truncated: a deployment takes two kilobytes or more, so the
    answer of a proxy with dozens of them exceeds the limit.
    """

    deployments: tuple[RunningDeployment, ...]
    whole: bool = True

    def of(self, group: str) -> tuple[RunningDeployment, ...]:
        """Return the deployments of a model group."""
        return tuple(item for item in self.deployments if item.group == group)


def fetch_liveness(proxy: Proxy, http: Http, trust: Trust) -> Liveness | Unavailable:
    """GET /health/liveliness without a key. If that proves nothing, GET /v1/models without a key.

    If that proves nothing either and the baseUrl has a path, GET the health at the host's root.
    """
    if proxy.url is None:
        return Unavailable(proxy.reason)
    refused = trust.refuses(proxy.url, proxy.url_variables, openclaw=True)
    if refused is not None:
        host = host_of(proxy.url) or ""
        return Unavailable(refusal_text(refused, host, proxy.quoted(host)))
    result = http.get(proxy.url + ALIVE_PATH, {})
    if (over := http.why_over(result)) is not None:
        return Unavailable(over)
    if (untrusted := http.untrusted(result)) is not None:
        return Unavailable(untrusted)
    answer = Liveness(result)
    if answer.is_litellm or isinstance(answer.result, NoAnswer):
        return answer
    answer = Liveness(answer.result, http.get(f"{proxy.url}/v1/models", {}))
    parts = split(proxy.url)
    if answer.is_litellm or parts is None or not parts.path:
        return answer
    origin = f"{parts.scheme}://{parts.netloc}"
    return Liveness(answer.result, answer.models, http.get(origin + ALIVE_PATH, {}))


def alive_proxy(proxy: Proxy, liveness: Liveness) -> AliveProxy | Unavailable:
    """Return the proxy if LiteLLM answers, else the refusal.

    If another server may answer, every HTTP answer is fine: the turn decides.
    """
    if isinstance(liveness.result, NoAnswer):
        return Unavailable(
            f"the {proxy.noun} cannot be reached: {liveness.result.detail}",
            Refusal("proxy-unreachable"),
        )
    if not proxy.expected and not liveness.is_litellm:
        return AliveProxy(liveness.result.latency_ms, is_litellm=False)
    if edge_of(liveness.result) is not None and not liveness.is_litellm:
        return Unavailable(
            "a CDN or a firewall answers instead of the proxy", Refusal("edge-blocked")
        )
    if liveness.result.status in BEHIND_GATEWAY and not liveness.is_litellm:
        return Unavailable(
            "a gateway answers instead of the proxy behind it", Refusal("proxy-unreachable")
        )
    if not liveness.is_litellm:
        return Unavailable("the server there may not be LiteLLM", Refusal("not-litellm"))
    return AliveProxy(liveness.result.latency_ms)


def fetch_models(
    proxy: Proxy, alive: AliveProxy, http: Http, trust: Trust
) -> ModelsAnswer | Absent | Unavailable:
    """GET /v1/models with the key that OpenClaw sends, from a proxy that is LiteLLM."""
    if not alive.is_litellm:
        return Absent("it may not be LiteLLM")
    if proxy.key_reason:
        return Unavailable(proxy.key_reason)
    kept = trust.keeps(proxy.key_variables, openclaw=True)
    if kept is not None:
        return Unavailable(kept)
    if proxy.key is not None and not _bearer(proxy):
        return Unavailable(
            "OpenClaw's key contains characters that a header cannot carry, so it was not sent"
        )
    return ModelsAnswer(http.get(f"{proxy.url}/v1/models", _bearer(proxy)), proxy.key is not None)


def served_models(models: ModelsAnswer) -> ServedModels | Unavailable:
    """Return the names in the list of models."""
    if models.refused:
        return Unavailable("the proxy rejects OpenClaw's key", Refusal("proxy-key-rejected"))
    rows = rows_of(models.result)
    if rows is None:
        return Unavailable(f"the proxy does not list its models: {_describe(models.result)}")
    return ServedModels(tuple(str(row.get("id")) for row in rows))


def fetch_deployments(proxy: Proxy, http: Http) -> RunningDeployments | Unavailable:
    """GET /v1/model/info with the same key. A virtual key may lack the permission."""
    result = http.get(f"{proxy.url}/v1/model/info", _bearer(proxy))
    if isinstance(result, Answer) and result.status == 200 and result.cut:
        return RunningDeployments(tuple(_deployments(rows_so_far(result.body))), whole=False)
    rows = rows_of(result)
    if rows is None:
        return Unavailable(f"the proxy does not list its deployments: {_describe(result)}")
    return RunningDeployments(tuple(_deployments(rows)))


def _deployments(rows: Iterable[Mapping[str, object]]) -> Iterator[RunningDeployment]:
    for row in rows:
        params = row.get("litellm_params")
        if isinstance(params, Mapping):
            base = params.get("api_base")
            yield RunningDeployment(
                str(row.get("model_name")),
                str(params.get("model")),
                base if isinstance(base, str) else None,
            )


def _bearer(proxy: Proxy) -> Mapping[str, Secret]:
    """Return OpenClaw's header, or {} if the key does not fit into a header."""
    sent = authorization(proxy.key)
    return {proxy.key_header: sent[BEARER]} if sent else {}


def _describe(result: Answer | NoAnswer) -> str:
    if isinstance(result, NoAnswer):
        return result.detail
    status, message = f"it answers {result.status}", message_of(result)
    return f'{status} "{message}"' if message else status
