"""No LiteLLM config was found, so clawdoctor could check only OpenClaw's half of the chain.

What it means
-------------
clawdoctor follows a model from OpenClaw through LiteLLM to Azure. It did not find LiteLLM's config
file. It cannot tell which models the proxy serves, which key the proxy expects, or which Azure
deployments the models lead to.

Why it happens
--------------
The file has another name or is in another folder, or the proxy runs on another machine. clawdoctor
looks in these places:

- LITELLM_CONFIG_PATH
- litellm_config.yaml in the current folder, or a config.yaml there that has a model_list
- the file that a Compose file mounts
- the --config option of your LiteLLM: the process or service that listens on the port in
  OpenClaw's baseUrl

How to fix it
-------------
Pass the path of the file:

    clawdoctor run --litellm-config path/to/litellm_config.yaml

If you have no config yet, `clawdoctor init` writes one. If OpenClaw talks to Azure without a proxy,
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
    """Yield Unknown if the chain needs a proxy and clawdoctor finds no LiteLLM config."""
    if isinstance(file, LiteLLMPath) or situation.half_chain:
        return
    if chain.providers and not chain.proxy_providers:
        return
    if replies is not None and replies.replies:
        return  # a proxy answered a test message
    yield Unknown("clawdoctor found no LiteLLM config and did not ask a proxy")


CHECK = Check(
    code="LL001",
    name="litellm-config-not-found",
    stage="litellm",
    scope="advice",
    run=check,
    documentation=__doc__,
)
