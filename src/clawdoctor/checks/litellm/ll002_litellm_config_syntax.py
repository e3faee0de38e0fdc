"""LiteLLM's config is not valid YAML, so the proxy does not start.

What it means
-------------
LiteLLM reads the whole file before it does anything else. A single line with a YAML syntax error
stops it: the process ends with exit code 1 and a yaml.scanner.ScannerError or
yaml.parser.ParserError.

Why it happens
--------------
The usual causes are a tab instead of spaces, a line with a different indentation from its
neighbors, an unquoted value that contains ": ", an unclosed quote or bracket, or text that was
copied along with the YAML. Sometimes the file is of another kind: a shell script, a Compose file,
OpenClaw's configuration, or a Kubernetes manifest that does not contain LiteLLM's config.

How to fix it
-------------
Correct the line. Indent with spaces only, two for each level. If the lines can be
re-indented in only one way that LiteLLM can read, `clawdoctor run --fix` does that. Put quotes
around a value that contains ": ", "#", "{" or "*":

    model_list:
      - model_name: gpt-4o
        litellm_params:
          model: azure/my-gpt4o

clawdoctor also reads the config from a ConfigMap, a Secret (stringData) or Helm values, where it is
a block of text (`|`) or a part of proxy_config. For any other file, clawdoctor says what kind of
file it is.

Versions
--------
All versions of LiteLLM. They read the file with PyYAML.

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
    """Report a file that LiteLLM's parser rejects, or that cannot be read at all."""
    if isinstance(file, LiteLLMFile) or file.place is None:
        return
    name, span = file_name(file.place.path), file.place.span
    instead = instead_of(file)
    if instead is not None:
        message = f"{name} is not LiteLLM's config: it {file.reason}"
        yield another_file(file, message, instead)
        return
    message = f"{name} {file.reason}"
    detail = "LiteLLM cannot read the file and exits."
    title = "correct the file so that LiteLLM can read it"
    if span is not None:
        message = f"line {span.start.line} of {name} is not valid YAML: {file.reason}"
        detail = "LiteLLM reads the whole file before it starts. It exits on the first error."
        lines = [edit.span.start.line for edit in file.mends] or [span.start.line]
        numbers = ", ".join(map(str, dict.fromkeys(lines)))
        title = f"correct line{'s' if ',' in numbers else ''} {numbers} of {name}"
        if file.mends and len(lines) == 1:  # a report adds the place of an edit
            title = "correct the YAML syntax"
    yield Finding(
        severity=Severity.ERROR,
        message=message,
        detail=detail,
        place=replace(file.place, label="here" if span is not None else ""),
        consequence=f"{message.partition(':')[0]}, so the proxy does not start",
        fixes=(
            Fix(
                title=title,
                applicability="safe" if file.mends else "manual",
                edits=file.mends,
                actions=(CHECK_AGAIN,),
            ),
        ),
    )


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
            "Replace the tab at the start of line <line> of litellm_config.yaml with spaces. YAML"
            " does not allow tabs for indentation. Use two spaces for each level, and indent all"
            " keys of one block equally. This command shows tabs as ^I:",
            run=("cat -A litellm_config.yaml",),
            when=r"that cannot start any token|\btab character",
        ),
        "tag": Advice(
            "LiteLLM does not support YAML tags such as !env. To use an environment variable, write"
            " os.environ/ and the variable's name as the whole value, without quotes or braces:",
            "api_key: os.environ/AZURE_OPENAI_API_KEY",
            when=r"for the tag '(?P<tag>!\w{1,20})",
        ),
        "encoding": Advice(
            "Save litellm_config.yaml as UTF-8 without a byte order mark. An editor or Windows"
            ' PowerShell\'s ">" saved it as UTF-16 or in a Windows code page, or you pasted'
            " quotation marks and dashes from a web page. To convert UTF-16:",
            run=(
                "iconv -f UTF-16 -t UTF-8 litellm_config.yaml > fixed.yaml",
                "mv fixed.yaml litellm_config.yaml",
            ),
        ),
    },
)
