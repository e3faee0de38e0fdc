"""Azure has blocked the resource or the subscription.

What it means
-------------
Azure answers 403: the resource "has been temporarily blocked because we detected" behavior that may
violate its policy, or unusual behavior. Or the subscription is disabled. Every request fails,
whatever its content. A different key or setting does not help.

Why it happens
--------------
Azure's abuse monitoring repeatedly saw prompts that seem to violate its rules, which an agent can
cause when it reads text from others. Or a trial ended, the subscription reached a spending limit,
or a bill was not paid.

How to fix it
-------------
Contact Azure in Azure Portal > Help + support > Create a support request. Include the resource's
name and the error text. Do not keep retrying in the meantime. Check that the subscription is
enabled:

    az account show --query state -o tsv          # must say Enabled

Until then, use a deployment of another resource in litellm_config.yaml.

Versions
--------
All versions.

References
----------
https://learn.microsoft.com/azure/ai-foundry/openai/concepts/abuse-monitoring
https://learn.microsoft.com/azure/cost-management-billing/manage/subscription-disabled
https://aka.ms/aoaicodeofconduct
"""

from __future__ import annotations

from clawdoctor.check import Check
from clawdoctor.checks.azure.refused import ByProbe, ByTurn, Description, ResourceRefusal
from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Command, Fix, Step


def _describe(refused: ByProbe | ByTurn) -> Description:
    return Description(
        message=f"Azure has blocked {refused.name}",
        why=(
            "Azure's abuse monitoring or billing has blocked the resource. Another key or setting "
            "does not help."
        ),
        setting="api_base",
        label="blocked by Azure",
        fix=Fix(
            title="contact Azure support",
            actions=(
                Command(
                    "az account show --query state -o tsv",
                    "Check that this command prints Enabled",
                ),
                Step(
                    "Send Azure the text above in Azure Portal > Help + support > Create a support "
                    "request"
                ),
            ),
        ),
    )


REFUSAL = ResourceRefusal("resource-blocked", _describe)


CHECK = Check(
    code="AZ112",
    name="azure-resource-blocked",
    stage="azure",
    scope="route",
    run=REFUSAL.check,
    live=REFUSAL.check_turn,
    documentation=__doc__,
    owns=(REFUSAL.kind,),
    texts=(
        rule("certain", "Azure", r"resource has been (?:temporarily )?blocked"),
        rule(
            "likely",
            "Azure",
            r"ReadOnlyDisabledSubscription|subscription \S{8,40} is (?:disabled|suspended"
            r"|not active)",
            advice="subscription",
        ),
        rule(
            "likely",
            "Azure",
            r"(?:account|subscription) (?:has been|is) disabled",
            status=(401, 403),
            alone=True,
            advice="subscription",
        ),
    ),
    advice={
        "subscription": Advice(
            "The Azure subscription is disabled: a trial ended, it reached its spending limit, "
            "or a bill was not paid. Reactivate the subscription in Azure Portal > Subscriptions "
            "> your subscription, which shows the reason. Until then, use a resource of another "
            "subscription.",
            run=("az account show --query state -o tsv   # check that it prints Enabled",),
        ),
        STRAIGHT: Advice(
            "Contact Azure in Azure Portal > Help + support > Create a support request. Include "
            "the resource's name and the error text. Do not keep retrying in the meantime. Until "
            "Azure unblocks it, use a deployment of another resource: change baseUrl and apiKey "
            "in openclaw.json.",
        ),
    },
)
