"""No LiteLLM config was found, so only OpenClaw's half of the chain could be checked.

What it means
-------------
clawdoctor follows a model from OpenClaw through LiteLLM to Azure. It did not find the file that
LiteLLM is started with, so it cannot tell which models the proxy serves, with which key, nor which
deployment in Azure they lead to.

Why it happens
--------------
The file has another name or lies in another folder than this one, or the proxy runs on another
machine. clawdoctor looks at LITELLM_CONFIG_PATH, for litellm_config.yaml here, for a config.yaml
here that has a model_list, at the file that a Compose file mounts, and at the --config of your
LiteLLM: the process or the service that listens on the port in OpenClaw's baseUrl.

How to fix it
-------------
Name the file:

    clawdoctor run --litellm-config path/to/litellm_config.yaml

If there is none yet, `clawdoctor init` writes one. If OpenClaw talks to Azure without a proxy,
there is nothing to fix.

Versions
--------
All versions.

References
----------
https://docs.litellm.ai/docs/proxy/configs
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.litellm_file import LiteLLMPath
from clawdoctor.chain.route import Chain
from clawdoctor.check import Check
from clawdoctor.finding import Finding, Unknown
from clawdoctor.probes.replies import AllReplies
from clawdoctor.run.needs import Absent
from clawdoctor.run.situation import Situation


def check(
    file: LiteLLMPath | Absent,
    situation: Situation,
    chain: Chain,
    replies: AllReplies | None,
) -> Iterator[Finding | Unknown]:
    """Return Unknown where the chain needs a proxy and clawdoctor finds no LiteLLM config."""
    if isinstance(file, LiteLLMPath) or situation.half_chain:
        return
    if chain.providers and not chain.proxy_providers:
        return
    if replies is not None and replies.replies:
        return  # a proxy answered a test message
    yield Unknown("no LiteLLM config found here; whether a proxy answers was not checked")


CHECK = Check(
    code="LL001",
    name="litellm-config-not-found",
    stage="litellm",
    scope="advice",
    run=check,
    documentation=__doc__,
)
