"""The model groups of the live chain. One proxy serves all of them, and most have a fault."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

AZURE_KEY = "5c0e9d7f3b1a48e6922d4f6a8b0c1e37"
OTHER_KEY = "e81b6a24c9d04f7385fa1730bd92c64e"
"""A well-formed key that no resource here accepts."""
NOWHERE = "https://clawdoctor-has-no-such-resource.openai.azure.com"
DATED = "2025-04-01-preview"

ENVIRON: Mapping[str, str] = {
    "CONTOSO_AZURE_KEY": AZURE_KEY,
    "AZURE_OTHER_KEY": OTHER_KEY,
    "AZURE_QUOTED_KEY": f'"{AZURE_KEY}"',
    "AZURE_ENDED_KEY": f"{AZURE_KEY}\n",
}


@dataclass(frozen=True, slots=True)
class Member:
    """A deployment in the file. `base` is the name of a resource, or an address."""

    model: str = "azure/gpt-4o-mini"
    base: str = "open"
    key: str = "os.environ/CONTOSO_AZURE_KEY"
    version: str = f'"{DATED}"'
    more: str = ""
    info: str = ""


_GROUPS: Mapping[str, tuple[Member, ...]] = {
    "good": (Member(),),
    "second": (Member("azure/assistant-prod"),),
    "on-responses": (Member("azure/responses/coder-prod"),),
    "on-v1": (Member("openai/gpt-4o-mini", "open/openai/v1", version=""),),
    "wrong-name": (Member("azure/gpt-4o-mni"),),
    "wrong-name-not-listed": (Member("azure/gpt-4o-mni", "unlisted"),),
    "wrong-name-on-responses": (Member("azure/gpt-4o-mni", "unlisted"),),
    "refused": (Member(base="other", key="os.environ/AZURE_OTHER_KEY"),),
    "no-variable": (Member(key="os.environ/CONTOSO_UNSET_KEY"),),
    "not-expanded": (Member(base="another", key="${CONTOSO_AZURE_KEY}"),),
    "quoted": (Member(base="another", key="os.environ/AZURE_QUOTED_KEY"),),
    "ended": (Member(base="another", key="os.environ/AZURE_ENDED_KEY"),),
    "firewalled": (Member(base="firewall"),),
    "private": (Member(base="private"),),
    "keyless": (Member(base="keyless"),),
    "blocked": (Member(base="blocked"),),
    "old-version": (Member(base="old"),),
    "old-for-responses": (
        Member("azure/responses/coder-prod", "unlisted", version='"2024-10-21"'),
    ),
    "old-for-model": (Member("azure/thinker-prod", "unlisted", version='"2024-10-21"'),),
    "codex": (Member("azure/coder-prod", "unlisted"),),
    "codex-listed": (Member("azure/coder-prod"),),
    "no-tools": (Member("azure/sol-prod", "unlisted"),),
    "reasoner": (Member("azure/thinker-prod", "unlisted"),),
    "cooled": (Member("azure/gpt-4o-mni", "unlisted"),),
    "cooled-by-key": (Member(base="other", key="os.environ/AZURE_OTHER_KEY"),),
    "misspelt": (Member(more='api_verson: "2024-10-21"'),),
    "misspelt-date": (Member(more="api_verson: 2024-10-21"),),
    "limited": (Member("azure/limited"),),
    "limited-for-a-day": (Member("azure/limited-for-a-day"),),
    "limited-in-calls": (Member("azure/limited-in-calls"),),
    "limited-in-new-words": (Member("azure/limited-in-new-words"),),
    "overloaded": (Member("azure/overloaded"),),
    "failing": (Member("azure/failing"),),
    "unavailable": (Member("azure/unavailable"),),
    "timed-out": (Member("azure/timed-out"),),
    "hanging": (Member("azure/hanging"),),
    "resetting": (Member("azure/resetting"),),
    "cut-off": (Member("azure/cut-off"),),
    "openai-key": (Member(base="another", key="sk-proj-3JmQ0d9cVb7XyTz1Kp5LwRn8"),),
    "missing-everywhere": (Member("azure/gone", "unlisted"), Member("azure/lost", "unlisted")),
    "no-listener": (Member(base="closed"),),
    "no-host": (Member(base=NOWHERE),),
    "tls": (Member(base="tls"),),
    "portal": (Member(base="portal"),),
    "page-on-turn": (Member("azure/page"),),
    "breaking-off": (Member("azure/breaking-off"),),
    "empty": (Member("azure/empty"),),
    "prompt-filtered": (Member("azure/prompt-filtered"),),
    "answer-filtered": (Member("azure/answer-filtered"),),
    "too-long": (Member("azure/too-long"),),
    "dropped": (Member(version="2024-10-21"),),
    "balanced": (Member(), Member("azure/gpt-4o-mni")),
    "balanced-unlisted": (Member(base="unlisted"), Member("azure/gpt-4o-mni", "unlisted")),
    "with-fallback": (Member("azure/unavailable"),),
    "tiny": (Member("azure/tiny"),),
    "commented": (Member("azure/commented"),),
    "crlf": (Member("azure/crlf"),),
    "not-done": (Member("azure/not-done"),),
    "nulls": (Member("azure/nulls"),),
    "old-http": (Member("azure/old-http"),),
    "packed": (Member("azure/packed"),),
    "shouted": (Member("azure/shouted"),),
    "exhausted": (Member("azure/exhausted"),),
    "tool-call": (Member("azure/tool-call"),),
    "thoughts": (Member("azure/thoughts"),),
}

AGAIN = "-again"
GROUPS = {**_GROUPS, **{f"{name}{AGAIN}": members for name, members in _GROUPS.items()}}
"""Each group twice: parallel runs on the same group would meet the cooldown after an error."""

WITHOUT_KEY = """
general_settings:
  dangerously_permit_weak_or_unset_master_key: true
"""
_SETTINGS = """
litellm_settings:
  drop_params: true
"""
FALLBACKS = """
router_settings:
  fallbacks:
    - with-fallback: ["good"]
"""
MASTER_KEY_SETTING = """
general_settings:
  master_key: os.environ/LITELLM_MASTER_KEY
"""


def written(
    groups: Iterable[str],
    bases: Mapping[str, str],
    *,
    settings: str = _SETTINGS,
    general: str = MASTER_KEY_SETTING,
) -> str:
    """Return a litellm_config.yaml with these groups. `bases` are the resources' addresses."""
    chosen = list(groups)
    rows = [_row(name, member, bases) for name in chosen for member in GROUPS[name]]
    router = FALLBACKS if "with-fallback" in chosen else ""
    return "\n".join(("model_list:", *rows)) + settings + router + general


def _row(name: str, member: Member, bases: Mapping[str, str]) -> str:
    head, slash, rest = member.base.partition("/")
    base = member.base if "://" in member.base else f"{bases[head]}{slash}{rest}"
    lines = [
        f"  - model_name: {name}",
        "    litellm_params:",
        f"      model: {member.model}",
        f"      api_base: {base}",
        f"      api_key: {member.key}",
    ]
    lines += [f"      api_version: {member.version}"] if member.version else []
    lines += [f"      {member.more}"] if member.more else []
    lines += ["    model_info:", f"      {member.info}"] if member.info else []
    return "\n".join(lines)
