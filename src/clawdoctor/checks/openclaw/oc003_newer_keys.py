"""Keys of openclaw.json that came after the version of OpenClaw that runs: part of OC003."""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import VALIDATE_OPENCLAW
from clawdoctor.chain.openclaw_file import OpenClawFile
from clawdoctor.chain.schema import schema_version
from clawdoctor.chain.schema.language import SKIPPED
from clawdoctor.chain.versions import Versions
from clawdoctor.finding import Finding, Fix, Place, Severity, Step
from clawdoctor.knowledge.openclaw_config import key_standing
from clawdoctor.source.change import Remove
from clawdoctor.source.node import Entry, Node, join_pointer


def newer_keys(file: OpenClawFile, versions: Versions) -> Iterator[Finding]:
    """Report the keys that the newest schema has and the older version found has not.

    Where that version was not looked at, the finding is a warning.
    """
    version = versions.value("openclaw")
    for pointer, mapping, entry in _newer(file.root, "", version):
        advice = "update OpenClaw, or take the key out"
        sure = key_standing(pointer, version) == "unknown"
        yield Finding(
            severity=Severity.ERROR if sure else Severity.WARNING,
            message=f'OpenClaw {version} {"does not" if sure else "may not"} know "{entry.name}"',
            detail=f"OpenClaw {schema_version()} does. OpenClaw refuses the whole file for a key "
            f"that it does not know. {versions.stated('openclaw', 'OpenClaw')}.",
            place=Place(
                entry.key.span.path,
                pointer,
                entry.key.span,
                "newer than this version" if sure else "newer than some versions",
            ),
            consequence="OpenClaw does not start" if sure else "",
            fixes=(
                Fix(
                    f'take "{entry.name}" out',
                    "unsafe",
                    actions=(Step("or update OpenClaw"), VALIDATE_OPENCLAW),
                    changes=(Remove(mapping, entry),),
                )
                if sure
                else Fix(advice, actions=(Step(advice), VALIDATE_OPENCLAW)),
            ),
        )


def _newer(node: Node, above: str, version: str | None) -> Iterator[tuple[str, Node, Entry]]:
    """Yield the topmost newer keys. What is unknown to the newest version is another fault."""
    for entry in node.entries if node.kind == "mapping" else ():
        pointer = join_pointer(above, entry.name)
        if entry.name in SKIPPED or key_standing(pointer, schema_version()) != "known":
            continue
        if key_standing(pointer, version) == "known":
            yield from _newer(entry.value, pointer, version)
        else:
            yield pointer, node, entry
    for index, item in enumerate(node.items):
        yield from _newer(item, join_pointer(above, index), version)
