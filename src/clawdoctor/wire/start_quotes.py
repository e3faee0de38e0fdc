"""Values in typographic quotes, which YAML treats as part of the text."""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.source.change import Straighten
from clawdoctor.source.node import Node, join_pointer
from clawdoctor.wire.start_fault import Fault

_MARKS = "“”„‟‘’‚‛«»″′"
_SECTIONS = ("litellm_settings", "general_settings", "router_settings", "environment_variables")


def quote_faults(config: LiteLLMConfig) -> Iterator[Fault]:
    """Yield each setting with typographic quotes, as word processors and web pages write them."""
    listed = config.root.get("model_list")
    blocks = [(join_pointer("", name), config.root.get(name)) for name in _SECTIONS]
    for index, entry in enumerate(listed.items if listed is not None else ()):
        pointer = f"/model_list/{index}"
        blocks += [(pointer, entry), (f"{pointer}/litellm_params", entry.get("litellm_params"))]
    for pointer, block in blocks:
        for name, value in block.children() if block is not None else ():
            if block is not None and block.kind == "mapping" and _is_quoted(value):
                yield Fault(
                    pointer=join_pointer(pointer, name),
                    message=f"the quotes around {name} are typographic",
                    label="needs straight quotes",
                    why="YAML recognises only straight quotes. Others become part of the text.",
                    snippet=f'{name}: "<the same value>"',
                    changes=(Straighten(value),),
                    remedy="write straight quotes",
                    consequence="LiteLLM treats typographic quotes as part of the value",
                )


def _is_quoted(node: Node) -> bool:
    """Whether a string is in typographic quotes."""
    text = node.value if isinstance(node.value, str) else ""
    marks = [mark in _MARKS for mark in text]
    return len(text) > 2 and marks[0] and marks[-1] and not any(marks[1:-1])
