r"""The live turn failed with a text that no check knows.

What it means
-------------
clawdoctor sent what OpenClaw would send, and an error came back that fits none of the known
failures. The chain is broken on this route; where, only the text can say.

Why it happens
--------------
A new version of LiteLLM, of Azure or of a gateway between them says something in new words, or
something happens that nobody has met yet.

How to fix it
-------------
Read the text in the report: a text with "AzureException" comes from Azure, one with "litellm." and
without it from LiteLLM. See the whole of it, as OpenClaw gets it, and as LiteLLM logs it:

    openclaw infer model run --local --prompt hi
    litellm --config litellm_config.yaml --port 4000 --detailed_debug

The same question straight to Azure tells whose fault it is:

    url=https://<resource>.openai.azure.com/openai/deployments/<deployment>
    curl "$url/chat/completions?api-version=2024-10-21" \
      -H "api-key: $AZURE_OPENAI_API_KEY" -H "Content-Type: application/json" \
      -d '{"messages":[{"role":"user","content":"hi"}]}'

Versions
--------
All versions.

References
----------
https://docs.litellm.ai/docs/proxy/debugging
https://docs.litellm.ai/docs/exception_mapping
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.route import Chain
from clawdoctor.check import Check
from clawdoctor.finding import Finding


def check(chain: Chain) -> Iterator[Finding]:  # noqa: ARG001
    """Recognised in texts; nothing in a file shows it."""
    yield from ()


CHECK = Check(
    code="PX108",
    name="turn-failed",
    stage="proxy",
    scope="route",
    run=check,
    documentation=__doc__,
)
