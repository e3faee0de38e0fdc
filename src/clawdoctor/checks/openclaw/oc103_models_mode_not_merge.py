"""models.mode decides whether OpenClaw keeps its own providers beside yours.

What it means
-------------
models.mode "merge", which is also what a missing line means, keeps OpenClaw's own providers beside
yours. "replace" is documented to keep those of this file only; whether an agent can then use a
model of another provider depends on the version.

Why it happens
--------------
"replace" was taken from an example with one provider, or the line was left out.

How to fix it
-------------
Where agents use models of other providers, too, write

    mode: "merge",

or leave the line out, which is the same.

Versions
--------
OpenClaw 2026.9.6 asks its own providers with "replace" as with "merge": both are harmless there.
Older versions were not run, so that this is never more than a note.

References
----------
https://docs.openclaw.ai/concepts/model-providers
https://docs.openclaw.ai/gateway/configuration
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN, RESTART_OPENCLAW
from clawdoctor.chain.openclaw import ModelRef, OpenClawConfig
from clawdoctor.chain.route import Chain
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.finding import Finding, Fix, Severity
from clawdoctor.knowledge import behaviour, table
from clawdoctor.source.change import Put, put

MODE, MERGE = "/models/mode", "merge"


def check(openclaw: OpenClawConfig, chain: Chain, versions: Versions) -> Iterator[Finding]:
    """Report `replace` used with a model of a built-in provider, and a missing mode."""
    node = openclaw.root.at(MODE)
    if node is None:
        if chain.providers:
            yield _missing_mode_finding(openclaw, versions)
        return
    if node.value != "replace":
        return
    row = behaviour("openclaw", "models-mode", versions.value("openclaw"))
    assert row is not None, "the rows of models-mode leave a version out"
    for ref in openclaw.refs:
        if _is_dropped(ref, openclaw):
            yield Finding(
                severity=Severity.INFO,
                message=f'models.mode is "replace", and an agent uses "{ref.written}"',
                detail=f"{row.says}; {versions.stated('openclaw', 'OpenClaw')}.",
                place=openclaw.place(MODE, "meant to keep only what this file defines"),
                consequence="OpenClaw may not know a model that an agent uses",
                related=(openclaw.place(ref.pointer, "not defined in this file"),),
                fixes=(
                    Fix(
                        title='write "merge"',
                        applicability="unsafe",
                        snippet=f'mode: "{MERGE}",',
                        actions=(RESTART_OPENCLAW, CHECK_AGAIN),
                        changes=(Put(node, MERGE),),
                    ),
                ),
                subjects=(ref.pointer,),
            )


def _is_dropped(ref: ModelRef, openclaw: OpenClawConfig) -> bool:
    """Whether `replace` drops the provider; plug-ins may define any that is not built in."""
    name = (ref.provider or "").casefold()
    return name in table("providers")["ids"] and openclaw.provider(name) is None


def _missing_mode_finding(openclaw: OpenClawConfig, versions: Versions) -> Finding:
    return Finding(
        severity=Severity.INFO,
        message="models.mode is not given, which means merge",
        detail=f"The line is no more than a help for the reader; "
        f"{versions.stated('openclaw', 'OpenClaw')}.",
        place=openclaw.place(MODE, "no mode here"),
        consequence="nothing changes",
        fixes=(
            Fix(
                'write mode: "merge"',
                "safe",
                snippet=f'mode: "{MERGE}",',
                changes=put(openclaw.root, MODE, MERGE),
            ),
        ),
    )


CHECK = Check(
    code="OC103",
    name="models-mode-not-merge",
    stage="openclaw",
    scope="advice",
    worst=Severity.INFO,
    run=check,
    documentation=__doc__,
)
