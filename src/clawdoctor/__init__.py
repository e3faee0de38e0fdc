"""Find the one thing to change when OpenClaw, LiteLLM and Azure OpenAI do not answer.

from clawdoctor import Situation, diagnose

report = diagnose(Situation(cwd="/srv/agent", home="/home/me", environ=dict(os.environ)))
for finding in report.findings:
    print(finding.code, finding.message)

`trace` returns the request that each hop sends, predicted from the files; it opens no socket:

for route in trace(Situation(cwd="/srv/agent", home="/home/me", environ=dict(os.environ))).routes:
    for hop in route.requests:
        print(hop.sender, hop.url or hop.refusal or hop.unpredicted)
"""

from __future__ import annotations

TYPE_CHECKING = False  # see terminal/output.py
if TYPE_CHECKING:
    from typing import Any

    from clawdoctor.errors.explain import Explanation, explain
    from clawdoctor.finding import Finding, Report, Severity
    from clawdoctor.run.diagnosis import Policy, diagnose
    from clawdoctor.run.engine import Selection
    from clawdoctor.run.situation import Situation
    from clawdoctor.run.trace import trace
    from clawdoctor.traced import Trace

__version__ = "0.1.0"

__all__ = [
    "Explanation",
    "Finding",
    "Policy",
    "Report",
    "Selection",
    "Severity",
    "Situation",
    "Trace",
    "__version__",
    "diagnose",
    "explain",
    "trace",
]

_HOMES = {
    "Explanation": "clawdoctor.errors.explain",
    "Finding": "clawdoctor.finding",
    "Policy": "clawdoctor.run.diagnosis",
    "Report": "clawdoctor.finding",
    "Selection": "clawdoctor.run.engine",
    "Severity": "clawdoctor.finding",
    "Situation": "clawdoctor.run.situation",
    "Trace": "clawdoctor.traced",
    "diagnose": "clawdoctor.run.diagnosis",
    "explain": "clawdoctor.errors.explain",
    "trace": "clawdoctor.run.trace",
}


def __getattr__(name: str) -> Any:
    """Import a public name at its first use. `--version` needs none of them."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
