"""The parts of a predicted request that a trace may show: names and places, no hidden values.

A part of a URL that comes from a variable is shown only if it cannot be a secret. Otherwise it is
replaced with the reference to the variable. Redaction removes the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import field, replace
from urllib.parse import quote

from clawdoctor.chain.azure_host import host_of, is_azure
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.shown import (
    describe,
    quote_part,
    show_credential,
    show_header,
    without_scheme,
)
from clawdoctor.chain.variables import Variable
from clawdoctor.deferred import dataclass, regex
from clawdoctor.finding import Place
from clawdoctor.redaction.url import hidden_in_url
from clawdoctor.run.trace_findings import Findings
from clawdoctor.source.secret import HIDDEN, Secret
from clawdoctor.traced import Fault, Hop, Origin, Program, TracedCredential, TracedRefusal
from clawdoctor.wire.request import (
    Credential,
    HopRequest,
    Outcome,
    Refused,
    Source,
    Unpredicted,
)

_PATH_WORDS = frozenset(
    {"openai", "deployments", "v1", "chat", "completions", "responses", "embeddings", "models"}
)
"""The parts of a path that LiteLLM and OpenClaw add themselves."""
_REFERENCES: Mapping[Program, str] = {
    "openclaw": "${%s}",
    "litellm": "os.environ/%s",
    "server": "%s",
}
"""How the config of each program refers to a variable."""
_SEGMENT = regex(r"[^/]+")
_OWN = frozenset({"content-type", "accept", "user-agent"})
"""Headers without interest: each client sends its own."""
_SCHEMES = ("Bearer", "Basic")


@dataclass(frozen=True, slots=True)
class Showing:
    """The facts that decide how a request is shown.

    `variables` may contribute to the request in addition to those that its sources name. `public`
    are texts that need no reference: the names that openclaw.json gives to models. `findings` say
    what is wrong with the things that have these `ids`.
    """

    findings: Findings = field(repr=False)
    ids: frozenset[str] = frozenset()
    variables: tuple[Variable, ...] = field(default=(), repr=False)
    public: frozenset[str] = frozenset()
    config: LiteLLMConfig | None = field(default=None, repr=False)


def shown(hop: Hop, outcome: Outcome, showing: Showing) -> Hop:
    """Return a hop with what a report may show of its request, or of why there is none."""
    match outcome:
        case Unpredicted(reason):
            return replace(hop, unpredicted=reason)
        case Refused():
            refusal = shown_refusal(outcome, hop.sender, showing)
            return replace(hop, refusal=refusal, faults=_faults(outcome, showing, refusal))
        case HopRequest():
            return _with_request(hop, outcome, showing)


def shown_refusal(refused: Refused, sender: Program, showing: Showing) -> TracedRefusal:
    """Return a refusal as a report may show it, with the check that explains it."""
    hide = _hider(sender, refused.sources, showing)
    cause = showing.findings.cause(refused, showing.ids)
    return TracedRefusal(
        by=refused.by,
        text=hide(refused.text, whole=False),
        status=refused.status,
        code=cause.code if cause is not None else None,
        cause=cause.text if cause is not None else "",
        place=cause.place if cause is not None else None,
        parameters=refused.parameters,
        sources=tuple(origin_of(source) for source in refused.sources),
    )


def origin_of(source: Source) -> Origin:
    """Return the origin of a part, without the value of its variable."""
    variable = source.variable
    if variable is None:
        return Origin(source.part, source.place, says=source.says)
    return Origin(
        source.part,
        source.place,
        variable.name,
        variable.place,
        "" if variable.place is not None else variable.source,
        source.says,
    )


def _with_request(hop: Hop, request: HopRequest, showing: Showing) -> Hop:
    hide = _hider(hop.sender, request.sources, showing)
    carrier = request.credential.header.casefold() if request.credential is not None else ""
    parameters = request.parameters
    model = request.body.get("model")
    origin, path = _shown_origin(request, hide), _shown_path(request, hide)
    while origin != request.origin and path.startswith(f"/{origin}/"):
        path = path[len(origin) + 1 :]  # the variable gives the beginning of the path, too
    return replace(
        hop,
        faults=_faults(request, showing),
        method=request.method,
        origin=origin,
        target=path + _shown_query(request, hide),
        model=hide(model) if isinstance(model, str) else None,
        credential=_shown_credential(request.credential, request) if request.credential else None,
        parameters=replace(parameters, renamed=dict(parameters.renamed)),
        headers={
            name: show_header(value)
            for name, value in request.headers.items()
            if name.casefold() not in {carrier, *_OWN}
        },
        sources=tuple(origin_of(source) for source in request.sources),
    )


def _faults(
    outcome: HopRequest | Refused, showing: Showing, refusal: TracedRefusal | None = None
) -> tuple[Fault, ...]:
    """Return what checks report about a request, except for the reason for its refusal."""
    sender = outcome.by if isinstance(outcome, Refused) else outcome.sender
    found = showing.findings.of_request(sender, showing.ids, outcome.sources)
    found = (*found, *_own_faults(outcome, {fault.place for fault in found}))
    known = (refusal.cause, refusal.code) if refusal is not None else None
    return tuple(dict.fromkeys(fault for fault in found if (fault.text, fault.code) != known))


def _own_faults(outcome: HopRequest | Refused, places: Collection[Place | None]) -> Iterator[Fault]:
    """Yield the faults that a request itself shows, unless a check reports one at the same place.

    A variable overrides a setting in the file, or Azure gets no api-version.
    """
    if not isinstance(outcome, HopRequest):
        return
    credential = outcome.credential
    source = credential.source if credential is not None else None
    lost = [each.place for each in credential.overrides] if credential is not None else []
    settings = [place for place in lost if place is not None]
    variable = source.variable if source is not None and source.place is None else None
    if variable is not None and settings and not set(places).intersection(settings):
        text = (
            f"LiteLLM sends {variable.name}, set in {variable.source}, in place of"
            f" {settings[0].pointer.rpartition('/')[2]}"
        )
        yield Fault(text, None, settings[0], "warning")
    deployment = "/openai/deployments/" in outcome.path and is_azure(host_of(outcome.origin))
    if outcome.api == "embeddings" and outcome.sender == "openclaw" and deployment:
        url = next((each.place for each in outcome.sources if each.part == "url"), None)
        if "api-version" not in outcome.query and url not in places:
            text = "OpenClaw asks Azure for embeddings without an api-version: Azure answers 404"
            yield Fault(text, None, url)


_Hide = Callable[..., str]


def _hider(sender: Program, sources: Iterable[Source], showing: Showing) -> _Hide:
    """Return a function that replaces the values of hidden variables with references."""
    found = [source.variable for source in sources if source.variable is not None]
    variables = tuple(dict.fromkeys([*found, *showing.variables]))

    def hide(part: str, *, whole: bool = True) -> str:
        if whole and (part in _PATH_WORDS or part in showing.public):
            return part
        for variable in sorted(variables, key=lambda each: not each.value.test(part.__eq__)):
            reference = _REFERENCES[sender] % variable.name
            part = quote_part(part, variable, reference, whole=whole)
        return part

    return hide


def _shown_origin(request: HopRequest, hide: _Hide) -> str:
    shown_text = hide(request.origin)
    return shown_text if shown_text != request.origin else _without_hidden(request.origin)


def _without_hidden(url: str) -> str:
    text, done = "", 0
    for start, end in sorted(hidden_in_url(url, strict=True)):
        text += url[done:start] + HIDDEN if start >= done else ""
        done = max(done, end)
    return text + url[done:]


def _shown_path(request: HopRequest, hide: _Hide) -> str:
    """Return the path. A part that no API has is hidden, unless it names a deployment."""
    host = "https://h"
    hidden = tuple(hidden_in_url(host + request.path, strict=True))
    text, done = "", 0
    for segment in _SEGMENT.finditer(request.path):
        part = hide(segment[0])
        start = len(host) + segment.start()
        if part == segment[0] and any(a <= start < b for a, b in hidden):
            part = HIDDEN
        text += request.path[done : segment.start()] + part
        done = segment.end()
    return text + request.path[done:]


def _shown_query(request: HopRequest, hide: _Hide) -> str:
    pairs = "&".join(_shown_pairs(request, hide))
    return f"?{pairs}" if pairs else ""


def _shown_pairs(request: HopRequest, hide: _Hide) -> Iterator[str]:
    for name, value in request.query.items():
        part = hide(value)
        if part == value:
            pair = f"{name}={value}"
            if "&" in pair or any(True for _ in hidden_in_url(f"https://h?{pair}", strict=True)):
                part = HIDDEN
            else:
                part = quote(value, safe=":/")
        yield f"{name}={part}"


def _shown_credential(credential: Credential, request: HopRequest) -> TracedCredential:
    source = credential.source
    wanted = credential.header.casefold()
    carried = next((v for name, v in request.headers.items() if name.casefold() == wanted), "")
    whole = carried if isinstance(carried, Secret) else Secret(carried)
    return TracedCredential(
        header=credential.header,
        description=credential.description,
        scheme=next((word for word in _SCHEMES if whole.test(_begins_with(f"{word} "))), ""),
        variable=credential.name,
        shape=_shape(credential),
        source=origin_of(source) if source is not None else None,
        overrides=tuple(origin_of(source) for source in credential.overrides),
    )


def _begins_with(start: str) -> Callable[[str], bool]:
    return lambda text: text.startswith(start)


def _shape(credential: Credential) -> str:
    """Return a noun for the credential's value: its form, or the text of a placeholder."""
    if credential.value is None:
        return ""
    value = without_scheme(credential.value)
    text = show_credential(value)
    if value.test(_begins_with("oidc/")):
        return "a reference to an OIDC token"
    return describe(value) if text == HIDDEN else f'the text "{text}"'
