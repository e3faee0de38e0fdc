"""A callback requires a Python package or a license that this LiteLLM does not have.

What it means
-------------
LiteLLM creates the callbacks, the guardrails and the cache of litellm_config.yaml at startup.
Some of them require an additional Python package, and some a LiteLLM Enterprise license. Without
it, LiteLLM exits. A few settings have such requirements too: a database requires the package
prisma, and litellm_settings.tag_budget_config requires a license.

Why it happens
--------------
"pip install 'litellm[proxy]'" does not install these packages. LiteLLM's official image contains
most of them, so a config that works in the image may not start with a pip installation.
hide_secrets, the moderation callbacks, general_settings.allowed_ips and
general_settings.enforced_params require a license.

How to fix it
-------------
Install the package in the environment that runs the proxy, and restart the proxy:

    <environment>/bin/python -m pip install langfuse

Or remove the callback:

    litellm_settings:
      success_callback: []

Versions
--------
Tested with LiteLLM 1.106.2, 1.108.7 and 1.110.2. LiteLLM also exits if its license is invalid. Only
LiteLLM's server knows whether a license is valid. LiteLLM also exits if the guardrail hiddenlayer
cannot get a token from auth.hiddenlayer.ai. clawdoctor can check neither case unless the proxy
answers. LiteLLM before 1.108.0 starts without the packages of langfuse, mlflow and the
OpenTelemetry callbacks, and logs an error. It requires prometheus-client in every version.
clawdoctor looks in the environment of the process or service that runs LiteLLM, or of the litellm
on PATH. It does not look in a container.

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
from clawdoctor.chain.parameter import file_name, restart, where_set
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
    """Report each callback, guardrail or cache whose package or license is missing."""
    unsure: list[str] = []
    uninstalled: list[Lack] = []
    for lack in lacks(config, environment, versions.value("litellm"), packages):
        named = f"the {lack.named.noun} {lack.named.name}"
        if lack.kind == "package" and lack.unknown:
            unsure.append(
                f"{named} requires the Python package {_pip(lack)}, and clawdoctor cannot tell "
                "whether the proxy has it"
            )
        elif lack.kind == "package":
            uninstalled.append(lack)
        elif lack.kind == "server":
            unsure.append(
                f"LiteLLM requests a token for {named} from {lack.missing[0]} at startup, and "
                "exits if it does not get one"
            )
        elif lack.kind == "license" and lack.unknown:
            unsure.append(
                f"{named} requires a LiteLLM Enterprise license, and clawdoctor cannot tell "
                f"whether {LICENSE} is valid"
            )
        elif lack.kind == "license" and environment.ci and environment.proxy.basis != "known":
            unsure.append(
                f"{LICENSE} is not set on this CI machine, but may be where the proxy runs"
            )
        elif lack.kind == "license":
            yield _license(lack, named, config, environment)
    for lack in uninstalled:
        fix = _install_fix(uninstalled, config, environment, packages)
        yield _package(lack, f"the {lack.named.noun} {lack.named.name}", config, packages, fix)
    if unsure:
        answers = (facts.get(AliveProxy, proxy) for proxy in endpoints.proxies)
        if not any(isinstance(answer, AliveProxy) for answer in answers):
            yield Unknown(unsure[0])  # a proxy that answers had everything that it needs to start


def _pip(lack: Lack) -> str:
    """Return what pip calls the missing packages."""
    name: str = table("start_needs")["packages"][lack.missing[0]]["pip"]
    return name


def _install_fix(
    lacking: list[Lack], config: LiteLLMConfig, environment: Environment, packages: ProxyPackages
) -> Fix:
    """Return the fix that installs all missing packages with one command."""
    pips = list(dict.fromkeys(_pip(lack) for lack in lacking))
    path = f"{packages.prefix}/bin/python"
    home = "~/" if path.startswith("~/") else ""  # a shell does not expand it in quotes
    python = f"{home}{shlex.quote(path.removeprefix(home))}"
    words = [word for pip in pips for word in pip.split()]
    install = Command(f"{python} -m pip install {shlex.join(words)}")
    names = " and ".join(pip.split()[0] for pip in pips)
    return _fix(f"install {names}", lacking, install, config, environment)


def _package(
    lack: Lack,
    named: str,
    config: LiteLLMConfig,
    packages: ProxyPackages,
    fix: Fix,
) -> Finding:
    pip = _pip(lack).split()
    why = f"It is not installed in {packages.prefix}. LiteLLM imports it at startup, and exits "
    why += "with an error."
    if not lack.sure:
        why += " There is nothing to do if the proxy runs a different LiteLLM from the one on PATH."
    return Finding(
        severity=Severity.ERROR if lack.sure and lack.measured else Severity.WARNING,
        message=f"{named} requires the Python package {pip[0]}",
        title="these Python packages are not installed",
        detail=why,
        place=config.place(lack.named.pointer, f"{pip[0]} is not installed"),
        consequence=f"the Python package {pip[0]} is missing, so {STOPS}",
        fixes=(fix,),
        assumed=not lack.sure,
    )


def _license(lack: Lack, named: str, config: LiteLLMConfig, environment: Environment) -> Finding:
    scope = environment.proxy
    assumed = scope.basis != "known"
    why = f"{LICENSE} is not set in {scope.source}. LiteLLM checks for a license at startup, and "
    why += "exits with an error."
    if assumed:
        why += f" There is nothing to do if the service that runs LiteLLM sets {LICENSE}."
    where = where_set(environment, LICENSE)
    step = Step(f"If you have a license, set {LICENSE} {where}")
    remove = f"in {file_name(config.path)}, remove {lack.named.name}"
    if lack.named.listed == VARIABLES:
        remove = f"remove {lack.named.name} from {environment.proxy.source}"
    return Finding(
        severity=Severity.ERROR if not assumed and lack.measured else Severity.WARNING,
        message=f"{named} requires a LiteLLM Enterprise license",
        title=f"these {lack.named.noun}s require a LiteLLM Enterprise license",
        detail=why,
        place=config.place(lack.named.pointer, "requires a license"),
        consequence=f"{named} has no license, so {STOPS}",
        fixes=(
            _fix(
                f"{remove}, or set {LICENSE} {where}",
                [lack],
                step,
                config,
                environment,
            ),
        ),
        assumed=assumed,
    )


def _fix(
    title: str,
    lacking: list[Lack],
    action: Action,
    config: LiteLLMConfig,
    environment: Environment,
) -> Fix:
    names: dict[str, dict[str, None]] = {}
    for lack in lacking:
        where = environment.proxy.source if lack.named.listed == VARIABLES else "the file"
        names.setdefault(where, {})[lack.named.name] = None
    instead = (
        Step(f"Or remove {' and '.join(found)} from {where}") for where, found in names.items()
    )
    return Fix(title=title, actions=(action, *instead, restart(config, environment)))


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
            "You must be a LiteLLM Enterprise user|only available on the Docker image"
            "|LITELLM_LICENSE",
            "rying to use|nterprise (?:only )?feature|premium (?:user|feature)",
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
            "This feature requires a LiteLLM Enterprise license. Remove it from"
            " litellm_config.yaml. If you have a license, set LITELLM_LICENSE where the proxy"
            " runs. Some parts are only in the Docker image.",
        ),
        "package": Advice(
            "Install the package from the error text in the environment that runs the proxy, and"
            " restart the proxy. Or remove the callback, the cache or the guardrail from"
            " litellm_config.yaml. For prometheus_client, install the package prometheus-client.",
            run=("<environment>/bin/python -m pip install prometheus-client",),
        ),
    },
)
