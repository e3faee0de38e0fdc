"""The predicted requests of a run: which deployments get which, and in which version."""

from __future__ import annotations

from typing import Any

from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.versions import Versions
from clawdoctor.finding import Version
from clawdoctor.run.situation import Process
from clawdoctor.wire.request import HopRequest, Refused, Unpredicted
from clawdoctor.wire.requests import Requests

KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
BASE = "https://contoso.openai.azure.com"


def requests_of(here: Any, params: str, environ: dict[str, str] | None = None) -> Any:
    """Return the requests of a config with one deployment, and the deployment."""
    here.write(
        "project/litellm_config.yaml",
        f"model_list: [{{model_name: gpt, litellm_params: {{{params}}}}}]",
    )
    (deployment,) = here.fact(LiteLLMConfig, environ).deployments
    return here.fact(Requests, environ), deployment


def litellm(version: str) -> Versions:
    return Versions(None, Version(version, "a test"))


def test_a_deployment_without_a_route_gets_a_clients_request(here: Any) -> None:
    found, deployment = requests_of(here, f"model: azure/x, api_base: {BASE}, api_key: {KEY}")
    (made,) = found.to(deployment)
    assert isinstance(made, HopRequest)
    assert made.api == "chat"
    assert made.path == "/openai/deployments/x/chat/completions"


def test_an_embedding_model_is_asked_for_embeddings(here: Any) -> None:
    params = f"model: azure/text-embedding-3-small, api_base: {BASE}, api_key: {KEY}"
    found, deployment = requests_of(here, params)
    (made,) = found.to(deployment)
    assert made.path.endswith("/embeddings")


def test_the_version_that_a_turn_shows_replaces_the_installed_one(here: Any) -> None:
    params = (
        f"model: azure/responses/x, api_base: {BASE}, api_key: {KEY}, api_version: '2024-10-21'"
    )
    found, deployment = requests_of(here, params)
    assert found.api_versions(deployment, litellm("1.106.2")) == ("2024-10-21",)
    assert found.api_versions(deployment, litellm("1.110.2")) == ("preview",)
    assert found.bridged(deployment)


def test_a_refused_parameter_hides_no_address(here: Any) -> None:
    params = f"model: azure/gpt-4o, api_base: {BASE}, api_key: {KEY}, reasoning_effort: high"
    found, deployment = requests_of(here, params)
    (refused,) = found.to(deployment)
    assert isinstance(refused, Refused)
    (made,) = found.reaching(deployment)
    assert isinstance(made, HopRequest)


def test_what_a_deployment_lacks(here: Any) -> None:
    found, deployment = requests_of(here, "model: azure/x")
    assert set(found.lacks(deployment)) == {"api_key", "api_base"}
    found, deployment = requests_of(here, "model: azure/x", {"AZURE_API_BASE": BASE})
    assert found.lacks(deployment) == ("api_key",)
    found, deployment = requests_of(here, f"model: azure/x, api_base: {BASE}, api_key: {KEY}")
    assert found.lacks(deployment) == ()
    found, deployment = requests_of(here, f"model: azure/responses/x, api_base: {BASE}")
    assert found.lacks(deployment) == ("api_key",)  # LiteLLM sends this one without a key


def test_a_host_that_is_no_host_is_not_predicted(here: Any) -> None:
    base = "https://a\uff20b.openai.azure.com"
    found, deployment = requests_of(here, f"model: azure/x, api_base: '{base}', api_key: {KEY}")
    (made,) = found.to(deployment)
    assert isinstance(made, Unpredicted)


def test_a_request_is_made_with_the_options_of_the_running_proxy(here: Any) -> None:
    params = f"model: azure/gpt-4o, api_base: {BASE}, api_key: {KEY}"
    requests_of(here, params)
    arguments = ("litellm", "--config", "litellm_config.yaml", "--api_version", "2024-06-01")
    process = Process(7, arguments, str(here.project), {})
    found = here.fact(Requests, processes=(process,))
    (deployment,) = here.fact(LiteLLMConfig, processes=(process,)).deployments
    request = HopRequest("openclaw", "chat", "", "", {}, {}, {"model": "gpt", "messages": []})
    made = found.made_of(request, deployment)
    assert isinstance(made, HopRequest)
    assert made.query == {"api-version": "2024-06-01"}


def test_an_address_needs_no_credential(here: Any) -> None:
    found, deployment = requests_of(here, f"model: azure/x, api_base: {BASE}")
    assert all(isinstance(made, Refused) for made in found.to(deployment))
    (made,) = found.addressed(deployment)
    assert made.path == "/openai/deployments/x/chat/completions"


def test_responses_have_an_api_version_of_their_own(here: Any) -> None:
    params = f"model: azure/responses/x, api_base: {BASE}, api_version: '2024-12-01-preview'"
    found, deployment = requests_of(here, params)
    assert found.api_versions(deployment, litellm("1.110.2")) == ("2024-12-01-preview",)
    params = f"model: azure/responses/x, api_base: {BASE}, api_version: '2024-10-21'"
    found, deployment = requests_of(here, params)
    assert found.api_versions(deployment, litellm("1.110.2")) == ("preview",)
