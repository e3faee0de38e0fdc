"""What the proxy answers to what costs nothing: is it there, does it let OpenClaw in, with what.

The answers are odd and were measured on LiteLLM 1.106.2: a wrong key without a database is 400
"No connected db.", no key is a plain-text 500. `/openapi.json` would tell the version and costs
the proxy ten seconds: it is not asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from clawdoctor.chain.azure_host import split
from clawdoctor.chain.endpoint import Proxy
from clawdoctor.chain.trust import Trust
from clawdoctor.probes.evidence import TOO_LATE, message_of
from clawdoctor.probes.http import Answer, Http, NoAnswer
from clawdoctor.probes.listing import rows_of, rows_so_far
from clawdoctor.run.needs import Unavailable
from clawdoctor.run.refusal import Refusal

ALIVE_PATH = "/health/liveliness"
BEHIND_GATEWAY = (502, 503, 504)
"""What a gateway answers while the proxy behind it is down."""

_ALIVE = "I'm alive!"
_MARKS = ("LiteLLM", "litellm", "Authentication Error, ", '"no_db_connection"', ":1677610602")
"""Words of LiteLLM in a list of models that was asked for without a key. The number is the date
that it gives to every model."""
_REFUSALS = (401, 403)


@dataclass(frozen=True, slots=True)
class Liveness:
    """The proxy's answer to the question whether it lives, whatever it was."""

    result: Answer | NoAnswer
    hint: Answer | NoAnswer | None = None
    above: Answer | NoAnswer | None = None
    """The answer to the same question above the baseUrl's path, where it has one."""

    @property
    def is_litellm(self) -> bool:
        """Whether LiteLLM answered; a gateway in front may keep its health to itself."""
        hint = self.hint
        return _lives(self.result) or (isinstance(hint, Answer) and _marked(hint))

    @property
    def is_above(self) -> bool:
        """Whether LiteLLM answers at the host, and not below the baseUrl's path."""
        return not self.is_litellm and _lives(self.above)

    @property
    def is_guarded(self) -> bool:
        """Whether what answers may be LiteLLM behind someone who asks for a key of his own.

        Installed with pip, LiteLLM itself answers a missing key with a bare 500.
        """
        hint = self.hint
        return (
            not self.is_litellm
            and isinstance(hint, Answer)
            and (
                hint.status in _REFUSALS
                or (hint.status == 500 and hint.body == "Internal Server Error")
            )
        )


def _lives(answer: Answer | NoAnswer | None) -> bool:
    return isinstance(answer, Answer) and answer.status == 200 and _ALIVE in answer.body


def _marked(hint: Answer) -> bool:
    return any(name.startswith("x-litellm-") for name in hint.headers) or any(
        mark in hint.body for mark in _MARKS
    )


@dataclass(frozen=True, slots=True)
class AliveProxy:
    """A LiteLLM proxy that answers."""

    latency_ms: int


@dataclass(frozen=True, slots=True)
class ModelsAnswer:
    """The proxy's answer to the list of models with OpenClaw's key, whatever it was."""

    result: Answer | NoAnswer
    with_key: bool

    @property
    def refused(self) -> bool:
        """Whether the proxy did not let the key in."""
        answer = self.result
        if not isinstance(answer, Answer):
            return False
        if answer.status in _REFUSALS or "No connected db" in answer.body:
            return True
        return answer.status == 500 and not self.with_key


@dataclass(frozen=True, slots=True)
class ServedModels:
    """The models that the proxy lists for OpenClaw's key."""

    names: tuple[str, ...]

    @property
    def wildcard(self) -> bool:
        """Whether a wildcard is among them: the list then says little."""
        return any("*" in name for name in self.names)


@dataclass(frozen=True, slots=True)
class RunningDeployment:
    """A deployment of the running proxy, as `/v1/model/info` tells it: without its key."""

    group: str
    model: str
    api_base: str | None


@dataclass(frozen=True, slots=True)
class RunningDeployments:
    """The deployments that the proxy has really loaded, as far as its answer was read.

    Each takes two kilobytes or more of it: a proxy with dozens of them says more than is read.
    """

    deployments: tuple[RunningDeployment, ...]
    whole: bool = True

    def of(self, group: str) -> tuple[RunningDeployment, ...]:
        """Those of one model group."""
        return tuple(one for one in self.deployments if one.group == group)


def ask_liveness(proxy: Proxy, http: Http, trust: Trust) -> Liveness | Unavailable:
    """GET /health/liveliness without a key; where that says nothing, GET /v1/models without.

    A path in the baseUrl may be the reason: at last the host itself is asked.
    """
    if proxy.url is None:
        return Unavailable(proxy.reason)
    refused = trust.refuses(proxy.url)
    if refused is not None:
        return Unavailable(refused)
    result = http.get(proxy.url + ALIVE_PATH, {})
    if http.is_over(result):
        return Unavailable(TOO_LATE)
    answer = Liveness(result)
    if answer.is_litellm or isinstance(answer.result, NoAnswer):
        return answer
    answer = Liveness(answer.result, http.get(f"{proxy.url}/v1/models", {}))
    parts = split(proxy.url)
    if answer.is_litellm or parts is None or not parts.path:
        return answer
    origin = f"{parts.scheme}://{parts.netloc}"
    return Liveness(answer.result, answer.hint, http.get(origin + ALIVE_PATH, {}))


def alive(liveness: Liveness) -> AliveProxy | Unavailable:
    """The proxy, if LiteLLM answers; else the refusal."""
    if isinstance(liveness.result, NoAnswer):
        return Unavailable(
            f"the proxy is not reached: {liveness.result.detail}", Refusal("proxy-unreachable")
        )
    if liveness.result.status in BEHIND_GATEWAY and not liveness.is_litellm:
        return Unavailable(
            "a gateway answers, and not the proxy behind it", Refusal("proxy-unreachable")
        )
    if not liveness.is_litellm:
        return Unavailable("what answers there is not known to be LiteLLM", Refusal("not-litellm"))
    return AliveProxy(liveness.result.latency_ms)


def ask_models(proxy: Proxy, http: Http) -> ModelsAnswer | Unavailable:
    """GET /v1/models with the key that OpenClaw sends. The proxy is known to be LiteLLM."""
    if proxy.provider is not None and proxy.provider.api_key.unset:
        name = proxy.provider.api_key.unset[0]
        return Unavailable(f"{name}, which OpenClaw's key refers to, is not set here")
    if (
        proxy.provider is not None
        and proxy.provider.api_key.state == "secret-ref"
        and not proxy.key
    ):
        return Unavailable("OpenClaw's key is a secret that only OpenClaw can read")
    if proxy.key is not None and not _bearer(proxy):
        return Unavailable("OpenClaw's key has characters that no header can hold; not sent")
    return ModelsAnswer(http.get(f"{proxy.url}/v1/models", _bearer(proxy)), proxy.key is not None)


def served(models: ModelsAnswer) -> ServedModels | Unavailable:
    """The names in the list of models."""
    if models.refused:
        return Unavailable("the proxy refuses OpenClaw's key", Refusal("proxy-key-rejected"))
    rows = rows_of(models.result)
    if rows is None:
        return Unavailable(f"the proxy gives no list of models: {_told(models.result)}")
    return ServedModels(tuple(str(row.get("id")) for row in rows))


def ask_deployments(proxy: Proxy, http: Http) -> RunningDeployments | Unavailable:
    """GET /v1/model/info with the same key; a virtual key may not be allowed to."""
    result = http.get(f"{proxy.url}/v1/model/info", _bearer(proxy))
    if isinstance(result, Answer) and result.status == 200 and result.cut:
        return RunningDeployments(tuple(_deployments(rows_so_far(result.body))), whole=False)
    rows = rows_of(result)
    if rows is None:
        return Unavailable(f"the proxy does not tell its deployments: {_told(result)}")
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


def _bearer(proxy: Proxy) -> dict[str, str]:
    """OpenClaw's header; what no header can hold is not sent, as OpenClaw could not either."""
    if proxy.key is None or not proxy.key.isascii() or not proxy.key.isprintable():
        return {}
    return {"Authorization": f"Bearer {proxy.key}"}


def _told(result: Answer | NoAnswer) -> str:
    if isinstance(result, NoAnswer):
        return result.detail
    said = message_of(result)
    return f'it answers {result.status} "{said}"' if said else f"it answers {result.status}"
