"""The findings of OC005 about `auth`, which can keep OpenClaw from sending its key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.route import Route
from clawdoctor.chain.version_range import judge_versions
from clawdoctor.chain.versions import Versions
from clawdoctor.finding import Finding, Fix
from clawdoctor.source.change import Put
from clawdoctor.wire.openclaw_key import AWS_KEY
from clawdoctor.wire.openclaw_model import RESPONSES
from clawdoctor.wire.openclaw_refusal import LOGINS, OTHER_AUTH, takes_login


def auth_findings(
    routes: Sequence[Route], openclaw: OpenClawConfig, versions: Versions
) -> Iterator[Finding]:
    """Report a provider whose `auth` keeps OpenClaw from sending the key.

    `routes` are those of the provider.
    """
    provider = routes[0].provider
    mode, pointer, right = provider.node.text("auth"), f"{provider.pointer}/auth", "api-key"
    if mode == "aws-sdk":
        topic, effect = "aws-auth", "sentinel"
        message = f'OpenClaw sends "{AWS_KEY}" as the key for "{provider.id}"'
        why = f'auth: "{mode}" is for Amazon Bedrock, where Amazon\'s library provides the key'
    elif provider.id.casefold() == "openai":
        topic, effect = "no-key-of-openai", "route"
        routes = [route for route in routes if (mode in LOGINS) != takes_login(route, versions)]
        message = f'OpenClaw sends no request for "{provider.id}" because of auth: "{mode}"'
        why, says = "OpenClaw expects a ChatGPT login, but this api needs a key", OTHER_AUTH[:-1]
        if routes and mode not in LOGINS:
            _, pointer = provider.api(routes[0].model)
            right = RESPONSES
            message = f'OpenClaw sends no request for "{provider.id}" because of its api'
            why = "OpenClaw has a key, but this api needs a ChatGPT login"
        why = f'{why}. It stops with "{says}"'
    else:
        return
    judged = judge_versions(versions, "openclaw", topic, [effect])
    node = openclaw.root.at(pointer)
    if judged is None or not routes or node is None:
        return
    yield Finding(
        severity=judged.severity,
        message=message,
        detail=f"{why}. {versions.stated('openclaw', 'OpenClaw')}.",
        place=openclaw.place(pointer, f'must be "{right}" to send a key'),
        consequence=message,
        fixes=(
            Fix(
                title=f'set {pointer.rpartition("/")[2]} to "{right}"',
                applicability="unsafe" if right == RESPONSES else "safe",
                snippet=f'{pointer.rpartition("/")[2]}: "{right}",',
                actions=(CHECK_AGAIN,),
                changes=(Put(node, right),),
            ),
        ),
        subjects=tuple(route.id for route in routes),
    )
