"""LiteLLM cannot find a Python module that litellm_config.yaml refers to.

What it means
-------------
The config refers to your own code, such as `callbacks: custom_callbacks.proxy_handler_instance` or
`custom_auth: custom_auth.user_api_key_auth`. LiteLLM imports it at startup. If the file does
not exist, or does not define that name, the proxy exits: "ImportError: Could not import
proxy_handler_instance from custom_callbacks".

Why it happens
--------------
You copied the line from a guide but not the file, or the file is in another folder. In a container,
the config is mounted but the module is not. Each file needs its own mount. Or the name after the
last dot has changed in the file.

How to fix it
-------------
Put the file in the folder of litellm_config.yaml. The last part of the setting is a name that the
file defines. The rest is the path to the file, with dots:

    litellm_settings:
      callbacks: custom_callbacks.proxy_handler_instance

In a container, mount the file next to the config:

    volumes:
      - ./litellm_config.yaml:/app/config.yaml:ro
      - ./custom_callbacks.py:/app/custom_callbacks.py:ro

Or remove the setting.

Versions
--------
Tested with LiteLLM 1.106.2, 1.108.7 and 1.110.2. LiteLLM looks next to its config first, then in
Python's search path: installed packages, PYTHONPATH and the folder in which you started the proxy.

References
----------
https://docs.litellm.ai/docs/observability/custom_callback
https://docs.litellm.ai/docs/proxy/custom_auth
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace

from clawdoctor.chain.compose import Service
from clawdoctor.chain.custom_module import CustomModule
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.parameter import file_name, restart
from clawdoctor.check import Check
from clawdoctor.checks.docker.snippets import mount_snippet
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Action, Finding, Fix, Place, Severity, Step, Unknown
from clawdoctor.source.node import split_pointer
from clawdoctor.wire.start_fault import STOPS


def check(config: LiteLLMConfig, environment: Environment) -> Iterator[Finding | Unknown]:
    """Report each of the user's modules that LiteLLM cannot find at startup."""
    for item in config.modules:
        if item.state == "unknown":
            yield Unknown(f"{_setting(item)} refers to your own module: {item.reason}")
        elif item.state == "no-file" and environment.ci and item.service is None:
            yield Unknown(f"{_setting(item)} refers to a module that is not on this CI machine")
        elif item.state != "found":
            yield _finding(item, config, environment)


_NAME_STEP: tuple[Action, ...] = (
    Step("After the last dot, use a name that the file defines. Or define the name in the file"),
)


def _setting(item: CustomModule) -> str:
    """Return the name of the setting that refers to a module."""
    return next(part for part in reversed(split_pointer(item.pointer)) if not part.isdigit())


def _finding(item: CustomModule, config: LiteLLMConfig, environment: Environment) -> Finding:
    setting = _setting(item)
    file = item.file if item.quotable else "a file"
    if item.state == "no-name":
        message = f"{setting} refers to a name that {file} does not define"
        why = f"LiteLLM imports {file} at startup, and exits with an AttributeError."
        label = "the file does not define this name"
        title = f"use a name that {file} defines"
        snippet, actions = "", _NAME_STEP
    else:
        message = f"{setting} refers to {file}, which LiteLLM cannot find"
        label, title, snippet, actions = _missing_file(item, config)
        why = "LiteLLM imports the file at startup, and exits with an ImportError."
    fix = Fix(title=title, snippet=snippet, actions=(*actions, restart(config, environment)))
    place = config.place(item.pointer, label)
    related: tuple[Place, ...] = ()
    if snippet and item.service is not None:
        related = (replace(place, label="refers to this file"),)
        place = _place(item.service, label)
    return Finding(
        severity=Severity.ERROR,
        message=message,
        detail=why,
        place=place,
        consequence=f"{message}, so {STOPS}",
        related=related,
        fixes=(fix,),
    )


def _missing_file(
    item: CustomModule, config: LiteLLMConfig
) -> tuple[str, str, str, tuple[Action, ...]]:
    """Return the label and the fix's title, snippet and actions for a missing file."""
    service = item.service
    file = item.file if item.quotable else "its file"
    if service is None or not item.quotable:
        step = Step(f"{_put(file, config)}, or remove the setting")
        return "no such file next to the config", f"put {file} next to the config", "", (step,)
    source = posixpath.relpath(item.beside, posixpath.dirname(service.node.span.path) or ".")
    snippet = mount_snippet(service, source if source[0] == "." else f"./{source}", item.target)
    label = f"the container {service.name} has no {item.target}"
    write = () if item.is_beside else (Step(f"{_put(file, config)} first"),)
    kind = "container" if service.by_hand else "service"
    title = f"mount {file} at {posixpath.dirname(item.target)} in the {kind} {service.name}"
    return label, title, snippet, write


def _place(service: Service, label: str) -> Place:
    """Return the place of a service's image, or of the whole service."""
    node, pointer = service.node.get("image"), f"{service.pointer}/image"
    if node is None:
        node, pointer = service.node, service.pointer
    return Place(node.span.path, pointer, node.span, label)


def _put(file: str, config: LiteLLMConfig) -> str:
    return f"Put {file} next to {file_name(config.path)}"


CHECK = Check(
    code="LL125",
    name="custom-module-missing",
    stage="litellm",
    predicts=("module",),
    scope="start",
    run=check,
    documentation=__doc__,
    texts=(
        rule(
            "certain",
            "LiteLLM",
            r"ImportError: Could not import (?P<name>\w{1,60}) from (?P<module>[\w.]{1,120})",
        ),
        rule(
            "certain",
            "LiteLLM",
            "get_instance_fn",
            r"module '(?P<module>[\w.]{1,120})' has no attribute '(?P<name>\w{1,60})"
            r"|directory: '(?P<path>/[\w./-]{1,160}\.py)",
        ),
        rule(
            "likely",
            "LiteLLM",
            r"No module named '(?P<module>custom_(?:auth|callbacks|guardrail|handler)\w{0,40})",
        ),
    ),
)
