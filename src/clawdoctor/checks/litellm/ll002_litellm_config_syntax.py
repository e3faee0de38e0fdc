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
from clawdoctor.checks.patterns import beside, near
from clawdoctor.errors.rule import signature
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
        title = f"correct line {span.start.line}"
    yield Finding(
        severity=Severity.ERROR,
        message=message,
        detail=detail,
        place=replace(file.place, label="here" if span is not None else ""),
        consequence="the proxy does not start",
        fixes=(Fix(title=title, actions=(CHECK_AGAIN,)),),
    )


# The YAML files of other programs.
_OTHER_FILES = (
    r"compose|mkdocs|ansible|playbook|pre-commit|\.github|workflow|openapi|swagger|values|chart"
    r"|environment|conda|gitlab|circleci|kustomiz|prometheus|grafana|home-?assistant|esphome"
)
_LINE_COLUMN = r'", (?:line (?P<line>\d{1,7}), column (?P<column>\d{1,7})|position \d{1,9})'
# A position in LiteLLM's own file: by its name, or by the path that its documentation uses.
_POSITION = (
    rf'in "(?![^"]{{0,200}}(?:{_OTHER_FILES}))(?P<path>(?:[^"<>]{{0,200}}(?:litellm|proxy_server'
    rf"|proxy_config)[^\"<>]{{0,100}}|(?:/app/|\./)?config)\.ya?ml){_LINE_COLUMN}"
)
_ANY_POSITION = (
    rf'in "(?![^"]{{0,200}}(?:{_OTHER_FILES}))(?P<path>[^"<>]{{1,200}}\.ya?ml){_LINE_COLUMN}'
)
# The messages of YAML parsers, of any programming language.
_PARSER_ERROR = (
    r"mapping values are not allowed|expected <block end>|(?:could|did) not find expected"
    r"|found character|bad indentation|duplicate(?:d mapping)? key|found undefined alias"
    r"|not determine a constructor|parsing a (?:block|flow) |scanning (?:a|an|for the) "
    r"|yaml[\w .-]{0,30}(?:error|invalid|broken|indent)|invalid yaml|not valid yaml"
    r"|(?:a few |wrong |bad |extra )?(?:spaces|tabs|indentation) in the|special characters are not"
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
        signature(
            r"yaml\.(?:scanner|parser|composer|constructor"
            rf"|reader)\.\w{{0,20}}Error(?:(?!<unicode string>|yaml\.).){{0,400}}?{_POSITION}",
            "likely",
            "LiteLLM",
        ),
        # PyYAML names a position this way.
        signature(_POSITION, "likely", "LiteLLM"),
        signature(
            r"Error loading yaml file (?P<path>[^:]{1,200}\.ya?ml): (?P<problem>[^.]{1,120})",
            "likely",
            "LiteLLM",
        ),
        # Without a file it may be any program's; PyYAML says "<unicode string>" where the text
        # came from none, which LiteLLM's config never does.
        signature(
            r"yaml\.(?:scanner\.ScannerError|parser\.ParserError): "
            r"(?P<problem>[^\"]{3,120})(?!.{0,200}(?:<(?:unicode|byte|file|string)"
            r"|\.ya?ml\b))",
            "likely",
            "PyYAML",
        ),
        signature(_ANY_POSITION, "possible", "PyYAML"),
        signature(
            near(r"\blite_?llm\b(?!.{0,80}compose)|litellm[\w-]{1,20}\.ya?ml", _PARSER_ERROR, 300),
            "likely",
            "LiteLLM",
        ),
        signature(
            near(_PARSER_ERROR, r"\blite_?llm(?:_config|-config)?(?:\.ya?ml| config)\b", 300),
            "likely",
            "LiteLLM",
        ),
        signature(
            r"codec can't decode byte.{0,300}(?:_get_config_from_file|litellm_config|proxy_config)"
            r"|(?:_get_config_from_file|litellm_config|proxy_config).{0,600}"
            r"codec can't decode byte",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"\byaml\.(?:scanner|parser|composer|constructor|reader)\.\w{1,20}Error"
            r"|\b(?:Scanner|Parser|Composer|Constructor)Error: (?:while |mapping |could |expected )"
            r"|expected <block end>, but found|cannot start any token|could not find expected ':'"
            r"|mapping values are not allowed",
            "possible",
            "PyYAML",
        ),
        signature(
            near(
                r"litellm|config\.ya?ml",
                r"tab character|\byaml\b.{0,30}(?:error|invalid|parse|syntax)|indentation"
                r"|(?:could not|cannot|can't|failed to|unable to) (?:parse|load|read)"
                r"|syntax error",
                100,
            ),
            "possible",
            "LiteLLM",
        ),
        signature(
            beside(
                r"\bload_config\b|proxy_server\.py",
                r"'NoneType' object has no attribute 'get'|argument of type 'NoneType' is not"
                r" iterable",
                400,
            ),
            "likely",
            "LiteLLM",
        ),
        signature(
            near(
                r"YAMLException|yaml: line \d{1,5}",
                r"\b(?:model_name|litellm_params|model_list)\b",
                300,
            ),
            "likely",
            "a program that reads YAML",
        ),
        signature(
            r"could not determine a constructor for the tag",
            "possible",
            "PyYAML",
        ),
    ),
)
