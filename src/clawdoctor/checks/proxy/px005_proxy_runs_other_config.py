"""The running proxy works with another configuration than the file that was read.

What it means
-------------
The proxy answers, and its models are not those of litellm_config.yaml: one is missing, has another
deployment, another api_base or another api_version. What you change in the file has no effect on
it, and what clawdoctor says about the file need not be true of the proxy.

Why it happens
--------------
LiteLLM reads its file once, when it starts: the file was changed since. Or the proxy was started
with another file, or in a container that has a copy or a mount of another one. Or its models come
from its database (`store_model_in_db: true`), where the web page puts them.

How to fix it
-------------
Restart the proxy with the file that you edit, and look at what it loads:

    litellm --config litellm_config.yaml --port 4000
    docker compose up -d --force-recreate litellm
    curl -H "Authorization: Bearer $LITELLM_MASTER_KEY" http://localhost:4000/v1/model/info

Its log says "Proxy initialized with Config, Set models:" and the names. If the wrong ones are
there, it reads another file: look at --config, and in a container at `volumes:`.

Versions
--------
All versions of LiteLLM. That first line of the log also lists deployments that were dropped;
/v1/model/info does not.

References
----------
https://docs.litellm.ai/docs/proxy/configs
https://docs.litellm.ai/docs/proxy/model_management
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
    code="PX005",
    name="proxy-runs-other-config",
    stage="proxy",
    scope="route",
    run=check,
    documentation=__doc__,
    causes=("DK103",),
)
