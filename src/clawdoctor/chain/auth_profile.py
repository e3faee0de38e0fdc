"""Auth profiles: the keys that OpenClaw's onboarding stores outside openclaw.json.

Only the providers' names are read, never a key. Measured on OpenClaw 2026.9.6, which keeps the
profiles in `state/openclaw.sqlite` of its state folder or in an agent's database; older versions
keep them in `agents/<id>/agent/auth-profiles.json`. A profile overrides a provider's apiKey, unless
the provider sets `auth: "api-key"`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from clawdoctor.chain.openclaw import Provider
from clawdoctor.chain.openclaw_file import OpenClawFile
from clawdoctor.deferred import dataclass
from clawdoctor.source.look import look, note_read, paths_in
from clawdoctor.source.node import Node

_QUERIES = (
    ("state/openclaw.sqlite", "authProfiles.store", "config_machine_state", "value_json"),
    ("agents/*/agent/openclaw-agent.sqlite", None, "auth_profile_store", "store_json"),
)
"""Databases with profiles: the path, the row's `state_key`, the table and the column."""
_FILES = "agents/*/agent/auth-profiles.json"


@dataclass(frozen=True, slots=True)
class AuthProfiles:
    """The providers for which OpenClaw stores a key, in lower case.

    `complete` is False if a database was not readable.
    """

    providers: frozenset[str]
    complete: bool = True

    def has_key(self, provider: Provider) -> bool:
        """Return whether OpenClaw sends the key of a profile for this provider."""
        own = provider.node.text("auth") == "api-key" and provider.api_key.state != "missing"
        return provider.id.casefold() in self.providers and not own


def load_auth_profiles(file: OpenClawFile) -> AuthProfiles:
    """Find the profiles that openclaw.json names, and those in the state folders."""
    names = set(_configured(file.root))
    complete = True
    for folder in map(Path, file.state_dirs):
        for path in look(paths_in, folder, _FILES):
            names |= set(_providers(_read(path)))
        for pattern, key, table, column in _QUERIES:
            for path in look(paths_in, folder, pattern):
                stored = _stored(path, key, table, column)
                complete &= stored is not None
                for text in stored or ():
                    names |= set(_providers(text))
    return AuthProfiles(frozenset(name.strip().casefold() for name in names), complete)


def _configured(root: Node) -> Iterator[str]:
    profiles = root.at("/auth/profiles")
    for name, node in profiles.children() if profiles is not None else ():
        yield node.text("provider") or name.partition(":")[0]
    order = root.at("/auth/order")
    for name, node in order.children() if order is not None else ():
        if node.items:
            yield name


def _read(path: Path) -> str:
    note_read(str(path))
    try:
        return path.read_text("utf-8")
    except (OSError, ValueError):
        return ""


def _stored(path: Path, key: str | None, table: str, column: str) -> tuple[str, ...] | None:
    """Return the strings in a database, or None if it is not readable. Write nothing."""
    import sqlite3
    from urllib.parse import quote

    journal = path.with_name(f"{path.name}-wal")
    where = " where state_key = ?" if key is not None else ""
    query = f"select {column} from {table}{where}"  # noqa: S608 - both are constants of this module
    note_read(str(path))
    note_read(str(journal))
    try:
        if journal.exists() and journal.stat().st_size:
            return None  # the newest rows are not in the database file itself
        uri = f"file:{quote(str(path))}?immutable=1"
        connection = sqlite3.connect(uri, uri=True)
        try:
            rows = connection.execute(query, () if key is None else (key,)).fetchall()
        finally:
            connection.close()
    except sqlite3.OperationalError as error:
        return () if "no such table" in str(error) else None
    except (sqlite3.Error, OSError):
        return None
    return tuple(row[0] for row in rows if isinstance(row[0], str))


def _providers(text: str) -> Iterator[str]:
    """Yield the providers of the profiles in a store."""
    try:
        store = json.loads(text)
    except (ValueError, RecursionError):
        return
    profiles = store.get("profiles") if isinstance(store, dict) else None
    for name, profile in profiles.items() if isinstance(profiles, dict) else ():
        provider = profile.get("provider") if isinstance(profile, dict) else None
        yield provider if isinstance(provider, str) else name.partition(":")[0]
