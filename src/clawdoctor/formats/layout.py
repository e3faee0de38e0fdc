"""Lay out pages and lines of text for a width."""

from __future__ import annotations

import textwrap

_BULLETS = ("- ", "* ", *(f"{number}. " for number in range(1, 10)))


def labelled(label: str, text: str) -> str:
    """A line with a label in its own column."""
    return f"{label:5} {text}"


def cut(line: str, width: int) -> str:
    """A line cut to at most `width` characters."""
    return line if len(line) <= width else f"{line[: width - 1].rstrip()}…"


def wrapped(text: str, width: int, indent: str, hang: int = 0) -> str:
    """A wrapped paragraph. From its second line on it is indented by `hang` more columns."""
    return textwrap.fill(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=indent + " " * hang,
        break_long_words=False,
        break_on_hyphens=False,
    )


def page(text: str, width: int, indent: str) -> str:
    """A section of a check's page: paragraphs and lists are wrapped, indented code is not."""
    out: list[tuple[str, int | None]] = []  # text and the column of its next line; None for code
    item, in_code = 0, False  # the text column of the last item or paragraph
    for line in text.replace("``", "`").splitlines():
        body = line.strip()
        depth = len(line) - len(line.lstrip())
        bullet = "" if in_code and depth else _bullet(body)
        if not body:
            out.append(("", None))
        elif out and out[-1][1] == depth and not bullet and not _is_url(out[-1][0].strip()):
            out[-1] = f"{out[-1][0]} {body}", depth
        elif bullet or depth in (0, item):
            item, in_code = depth + len(bullet), False
            out.append((line, item))
        else:
            in_code = True
            out.append((line.rstrip(), None))
    return "\n".join(
        (indent + text).rstrip() if column is None else _laid_out(text, column, width, indent)
        for text, column in out
    )


def _laid_out(text: str, column: int, width: int, indent: str) -> str:
    body = text.lstrip()
    hang = len(_bullet(body))
    return wrapped(body, width, indent + " " * (column - hang), hang)


def _is_url(body: str) -> bool:
    """True if a line is only a URL. Consecutive URLs do not form a paragraph."""
    return body.startswith("https://") and " " not in body


def _bullet(body: str) -> str:
    return next((bullet for bullet in _BULLETS if body.startswith(bullet)), "")
