"""A setting of LiteLLM's router has a value that LiteLLM refuses, cannot use or does not read.

What it means
-------------
The router chooses the deployment for a request, repeats it and goes on to fallbacks. With some
values the proxy exits when it starts. With others it starts, and then answers every request with
500 before it asks Azure anything. Some have no effect: there is no fallback and no retry on the day
when you need one, and nothing but a line in LiteLLM's log says so.

Why it happens
--------------
A fallback is written as a name instead of a list of names. A time has a unit: timeout is a number
of seconds, and "60s" is none. routing_strategy names a strategy of another program, such as
round-robin. A key is misspelt, or it is in the wrong section: LiteLLM reads routing_strategy only
in router_settings.

How to fix it
-------------
    router_settings:
      routing_strategy: simple-shuffle
      timeout: 60
      num_retries: 2
      fallbacks:
        - gpt-5.2: ["gpt-4o-mini"]

Fallbacks need no switch. default_fallbacks is a list of names without a group:

    litellm_settings:
      default_fallbacks: ["gpt-4o-mini"]

Versions
--------
Run on LiteLLM 1.106.2, 1.108.7 and 1.110.2. Since 1.108.1 LiteLLM does not start with a fallback
that is not a list. Older ones start, and have no fallback. LiteLLM 1.110.2 starts with
router_settings.fallbacks as keys and values; it has no fallback either. An unknown routing_strategy
stops all of them; it is a warning where a newer one runs. A time with a unit fails
on all of them.

References
----------
https://docs.litellm.ai/docs/proxy/reliability
https://docs.litellm.ai/docs/routing
https://docs.litellm.ai/docs/proxy/config_settings
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.checks.litellm.ll119_fallbacks import invalid_fallbacks
from clawdoctor.checks.litellm.ll119_unread import unread_settings
from clawdoctor.checks.litellm.ll119_values import invalid_values
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Finding


def check(config: LiteLLMConfig, environment: Environment, versions: Versions) -> Iterator[Finding]:
    """Report the settings of the router that stop the start, fail requests or have no effect.

    LL003 reports fallbacks and aliases of a shape that no version can read.
    """
    yield from invalid_fallbacks(config, versions)
    yield from invalid_values(config, environment, versions)
    yield from unread_settings(config, versions)


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
            r"|argument for Router\.__|Router cooldown_time m",
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
            "'>' not supported between instances of '(?:str|list)' and '(?:int|float)'",
            code="internal_server_error",
        ),
    ),
    advice={
        "fallbacks": Advice(
            "Put the name of the fallback in brackets, and restart the proxy:",
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
            "LiteLLM has no strategy <strategy>. Write one that the text lists; simple-shuffle is"
            " what it does without the line, and spreads the requests evenly:",
            "router_settings:\n  routing_strategy: simple-shuffle",
            when=r"routing_strategy: '(?P<strategy>[\w-]{1,60})",
        ),
        "key": Advice(
            "LiteLLM's router ignores <setting>. Take it out of router_settings, or move it to"
            " litellm_settings if it is a setting of LiteLLM. Fallbacks need no switch.",
            when=r"Key '(?P<setting>\w{1,60})' is not a valid arg",
        ),
        "time": Advice(
            "Write the time in seconds as a number, without a unit and without quotes, wherever"
            " litellm_config.yaml has one (timeout, stream_timeout, request_timeout,"
            " cooldown_time), and restart the proxy:",
            "router_settings:\n  timeout: 60\n  cooldown_time: 30",
            when=r"string to float: '(?P<time>\d{1,9})(?:\.\d{1,9})? ?[hms]|cooldown_time must be",
        ),
    },
)
