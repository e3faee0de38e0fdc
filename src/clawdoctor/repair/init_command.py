"""`clawdoctor init`: ask for what is missing, show the files, write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import TypeVar

from clawdoctor.chain.advice import PORTAL_KEYS
from clawdoctor.chain.azure_host import SUFFIXES, host_of, is_azure, is_loopback, split
from clawdoctor.deferred import dataclass, regex
from clawdoctor.knowledge.azure import model_in_name
from clawdoctor.redaction.excerpt import shown_line
from clawdoctor.redaction.hide import redactor
from clawdoctor.redaction.regions import mark
from clawdoctor.repair.azure_list import listed_deployments
from clawdoctor.repair.new_chain import (
    COMPOSE,
    CONFIG,
    ENV,
    MASTER_KEY,
    Deployed,
    NewChain,
    key_variable,
)
from clawdoctor.repair.new_files import (
    ExistsError,
    NewFile,
    files_of,
    master_key_files,
    names_in,
    openclaw_env,
    openclaw_path,
    other_primary,
    write_files,
)
from clawdoctor.run.situation import DEFAULT_PORT, Situation
from clawdoctor.source.json5 import parse_json5
from clawdoctor.source.node import Source
from clawdoctor.source.text import Text
from clawdoctor.terminal.clean import clean
from clawdoctor.terminal.stream import Terminal

_T = TypeVar("_T")
_LABEL = regex(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?", re.IGNORECASE)
_DEPLOYMENT = regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_KEY_QUESTION = (
    f"{MASTER_KEY} is not set. Make one, and write it into .env and OpenClaw's .env (mode 0600)?"
)
_ADDRESSES = ("AZURE_API_BASE", "AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_API_BASE")


class UnusableError(Exception):
    """An option or an answer that cannot make a chain. The message says why."""


@dataclass(frozen=True, slots=True)
class Prompts:
    """How to ask a person: `text` for an answer with a default, `yes` for a decision."""

    text: Callable[[str, str], str]
    yes: Callable[[str], bool]
    say: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Options:
    """The options of the command line. Empty values are asked for, if a person is there."""

    resource: str = ""
    deployments: Sequence[str] = ()
    port: int = 0
    docker: bool = False
    force: bool = False


def chain_of(options: Options, situation: Situation, prompts: Prompts | None) -> NewChain:
    """Return the chain that the options and answers describe. Raises UnusableError."""
    if options.resource or prompts is None:
        api_base = endpoint_of(options.resource)
    else:
        api_base = _ask_resource(situation, prompts)
    chain = NewChain(
        api_base=api_base,
        deployments=tuple(map(deployed, options.deployments)),
        key=key_variable(situation.environ),
        port=options.port or DEFAULT_PORT,
        docker=options.docker,
    )
    if not chain.deployments and prompts is not None:
        chain = replace(chain, deployments=_ask_deployments(chain, situation, prompts))
    if not chain.deployments:
        raise UnusableError("name at least one deployment: --deployment NAME or NAME=MODEL")
    if prompts is not None:
        chain = replace(
            chain, deployments=tuple(_ask_model(each, prompts) for each in chain.deployments)
        )
    names = [chain.group(each) for each in chain.deployments]
    if len(set(names)) < len(names):
        raise UnusableError("two deployments have the same name")
    if prompts is not None and not options.port:
        chain = replace(chain, port=_ask(prompts, "Port of the proxy", str(chain.port), _port))
    return chain


def _ask(prompts: Prompts, question: str, default: str, read: Callable[[str], _T]) -> _T:
    """Return what an answer means. Ask again while it means nothing."""
    while True:
        try:
            return read(prompts.text(question, default))
        except UnusableError as error:
            prompts.say(f"{str(error)[:1].upper()}{str(error)[1:]}.")


def _port(answer: str) -> int:
    if not answer.isdecimal() or not 0 < int(answer) < 65536:
        raise UnusableError("a port is a number from 1 to 65535")
    return int(answer)


def endpoint_of(resource: str) -> str:
    """Return the endpoint of a resource, given by name or URL. Raises UnusableError."""
    text = resource.strip().rstrip("/")
    if not text:
        raise UnusableError("name the Azure OpenAI resource: --resource NAME")
    if _LABEL.fullmatch(text):
        return f"https://{text.casefold()}{SUFFIXES[0]}"
    parts = split(text if "://" in text else f"https://{text}")
    host = host_of(parts.geturl()) if parts is not None else None
    if parts is None or host is None or not (is_azure(host) or is_loopback(host)):
        raise UnusableError(
            "the resource is the name of an Azure OpenAI resource or its endpoint, such as "
            f"https://NAME{SUFFIXES[0]}"
        )
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def deployed(written: str) -> Deployed:
    """Return the deployment that NAME or NAME=MODEL means. Raises UnusableError."""
    name, equals, model = (part.strip() for part in written.partition("="))
    if not _is_name(name) or (equals and not _is_name(model)):
        raise UnusableError(f'"{written}" is not a deployment: write NAME or NAME=MODEL')
    known = model_in_name(name)
    return Deployed(name, model.casefold() if equals else known.name if known else None)


def _ask_resource(situation: Situation, prompts: Prompts) -> str:
    """Return the endpoint of the resource that a person names."""
    found = (host_of(situation.environ.get(name, "")) for name in _ADDRESSES)
    host = next((host for host in found if host and is_azure(host)), "")
    question = "Name of the Azure OpenAI resource"
    return _ask(prompts, question, host.partition(".")[0], endpoint_of)


def _ask_deployments(
    chain: NewChain, situation: Situation, prompts: Prompts
) -> tuple[Deployed, ...]:
    """Return the deployments by name. Azure's list is requested only if the user agrees."""
    default = ""
    models: dict[str, str | None] = {}
    if situation.environ.get(chain.key) and prompts.yes(
        f"Ask {chain.api_base} for its deployments, with the key in {chain.key}?"
    ):
        listed = listed_deployments(chain, situation)
        if isinstance(listed, str):
            prompts.say(f"No list: {listed}.")
        else:
            # An entry in a server's list is shown only if it has the form of a name.
            models = {
                each.name: each.model if _is_name(each.model or "") else None
                for each in listed
                if _is_name(each.name)
            }
            default = " ".join(
                f"{name}={model}" if model is not None else name for name, model in models.items()
            )
            prompts.say(f"Deployments: {default or 'none'}")

    def read(answer: str) -> tuple[Deployed, ...]:
        named = map(deployed, answer.replace(",", " ").split())
        known = tuple(
            each if each.model else replace(each, model=models.get(each.name)) for each in named
        )
        if not known:
            raise UnusableError("name at least one deployment")
        return known

    return _ask(prompts, "Deployments, the primary first (NAME or NAME=MODEL)", default, read)


def _is_name(text: str) -> bool:
    return _DEPLOYMENT.fullmatch(text) is not None


def _ask_model(deployment: Deployed, prompts: Prompts) -> Deployed:
    if deployment.model is not None:
        return deployment

    def read(answer: str) -> Deployed:
        return deployed(f"{deployment.name}={answer}") if answer.strip() else deployment

    return _ask(prompts, f"Model behind {deployment.name} (empty if you do not know)", "", read)


@dataclass(frozen=True, slots=True)
class Made:
    """A written chain: its files as text, what to do next, and the situation in which it runs."""

    text: str
    next_steps: str
    situation: Situation


def make_chain(
    options: Options, situation: Situation, prompts: Prompts | None, shown: Terminal
) -> Made | None:
    """Write the files of a chain. Return None if a person at the terminal declines.

    Raises UnusableError, ExistsError and CannotWriteError.
    """
    chain = chain_of(options, situation, prompts)
    try:
        files = files_of(chain, situation, force=options.force)
    except ExistsError as error:
        what = str(error).partition(";")[0]
        if prompts is None or not prompts.yes(f"{what}. Replace it?"):
            raise
        files = files_of(chain, situation, force=True)
    env_file, openclaw = situation.path(ENV), openclaw_env(situation)
    if prompts is not None:
        if MASTER_KEY not in _set_for(situation, env_file, openclaw) and prompts.yes(_KEY_QUESTION):
            files += master_key_files(situation)
        prompts.say(shown_files(files, shown))
        if files and not prompts.yes(f"Write {'this file' if len(files) == 1 else 'these files'}?"):
            return None
    write_files(files, situation)
    given = _set_for(situation, env_file)
    has_key = MASTER_KEY in names_in(openclaw)
    which = "the same as in ~/.openclaw/.env" if has_key else "any text that begins with sk-"
    needs = {
        f"in .env ({PORTAL_KEYS})": {chain.key} - given,
        f"in .env ({which})": {MASTER_KEY} - given,
        "in ~/.openclaw/.env, the same for OpenClaw": {MASTER_KEY} - _set_for(situation, openclaw),
    }
    situation = replace(
        situation,
        litellm_config=CONFIG,
        openclaw_config=openclaw_path(situation),
        compose=COMPOSE if chain.docker else None,
        env_file=ENV if names_in(env_file) else None,
    )
    said = "" if prompts is not None else shown_files(files, shown)
    steps = [f"set {name} {where}" for where, names in needs.items() for name in sorted(names)]
    steps += other_primary(chain, situation)
    loads_env = bool(names_in(env_file)) or not {chain.key, MASTER_KEY} <= given
    return Made(said, next_steps(chain, steps, loads_env=loads_env), situation)


def _set_for(situation: Situation, *env_files: str) -> set[str]:
    """Return the variables that the environment or one of these .env files sets."""
    names = {name for name, value in situation.environ.items() if value}
    return names.union(*map(names_in, env_files))


def shown_files(files: Sequence[NewFile], shown: Terminal) -> str:
    """Return the files as text: new ones whole, others by their new lines, and no secret."""
    parts = []
    for file in files:
        if file.secret:
            parts.append(f"{file.path}: {MASTER_KEY}, mode 0600\n")
            continue
        lines = file.content.splitlines() if file.before is None else _new_lines(file)
        verb = "new file" if file.before is None else "changes"
        text = "".join(f"  {clean(line, unicode=shown.unicode)}\n" for line in lines)
        parts.append(f"{file.path} ({verb})\n{text}")
    return "\n".join(parts)


def _new_lines(file: NewFile) -> list[str]:
    """Return the lines that a file gets, as a report may show them: they may hold an old key."""
    text = Text(file.path, file.content)
    source = parse_json5(text)
    if not isinstance(source, Source):
        return ["..."]  # a YAML file or a .env that --force overwrites
    marked = mark(source.root, [text])
    hide = redactor(marked.credentials, marked.phrases)
    kept = file.before.content if file.before is not None else ""
    before, after = kept.splitlines(), file.content.splitlines()
    opcodes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    numbers = [n for tag, _, _, c, d in opcodes if tag != "equal" for n in range(c, d)]
    return [shown_line(marked.regions[0], number + 1, 1, hide) for number in numbers]


def next_steps(chain: NewChain, steps: Sequence[str], *, loads_env: bool) -> str:
    """Return what to do after the files are written: the steps, and the start of the programs."""
    load = "set -a; . ./.env; set +a; " if loads_env else ""
    start = f"{load}litellm --config {CONFIG} --port {chain.port}"
    lines = [*steps, "docker compose up -d" if chain.docker else start, "clawdoctor run"]
    return "".join(f"{line}\n" for line in ["Now:", *(f"  {line}" for line in lines)])
