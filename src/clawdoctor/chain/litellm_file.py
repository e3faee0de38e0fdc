"""LiteLLM's config file: its path, and its YAML as LiteLLM reads it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from clawdoctor.chain.compose import Compose
from clawdoctor.chain.file_kind import LITELLM, another_kind, is_litellm, kind_of_file
from clawdoctor.chain.litellm_shape import is_in_shape
from clawdoctor.chain.manifest import Embedded, chart_config, embedded_config
from clawdoctor.chain.unit import ProxyUnits, proxy_process
from clawdoctor.deferred import dataclass, regex
from clawdoctor.finding import Place
from clawdoctor.run.needs import Absent, Unavailable
from clawdoctor.run.refusal import Refusal
from clawdoctor.run.situation import DEFAULT_PORT as DEFAULT_PORT
from clawdoctor.run.situation import Situation
from clawdoctor.source.json5 import parse_json5
from clawdoctor.source.look import look
from clawdoctor.source.node import Node, Source, SyntaxFault
from clawdoctor.source.read import Unreadable, read_text
from clawdoctor.source.text import Text
from clawdoctor.source.yaml import parse_yaml
from clawdoctor.source.yaml_indent import reindented
from clawdoctor.source.yaml_mend import mended

_STARTS_WITH_KEY = regex(r"(?:\s|#[^\r\n]*[\r\n])*[\w'\"-]+[ \t]*:(?=\s)")


@dataclass(frozen=True, slots=True)
class LiteLLMPath:
    """The path of LiteLLM's config, from an option or a search."""

    path: str


@dataclass(frozen=True, slots=True)
class LiteLLMFile:
    """LiteLLM's config file, parsed. `include` is not resolved yet."""

    path: str
    root: Node
    text: Text


def find_litellm_config(
    situation: Situation, compose: Compose | None, units: ProxyUnits | None
) -> LiteLLMPath | Absent:
    """Return the path from the option, or of the first file that exists."""
    if situation.litellm_config is not None:
        return LiteLLMPath(situation.path(situation.litellm_config))
    paths = _candidates(situation, compose, units)
    path = next((path for path in paths if look(os.path.exists, path)), None)
    return Absent("no LiteLLM config was found") if path is None else LiteLLMPath(path)


def load_litellm_file(found: LiteLLMPath) -> LiteLLMFile | Unavailable:
    """Read and parse the file."""
    path = found.path
    text = read_text(Path(path))
    if isinstance(text, Unreadable):
        return Unavailable(text.message, Refusal("litellm-config-syntax"), place=Place(path, ""))
    text, source = read_litellm(text)
    kind = kind_of_file(text, _root(text, source), "litellm")
    if kind is not None:
        return another_kind(kind, path, "litellm-config-syntax")
    if isinstance(source, SyntaxFault):
        place = Place(path, "", source.span, source.message)
        refusal = Refusal("litellm-config-syntax")
        mends = mended(text, source, is_in_shape) or reindented(text, source, is_in_shape)
        return Unavailable(source.message, refusal, place=place, mends=mends)
    return LiteLLMFile(path, source.root, text)


def read_litellm(text: Text) -> Embedded:
    """Parse a text as LiteLLM's config, or find the config in a manifest or Helm values.

    The returned text is the part of the file that holds the config.
    """
    source = parse_yaml(text)
    if isinstance(source, Source) and (source.root.kind != "mapping" or is_litellm(source.root)):
        return text, source
    if not LITELLM.search(text.content):
        return text, source
    found = chart_config(text, LITELLM) or embedded_config(text, LITELLM, _read_block)
    return found or (text, source)


def holds_part(text: Text, root: Node) -> bool:
    """Return whether the config is part of a manifest: only blanks precede its first key."""
    start = root.span.start
    return start.line > 1 and start.column > 1 and not text.content[: text.offset(start)].strip()


def _read_block(text: Text) -> Embedded | None:
    source = parse_yaml(text)
    if isinstance(source, SyntaxFault):
        return (text, source) if _STARTS_WITH_KEY.match(text.content) else None
    return (text, source) if is_litellm(source.root) else chart_config(text, LITELLM)


def _root(text: Text, source: Source | SyntaxFault) -> Node | None:
    """Return the content of a YAML or JSON5 text, or None."""
    if isinstance(source, SyntaxFault) and text.content.lstrip()[:1] in ("{", "/"):
        source = parse_json5(text)
    return source.root if isinstance(source, Source) else None


def _candidates(
    situation: Situation, compose: Compose | None, units: ProxyUnits | None
) -> Iterator[str]:
    named = situation.environ.get("LITELLM_CONFIG_PATH", "").strip()
    if named:
        yield situation.path(named)
    for name in ("litellm_config.yaml", "litellm_config.yml"):
        yield situation.path(name)
    for name in ("config.yaml", "config.yml"):
        if _lists_models(Path(situation.path(name))):
            yield situation.path(name)
    if compose is not None and compose.proxy is not None and compose.proxy.config_path:
        yield compose.proxy.config_path
    services = (proxy_process(unit) for unit in (units.units if units is not None else ()))
    for process in (*situation.processes, *services):
        if process is not None and process.config_path is not None:
            yield process.config_path


def _lists_models(path: Path) -> bool:
    """Return whether a config.yaml belongs to LiteLLM: other programs use that name too."""
    text = read_text(path)
    if isinstance(text, Unreadable):
        return False
    source = read_litellm(text)[1]
    if isinstance(source, SyntaxFault):
        return "model_list:" in text.content
    return source.root.get("model_list") is not None
