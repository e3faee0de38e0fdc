"""Keys of openclaw.json that are newer than the OpenClaw that runs: part of OC003."""

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
    """Report the keys that are in the newest schema but not in the older version found.

    The finding is a warning if the keys of that version were not examined.
    """
    version = versions.value("openclaw")
    for pointer, mapping, entry in _newer(file.root, "", version):
        advice = f'Update OpenClaw, or remove "{entry.name}"'
        sure = key_standing(pointer, version) == "unknown"
        yield Finding(
            severity=Severity.ERROR if sure else Severity.WARNING,
            message=f'OpenClaw {version} {"does" if sure else "may"} not support "{entry.name}"',
            detail=f"OpenClaw {schema_version()} supports this key. A single unknown key makes "
            f"OpenClaw reject the whole file. {versions.stated('openclaw', 'OpenClaw')}.",
            place=Place(
                entry.key.span.path,
                pointer,
                entry.key.span,
                "added in a later version" if sure else "perhaps added in a later version",
            ),
            consequence=f'OpenClaw {version} does not support "{entry.name}", so it does not start'
            if sure
            else "",
            fixes=(
                Fix(
                    f'remove "{entry.name}"',
                    "unsafe",
                    actions=(Step("Or update OpenClaw"), VALIDATE_OPENCLAW),
                    changes=(Remove(mapping, entry),),
                )
                if sure
                else Fix(advice, actions=(Step(advice), VALIDATE_OPENCLAW)),
            ),
        )


def _newer(node: Node, above: str, version: str | None) -> Iterator[tuple[str, Node, Entry]]:
    """Yield the topmost newer keys. A key that the newest version lacks is another fault."""
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
