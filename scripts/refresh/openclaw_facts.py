"""Facts from an OpenClaw package: its configuration, defaults and requirements."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from refresh.js_source import Scripts
from refresh.js_syntax import Call, Member, Value
from refresh.openclaw_schema import is_understood
from refresh.package import MANIFEST, Package
from refresh.python_source import UnreadableError
from refresh.zod import evaluate
from refresh.zod_schema import Json, Zod

SCHEMA = "openclaw_schema"
_OPEN_ROOTS = frozenset({"channels"})
"""Parts of the configuration whose keys come from plug-ins in some versions."""
_CHANNELS = "RAW_BUNDLED_CHANNEL_CONFIG_METADATA"
_DEFAULTS = {
    "gateway_port": ("DEFAULT_GATEWAY_PORT", "DEFAULT_GATEWAY_PORT"),
    "context_tokens": ("DEFAULT_CONTEXT_TOKENS", "DEFAULT_CONTEXT_TOKENS"),
    "provider": ("DEFAULT_CONTEXT_TOKENS", "DEFAULT_PROVIDER"),
    "model": ("DEFAULT_CONTEXT_TOKENS", "DEFAULT_MODEL"),
}
"""The constants with defaults, each with another constant that only its module defines."""
_REQUIRED = ("@openclaw/ai", "openai")


def schema(scripts: Scripts) -> Json:
    """Return the schema of openclaw.json."""
    found = _constant(scripts, "OpenClawSchema")
    if not isinstance(found, Zod) or "models" not in found.schema.get("properties", {}):
        raise UnreadableError(f"the schema of OpenClaw {scripts.package.version}")
    return found.schema


def with_channels(content: Json, scripts: Scripts) -> Json:
    """Return the schema with the channels that OpenClaw checks by a separate list."""
    try:
        module = scripts.with_constant(_CHANNELS)
    except UnreadableError:  # in older versions they are in the schema
        return content
    match module.expression(_CHANNELS):
        case Call(function=Member(owner=parts)):
            rows = json.loads("".join(evaluate(parts, module)))
        case _:
            raise UnreadableError(f"the channels of OpenClaw {scripts.package.version}")
    known = {row["channelId"]: row["schema"] for row in rows if row.get("configurable", True)}
    sections = content["properties"]
    channels = {
        **sections["channels"],
        "properties": {**sections["channels"]["properties"], **known},
    }
    return {**content, "properties": {**sections, "channels": channels}}


def with_plugins(content: Json, package: Package) -> Json:
    """Return the schema with those of the package's plug-ins. Difficult ones are left out."""
    sections = content["properties"]
    plugins = sections["plugins"]
    entries = plugins["properties"]["entries"]
    other = entries["additionalProperties"]
    own: Json = {}
    for name in sorted(filter(MANIFEST.search, package.names)):
        manifest = json.loads(package.read(name))
        config = manifest.get("configSchema", {})
        if is_understood(config):
            own[manifest["id"]] = {**other, "properties": {**other["properties"], "config": config}}
    entries = {**entries, "properties": own}
    plugins = {**plugins, "properties": {**plugins["properties"], "entries": entries}}
    return {**content, "properties": {**sections, "plugins": plugins}}


def api_values(content: Json) -> list[str]:
    """Return the values that a provider's `api` accepts, from the schema."""
    provider = content["properties"]["models"]["properties"]["providers"]["additionalProperties"]
    api = provider["properties"]["api"]
    found = api.get("enum") or [branch.get("const") for branch in api.get("anyOf", ())]
    if "openai-completions" not in found:
        raise UnreadableError("the values of api in OpenClaw's schema")
    return sorted(found)


def _constant(scripts: Scripts, name: str) -> Any:
    module = scripts.with_constant(name)
    return evaluate(module.expression(name), module)


def keys(content: Json) -> list[str]:
    """Return the pointers of all keys in a schema.

    `*` stands for any name or index. A pointer that ends in `/**` accepts any keys below it.
    """
    found: set[str] = set()
    for name, inner in content["properties"].items():
        found.add(f"/{name}")
        found |= {f"/{name}/**"} if name in _OPEN_ROOTS else {*_keys(inner, f"/{name}")}
    return sorted(found)


def _keys(content: Json, pointer: str) -> Iterator[str]:
    branches = [*content.get("anyOf", ()), *content.get("oneOf", ())]
    for branch in branches:
        yield from _keys(branch, pointer)
    for name, inner in content.get("properties", {}).items():
        yield f"{pointer}/{name}"
        yield from _keys(inner, f"{pointer}/{name}")
    more = content.get("additionalProperties")
    for inner in (more, content.get("items")):
        if isinstance(inner, dict) and inner:
            yield f"{pointer}/*"
            yield from _keys(inner, f"{pointer}/*")
    is_open = content.get("type") == "object" and (more is None or more == {})
    if is_open or not (content.keys() - {"description"} or branches):
        yield f"{pointer}/**"


def defaults(scripts: Scripts) -> dict[str, Any]:
    """Return the values that OpenClaw uses if nothing is configured."""
    found: dict[str, Any] = {}
    for key, (only, name) in _DEFAULTS.items():
        value = scripts.with_constant(only).expression(name)
        if isinstance(value, Value):
            number = isinstance(value.value, float) and value.value.is_integer()
            found[key] = int(value.value or 0) if number else value.value
    return found


def requirements(package: Package) -> dict[str, str]:
    """Return the version ranges of Node and of the packages that decide what OpenClaw sends."""
    manifest = json.loads(package.read("package.json"))
    listed = {name: manifest["dependencies"].get(name) for name in _REQUIRED}
    found = {"node": manifest.get("engines", {}).get("node"), **listed}
    return {f"requires.{name}": row for name, row in found.items() if row is not None}


def facts_of(package: Package) -> dict[str, dict[str, Any]]:
    """Return the facts from a package, by table and section, and its schema."""
    scripts = Scripts(package)
    content = schema(scripts)
    return {
        SCHEMA: with_plugins(with_channels(content, scripts), package),
        "openclaw_api": {"values": api_values(content)},
        "openclaw_config": {"keys": keys(content)},
        "openclaw_settings": {"values": {**defaults(scripts), **requirements(package)}},
    }
