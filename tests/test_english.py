"""What people read says things plainly. The patterns are phrases that pages used to have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from clawdoctor.check import built_in_checks
from clawdoctor.errors.advice import INSTRUCTION, Advice

ROOT = Path(__file__).parent.parent
TEXTS = (
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "docs/**/*.md",
    "src/clawdoctor/knowledge/*.toml",
    "fixtures/*/*/*/expected.txt",
    "tests/snapshots/**/*.txt",
)
AWKWARD = {
    "stands in (a file)": r"\bstands in\b(?! front)",
    "stands behind": r"\bstands behind\b",
    "is none that": r"\bnone that\b",
    "exits at it": r"\bexits at it\b",
    "has not the shape": r"\bhas not the\b",
    "is not expanded here": r"\bexpanded here\b",
    "answers so too": r"\banswers so too\b",
    "is no URL": r"\bis no URL\b",
    "could be completed": r"\bno turn could be completed\b",
    "stands twice": r"\bstands twice\b",
    "a slip (a misspelling)": r"\bA slip\b",
    "makes a number of it": r"\bmakes? a (?:number|date) of\b",
    "is equal to this": r"\bis equal to this\b",
    "without a word": r"\bwithout a word\b",
    "says nothing about it": r"\bsays nothing about it\b",
    "puts a path behind": r"\bputs .{1,40} behind\b",
    "would refuse the key": r"\bwould refuse\b",
    "without a look at it": r"\bwithout a look\b",
    "where no api is given": r"\bwhere no \w+ is given\b",
    "asks for the usage": r"\basks? for the usage\b",
    "thinks a little": r"\bthinks (a little|unless|only)\b",
    "brings version 6 of": r"\bbrings version\b",
    "puts /v1 behind": r"\bbehind (every|the query|the last)\b",
    "sends it as header alone": r"\bas a header alone\b",
    "is none of X's": r"\bis none of\b",
    "something else than": r"\b[Ss]omething else than\b",
    "is used up": r"\bis used up\b",
    "counts on top of it": r"\bon top of it\b",
    "was told of": r"\bwas told of\b",
    "comes about": r"\bcomes about\b",
    "answers so": r"\b(?:answers?|starts?|looks?) so\b(?! (?:that|much|many|far|long))",
    "goes no further": r"\bgoes no further\b",
    "is to read": r"\bis to (?:read|get|have|listen)\b",
    "look whether": r"\b(?:[Ll]ook|See) whether\b",
    "Whether starts a sentence": r"[.:] Whether\b",
    "the former": r"\bthe former\b",
    "is the other's fault": r"\bno fault of\b",
    "see who answers": r"\b[Ss]ee whose?\b",
    "asks nobody": r"\basks nobody\b",
    "before you say a word": r"\bsay a word\b",
    "belongs into": r"\bbelongs? into\b",
    "adds its path behind": r"\badds? (?:its path|/\S+) behind\b",
    "came with 2026.3.2": r"\bcame with 20\d\d",
    "are sure to take": r"\bsure to take\b",
    "asks the host for no": r"\basks \S+ for no\b",
    "then ask OpenClaw": r"\bask OpenClaw:",
    "in the way that this fault causes": r"\bin the way that this\b",
    "says more about a code": r"\babout a code\b",
    "does not recognise the text above": r"\brecogni[sz]e the text above\b",
    "reaches the container empty": r"\breaches the container of \S+ empty\b",
    "404 Resource not found": r"\b404 Resource not found\b",
    "32 hex characters: shaped like": r": shaped like\b",
    "does not support X, but LiteLLM calls them": r"\bcalls them\b",
    "because of one such entry": r"\bbecause of one (?:such|unknown)\b",
    "in the form that LiteLLM expects": r"\bin the form that \w+ expects\b",
    "name it here": r"\bname it here\b",
    "run on a version": r"\. Run on \w+ \d",
    "the user sees only": r"\b[Tt]he user sees only\b",
    "in the form of the example": r"\bin the form of the example\b",
    "a first step that names nothing": r"→ (?:Start with 1: )?(?:[Rr]ename|[Cc]hange) it\b",
    "where the proxy starts, set": r"\b[Ww]here (?:the proxy|OpenClaw) starts, set\b",
    "below /openai/v1": r"\b[Bb]elow /",
    "azure/ and the deployment name": r"\bto azure/ and the\b|: azure/ and the\b",
    "in this place": r"\bno effect in this place\b",
    "the last of equal keys": r"\bof equal keys\b",
    "rejected with 500": r"\bAzure rejected with\b",
    "appends to the whole text": r"\bto the whole text\b",
    "names or covers it": r"\bnames or covers\b",
    "may manage, but may not use": r"\bmay manage\b",
    "Azure has no such": r"(?:answer|work): (?:Azure has no such|.{1,20} cannot connect to it\b)",
    "to no request": r"\bto no (?:request|Azure)\b",
    "would reject nothing": r"\bwould reject nothing\b",
    "keeps this account": r"\bkeeps this account\b",
    "that runs it sets it": r"\bthat runs it sets it\b",
    "does not recognize": r"\bnot recognize\b",
    "a verdict without a cause": r"✗ Your agent cannot answer\.",
    "as in the example": r"\bas in the example\b",
    "sets it too late": r"\bsets \S+ too late\b",
    "a version is a warning": r"\b(?:name|prefix|key|gemini-,|it may know) is a warning\b",
    "does not find": r"\b(?:LiteLLM|Azure) does not find\b",
    "OpenClaw here is 2026": r"\b(?:OpenClaw|LiteLLM|version) here is\b",
    "has another key": r"\b(?:has|have|sends) another key\b",
    "variables count": r"\bpasses on count\b",
    "fixes all 2": r"\bfixes all 2\b",
    "runs in the container X": r"\bruns in the container [\w-]+,",
    "the same with another": r"\| the same with\b",
    "other than X's": r"\bport other than \w+'s\b",
    "set it to the key in the environment": r"\bto the key .{0,50}in the proxy's environment\b",
    "Both have this cause": r"\bhave this cause\b",
    "rejects two credentials": r"\brejects two\b",
    "a first step that sets nothing": r"→ (?:OpenClaw sends|Give the model more)\b",
    "the web page of the proxy": r"\b(?:proxy|LiteLLM)'s web page\b",
    "a click path without a verb": r"(?:│ (?:do )?|: |\| |[a-z\d]\. )Azure (?:Portal|AI Foundry) >",
    "a guess that is none": r"does it; it is a guess\b",
    "dots in what to write": r"│ write (?:[\w\"{}:<> -]|│ )*: (?:\.\.\.|\{\.\.\.\})",
    "dots in a value to set": r"\bexport \w+=\.\.\.",
    "the key that your programs send": r"\byour programs send\b",
    "is called X: LiteLLM's is Y": r"\bno container is called\b",
    "a first step that states": r"→ (?:Start with 1: )?(?:The|An?|Azure (?!OpenAI))\b",
    "a verdict without the fault": r": (?:LiteLLM|OpenClaw) rejects its config",
    "an effect of no cause": r": Azure rejects every request\.|: OpenClaw cannot reach the proxy\.",
    "no effect here": r"\bhas no effect here\b",
    "warnings need a look": r"\bneeds? a look\b",
    "a callback lacks a variable": r"\blacks [A-Z]+_",
    "a port is open on an interface": r"\bopen only on\b",
    "sends nothing and answers": r"\bsends nothing and answers\b",
    "the accepted values are": r"\b[Tt]he accepted values are\b",
    "checks are unknown": r"\d checks? (?:is|are) unknown\b",
    "a first step in the proxy's environment": r"→ [^→│]{0,80}\bin the proxy's environment\b",
    "a first step that forbids": r"→ (?:Start with 1: )?[Dd]o not use\b",
    "a model of the server": r"\bembedding model of the server\b",
    "put a variable, with its value": r"\b[Pp]ut \w+, with\b",
    "wait, try again, run again": r"\bWait \d+ seconds? and try again\b",
    "was measured on a version": r"\bwere measured on \d",
    "the header x-litellm-version": r"\bheader x-litellm-version\b",
    "a part of the key": r"\ba part of the key\b",
    "another key or another setting": r"\bAnother key or another\b",
    "older states of a file": r"\bolder states\b",
    "lowers the findings to notes": r"\blowers the findings\b",
    "does not know, and rejects": r"\bAzure does not know this key\b",
    "an order to refer": r"(?:→|│ do) +(?:Start with 1: )?[Rr]efer to\b",
    "do not start with a fallback": r"\bdo not start with (?:a|such)\b",
    "a variable is a key": r"\bis a key that\b",
    "a key that it knows here": r"\bknows here\b",
    "is not set here": r"\bis not set here\b",
    "with this api-version": r"\b[Ww]ith this api-version\b",
    "a name that is not named": r"\b(?:know|support) this (?:routing_|cache |guardrail|key_)",
    "another type here": r"\banother type here\b",
    "its primary gpt-4o": r"\bits primary (?!model\b|does\b)[a-z]",
    "the file given as the config": r": the file given as\b",
    "check the diff first": r"\bcheck the diff first\b",
    "serves http there": r"\bserves http there\b",
    "groups of a file": r"\bgroups of this file\b|\bexisting group\b|\bgroup that failed\b",
    "so X, so Y": r", so [^.,:]{3,60}, so the proxy\b",
    "counts more than": r"\bcounts more than\b",
    "an unknown api-version": r"(?:: |\] )unknown api-version\b",
    "these values are": r"\bthese values are\b",
    "works from here": r"\b(?:works|resolve|answers) from here\b",
    "exits with an invalid license": r"\bexits with an invalid\b",
    "is harmless here": r"\bharmless here\b",
    "in the form shown": r"\bin the form shown\b",
    "connects its cache": r"\bconnects its\b",
    "a model is filtered": r"\bretired or filtered\b",
    "does not answer for a model": r"does not answer for \"",
    "at the top of the file": r"\bhas no effect at the top of the file\b",
    "for the service of": r"\b[Ff]or the service of LiteLLM\b",
    "a line that is not given": r"\berror that gives no line\b",
    "over chat completions": r"\bOver chat completions, OpenClaw\b",
    "a key that does not exist": r"\bA key that does not exist is wrong\b",
    "a value set to its value": r"\bset \w+ to its value\b",
    "a fix that does not set the variable": r"into ~/\.openclaw/\.env\. `clawdoctor run --\S+"
    r"(?: --unsafe-fixes)? does it",
    "a first step to read a log": r"→ (?:Start with 1: )?Read the proxy's log\b",
    "a variable with the whole value": r"\ba variable with the whole value\b",
    "the name which it sends": r"\", which OpenClaw sends \(",
}
_COMMAND = re.compile(r"^ *│ run   (.*)", re.MULTILINE)
_DANGLING = re.compile(r"(?:[^,]*, )?(?:then |first )?[a-z]+ (?:it|them|there)\b", re.IGNORECASE)


@cache
def _texts() -> list[tuple[Path, str]]:
    return [
        (file.relative_to(ROOT), " ".join(file.read_text("utf-8", "replace").split()))
        for pattern in TEXTS
        for file in sorted(ROOT.glob(pattern))
    ]


@pytest.mark.parametrize("name", AWKWARD)
def test_no_text_has_the_phrase(name: str) -> None:
    pattern = re.compile(AWKWARD[name])
    found = [f"{file}: {text[max(0, m.start() - 40) : m.end() + 20]}" for file, text in _texts()
             if (m := pattern.search(text))]  # fmt: skip
    assert not found, "\n".join(found)


def _advice() -> Iterator[tuple[str, Advice]]:
    for check in built_in_checks():
        if check.stage in ("proxy", "azure"):
            for name, advice in check.advice.items():
                yield f"{check.code} {name}", advice
                if advice.straight is not None:
                    yield f"{check.code} {name}, straight", advice.straight


def test_advice_says_what_to_do_after_at_most_one_sentence() -> None:
    late = [name for name, advice in _advice() if advice.cause.count(". ")]
    assert not late
    assert not [name for name, advice in _advice() if not INSTRUCTION.match(advice.steps[0])]


def test_the_first_step_of_advice_names_its_object() -> None:
    """The report shows it at the end, without the sentence that says what is wrong."""
    dangling = [
        name for name, advice in _advice() if advice.cause and _DANGLING.match(advice.steps[0])
    ]
    assert not dangling


def test_commands_can_be_pasted() -> None:
    """A blank would be a redirection, and zsh passes a comment on as arguments."""
    shown = ((file, command) for file in ROOT.glob("fixtures/*/*/*/expected.txt")
             for command in _COMMAND.findall(file.read_text("utf-8")))  # fmt: skip
    assert not [(file, command) for file, command in shown if re.search(r" # |<[a-z]", command)]


def test_openclaw_is_restarted_only_for_what_it_reads_at_startup() -> None:
    """A running OpenClaw reads openclaw.json again by itself."""
    outside = re.compile(r"\.env\b|\benvironment\b|\bshell\b|\bexport\b|[Uu]pdate OpenClaw")
    texts = ((file, file.read_text("utf-8")) for file in ROOT.glob("fixtures/*/*/*/expected.txt"))
    restarting = [(file, text) for file, text in texts if "openclaw gateway restart" in text]
    assert restarting
    assert not [file for file, text in restarting if not outside.search(text)]


def test_no_command_waits_for_one_that_keeps_running() -> None:
    blocked = re.compile(r"litellm --config \S+ --port \d+\n *│?  {6,}\S")
    files = ROOT.glob("fixtures/*/*/*/expected.txt")
    assert not [file for file in files if blocked.search(file.read_text("utf-8"))]


def test_the_first_step_is_among_the_last_five_lines() -> None:
    def last_lines(file: Path) -> list[str]:
        return file.read_text("utf-8").rstrip().splitlines()[-5:]

    reports = [
        file for pattern in ("fixtures/*/*/*/expected.txt", "tests/snapshots/demo/*.txt")
        for file in ROOT.glob(pattern) if "\n→ " in file.read_text("utf-8")
    ]  # fmt: skip
    assert reports
    assert not [f for f in reports if not any(line.startswith("→ ") for line in last_lines(f))]
