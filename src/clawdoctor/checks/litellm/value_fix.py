"""The fix that sets the right value for a deployment's setting, in the file or in its variable."""

from __future__ import annotations

from clawdoctor.chain.advice import set_for_proxy
from clawdoctor.chain.litellm_value import Value
from clawdoctor.chain.parameter import where_found
from clawdoctor.chain.shown import is_harmless, is_harmless_part
from clawdoctor.finding import Action, Applicability, Fix
from clawdoctor.redaction.secret_name import names_secret
from clawdoctor.source.change import Put, Quoted


def value_fix(
    value: Value[str],
    key: str,
    right: str,
    applicability: Applicability,
    action: Action,
    *,
    form: str,
    quoted: bool = False,
) -> Fix:
    """Return the fix that sets a value to `right`. `action` applies the changed file.

    `key` is the setting's name in the file. `form` describes the right value if a report must not
    show the value of a variable. With `quoted`, the file gets quotes around the value.
    """
    if value.variable is not None and names_secret(value.variable):
        # The variable has another purpose, so it must keep its value.
        derived = bool(value.resolved) and str(value.resolved).strip() in right
        example = form.rpartition(", ")[2] if "://" in form or "<" in form else f"<{form}>"
        text = right if is_harmless(right) and not derived else example
        return Fix(
            title=f"set {key} to {text}",
            snippet=f'{key}: "{text}"' if quoted else f"{key}: {text}",
            actions=(action,),
        )
    where = where_found(value)
    if value.hidden and not is_harmless_part(right, value.resolved or ""):
        return Fix(
            title=f"{where}, set {value.variable} to {form}",
            actions=(set_for_proxy(value.variable or "", form, where), action),
        )
    if value.variable is not None:
        return Fix(
            title=f"{where}, set {value.variable} to {right}",
            actions=(set_for_proxy(value.variable, right, where), action),
        )
    assert value.node is not None, "the file contains the wrong value"
    text = f'"{right}"' if quoted else right
    return Fix(
        title=f"set {key} to {text}",
        applicability=applicability,
        changes=(Put(value.node, Quoted(right) if quoted else right),),
        snippet=f"{key}: {text}",
        actions=(action,),
    )
