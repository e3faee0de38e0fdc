"""The kind of a file that was given as a config and is not one, judged by its content."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from clawdoctor.deferred import dataclass, regex
from clawdoctor.finding import Place
from clawdoctor.run.needs import Unavailable
from clawdoctor.run.refusal import Refusal, RefusalKind
from clawdoctor.source.node import Node
from clawdoctor.source.text import Text

Wanted = Literal["litellm", "openclaw"]

LITELLM_KEYS = ("model_list", "litellm_settings", "general_settings", "router_settings")
"""Top-level keys that only LiteLLM's config has."""
LITELLM = regex(rf"^[ \t]*['\"]?(?:{'|'.join(LITELLM_KEYS)})['\"]?[ \t]*:", re.MULTILINE)
OPENCLAW_KEYS = ("models", "agents", "gateway", "channels")
OPENCLAW = regex(
    rf"(?:^|[{{,])[ \t]*['\"]?(?:{'|'.join(OPENCLAW_KEYS)})['\"]?[ \t]*:", re.MULTILINE
)

_CONFIG: dict[Wanted, str] = {
    "litellm": "the YAML file that LiteLLM starts with (its --config): --litellm-config PATH",
    "openclaw": "OpenClaw's openclaw.json: --openclaw-config PATH",
}
_BLOCK = "the config itself, or the ConfigMap or Secret that holds it as a block of text (`|`)"


@dataclass(frozen=True, slots=True)
class FileKind:
    """The kind of a file, as the end of "it is ...", and what to pass to clawdoctor instead."""

    name: str
    instead: str


def kind_of_file(text: Text, root: Node | None, wanted: Wanted) -> FileKind | None:
    """Return the kind of a file that is certainly not the wanted config, or None.

    `root` is its content as YAML or JSON5, or None if it is neither.
    """
    for name, instead in _kinds(text, root, wanted):
        return FileKind(name, instead or _CONFIG[wanted])
    return None


def _kinds(text: Text, root: Node | None, wanted: Wanted) -> Iterator[tuple[str, str]]:
    if root is not None and root.kind == "mapping":
        yield from _mapping_kinds(root, wanted)
        if not _is_flat(root):
            return
    if root is not None and root.kind == "sequence" and text.content.lstrip()[:1] == "[":
        yield "a JSON array", ""
    # A list, or a mapping without known keys, is left to the checks of its content.
    if root is None or root.kind in ("string", "mapping"):
        yield from _text_kinds(text.content, wanted)


def _is_flat(root: Node) -> bool:
    """Return whether YAML makes the whole text one key, as in `curl -H 'Accept: text/html' ...`."""
    return len(root.entries) == 1 and " " in root.entries[0].name


def another_kind(kind: FileKind, path: str, refusal: RefusalKind) -> Unavailable:
    """Return why the config is unavailable: its file is of another kind. Capture what to give."""
    captures = {"instead": kind.instead}
    return Unavailable(f"is {kind.name}", Refusal(refusal, captures), place=Place(path, ""))


def is_manifest(root: Node) -> bool:
    """Return whether this is a Kubernetes manifest."""
    return bool(root.text("apiVersion") and root.text("kind"))


def is_litellm(root: Node) -> bool:
    """Return whether a mapping has a key of LiteLLM's config."""
    return any(root.entry(key) is not None for key in LITELLM_KEYS)


def is_openclaw(root: Node) -> bool:
    """Return whether a mapping has a section that only OpenClaw's config has."""
    return any(
        root.at(pointer) is not None
        for pointer in ("/models/providers", "/agents/defaults", "/agents/entries", "/agents/list")
    ) or (root.get("gateway") is not None and root.at("/meta/lastTouchedVersion") is not None)


def _mapping_kinds(root: Node, wanted: Wanted) -> Iterator[tuple[str, str]]:
    if is_openclaw(root) and wanted == "litellm":
        yield "OpenClaw's configuration", "it with --openclaw-config PATH"
    if is_litellm(root) and wanted == "openclaw":
        yield "LiteLLM's configuration", "it with --litellm-config PATH"
    if is_openclaw(root) or is_litellm(root):
        return
    if is_manifest(root):
        yield _manifest(_word(root, "kind")), _BLOCK
    services = root.get("services")
    if services is not None and any(
        service.get("image") or service.get("build") for _, service in services.children()
    ):
        yield "a Docker Compose file", "it with --compose PATH"
    if root.at("/dependencies") is not None and root.text("name") and root.text("version"):
        yield "a package.json", ""
    if root.get("jobs") is not None and (root.get("on") or root.get("true")):
        yield "a GitHub workflow", ""
    if _is_chart_values(root):
        yield "a Helm values file that contains no config in plain text", _BLOCK


def _manifest(kind: str) -> str:
    return f"a Kubernetes manifest ({kind}) that contains no config in plain text"


def _word(root: Node, key: str) -> str:
    word = root.text(key) or ""
    return word if re.fullmatch(r"[A-Za-z]{1,40}", word) else key


def _is_chart_values(root: Node) -> bool:
    """Return whether a mapping has at least two of the keys that `helm create` writes."""
    usual = ("replicaCount", "serviceAccount", "podAnnotations", "ingress", "autoscaling")
    image = root.at("/image/repository") or root.at("/image/tag")
    return sum(root.entry(key) is not None for key in usual) + (image is not None) >= 2


_SHELL = (
    r"docker|podman|export|sudo|curl|kubectl|helm|az|litellm|openclaw|npm|npx|pip|uv|cd|set|source"
    r"|echo|cat|mkdir|apt|apt-get|brew|python3?|node|if|for"
)
_COMMAND = regex(rf"(?:{_SHELL})[ \t]+(?![:=])\S", re.ASCII)
_ASSIGNMENT = regex(r"(?:export[ \t]+)?[A-Za-z_]\w*=", re.ASCII)
_INSTRUCTION = regex(
    r"(?:FROM|RUN|CMD|COPY|ADD|ENTRYPOINT|ENV|ARG|WORKDIR|EXPOSE|USER|LABEL|VOLUME)[ \t]+\S"
)
_SECTION = regex(r"\[{1,2}[\w .:\"-]+\]{1,2}[ \t]*$", re.ASCII)
_PYTHON = regex(r"(?:import [\w.]+|from [\w.]+ import [\w*( ,]+)[ \t]*$", re.ASCII)
_FENCED = regex(r"^```[^\n]*\n(?s:.*?)^```[ \t]*$", re.MULTILINE)
_PROSE = regex(r"^(?!#|[ \t]*- )[A-Z][\w',-]*(?: [\w'\"(),.:/`*-]+){3,}", re.MULTILINE)
_HERE_DOCUMENT = regex(r"<<-?[ \t]*['\"]?\w")
_TIME = regex(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\d\d:\d\d:\d\d\b|(?:INFO|WARNING|ERROR):")
_API_VERSION = regex(r"^apiVersion:[ \t]*\S", re.MULTILINE)
_KIND = regex(r"^kind:[ \t]*['\"]?([A-Za-z]{1,40})", re.MULTILINE)
_INTERPRETER = regex(r"(?:/|\b)(bash|sh|zsh|dash|ksh|python|node|perl|ruby)[\d.]*\b")
_TEMPLATE = regex(r"\{\{-?[^{}]*\.(?:Values|Release|Chart)\b")


def _text_kinds(content: str, wanted: Wanted) -> Iterator[tuple[str, str]]:
    """Yield the kinds of a text that is neither a YAML mapping nor a JSON5 object."""
    content = content[:65536]
    lines = [line.strip() for line in content.splitlines() if line.strip()]
    code = [line for line in lines if not line.startswith("#")]
    if lines:
        yield from _kinds_by_start(lines[0], content)
    if not code or _is_broken_config(content, wanted):
        return
    if wanted == "openclaw" and _is_broken_config(content, "litellm"):
        yield "LiteLLM's configuration", "it with --litellm-config PATH"
    yield from _kinds_by_lines(code, content)


def _kinds_by_start(first: str, content: str) -> Iterator[tuple[str, str]]:
    """Yield the kinds that the first line or a mark of manifests shows."""
    start = first.casefold()
    if "-----begin " in start:
        yield _armour(first), ""
    if start.startswith(("<!doctype html", "<html", "<head")):
        yield "an HTML page", ""
    if start.startswith("<?xml"):
        yield "an XML file", ""
    if _API_VERSION.search(content) and (kind := _KIND.search(content)):
        yield _manifest(kind[1]), _BLOCK
    if _TEMPLATE.search(content):
        yield "a template of a Helm chart", "what `helm template` writes"
    if start.startswith("#!"):
        interpreter = _INTERPRETER.search(start)
        script = interpreter[1] if interpreter else "sh"
        if script.endswith("sh"):
            yield "a shell script", _of_script(content)
        yield f"a script ({script})", ""


def _kinds_by_lines(code: list[str], content: str) -> Iterator[tuple[str, str]]:
    """Yield the kinds that the lines outside comments show."""
    if all(_ASSIGNMENT.match(line) for line in code):
        yield "a file of environment variables", "it with --env-file PATH"
    if _INSTRUCTION.match(code[0]) and sum(bool(_INSTRUCTION.match(line)) for line in code) > 1:
        yield "a Dockerfile", ""
    if _SECTION.fullmatch(code[0]) and any("=" in line for line in code):
        systemd = code[0] in ("[Unit]", "[Service]", "[Container]")
        yield ("a systemd unit" if systemd else "an INI or TOML file"), ""
    if _PYTHON.match(code[0]):
        yield "a Python program", ""
    if _TIME.match(code[0].lstrip("[")):
        yield "a log", "it with --log PATH"
    if _COMMAND.match(code[0]):
        yield "a shell script", _of_script(content)
    if _PROSE.search(_FENCED.sub("", content)) and (_FENCED.search(content) or "](http" in content):
        yield "a Markdown page", ""


def _is_broken_config(content: str, wanted: Wanted) -> bool:
    """Return whether this is the wanted config with a mistake or a few lines of other text.

    A script writes the config from a here-document. A here-document that starts on the first line
    was pasted.
    """
    keys = LITELLM if wanted == "litellm" else OPENCLAW
    if not keys.search(_FENCED.sub("", content)):
        return False
    return _HERE_DOCUMENT.search(content.lstrip().partition("\n")[2]) is None


def _armour(line: str) -> str:
    if "CERTIFICATE" in line:
        return "a certificate"
    return "a key file" if "KEY" in line else "a PEM file"


def _of_script(content: str) -> str:
    return "it with --compose PATH" if re.search(r"\bdocker[ \t]+run\b", content) else ""
