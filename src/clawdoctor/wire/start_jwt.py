"""The settings of general_settings.litellm_jwtauth with which LiteLLM does not start.

Run on LiteLLM 1.106.2, 1.108.7 and 1.110.2: it reads them even if enable_jwt_auth is off.
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.knowledge import table
from clawdoctor.knowledge.did_you_mean import misspells, nearest
from clawdoctor.knowledge.measured import is_newer
from clawdoctor.source.change import Rename
from clawdoctor.source.node import join_pointer
from clawdoctor.wire.start_fault import Fault, key_of, no_mapping

JWT = "/general_settings/litellm_jwtauth"


def jwt_faults(config: LiteLLMConfig, version: str | None) -> Iterator[Fault]:
    """Yield the fault of keys that LiteLLM rejects. A newer `version` may know them."""
    block = config.root.at(JWT)
    if block is None or block.kind == "null":
        return
    if block.kind != "mapping":
        yield no_mapping(
            key_of(JWT),
            "litellm_jwtauth",
            block,
            "items",
            label="must contain its settings",
            why="LiteLLM reads the settings of JWT authentication",
            snippet="litellm_jwtauth:\n  user_id_jwt_field: sub",
        )
        return
    known: tuple[str, ...] = tuple(table("litellm")["jwt"]["keys"])
    unknown = [entry for entry in block.entries if entry.name not in known]
    if not unknown or (version is not None and is_newer("litellm", version)):
        return
    first = unknown[0]
    meant = nearest(first.name, known)
    yield Fault(
        pointer=key_of(join_pointer(JWT, first.name)),
        message=f'"{first.name}" in litellm_jwtauth is not a setting that LiteLLM knows',
        label="not a setting of JWT authentication",
        why="LiteLLM checks the names of these settings at startup, and exits with a ValueError.",
        snippet=f"{meant[0]}: <the same value>" if meant else "",
        changes=(Rename(first, meant[0]),) if meant and misspells(first.name, meant[0]) else (),
        step=f'rename "{first.name}" to {meant[0]} in litellm_jwtauth'
        if meant
        else f'remove "{first.name}" from litellm_jwtauth',
        error=f"ValueError: Invalid arguments provided: {', '.join(each.name for each in unknown)}",
    )
