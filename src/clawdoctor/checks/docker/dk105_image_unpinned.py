"""The proxy's image is not pinned, or newer images do not start with this config.

What it means
-------------
A tag such as main-latest or main-stable can be a different LiteLLM version after every pull. A
proxy that worked yesterday can fail to start today even though you changed nothing. clawdoctor
cannot tell the version either.

Why it happens
--------------
Many guides use such tags. When the tags moved to LiteLLM 1.104.0, which does not start without a
master key, Compose files without a key stopped working.

How to fix it
-------------
Pin the version that you have tested, and upgrade when you choose to:

    image: ghcr.io/berriai/litellm:v1.110.2

Versions
--------
All versions. LiteLLM before 1.104.0 starts without a master key and accepts every request.

References
----------
https://docs.litellm.ai/docs/proxy/deploy
https://github.com/BerriAI/litellm/pull/42019
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from clawdoctor.chain.advice import generate_key, recreate_service, start_service
from clawdoctor.chain.compose import Compose, Service
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.check import Check
from clawdoctor.checks.docker.service_changes import pass_variable
from clawdoctor.checks.docker.snippets import environment_snippet
from clawdoctor.deferred import regex
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Command, Finding, Fix, Severity, Step
from clawdoctor.knowledge import Behaviour, behaviour, behaviours, newest
from clawdoctor.source.change import Put

_VERSION = regex(r"\d+\.\d+")
_MOVING = ("", "latest")
_KEY = "LITELLM_MASTER_KEY"
_NO_KEY = "dangerously_permit_weak_or_unset_master_key"


def check(
    compose: Compose, litellm: LiteLLMConfig | None, environment: Environment
) -> Iterator[Finding]:
    """Report a moving tag of LiteLLM's image, or a version too old to require a master key."""
    service = compose.proxy
    if service is None or not service.image or "@" in service.image or service.builds:
        return
    tag = service.image[len(service.repository) + 1 :]
    pinned = _VERSION.search(tag)
    keyless = litellm is not None and service.complete and not _has_key(litellm, environment)
    row = behaviour("litellm", "master-key", _number(tag)) if pinned else None
    if pinned is None and (service.official or tag in _MOVING):
        yield _moving_tag_finding(compose, service, tag, keyless)
    elif row is not None and row.effect == "optional" and keyless:
        yield _old_image_finding(compose, service, row)


def _number(tag: str) -> str | None:
    match = re.search(r"\d+(?:\.\d+)+", tag)
    return match[0] if match else None


def _has_key(config: LiteLLMConfig, environment: Environment) -> bool:
    """Return whether the proxy has a master key, or the config allows it to run without one."""
    node = config.root.at(f"/general_settings/{_NO_KEY}")
    if node is not None and node.value is True:
        return True
    if config.root.at("/general_settings/key_management_system") is not None:
        return True
    variable = environment.proxy.get(_KEY)
    if config.master_key.state == "missing":
        return variable is not None and bool(variable.value)
    return config.master_key.resolved is not None or config.master_key.state == "not-a-string"


def _strict() -> Behaviour:
    return next(row for row in behaviours("litellm", "master-key") if row.effect == "required")


def _moving_tag_finding(compose: Compose, service: Service, tag: str, keyless: bool) -> Finding:
    name = f"the tag {tag}" if tag else "an image without a tag"
    if "$" in service.shown_image and tag not in ("", *_MOVING):
        name = "a tag from a variable"
    why = (
        "Every pull can bring a different LiteLLM version, so the proxy can fail to start even "
        "though you changed nothing."
    )
    if keyless:
        why = f"{why} This proxy has no master key, and {_strict().says}."
    return Finding(
        severity=Severity.WARNING if keyless else Severity.INFO,
        message=f"{service.name} runs {name}, which moves with every release",
        detail=why,
        place=compose.place(f"{service.pointer}/image", "not a fixed version"),
        consequence="a pull can change LiteLLM's version without notice",
        fixes=(_pin(service),),
    )


def _old_image_finding(compose: Compose, service: Service, row: Behaviour) -> Finding:
    return Finding(
        severity=Severity.WARNING,
        message=f"{service.name} has no master key, and newer images do not start without one",
        detail=f"{row.says}. {_strict().says}.",
        place=compose.place(f"{service.pointer}/image", "older than that change"),
        consequence="the proxy accepts every request",
        fixes=(
            Fix(
                title="give the proxy a master key",
                applicability="manual" if service.by_hand else "unsafe",
                changes=pass_variable(service, _KEY),
                snippet=environment_snippet(service, _KEY),
                actions=(
                    generate_key(_KEY),
                    Step(f'Give OpenClaw the same key: apiKey: "${{{_KEY}}}"'),
                    recreate_service(service),
                ),
            ),
        ),
    )


def _pin(service: Service) -> Fix:
    version = f"v{newest('litellm')}" if service.official else "<the version you have tried>"
    repository = service.repository
    if "$" in service.shown_image:
        repository = "ghcr.io/berriai/litellm" if service.official else "<the image>"
    image = f"{repository}:{version}"
    node = None if service.by_hand else service.node.get("image")
    changes = (Put(node, image),) if node is not None and "$" not in service.shown_image else ()
    if not service.official:
        changes = ()  # only the user knows the versions of another image
    pull = () if service.by_hand else (Command(f"docker compose pull {shlex.quote(service.name)}"),)
    return Fix(
        title="pin the image to one version",
        applicability="unsafe" if changes else "manual",
        changes=changes,
        snippet=image if service.by_hand else f"image: {image}",
        actions=(*pull, start_service(service)),
    )


CHECK = Check(
    code="DK105",
    name="image-unpinned",
    stage="docker",
    scope="advice",
    run=check,
    documentation=__doc__,
    texts=(
        rule(
            "likely",
            "Docker",
            r"manifest (?:for (?P<image>\S{1,99}) not found|unknown)"
            r"|no (?:matching manifest|such image)|reference .{1,99} not found",
            r"lite?l|openclaw",
            unless="sandbox",
            advice="tag",
        ),
        rule(
            "certain",
            "the kernel",
            "exec format error",
            by=("litellm", "openclaw"),
            alone=True,
            advice="processor",
        ),
        rule(
            "likely",
            "Docker",
            r"(?:pull access |: )(?:denied|unauthorized)\b|^(?:denied|unauthorized):"
            "|ErrImagePull|ImagePullBackOff",
            r"lite?l|openclaw",
            unless="sandbox",
            advice="denied",
        ),
    ),
    advice={
        "tag": Advice(
            "The registry has no image with this tag. LiteLLM's tags are main-latest,"
            " main-stable, or v and a version, with or without -stable. Use a tag that exists,"
            ' and pull again. "No matching manifest" means that the image has no variant for'
            " this machine's processor: add platform: linux/amd64, which is slower.",
            "image: ghcr.io/berriai/litellm:v1.110.2",
            run=("docker manifest inspect ghcr.io/berriai/litellm:v1.110.2",),
        ),
        "processor": Advice(
            "The image is for another processor than this machine has (amd64 or arm64). Remove"
            " platform: from the service, and pull the image again on this machine. If you built"
            " the image yourself, build it for this processor:",
            "platform: linux/arm64   # or linux/amd64",
            ("uname -m", "docker compose pull litellm"),
        ),
        "denied": Advice(
            "The registry rejects the pull. LiteLLM's image is public, so the name is wrong, or"
            " an expired login gets in the way (log out). If the text mentions a rate limit, log"
            " in or wait. In Kubernetes, describe the pod: its last events contain the"
            " registry's message.",
            "image: ghcr.io/berriai/litellm:v1.110.2",
            run=("docker logout ghcr.io", "docker pull ghcr.io/berriai/litellm:v1.110.2"),
        ),
    },
)
