"""The kind of a file that was given as a Compose file and is not one."""

from __future__ import annotations

import re

from clawdoctor.deferred import regex
from clawdoctor.source.node import Node, Source, SyntaxFault
from clawdoctor.source.text import Text

_DOCKERFILE = regex(r"^[ \t]*FROM[ \t]+\S+", re.MULTILINE)
_ENV_LINE = regex(r"(?:export[ \t]+)?[A-Za-z_]\w*=.*")
_MARKDOWN = regex(r"^(?:#{1,6} |```)", re.MULTILINE)
_UNIT = regex(r"^\[(?:Unit|Service|Container)\]", re.MULTILINE)


def kind_of(text: Text, source: Source | SyntaxFault) -> str:
    """Return a noun with its article for the kind of a file."""
    content = text.content
    if not content.strip():
        return "an empty file"
    if isinstance(source, Source) and source.root.kind == "mapping":
        return _mapping_kind(source.root)
    if content.startswith("#!"):
        return "a script"
    if _UNIT.search(content):
        return "a systemd unit"
    if _DOCKERFILE.search(content):
        return "a Dockerfile"
    if "-----BEGIN " in content[:200]:
        return "a certificate or a key"
    lines = [line for line in content.splitlines() if line.strip() and not line.startswith("#")]
    if lines and all(_ENV_LINE.fullmatch(line.strip()) for line in lines):
        return "an env file"
    if _MARKDOWN.search(content):
        return "a Markdown file"
    if isinstance(source, Source) and source.root.kind == "sequence":
        return "a list"
    return "another text"


def _mapping_kind(root: Node) -> str:
    if root.get("apiVersion") is not None and root.get("kind") is not None:
        return "a Kubernetes manifest"
    if root.get("model_list") is not None:
        return "a LiteLLM config"
    if root.get("agents") is not None and (root.get("models") or root.get("gateway")) is not None:
        return "an OpenClaw config"
    if root.get("image") is not None and root.get("replicaCount") is not None:
        return "a Helm values file"
    return "a mapping without services"
