"""A proxy and a resource matter as much as the most used route through them."""

from __future__ import annotations

import pytest
from conftest import Place

from clawdoctor.chain.endpoint import Endpoints
from clawdoctor.chain.route import Chain
from clawdoctor.run.facts import Facts
from clawdoctor.run.loaders import SUBJECTS, loaders
from clawdoctor.run.triage import Usage, Weights
from clawdoctor.run.weights import weights_of

OPENCLAW = """\
{
  models: { providers: { litellm: {
    baseUrl: "http://localhost:4000/v1", apiKey: "${LITELLM_MASTER_KEY}",
    api: "openai-completions",
    models: [{ id: "used", name: "used" }, { id: "configured", name: "configured" }],
  } } },
  agents: { defaults: { model: { primary: "PRIMARY" } } },
}
"""
DEPLOYMENT = """\
  - model_name: NAME
    litellm_params:
      model: azure/NAME
      api_base: https://contoso.openai.azure.com
      api_key: 0123456789abcdef0123456789abcdef
      api_version: "2024-10-21"
"""


def weights(here: Place, primary: str, groups: tuple[str, ...]) -> tuple[Weights, Endpoints]:
    here.write("home/.openclaw/openclaw.json", OPENCLAW.replace("PRIMARY", primary))
    listed = "".join(DEPLOYMENT.replace("NAME", group) for group in groups)
    here.write("project/litellm_config.yaml", f"model_list:\n{listed}")
    facts = Facts(loaders(here.situation()), SUBJECTS)
    chain, endpoints = facts.get(Chain), facts.get(Endpoints)
    assert isinstance(chain, Chain)
    assert isinstance(endpoints, Endpoints)
    return weights_of(chain, endpoints, facts), endpoints


@pytest.mark.parametrize(
    ("primary", "groups", "of_proxy", "of_resource"),
    [
        ("litellm/used", ("used", "configured", "other"), "used", "used"),
        ("litellm/used", ("other", "configured", "used"), "used", "used"),
        ("litellm/used", ("other", "configured"), "used", "configured"),
        ("litellm/used", ("other",), "used", "unreached"),
        ("anthropic/claude", ("used", "other"), "configured", "configured"),
    ],
)
def test_the_most_used_route_decides(
    here: Place, primary: str, groups: tuple[str, ...], of_proxy: Usage, of_resource: Usage
) -> None:
    found, endpoints = weights(here, primary, groups)
    (proxy,), (resource,) = endpoints.proxies, endpoints.resources
    assert found.usage[proxy.id] == of_proxy
    assert found.usage[resource.id] == of_resource


def test_a_resource_has_the_routes_of_all_its_deployments(here: Place) -> None:
    found, endpoints = weights(here, "litellm/used", ("used", "configured", "other"))
    (resource,) = endpoints.resources
    assert found.routes[resource.id] == {"litellm/used", "litellm/configured"}
    assert found.all_routes == {"litellm/used"}
