"""A callback needs a Python package or a licence that this LiteLLM does not have.

What it means
-------------
LiteLLM makes the callbacks, guardrails and the cache of litellm_config.yaml when it starts. Some of
them need a Python package of their own, and some a licence of LiteLLM Enterprise. Without it
LiteLLM exits. So do a few settings: a database needs the package prisma, and
litellm_settings.tag_budget_config a licence.

Why it happens
--------------
"pip install 'litellm[proxy]'" installs none of these packages. LiteLLM's official image has most of
them: a config that works in the image stops on a machine with pip. hide_secrets, the moderation
callbacks and general_settings.allowed_ips and enforced_params work with a licence only.

How to fix it
-------------
Install the package into the environment that runs the proxy, and start it again:

    <environment>/bin/python -m pip install langfuse

Or take the callback out:

    litellm_settings:
      success_callback: []

Versions
--------
Run on LiteLLM 1.106.2, 1.108.7 and 1.110.2. A licence that is set need not be valid: LiteLLM exits
with an invalid one, too, and only its own server knows. The guardrail hiddenlayer asks
auth.hiddenlayer.ai for a token when LiteLLM starts. Both are unknown to clawdoctor unless the proxy
answers. LiteLLM before 1.108.0 starts without the packages of
langfuse, mlflow and the OpenTelemetry callbacks, and writes an error to its log. It needs
prometheus-client in every version. clawdoctor looks into the environment of the process or the
service that runs LiteLLM, or of the litellm on PATH. It does not look into a container.

References
----------
https://docs.litellm.ai/docs/proxy/logging
https://docs.litellm.ai/docs/proxy/enterprise
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from clawdoctor.chain.endpoint import Endpoints
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.parameter import restart
from clawdoctor.chain.proxy_packages import ProxyPackages
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Action, Command, Finding, Fix, Severity, Step, Unknown
from clawdoctor.knowledge import table
from clawdoctor.probes.proxy import AliveProxy
from clawdoctor.run.facts import Facts
from clawdoctor.wire.start_built import VARIABLES
from clawdoctor.wire.start_fault import STOPS
from clawdoctor.wire.start_needs import LICENSE, Lack, lacks


def check(
    config: LiteLLMConfig,
    environment: Environment,
    versions: Versions,
    packages: ProxyPackages,
    endpoints: Endpoints,
    facts: Facts,
) -> Iterator[Finding | Unknown]:
    """Report each callback, guardrail or cache whose package or licence is missing."""
    unsure: list[str] = []
    for lack in lacks(config, environment, versions.value("litellm"), packages):
        named = f"the {lack.named.noun} {lack.named.name}"
        if lack.kind == "package" and lack.unknown:
            unsure.append(
                f"{named} needs the Python package {_pip(lack)}, and it is not known whether the "
                "proxy has it"
            )
        elif lack.kind == "package":
            yield _package(lack, named, config, environment, packages)
        elif lack.kind == "server":
            unsure.append(
                f"LiteLLM asks {lack.missing[0]} for a token when it starts, for {named}, and "
                "exits if it gets none"
            )
        elif lack.kind == "license" and lack.unknown:
            unsure.append(
                f"{named} needs a licence of LiteLLM Enterprise, and it is not known whether the "
                f"one in {LICENSE} is valid"
            )
        elif lack.kind == "license" and environment.ci and environment.proxy.basis != "known":
            unsure.append(
                f"{LICENSE} is not set on this CI machine; where the proxy runs it may be"
            )
        elif lack.kind == "license":
            yield _license(lack, named, config, environment)
    if unsure:
        answers = (facts.get(AliveProxy, proxy) for proxy in endpoints.proxies)
        if not any(isinstance(answer, AliveProxy) for answer in answers):
            yield Unknown(unsure[0])  # a proxy that answers was started with all that it needs


def _pip(lack: Lack) -> str:
    """Return what pip calls the missing packages."""
    name: str = table("start_needs")["packages"][lack.missing[0]]["pip"]
    return name


def _package(
    lack: Lack,
    named: str,
    config: LiteLLMConfig,
    environment: Environment,
    packages: ProxyPackages,
) -> Finding:
    pip = _pip(lack).split()
    why = "LiteLLM imports it when it starts, and exits with an error."
    if not lack.sure:
        why += " There is nothing to do if another LiteLLM than the one on PATH runs the proxy."
    path = f"{packages.prefix}/bin/python"
    home = "~/" if path.startswith("~/") else ""  # in quotes a shell does not replace it
    python = f"{home}{shlex.quote(path.removeprefix(home))}"
    install = Command(f"{python} -m pip install {shlex.join(pip)}")
    return Finding(
        severity=Severity.ERROR if lack.sure and lack.measured else Severity.WARNING,
        message=f"{named} needs the Python package {pip[0]}, which is not installed in "
        f"{packages.prefix}",
        title="packages that are not installed",
        detail=why,
        place=config.place(lack.named.pointer, f"{pip[0]} is not installed"),
        consequence=STOPS,
        fixes=(_fix("install it", lack, install, config, environment),),
        assumed=not lack.sure,
    )


def _license(lack: Lack, named: str, config: LiteLLMConfig, environment: Environment) -> Finding:
    scope = environment.proxy
    assumed = scope.basis != "known"
    why = "LiteLLM looks for its licence when it starts, and exits with an error."
    if assumed:
        why += " There is nothing to do if the service that runs it sets it."
    step = Step(f"set {LICENSE} where the proxy starts")
    return Finding(
        severity=Severity.ERROR if not assumed and lack.measured else Severity.WARNING,
        message=f"{named} needs a licence of LiteLLM Enterprise, and {LICENSE} is not set in "
        f"{scope.source}",
        title=f"{lack.named.noun}s without a licence",
        detail=why,
        place=config.place(lack.named.pointer, "works with a licence only"),
        consequence=STOPS,
        fixes=(_fix("take it out, or set the licence", lack, step, config, environment),),
        assumed=assumed,
    )


def _fix(
    title: str, lack: Lack, action: Action, config: LiteLLMConfig, environment: Environment
) -> Fix:
    instead = Step(f"or take {lack.named.name} out of the file")
    if lack.named.listed == VARIABLES:
        instead = Step(f"or remove {lack.named.name} from {environment.proxy.source}")
    return Fix(title=title, actions=(action, instead, restart(config, environment)))


CHECK = Check(
    code="LL126",
    name="callback-package-missing",
    stage="litellm",
    predicts=("callback-package", "callback-license"),
    scope="start",
    run=check,
    documentation=__doc__,
    texts=(
        rule(
            "certain",
            "LiteLLM",
            r"Could not build the '(?P<callback>\w{1,40})' callback configured in litellm_settings",
        ),
        rule(
            "certain",
            "LiteLLM",
            "You must be a LiteLLM Enterprise user|only available on the Docker image",
            "rying to use",
            advice="licence",
        ),
        rule(
            "likely",
            "LiteLLM",
            r"(?:Missing|No module named) '?(?P<module>prometheus_client|semantic_router)"
            r"|litellm\[caching|for the Conduct",
            advice="package",
        ),
    ),
    advice={
        "licence": Advice(
            "This feature needs a licence of LiteLLM Enterprise. Take it out of"
            " litellm_config.yaml, or set LITELLM_LICENSE where the proxy runs if you have one."
            " Some parts come with the Docker image only.",
        ),
        "package": Advice(
            "Install the package that the text names into the environment that runs the proxy, and"
            " start it again, or take the callback, the cache or the guardrail out of"
            " litellm_config.yaml. The package prometheus_client is called prometheus-client.",
            run=("<environment>/bin/python -m pip install prometheus-client",),
        ),
    },
)
