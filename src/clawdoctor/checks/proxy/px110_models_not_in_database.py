"""The proxy has a database, but does not read models and credentials from it.

What it means
-------------
Models that you add in LiteLLM's admin UI, or with /model/new, are in its database. The proxy reads
them from there only if a setting tells it to. Otherwise it knows only the models in its file, and
the result is "Invalid model name passed in", or no models at all. The admin UI says "Set
`'STORE_MODEL_IN_DB='True'` in your env to enable this feature."

Why it happens
--------------
With a database (database_url, DATABASE_URL), the proxy reads keys, budgets and spend from it. For
models and credentials you must turn on a second setting, which is off by default.

How to fix it
-------------
In litellm_config.yaml:

    general_settings:
      store_model_in_db: true

Or set STORE_MODEL_IN_DB=True in the proxy's environment. Then restart the proxy. Or add the model
to model_list in the file, which needs no database.

Versions
--------
Read in the source of LiteLLM 1.106.2 and 1.110.2. These versions also look for store_model_in_db in
the database: if it is on there, they read the models whatever the file says. So this finding is at
most a warning, unless the running proxy shows that it does not have the model.

References
----------
https://docs.litellm.ai/docs/proxy/model_management
https://github.com/BerriAI/litellm/issues/31968
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_credential import KEY, credential_pointers
from clawdoctor.chain.litellm_value import value_of
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.parameter import file_name, restart
from clawdoctor.chain.route import Chain, Route
from clawdoctor.chain.router import is_accepted
from clawdoctor.check import Check
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Finding, Fix, Severity, Step
from clawdoctor.probes.proxy import ServedModels
from clawdoctor.run.engine import CHAIN
from clawdoctor.run.facts import Facts
from clawdoctor.source.change import put

_SETTING, _VARIABLE = "store_model_in_db", "STORE_MODEL_IN_DB"
_POINTER = f"/general_settings/{_SETTING}"
_UNLESS = " Ignore this if the setting is on in the database."


def check(
    chain: Chain,
    openclaw: OpenClawConfig | None,
    litellm: LiteLLMConfig,
    environment: Environment,
    facts: Facts,
) -> Iterator[Finding]:
    """Report models and credentials that can only be in a database that the proxy does not read."""
    if not litellm.models_in_database or _reads(litellm, environment):
        return
    for route in chain.routes:
        if route.target != "proxy" or openclaw is None:
            continue
        listed = facts.known(ServedModels, route)
        if is_accepted(litellm, route.model_id) or route.model_id in litellm.aliases:
            if listed is None:
                yield from _credentials(route, litellm, environment)
        elif listed is None or not listed.can_serve(route.model_id):
            shown = listed is not None and not listed.wildcard
            asked = openclaw.place(route.name_pointer, "OpenClaw requests this")
            yield replace(
                _finding(litellm, environment, f'"{route.model_id}"', shown=shown),
                subjects=(route.id,),
                related=(asked,),
            )
    if openclaw is None and not litellm.deployments:
        yield replace(_finding(litellm, environment, "models", shown=False), subjects=(CHAIN,))


def _finding(
    litellm: LiteLLMConfig, environment: Environment, lacking: str, *, shown: bool
) -> Finding:
    """Return the finding for what the file lacks. `shown`: the running proxy lacks it too."""
    file = file_name(litellm.path)
    return Finding(
        severity=Severity.ERROR if shown else Severity.WARNING,
        message=f"the proxy does not read its database, and {file} has no {lacking}",
        title=f"the proxy does not read its database, and {file} lacks models",
        detail=(
            f"The proxy has a database, but neither {_SETTING} nor {_VARIABLE} tells it to read "
            "models from there."
        )
        + ("" if shown else _UNLESS),
        place=litellm.place(
            _POINTER, f"no {_SETTING}: true" if litellm.root.at(_POINTER) is None else "off"
        ),
        consequence=f"the proxy does not read its database and has no {lacking}",
        fixes=(_fix(litellm, environment),),
        assumed=not shown,
        live=shown,
    )


def _credentials(
    route: Route, litellm: LiteLLMConfig, environment: Environment
) -> Iterator[Finding]:
    """Report a credential of a deployment that the file does not have."""
    pointers = credential_pointers(litellm.root)
    for deployment in route.deployments:
        value = value_of(deployment.params, f"/{KEY}", environment.proxy)
        if value.resolved is None or value.resolved in pointers:
            continue
        yield Finding(
            severity=Severity.WARNING,
            message=f'the proxy does not read the credential of "{deployment.group}" from its '
            "database",
            detail=(
                f"The proxy has a database, but neither {_SETTING} nor {_VARIABLE} tells it to "
                f"read credentials from there.{_UNLESS}"
            ),
            place=litellm.place(
                f"{deployment.pointer}/litellm_params/{KEY}", "not in credential_list"
            ),
            consequence="LiteLLM has no key for the deployment",
            fixes=(_fix(litellm, environment),),
            subjects=(deployment.id,),
            assumed=True,
        )


def _reads(litellm: LiteLLMConfig, environment: Environment) -> bool:
    """Return whether the file or a variable tells the proxy to read its database."""
    node = litellm.root.at(_POINTER)
    written = value_of(litellm.root.get("general_settings"), _POINTER, environment.proxy)
    if node is not None and (node.value is True or written.state == "from-env"):
        return True
    variable = environment.proxy.get(_VARIABLE)
    return variable is not None and variable.value.test(_is_on)


def _is_on(text: str) -> bool:
    return text.strip().casefold() == "true"


def _fix(litellm: LiteLLMConfig, environment: Environment) -> Fix:
    return Fix(
        title="make the proxy read its database",
        applicability="unsafe",
        changes=put(litellm.root, f"/general_settings/{_SETTING}", value=True),
        snippet=f"general_settings:\n  {_SETTING}: true",
        actions=(
            Step(f"Or set {_VARIABLE}=True in the proxy's environment"),
            restart(litellm, environment),
            CHECK_AGAIN,
        ),
    )


CHECK = Check(
    code="PX110",
    name="models-not-in-database",
    stage="proxy",
    scope="route",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    texts=(
        rule(
            "certain",
            "LiteLLM",
            "Set '{0,3}STORE_MODEL_IN_DB|store_model_in_db'? is not True",
        ),
    ),
)
