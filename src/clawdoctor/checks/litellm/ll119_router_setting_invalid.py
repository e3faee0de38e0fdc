"""A setting of LiteLLM's router is invalid, has no effect, or makes every request fail.

What it means
-------------
The router chooses the deployment for a request, retries the request, and uses fallbacks. With some
invalid values, the proxy exits at startup. With others, it starts and then answers every request
with 500 or 429 without calling Azure. LiteLLM ignores other invalid values, and then you have no
fallback and no retry when you need one. At most one line in LiteLLM's log shows this.

Why it happens
--------------
- A fallback is a name instead of a list of names.
- A time has a unit. timeout is a number of seconds, so "60s" is not valid.
- routing_strategy is a strategy of another program, such as round-robin, or has no value.
- A key is misspelled or in the wrong section. LiteLLM reads routing_strategy only from
  router_settings.

How to fix it
-------------
Use values in this form:

    router_settings:
      routing_strategy: simple-shuffle
      timeout: 60
      num_retries: 2
      fallbacks:
        - gpt-5.2: ["gpt-4o-mini"]

You do not need a switch to enable fallbacks. default_fallbacks applies to every model, so it is
only a list of names:

    litellm_settings:
      default_fallbacks: ["gpt-4o-mini"]

Versions
--------
Tested with LiteLLM 1.106.2, 1.108.7 and 1.110.2. LiteLLM 1.108.1 and later exit at startup if a
fallback is not a list. Older versions start, but use no fallback. LiteLLM 1.110.2 starts if
router_settings.fallbacks is a mapping, but uses no fallback either. All versions exit if they do
not know the routing_strategy. If you run a newer version, this causes only a warning. A time with a
unit fails in all versions.

References
----------
https://docs.litellm.ai/docs/proxy/reliability
https://docs.litellm.ai/docs/routing
https://docs.litellm.ai/docs/proxy/config_settings
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.parameter import restart, with_restart
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.checks.litellm.ll119_fallbacks import invalid_fallbacks
from clawdoctor.checks.litellm.ll119_unread import unread_settings
from clawdoctor.checks.litellm.ll119_values import invalid_values
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Finding, Unknown


def check(
    config: LiteLLMConfig, environment: Environment, versions: Versions
) -> Iterator[Finding | Unknown]:
    """Report router settings that prevent the start, make requests fail, or have no effect.

    LL003 reports fallbacks and aliases in a form that no version can read.
    """
    found = chain(
        invalid_fallbacks(config, versions),
        invalid_values(config, environment, versions),
        unread_settings(config, versions),
    )
    yield from with_restart(found, restart(config, environment))


CHECK = Check(
    code="LL119",
    name="router-setting-invalid",
    stage="litellm",
    scope="start",
    run=check,
    documentation=__doc__,
    predicts=("fallbacks", "routing-strategy", "timeout"),
    texts=(
        rule(
            "certain",
            "LiteLLM",
            r"fallbacks(?: for '[^']{0,80}')? must be a list of|Invalid routing_strategy"
            r"|argument for Router\.__|Router cooldown_time",
        ),
        rule(
            "likely",
            "LiteLLM",
            r"could not convert string to float: '\d{1,9}(?:\.\d{1,9})? ?[hms]",
            by="litellm",
        ),
        rule(
            "possible",
            "LiteLLM",
            "'[<>]=?' not supported between instances of '(?:str|list)' and '(?:int|float)'",
            "internal_?server_?error|litellm",
        ),
    ),
    advice={
        "fallbacks": Advice(
            "Put the name of the fallback in square brackets, and restart the proxy:",
            "router_settings:\n"
            "  fallbacks:\n"
            '    - <group>: ["<to>"]\n'
            "litellm_settings:\n"
            '  default_fallbacks: ["<to>"]            # if the text names default_fallbacks',
            when=(
                r"fallbacks(?: for '(?P<group>[^']{0,80})')? must be a list of model(?: "
                r"names, got '(?P<to>[^']{1,80}))?"
            ),
        ),
        "strategy": Advice(
            "LiteLLM does not have the strategy <strategy>. Use a strategy that the error text"
            " lists. simple-shuffle is the default and spreads the requests evenly:",
            "router_settings:\n  routing_strategy: simple-shuffle",
            when=r"routing_strategy: '(?P<strategy>[\w-]{1,60})",
        ),
        "key": Advice(
            "LiteLLM's router ignores <setting>. Remove it from router_settings, or move it to"
            " litellm_settings if it belongs there. You do not need a switch to enable fallbacks.",
            when=r"Key '(?P<setting>\w{1,60})' is not a valid argument",
        ),
        "time": Advice(
            "In litellm_config.yaml, write each time (timeout, stream_timeout, request_timeout,"
            " cooldown_time) as a number of seconds, without a unit and without quotes. Then"
            " restart the proxy:",
            "router_settings:\n  timeout: 60\n  cooldown_time: 30",
            when=r"string to float: '(?P<time>\d{1,9})(?:\.\d{1,9})? ?[hms]|cooldown_time must be",
        ),
    },
)
