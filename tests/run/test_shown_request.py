"""What a trace shows of a request: names and places, and no hidden value."""

from __future__ import annotations

import dataclasses
import typing

import pytest
from traces import KEY, azure_request, place, variable

from clawdoctor.check import built_in_checks
from clawdoctor.finding import Finding, Severity
from clawdoctor.redaction.report import _VOCABULARY
from clawdoctor.run.engine import Raised
from clawdoctor.run.shown_request import Showing, shown
from clawdoctor.run.trace_findings import Findings
from clawdoctor.source.secret import Secret
from clawdoctor.traced import Hop, Program, Trace
from clawdoctor.wire.request import Credential, Refused, Source, Unpredicted

BASE = "https://llm.corp.example/tenant-42"


CAUSE = Finding(
    Severity.ERROR, "drop_params is not set", place=place("c.yaml", "/litellm_settings", 12)
)
CHECK = next(check for check in built_in_checks() if check.code == "LL101")
FINDINGS = Findings(raised=(Raised(CHECK, CAUSE),), predicted={"route": [0]})


def hop(outcome: object, sender: Program = "litellm", **showing: typing.Any) -> Hop:
    """The hop of an outcome as a trace shows it."""
    found = shown(Hop(sender, "azure"), outcome, Showing(FINDINGS, **showing))  # type: ignore[arg-type]
    assert KEY not in repr(found)
    return found


def test_a_request_is_shown_with_its_places_and_without_its_key() -> None:
    found = hop(azure_request())
    assert found.url == (
        "https://contoso.openai.azure.com/openai/deployments/my-gpt4o/chat/completions"
        "?api-version=2024-10-21"
    )
    assert found.model == "my-gpt4o"
    assert found.headers == {"X-Team": ""}
    assert found.parameters.dropped == ("store",)
    assert [origin.part for origin in found.sources] == ["url", "api-version"]
    credential = found.credential
    assert credential is not None
    assert (credential.header, credential.variable) == ("api-key", "AZURE_API_KEY")
    assert credential.scheme == ""
    assert credential.shape == "32 hexadecimal digits, as in an Azure key"
    assert credential.source is not None
    assert (credential.source.variable, credential.source.set_by) == ("AZURE_API_KEY", "this shell")
    assert credential.overrides[0].place == place("c.yaml", "/m/azure_ad_token", 9)


def test_a_host_of_a_variable_is_shown_as_its_reference() -> None:
    base = variable("AZURE_API_BASE", BASE, 3)
    source = Source("url", place("c.yaml", "/m/api_base", 5), base)
    request = azure_request(
        origin="https://llm.corp.example",
        path="/tenant-42/openai/deployments/my-gpt4o/chat/completions",
        sources=(source,),
    )
    found = hop(request)
    reference = "os.environ/AZURE_API_BASE"
    assert found.origin == reference
    assert found.target == ("/openai/deployments/my-gpt4o/chat/completions?api-version=2024-10-21")
    assert found.sources[0].set_in == place(".env", "", 3)


def test_openclaw_refers_to_a_variable_in_its_own_form() -> None:
    source = Source("url", variable=variable("RELAY", "relay.corp.example"))
    request = azure_request(origin="http://relay.corp.example:4000", path="/v1", sources=(source,))
    assert hop(request, "openclaw").origin == "http://${RELAY}:4000"


def test_a_host_of_azure_is_shown_although_a_variable_gives_it() -> None:
    base = variable("AZURE_API_BASE", "https://contoso.openai.azure.com")
    found = hop(azure_request(sources=(Source("url", variable=base),)))
    assert found.origin == "https://contoso.openai.azure.com"


def test_a_host_is_hidden_if_the_variable_is_no_address_of_the_chain() -> None:
    base = variable("GITHUB_TOKEN", "https://contoso.openai.azure.com")
    found = hop(azure_request(sources=(Source("url", variable=base),)))
    assert found.origin == "os.environ/GITHUB_TOKEN"


@pytest.mark.parametrize("extra", [True, False])
def test_a_deployment_of_a_variable_is_shown_as_its_reference(extra: bool) -> None:
    model = variable("AZURE_MODEL", "azure/prod-deployment-7")
    request = azure_request(
        path="/openai/deployments/prod-deployment-7/chat/completions",
        body={"model": "prod-deployment-7"},
        sources=() if extra else (Source("url", variable=model),),
    )
    found = hop(request, variables=(model,) if extra else ())
    assert "prod-deployment" not in repr(found)
    assert found.model == "os.environ/AZURE_MODEL"
    assert found.target is not None
    assert found.target.startswith("/openai/deployments/os.environ/AZURE_MODEL/chat")


def test_a_name_of_a_file_is_shown_although_a_variable_contains_it() -> None:
    base = variable("AZURE_API_BASE", "https://my-gpt4o.corp.example")
    found = hop(
        azure_request(sources=(Source("url", variable=base),)), public=frozenset({"my-gpt4o"})
    )
    assert found.model == "my-gpt4o"


@pytest.mark.parametrize(
    ("changes", "shown_url"),
    [
        ({"origin": "https://user:pass1234@h.example"}, "https://<hidden>@h.example"),
        ({"path": "/tenant-secret/chat/completions"}, "/<hidden>/chat/completions"),
        ({"query": {"code": "AbC1234567"}}, "?code=<hidden>"),
        ({"query": {"api-version": "AbC1234567"}}, "?api-version=<hidden>"),
        ({"query": {"api-version": "2024-10-21&x=1"}}, "?api-version=<hidden>"),
        ({"query": {"api-version": "2024.10.21"}}, "?api-version=2024.10.21"),
        ({"path": "/openai/deployments/" + KEY + "/chat/completions"}, "deployments/<hidden>/chat"),
    ],
)
def test_what_no_url_of_the_chain_has_is_hidden(changes: dict[str, object], shown_url: str) -> None:
    found = hop(azure_request(**changes))
    assert shown_url in (found.url or "")


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        (None, ""),
        ("${AZURE_API_KEY}", 'the text "${AZURE_API_KEY}"'),
        ("Bearer ${AZURE_API_KEY}", 'the text "${AZURE_API_KEY}"'),
        ("your-api-key", 'the text "your-api-key"'),
        ("glowing-ferret", "14 characters"),
    ],
)
def test_the_shape_of_a_credential_says_what_is_wrong_with_it(
    value: str | None, shape: str
) -> None:
    secret = Secret(value) if value is not None else None
    found = hop(azure_request(credential=Credential("api-key", secret, "the file's api_key")))
    assert found.credential is not None
    assert found.credential.shape == shape


def test_a_key_in_an_authorization_header_has_its_scheme() -> None:
    credential = Credential("Authorization", Secret(KEY), "an API key")
    headers = {"authorization": Secret(f"Bearer {KEY}"), "api-version": Secret("2024-10-21")}
    found = hop(azure_request(credential=credential, headers=headers))
    assert found.credential is not None
    assert found.credential.scheme == "Bearer"
    assert found.headers == {"api-version": "2024-10-21"}


def test_a_refusal_has_the_code_of_its_check() -> None:
    source = Source("parameter store", place("openclaw.json", "/compat", 3))
    refused = Refused("litellm", "parameters", "no store", 400, ("store",), (source,))
    refusal = hop(refused, ids=frozenset({"route"})).refusal
    assert refusal is not None
    assert (refusal.code, refusal.status, refusal.text) == ("LL101", 400, "no store")
    assert (refusal.cause, refusal.place) == (CAUSE.message, CAUSE.place)
    assert refusal.sources[0].place == place("openclaw.json", "/compat", 3)
    other = hop(Refused("litellm", "something-else", "no")).refusal
    assert other is not None
    assert other.code is None


def test_the_text_of_a_refusal_hides_what_a_variable_gives() -> None:
    model = variable("AZURE_MODEL", "azure/prod-deployment-7")
    text = "no store for model=azure/prod-deployment-7"
    refusal = hop(Refused("litellm", "x", text, sources=(Source("url", variable=model),))).refusal
    assert refusal is not None
    assert refusal.text == "no store for model=os.environ/AZURE_MODEL"


def test_a_request_that_is_not_predicted_says_why() -> None:
    assert hop(Unpredicted("the server is not LiteLLM")).unpredicted == "the server is not LiteLLM"


def test_redaction_reads_every_text_of_a_trace() -> None:
    """Redaction skips fields by name: such a field must hold words of this project only."""
    own = {"code", "status", "sender", "receiver", "condition", "via", "by", "kind"} | {"severity"}
    visited: set[type] = set()
    stack: list[object] = [Trace]
    while stack:
        kind = stack.pop()
        stack += typing.get_args(kind)
        if isinstance(kind, type) and dataclasses.is_dataclass(kind) and kind not in visited:
            visited.add(kind)
            hints = typing.get_type_hints(kind)
            stack += hints.values()
            if kind.__module__ == Trace.__module__:
                assert {*hints} & _VOCABULARY <= own, kind
    assert Hop in visited
