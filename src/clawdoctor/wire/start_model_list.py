"""Faults of model_list with which LiteLLM does not start, or starts without a model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from clawdoctor.chain.dropped import has_own_id
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_section import is_misspelling
from clawdoctor.chain.litellm_value import REFERENCE
from clawdoctor.knowledge import table
from clawdoctor.knowledge.did_you_mean import nearest
from clawdoctor.source.change import Change, Itemize, Nest, Put, Quoted, Remove, Rename, move, put
from clawdoctor.source.node import Entry, Node, join_pointer
from clawdoctor.wire.python_error import no_attribute, no_member, not_iterable, python_type
from clawdoctor.wire.start_fault import Fault, key_of, kind_of, no_mapping

_PARAMS = "litellm_params"
_BESIDE = (_PARAMS, "model_name", "model_info")
"""The keys of an entry of model_list."""
_SERVES_NOTHING = "LiteLLM finds no models in its config"


def example_list() -> str:
    """A model_list with one model, for the snippet of a fix."""
    name = _example_name()
    return f"""\
model_list:
  - model_name: {name}
    litellm_params:
      model: azure/{name}"""


def _example_name() -> str:
    name: str = table("models")["example"]["deployment"]
    return name


def model_list_faults(config: LiteLLMConfig) -> Iterator[Fault]:
    """Yield the faults of model_list as a whole and of each entry."""
    listed = config.root.get("model_list")
    if listed is None or not listed.python():
        if not config.models_in_database and config.root.get("include") is None:
            yield _no_models_fault(config, listed)
    elif listed.kind != "sequence":
        changes: tuple[Change, ...] = ()
        remedy = 'put a "-" before the first key below this line'
        if _is_by_name(listed):
            changes = (Itemize(listed, "model_name"),)
            remedy = 'write "- model_name:" before each name'
        elif listed.get(_PARAMS) is not None:
            changes = (Put(listed, [listed]),)
        yield Fault(
            pointer=key_of("/model_list"),
            message=f"model_list is {kind_of(listed)}, not a list",
            label='each model is an item, with a "-" before model_name',
            why="LiteLLM reads model_list item by item, and exits if it is not a list.",
            snippet=example_list(),
            error=_list_error(listed),
            changes=changes,
            remedy=remedy,
        )
    else:
        for index, entry in enumerate(listed.items):
            yield from _entry_faults(config, f"/model_list/{index}", entry)


def _list_error(listed: Node) -> str:
    """Return Python's error if model_list is a mapping or a string, which LiteLLM iterates over."""
    if listed.kind == "string":
        return no_attribute(listed, "get")
    return no_attribute(listed.entries[0].key, "get") if listed.entries else not_iterable(listed)


def _no_models_fault(config: LiteLLMConfig, listed: Node | None) -> Fault:
    why = "The proxy starts and reports that it is healthy, but rejects every model."
    for entry in config.root.entries:
        models = re.sub("[^a-z]", "", entry.name.casefold()) in ("models", "modelslist")
        if listed is None and (models or is_misspelling(entry.name, "model_list")):
            return Fault(
                pointer=key_of(join_pointer("", entry.name)),
                message=f'LiteLLM reads model_list, but the config has "{entry.name}" instead',
                label="must be called model_list",
                why=why,
                snippet="model_list:",
                step=f'rename "{entry.name}" to model_list',
                changes=(Rename(entry, "model_list"),) if entry.value.kind == "sequence" else (),
                consequence=_SERVES_NOTHING,
            )
    for section, block in config.root.children():
        if block.kind == "mapping" and block.get("model_list") is not None and listed is None:
            pointer = join_pointer(join_pointer("", section), "model_list")
            return Fault(
                pointer=key_of(pointer),
                message=f"model_list must be at the top level, not under {section}",
                label=f"LiteLLM does not read it under {section}",
                why=why,
                snippet="model_list:",
                consequence=_SERVES_NOTHING,
                changes=move(config.root, pointer, "/model_list"),
                remedy="move model_list to the top level",
            )
    return Fault(
        pointer=key_of("/model_list"),
        message="the config has no model_list" if listed is None else "model_list is empty",
        label="no model_list" if listed is None else "empty",
        why=why,
        snippet=example_list(),
        consequence=_SERVES_NOTHING,
    )


def _is_by_name(node: Node) -> bool:
    """Whether each key of a mapping is a model's name and each value its settings."""
    names = [name for name, _ in node.children()]
    values = [value for _, value in node.children()]
    return (
        bool(names)
        and all(
            value.kind == "mapping"
            and value.get("model_name") is None
            and (value.get(_PARAMS) is not None or value.get("model") is not None)
            for value in values
        )
        and not {*names} & {*_BESIDE}
    )


def _entry_faults(config: LiteLLMConfig, pointer: str, entry: Node) -> Iterator[Fault]:
    if entry.kind != "mapping":
        yield Fault(
            pointer=pointer,
            message=f"an entry of model_list is {kind_of(entry)}, not a mapping",
            label="no model_name and litellm_params here",
            why="LiteLLM requires model_name and litellm_params in each entry, and exits with an "
            "AttributeError.",
            snippet=example_list(),
            error=no_attribute(entry, "get"),
        )
        return
    if len(entry.entries) == 1 and _is_by_name(entry):
        yield Fault(
            pointer=key_of(join_pointer(pointer, entry.entries[0].name)),
            message="an entry of model_list has the model's name where model_name should be",
            label="the name belongs after model_name:",
            why="LiteLLM requires model_name and litellm_params in each entry, and exits "
            "without them.",
            snippet=example_list(),
            error="KeyError: 'litellm_params'",
            changes=(Itemize(entry, "model_name", listed=True),),
            remedy='write "model_name:" before the name',
        )
        return
    yield from _parameter_faults(pointer, entry)
    info = entry.get("model_info")
    if info is not None and info.kind != "mapping":
        below = _keys_after(entry, "model_info") if info.kind == "null" else ()
        yield no_mapping(
            f"{pointer}/model_info",
            "model_info",
            info,
            "get",
            label="must be a mapping; or remove the line",
            why="LiteLLM reads the model_info of each entry",
            snippet="model_info:\n  mode: chat",
            lenient=True,
            changes=(Nest(entry, below, "model_info"),) if below else _removed(entry, "model_info"),
            remedy="indent the keys under model_info" if below else "remove model_info",
            guessed=info.kind != "null",
        )
    name = entry.get("model_name")
    slip = entry.entry("modelname") or entry.entry("model-name") or entry.entry("modelName")
    if name is None and slip is not None:
        yield _slip_fault(join_pointer(pointer, slip.name), slip, "model_name")
    elif name is None or not isinstance(name.value, str):
        identified = name is not None and has_own_id(info)  # LiteLLM makes no id of the name
        if not identified or (name is not None and name.kind in ("mapping", "sequence")):
            yield _name_fault(config, pointer, entry, name, identified=identified)


def _parameter_faults(pointer: str, entry: Node) -> Iterator[Fault]:
    params = entry.get("litellm_params")
    beside = entry.get("model") is not None
    if params is None or params.kind != "mapping":
        slip = _misspelt_entry(entry) if params is None else None
        if slip is not None:
            yield _slip_fault(join_pointer(pointer, slip.name), slip, _PARAMS)
            return
        problem = "has no litellm_params" if params is None else "has an empty litellm_params"
        if params is not None and params.kind != "null":
            problem = f"has {kind_of(params)} as its litellm_params"
        yield Fault(
            pointer=key_of(f"{pointer}/litellm_params"),
            message=f"an entry of model_list {problem}",
            label="indent model under litellm_params" if beside else "",
            why="LiteLLM requires litellm_params with a model in each entry, and exits without it.",
            snippet=example_list().partition("\n")[2],
            error="KeyError: 'litellm_params'" if params is None else no_attribute(params, "items"),
            changes=_indented(entry) if params is None or params.kind == "null" else (),
            remedy="indent the parameters under litellm_params",
        )
        return
    model = params.get("model")
    if model is None or not isinstance(model.value, str):
        yield Fault(
            pointer=f"{pointer}/litellm_params/model",
            message="litellm_params has no model"
            if model is None
            else f"the model in litellm_params is {kind_of(model)}, not a string",
            label="indent model under litellm_params" if beside else "no model in it",
            why="LiteLLM reads the model of each entry at startup, and exits without one.",
            snippet=f"litellm_params:\n  model: azure/{_example_name()}",
            error=_model_error(model),
            changes=move(entry, "/model", f"/{_PARAMS}/model") if beside and model is None else (),
            remedy="move model into litellm_params",
            lenient=model is not None and model.kind in ("sequence", "mapping"),
        )


def _indented(entry: Node) -> tuple[Change, ...]:
    """Move the parameters next to litellm_params into it, if the model is one of them."""
    own = _keys_after(entry, _PARAMS)
    if entry.entry(_PARAMS) is None:
        own = tuple(each for each in entry.entries if each.name not in _BESIDE)
    return (Nest(entry, own, _PARAMS),) if any(each.name == "model" for each in own) else ()


def _keys_after(entry: Node, key: str) -> tuple[Entry, ...]:
    """Return the keys between a key of a deployment and the next key that belongs there."""
    names = [each.name for each in entry.entries]
    after = entry.entries[names.index(key) + 1 :] if key in names else ()
    return tuple(takewhile(lambda each: each.name not in _BESIDE, after))


def _removed(mapping: Node, key: str) -> tuple[Change, ...]:
    entry = mapping.entry(key)
    return (Remove(mapping, entry),) if entry is not None else ()


def _model_error(model: Node | None) -> str:
    if model is None:
        return "KeyError: 'model'"
    if model.kind in ("sequence", "mapping"):
        return f"TypeError: unhashable type: '{python_type(model)}'"
    return no_member(model)


def _misspelt_entry(entry: Node) -> Entry | None:
    """The entry whose name is a misspelling of litellm_params."""
    for candidate in entry.entries:
        if candidate.value.kind == "mapping" and nearest(
            candidate.name, [_PARAMS, "model_info"]
        ) == (_PARAMS,):
            return candidate
    return None


def _slip_fault(pointer: str, entry: Entry, meant: str) -> Fault:
    """The fault of a key that LiteLLM does not read under this name."""
    return Fault(
        pointer=key_of(pointer),
        message=f'LiteLLM reads {meant}, but an entry of model_list has "{entry.name}" instead',
        label=f"must be called {meant}",
        why=f"LiteLLM reads {meant} of each entry at startup, and exits without it.",
        snippet=f"{meant}:",
        step=f'rename "{entry.name}" to {meant}',
        changes=(Rename(entry, meant),),
        error=f"KeyError: '{meant}'",
    )


def _name_fault(
    config: LiteLLMConfig, pointer: str, entry: Node, name: Node | None, *, identified: bool
) -> Fault:
    why = "LiteLLM joins the names at startup. It exits if one is missing or not a string."
    if name is None or name.kind in ("null", "mapping", "sequence"):
        params = entry.get(_PARAMS)
        model = (params.text("model") if params is not None else None) or ""
        named = model.rpartition("/")[2] if not model.startswith(REFERENCE) else ""
        empty = name is None or name.kind == "null"
        return Fault(
            pointer=f"{pointer}/model_name",
            message="an entry of model_list has no model_name"
            if name is None or empty
            else f"a model_name in model_list is {kind_of(name)}, not a string",
            label="no name for OpenClaw to use" if empty else "must be a string",
            why=why,
            snippet=f"model_name: {_example_name()}",
            error=_name_error(name, identified=identified),
            lenient=name is not None,
            changes=put(entry, "/model_name", named) if named and empty else (),
            guessed=True,
        )
    written = next(t for t in config.texts if t.path == name.span.path).slice(name.span)
    return Fault(
        pointer=f"{pointer}/model_name",
        message=f"the model_name {written} is {kind_of(name)} in YAML, not a string",
        label="needs quotes",
        why=why,
        snippet=f'model_name: "{written}"',
        changes=(Put(name, Quoted(written)),),
        error=_name_error(name, identified=identified),
        lenient=True,
    )


def _name_error(name: Node | None, *, identified: bool) -> str:
    if name is None:
        return "KeyError: 'model_name'"
    if identified:
        return f"TypeError: unhashable type: '{python_type(name)}'"
    return f"TypeError: sequence item 0: expected str instance, {python_type(name)} found"
