"""Lay out a section of a check's page: wrap paragraphs and lists, but not code."""

from __future__ import annotations

from clawdoctor.terminal.line import Line, wrap

_BULLETS = ("- ", "* ", *(f"{number}. " for number in range(1, 10)))


def page_lines(text: str, width: int, indent: str) -> list[Line]:
    """Return the lines of a section. Indented text is code to copy and stays unchanged."""
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
    lines: list[Line] = []
    for part, column in out:
        lines += _code(part, indent) if column is None else _prose(part, column, width, indent)
    return lines


def _code(text: str, indent: str) -> list[Line]:
    return [((indent + text, "cyan"),) if text else ()]


def _prose(text: str, column: int, width: int, indent: str) -> list[Line]:
    body = text.lstrip()
    bullet = _bullet(body)
    margin = indent + " " * (column - len(bullet))
    rest = ((margin + " " * len(bullet), ""),)
    return wrap(body.removeprefix(bullet), width, ((margin + bullet, ""),), rest)


def _is_url(body: str) -> bool:
    """Return whether a line is only a URL. Consecutive URLs do not form a paragraph."""
    return body.startswith("https://") and " " not in body


def _bullet(body: str) -> str:
    return next((bullet for bullet in _BULLETS if body.startswith(bullet)), "")
