"""models.mode decides whether OpenClaw keeps its built-in providers along with yours.

What it means
-------------
With models.mode "merge", which is the default, OpenClaw keeps its built-in providers along with
yours. According to the documentation, "replace" keeps only the providers in this file. Its effect
on models of other providers depends on the version.

Why it happens
--------------
"replace" comes from an example with one provider, or the line is missing.

How to fix it
-------------
If agents also use models of other providers, write

    mode: "merge",

or remove the line, which has the same effect.

Versions
--------
In OpenClaw 2026.9.6, an agent can use the built-in providers with "replace" as with "merge", but
with "replace", `openclaw models list` shows only the models of this file. Older versions were not
tested, so this finding is always a note.

References
----------
https://docs.openclaw.ai/concepts/model-providers
https://docs.openclaw.ai/gateway/configuration
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.openclaw import ModelRef, OpenClawConfig
from clawdoctor.chain.route import Chain
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.finding import Finding, Fix, Severity
from clawdoctor.knowledge import behaviour, table
from clawdoctor.source.change import Put, put

MODE, MERGE = "/models/mode", "merge"


def check(openclaw: OpenClawConfig, chain: Chain, versions: Versions) -> Iterator[Finding]:
    """Report `replace` together with a model of a built-in provider, and a missing mode."""
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
                message=f'models.mode is "replace", but an agent uses "{ref.written}"',
                detail=f"{row.says}; {versions.stated('openclaw', 'OpenClaw')}.",
                place=openclaw.place(MODE, "documented to keep only this file's providers"),
                consequence="OpenClaw may not know a model that an agent uses",
                related=(openclaw.place(ref.pointer, "not defined in this file"),),
                fixes=(
                    Fix(
                        title='set models.mode to "merge"',
                        applicability="unsafe",
                        snippet=f'mode: "{MERGE}",',
                        actions=(CHECK_AGAIN,),
                        changes=(Put(node, MERGE),),
                    ),
                ),
                subjects=(ref.pointer,),
            )


def _is_dropped(ref: ModelRef, openclaw: OpenClawConfig) -> bool:
    """Return whether `replace` drops the provider; plug-ins may define the ones not built in."""
    name = (ref.provider or "").casefold()
    return name in table("providers")["ids"] and openclaw.provider(name) is None


def _missing_mode_finding(openclaw: OpenClawConfig, versions: Versions) -> Finding:
    return Finding(
        severity=Severity.INFO,
        message="models.mode is not set and defaults to merge",
        detail=f"The line only makes the default visible; "
        f"{versions.stated('openclaw', 'OpenClaw')}.",
        place=openclaw.place(MODE, "mode is missing"),
        consequence="this has no effect",
        fixes=(
            Fix(
                'set models.mode to "merge"',
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
