"""Findings about variables that contain more than the value, or a reference: part of LL103."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from clawdoctor.chain.advice import PORTAL_ENDPOINT, PORTAL_KEYS
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_value import REFERENCE, Value
from clawdoctor.chain.parameter import restart
from clawdoctor.chain.placeholder import is_reference
from clawdoctor.chain.shown import show_credential
from clawdoctor.finding import Evidence, Finding, Fix, Place, Severity, Step
from clawdoctor.source.secret import Secret

EFFECTS = {
    "api_key": ("LiteLLM has no key for Azure", PORTAL_KEYS),
    "api_base": ("LiteLLM has no endpoint for Azure", PORTAL_ENDPOINT),
    "base_url": ("LiteLLM has no endpoint for Azure", PORTAL_ENDPOINT),
    "model": ("LiteLLM has no model for a deployment, so the proxy does not start", ""),
}


_DEFORMED = {
    "api_key": ("has quotes; Azure answers 401", "the key has quotes, so Azure would reject it"),
    "model": ("LiteLLM uses it unchanged", "no deployment has the configured name"),
}
_UNREACHED = (
    "not a URL: LiteLLM sends Azure nothing and answers 500",
    "LiteLLM cannot reach Azure",
)
"""The effect of quotes or white space around a value: a label and a consequence."""


def find_deformed_value(
    name: str,
    value: Value[str] | Value[Secret],
    litellm: LiteLLMConfig,
    environment: Environment,
) -> Iterator[Finding]:
    """Report quotes, newlines and spaces that are a part of the variable's value.

    Spaces and tabs around a key are harmless: HTTP ignores them around a header's value.
    """
    if value.found is None or not value.resolved:
        return
    text, variable = value.found.value, value.variable or ""
    quoted = text.test(_is_quoted)
    harmless = text.test(_has_no_line_end) if name == "api_key" else text == text.stripped()
    if not quoted and harmless:
        return
    defect = "quotes around it" if quoted else "white space or a newline around it"
    label, consequence = _DEFORMED.get(name, _UNREACHED)
    if name == "api_key" and not quoted:
        defect = "a newline"
        label, consequence = (
            "LiteLLM cannot send it",
            "the key has a newline, so LiteLLM cannot send it",
        )
    bare = "quotes" if quoted else "newline" if name == "api_key" else "white space and newlines"
    title = f"in {value.found.source}, remove the {bare} from the value of {variable}"
    yield Finding(
        severity=Severity.ERROR,
        message=f"the value of {variable} has {defect}",
        detail=f"LiteLLM uses the value unchanged, with {defect} ({value.found.source}).",
        place=litellm.place(value.pointer, label),
        consequence=consequence,
        evidence=(Evidence("env", f"{variable}: {len(text)} characters, {defect}"),),
        fixes=(
            Fix(
                title=title,
                actions=(
                    Step(f"{title[:1].upper()}{title[1:]}"),
                    restart(litellm, environment),
                ),
            ),
        ),
    )


def _has_no_line_end(text: str) -> bool:
    return "\n" not in text and "\r" not in text


def _is_quoted(text: str) -> bool:
    return len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"


def find_reference_value(
    name: str, value: Value[str] | Value[Secret], litellm: LiteLLMConfig, environment: Environment
) -> Iterator[Finding]:
    """Report a variable whose value is itself a reference. LiteLLM does not resolve it again."""
    variable, definition = value.variable or "", value.found
    if definition is None or not definition.value.test(is_reference):
        return
    # A program that reads an env file may expand ${NAME} in it. In a container nothing does.
    prefixed = definition.value.test(lambda text: text.startswith(REFERENCE))
    if environment.proxy.container is None and not prefixed:
        return
    text, (effect, portal) = show_credential(definition.value), EFFECTS[name]
    here = litellm.place(value.pointer, f'LiteLLM uses "{text}"')
    place = here
    related: tuple[Place, ...] = ()
    if definition.place is not None:
        place, related = replace(definition.place, label="this text is the value"), (here,)
    yield Finding(
        severity=Severity.ERROR if definition.basis == "known" else Severity.WARNING,
        message=f'the value of {variable} is the text "{text}"',
        detail=f"LiteLLM uses the value of {variable} unchanged ({definition.source}). "
        "os.environ/NAME works only in LiteLLM's own config, and Compose turns $${NAME} into "
        "${NAME}.",
        place=place,
        consequence=effect,
        related=related,
        fixes=(
            Fix(
                title=f"set {variable} to the value itself",
                snippet=f"{variable}=${{{variable}}}" if environment.proxy.container else "",
                actions=(
                    Step(
                        f"Set {variable} to the value itself"
                        + (f", which {portal} shows" if portal else ", such as azure/NAME")
                    ),
                    restart(litellm, environment),
                ),
            ),
        ),
    )
