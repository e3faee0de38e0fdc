"""Build snippets for a Compose file, or for a `docker run` line with the same effect."""

from __future__ import annotations

from collections.abc import Sequence

from clawdoctor.chain.compose import Service


def environment_snippet(service: Service, variable: str) -> str:
    """Pass a variable of the shell on to the container."""
    return f"-e {variable}" if service.by_hand else f"environment:\n  - {variable}"


def mount_snippet(service: Service, source: str, target: str) -> str:
    """Mount a file of this host, read-only. A path that starts with "." is relative."""
    if not service.by_hand:
        return f"volumes:\n  - {source}:{target}:ro"
    if source.startswith("./"):
        source = f"$(pwd){source[1:]}"
    return f'-v "{source}:{target}:ro"'


def port_snippet(service: Service, host: int, container: int) -> str:
    """Publish a port of the container on this machine alone."""
    if service.by_hand:
        return f"-p 127.0.0.1:{host}:{container}"
    return f'ports:\n  - "127.0.0.1:{host}:{container}"'


def words_snippet(service: Service, key: str, words: Sequence[str]) -> str:
    """Start the program with these words; `key` is `command` or `entrypoint`."""
    if service.by_hand:
        first = "--entrypoint " if key == "entrypoint" else ""
        return f"{first}{' '.join(words)}   # {'before' if first else 'after'} the image's name"
    listed = ", ".join(f'"{word}"' for word in words)
    return f"{key}: [{listed}]"


def file_name(service: Service) -> str:
    """Return the words for the file or line that defines the container, for use in a sentence."""
    return "the docker run line" if service.by_hand else "the Compose file"
