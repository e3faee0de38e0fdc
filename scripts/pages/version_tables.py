"""The versions in clawdoctor's tables, and the date of its knowledge."""

from __future__ import annotations

from clawdoctor.knowledge.measured import knowledge_date, looked_at


def version_tables() -> str:
    """Return the versions that were read, by program, and the date of the newest fact."""
    rows = "".join(
        f"| {name} | {', '.join(looked_at(table))} |\n"
        for name, table in (("OpenClaw", "openclaw_config"), ("LiteLLM", "litellm_params"))
    )
    return (
        f"The knowledge of this version is dated **{knowledge_date()}**.\n\n"
        f"| program | versions whose packages were read |\n|---|---|\n{rows}"
    )
