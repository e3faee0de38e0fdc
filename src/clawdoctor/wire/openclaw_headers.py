"""The headers of OpenClaw's requests, including the key.

Connection headers and those that trace the client (x-stainless-*, traceparent) are omitted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field

from clawdoctor.chain.environment import Variables
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.openclaw_setting import Setting, credential
from clawdoctor.chain.route import Route
from clawdoctor.chain.versions import Versions
from clawdoctor.deferred import dataclass
from clawdoctor.finding import Place
from clawdoctor.source.node import Node, join_pointer
from clawdoctor.source.secret import Secret
from clawdoctor.wire.openclaw_key import LOCAL_KEY, as_sent, needs_no_key, provider_key
from clawdoctor.wire.openclaw_model import AZURE_RESPONSES, CHAT, ResolvedModel
from clawdoctor.wire.openclaw_url import speaks_openai
from clawdoctor.wire.request import Credential, Source

ACCOUNT: Mapping[str, str] = {
    "openai-organization": "OPENAI_ORG_ID",
    "openai-project": "OPENAI_PROJECT_ID",
}
"""Headers that OpenAI's client library takes from variables."""
BEARER, API_KEY = "Authorization", "api-key"


@dataclass(frozen=True, slots=True)
class UserHeaders:
    """The headers in openclaw.json and their places. The last header of a name takes effect."""

    values: Mapping[str, Secret] = field(repr=False)
    sources: Mapping[str, Source]

    def find(self, name: str) -> str | None:
        """Return the spelling of a header, or None if it is not set."""
        return next((key for key in self.values if key.casefold() == name.casefold()), None)


def user_headers(
    route: Route, openclaw: OpenClawConfig, variables: Variables, versions: Versions
) -> UserHeaders:
    """Return the headers of the provider, then of the model, then of `request`."""
    values: dict[str, Secret] = {}
    sources: dict[str, Source] = {}
    for pointer, node in _blocks(route):
        for name, child in node.children():
            if child.kind == "mapping" or isinstance(child.value, str):
                header = as_sent(credential(node, join_pointer(pointer, name), variables), versions)
                for older in [key for key in values if key.casefold() == name.casefold()]:
                    del values[older], sources[older]
                value = (header.resolved or header.written or Secret("")).stripped()
                if fits_header(value):
                    values[name] = value
                    sources[name] = setting_source(f"header {name}", header, openclaw, variables)
    return UserHeaders(values, sources)


def _blocks(route: Route) -> Iterator[tuple[str, Node]]:
    provider, model = route.provider, route.model
    places = [(f"{provider.pointer}/headers", provider.node.at("/headers"))]
    if model is not None:
        places.append((f"{model.pointer}/headers", model.node.get("headers")))
    places.append((f"{provider.pointer}/request/headers", provider.node.at("/request/headers")))
    for pointer, node in places:
        if node is not None and node.kind == "mapping":
            yield pointer, node


def fits_header(value: Secret) -> bool:
    """Whether a header can contain the value. OpenClaw omits a key that does not fit."""
    return value.test(str.isascii) and value.test(str.isprintable)


def authorization(key: Secret | None, *, azure: bool = False) -> Mapping[str, Secret]:
    """Return the header with a key: `api-key` with Azure's own api, else a Bearer token."""
    if not key or not fits_header(key):
        return {}
    return {API_KEY: key} if azure else {BEARER: Secret(f"Bearer {key.reveal()}")}


def request_headers(
    model: ResolvedModel, user: UserHeaders, variables: Variables
) -> tuple[dict[str, Secret], Credential | None]:
    """Return all headers, and the credential that the next hop reads."""
    azure = model.api == AZURE_RESPONSES and not speaks_openai(model)
    agent = f"{'AzureOpenAI' if azure else 'OpenAI'}/JS {model.effect('client')}"
    headers: dict[str, Secret] = dict(user.values)
    if user.find("user-agent") is None:
        headers["user-agent"] = Secret(agent)
    for name, variable in ACCOUNT.items():
        found_variable = variables.get(variable)
        if found_variable is not None and found_variable.value and user.find(name) is None:
            headers[name] = found_variable.value.stripped()
    provider = model.route.provider
    own = provider.node.at("/request/auth")
    if own is not None and own.kind == "mapping":
        found = _configured(own, f"{provider.pointer}/request/auth", variables)
        if found is not None:
            header, value, setting = found
            headers = {k: v for k, v in headers.items() if k.casefold() != header.casefold()}
            headers[header] = value
            if header.casefold() == BEARER.casefold():
                source = setting_source("credential", setting, model.openclaw, variables)
                return headers, Credential(
                    header, value, _describe(setting), _name(setting), source
                )
    key = provider_key(provider, model.versions, variables)
    name = API_KEY if azure else BEARER
    written = user.find(name)
    overrides = provider.node.get("authHeader")
    forced = overrides is not None and overrides.value is True and not azure
    forced = forced and model.effect("auth-header") == "replaces"
    source = setting_source("credential", key, model.openclaw, variables)
    sent = authorization(_key(key), azure=azure)
    if written is not None and model.api == CHAT and needs_no_key(provider, model.versions):
        del headers[written]  # OpenClaw removes the header if it needs no key
        return headers, None
    if written is not None and not (forced and sent):
        own_source = user.sources[written]
        described = f"the header {written} in openclaw.json"
        beaten = (source,) if sent else ()
        value = headers[written]
        return headers, Credential(written, value, described, None, own_source, beaten)
    if written is not None:
        del headers[written]
    headers |= sent
    if not sent and needs_no_key(provider, model.versions) and model.api != CHAT:
        headers |= authorization(Secret(LOCAL_KEY), azure=azure)
        return headers, Credential(name, headers[name], "OpenClaw's placeholder for a missing key")
    if not sent and key.state != "secret-ref":
        return headers, None
    return headers, Credential(name, sent.get(name), _describe(key), _name(key), source)


def sent_key(credential: Credential) -> Secret | None:
    """Return the key that the receiver reads from OpenClaw's credential, or None.

    An `authorization` header without the word Bearer does not contain a key.
    """
    text = credential.value.reveal().strip() if credential.value is not None else ""
    if credential.header.casefold() == BEARER.casefold():
        scheme, _, text = text.partition(" ")
        text = text.strip() if scheme == "Bearer" else ""
    return Secret(text) if text else None


def _key(setting: Setting[Secret]) -> Secret | None:
    return setting.resolved.stripped() if setting.resolved is not None else None


def _configured(
    node: Node, pointer: str, variables: Variables
) -> tuple[str, Secret, Setting[Secret]] | None:
    """Return the header of `request.auth`, its value and its setting, or None."""
    match node.text("mode"):
        case "authorization-bearer":
            setting = credential(node, f"{pointer}/token", variables)
            if token := _key(setting):
                return BEARER, Secret(f"Bearer {token.reveal()}"), setting
        case "header":
            setting = credential(node, f"{pointer}/value", variables)
            name = (node.text("headerName") or "").strip()
            if name and (value := _key(setting)):
                prefix = (node.text("prefix") or "").strip()
                return name, Secret(f"{prefix}{value.reveal()}"), setting
    return None


def _describe(setting: Setting[Secret]) -> str:
    if setting.variables:
        return f"the value of {' and '.join(setting.variables)}"
    if setting.state == "secret-ref":
        return "a secret that only OpenClaw can read"
    return "the key in openclaw.json"


def _name(setting: Setting[Secret]) -> str | None:
    return setting.variables[0] if len(setting.variables) == 1 else None


def setting_source(
    part: str, setting: Setting[Secret], openclaw: OpenClawConfig, variables: Variables
) -> Source:
    """Return the place and the variable of a setting."""
    place: Place = openclaw.place(setting.pointer)
    named = variables.get(setting.variables[0]) if setting.variables else None
    return Source(part, place, named)
