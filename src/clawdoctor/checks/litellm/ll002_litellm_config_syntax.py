"""LiteLLM's config is not YAML, so the proxy does not start.

What it means
-------------
LiteLLM reads the whole file before it does anything else. One line that is not YAML is enough:
the process ends with exit code 1 and a yaml.scanner.ScannerError or yaml.parser.ParserError.

Why it happens
--------------
A tab instead of spaces, a line that is indented differently from its neighbours, a value with ": "
in it that is not quoted, a quote or bracket that is not closed, or text around the YAML that was
copied along. Or the file is of another kind: a shell script, a Compose file, OpenClaw's
configuration, a Kubernetes manifest without LiteLLM's config in it.

How to fix it
-------------
Correct the line. Indent with spaces only, two a level, and put quotes around a value that holds
": ", "#", "{" or "*":

    model_list:
      - model_name: gpt-4o
        litellm_params:
          model: azure/my-gpt4o

clawdoctor reads the config also where a ConfigMap, a Secret (stringData) or Helm values hold it, as
a block of text (`|`) or below proxy_config. It names the kind of any other file.

Versions
--------
All versions of LiteLLM: it reads the file with PyYAML.

References
----------
https://docs.litellm.ai/docs/proxy/configs
https://yaml.org/spec/1.1/
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.litellm_file import LiteLLMFile
from clawdoctor.chain.parameter import file_name
from clawdoctor.check import Check
from clawdoctor.checks.another_file import another_file, instead_of
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Finding, Fix, Severity
from clawdoctor.run.needs import Unavailable


def check(file: LiteLLMFile | Unavailable) -> Iterator[Finding]:
    """Report a file that LiteLLM's parser refuses, or that cannot be read at all."""
    if isinstance(file, LiteLLMFile) or file.place is None:
        return
    name, span = file_name(file.place.path), file.place.span
    instead = instead_of(file)
    if instead is not None:
        yield another_file(file, f"{name} is not LiteLLM's config: it {file.reason}", instead)
        return
    message = f"{name} {file.reason}"
    detail = "LiteLLM cannot read the file and exits."
    title = "make the file one that LiteLLM can read"
    if span is not None:
        message = f"line {span.start.line} of {name} is not YAML: {file.reason}"
        detail = "LiteLLM reads the whole file before it starts, and exits at the first mistake."
        lines = [edit.span.start.line for edit in file.mends] or [span.start.line]
        numbers = ", ".join(map(str, dict.fromkeys(lines)))
        title = f"correct line{'s' if ',' in numbers else ''} {numbers}"
    yield Finding(
        severity=Severity.ERROR,
        message=message,
        detail=detail,
        place=replace(file.place, label="here" if span is not None else ""),
        consequence="the proxy does not start",
        fixes=(
            Fix(
                title=title,
                applicability="safe" if file.mends else "manual",
                edits=file.mends,
                actions=(CHECK_AGAIN,),
            ),
        ),
    )


# The YAML files of other programs.
# A position in LiteLLM's own file: by its name, or by the path that its documentation uses.
# The messages of YAML parsers, of any programming language.

CHECK = Check(
    code="LL002",
    name="litellm-config-syntax",
    stage="litellm",
    scope="start",
    run=check,
    documentation=__doc__,
    owns=("litellm-config-syntax",),
    texts=(
        rule(
            "likely",
            "LiteLLM",
            r"(?:in|file) '?(?P<path>[^'<>:]{1,200}\.ya?ml)(?:', line (?P<line>\d{1,7})(?:, "
            r"column (?P<column>\d{1,7}))?)?",
            file="litellm",
            no_yaml=True,
        ),
        rule(
            "likely",
            "LiteLLM",
            "codec can't decode byte|special characters are not allowed",
            "_get_config_from_file|proxy_config|config[.]ya?ml",
            advice="encoding",
        ),
        rule("likely", "LiteLLM", unless="compose|<unicode string>", by="litellm", no_yaml=True),
        rule(
            "likely",
            "PyYAML",
            r"yaml\.(?:scanner|parser)\.\w{5,7}Error: (?P<problem>[^']{3,120})",
            unless="<(?:unicode|byte|file|string)",
            file=(None,),
        ),
        rule("possible", "PyYAML", unless="yaml: line", no_yaml=True),
    ),
    advice={
        "tab": Advice(
            "Replace the tab at the start of line <line> of litellm_config.yaml by spaces: YAML"
            " takes no tabs. Two spaces a level, and the same number for all keys of one part."
            " Show what the lines begin with (^I is a tab):",
            run=("cat -A litellm_config.yaml",),
            when=r"that cannot start any token|\btab character",
        ),
        "tag": Advice(
            "LiteLLM knows no YAML tags such as !env. It reads a variable of its environment where"
            " the whole value is os.environ/ and the variable's name, without quotes or braces:",
            "api_key: os.environ/AZURE_OPENAI_API_KEY",
            when=r"for the tag '(?P<tag>!\w{1,20})",
        ),
        "encoding": Advice(
            "Save litellm_config.yaml as UTF-8 without a byte order mark. An editor or Windows"
            ' PowerShell\'s ">" wrote it as UTF-16 or in a code page of Windows, or quotation marks'
            " and dashes were pasted from a web page. For UTF-16:",
            run=(
                "iconv -f UTF-16 -t UTF-8 litellm_config.yaml > fixed.yaml",
                "mv fixed.yaml litellm_config.yaml",
            ),
        ),
    },
)
