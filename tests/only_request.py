"""The request that a version of OpenClaw sends for the only used model in an openclaw.json."""

from __future__ import annotations

import json
from collections.abc import Mapping

from conftest import Place

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.route import Route, _routes
from clawdoctor.chain.versions import Versions
from clawdoctor.finding import Version
from clawdoctor.wire.openclaw import openclaw_request
from clawdoctor.wire.request import Outcome


def only_request(here: Place, version: str, config: Mapping[str, object]) -> Outcome:
    """Return the prediction for the agent of a config. Each of its providers leads to a proxy."""
    here.write("project/openclaw.json", json.dumps(config))
    openclaw = here.fact(OpenClawConfig, {}, openclaw_config="openclaw.json")
    environment = here.fact(Environment, {}, openclaw_config="openclaw.json")
    assert isinstance(openclaw, OpenClawConfig)
    assert isinstance(environment, Environment)
    versions = Versions(Version(version, ""), None)
    targets = tuple((provider, "proxy") for provider in openclaw.providers)
    routes: list[Route] = list(_routes(openclaw, targets, None, (), versions))  # type: ignore[arg-type]
    (route,) = [route for route in routes if route.refs]
    return openclaw_request(route, openclaw, environment, versions)
