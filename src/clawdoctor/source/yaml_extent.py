"""The exact start and end of a YAML value: PyYAML's marks, corrected.

Offsets are in characters. YAML's line breaks include NEL, U+2028 and U+2029.
"""

from __future__ import annotations

from clawdoctor.deferred import regex

_BREAK = "\r\n\x85\u2028\u2029"
_BLANK = f" \t{_BREAK}"

_PROPERTIES = regex(
    rf"(?:&[0-9A-Za-z_-]++|![^{_BLANK}]*+|[{_BLANK}]++|(?<=[{_BLANK}])\#[^{_BREAK}]*+)*+"
)
_TAG = regex(rf"(?:&[0-9A-Za-z_-]+[{_BLANK}]+)?(![^{_BLANK}]*)")
_COLON = regex(rf"(?:[{_BLANK}]++|\#[^{_BREAK}]*+)*+:")
_BLOCK_HEADER = regex(r"[|>][-+0-9]*")


def value_start(content: str, start: int, end: int) -> int:
    """Return the start of a value after its anchor and tag, which PyYAML includes."""
    properties = _PROPERTIES.match(content, start, end)
    return properties.end() if properties else start


def omitted_value(content: str, previous_end: int, mark: int) -> int:
    """Return the place of an omitted value: after its ':', '-' or '?', or after its key.

    PyYAML's mark can be at the next token, several lines below. `previous_end` is the end of the
    key.
    """
    if content[mark - 1 : mark] in {":", "-", "?"}:
        return mark
    colon = _COLON.match(content, previous_end, mark)
    return colon.end() if colon else previous_end


def tag_extent(content: str, start: int, end: int) -> tuple[int, int]:
    """Return the extent of the tag of a value whose anchor or tag starts at `start`."""
    tag = _TAG.match(content, start, end)
    return tag.span(1) if tag else (start, end)


def block_end(content: str, start: int, end: int) -> int:
    """Return the end of the last line with text in a block scalar (`|`, `>`)."""
    written = content[start:end].rstrip(_BLANK)
    header = _BLOCK_HEADER.match(written)
    if header and not any(line_break in written for line_break in _BREAK):
        return start + header.end()
    end = start + len(written)
    while end < len(content) and content[end] not in _BREAK:
        end += 1
    return end
