"""What the real LiteLLM does with a config, an environment and requests.

LiteLLM's own Python runs this: `python -m real.differential.litellm_oracle`. A line of JSON on
standard input is a case, and a line on standard output is its result, in order. The real
`litellm --config` starts each case in a fork of one process, up to the point where it would listen.
The requests go to the real application, and the fork takes from its sockets what LiteLLM sends.

A case has `files` (path: text), `config` (a path), `environ`, `arguments` of `litellm`, `requests`
(`path`, `body`, and optionally `headers`, and `fails`: how many upstream requests get a 404) and
`seconds`. A result has `started`, `reason`, `deployments`, and for each request `status`, `text`,
`model_id`, `outgoing` and `tokens`, and under `each` the same for each deployment that the router
can choose for it, in order, if there are several.
"""

from __future__ import annotations

import ast
import asyncio
import gc
import importlib
import json
import os
import select
import shutil
import signal
import sys
import tempfile
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

from real.differential.litellm_network import NETWORK, close_network

CONFIG = "litellm_config.yaml"
_SECONDS = 30.0
_TEXT = 4000
_READING: list[tuple[Any, ast.Assign | ast.AnnAssign, str]] = []
_CHOSEN: list[str] = []
_CANDIDATES = "_common_checks_available_deployment"
_TRIES = 4
_FAILED = b"Internal Server Error"


def _answer_of(case: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Start LiteLLM with the case's config and send it the case's requests."""
    for path, text in case["files"].items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())
    os.chdir(folder)
    home = folder / "home"
    home.mkdir()
    own = {"HOME": str(home), "PATH": "/usr/bin:/bin", "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    os.environ.clear()
    os.environ.update({**own, **case.get("environ", {})})
    _import_again(case.get("environ", {}))
    result: dict[str, Any] = {"started": False, "reason": None, "deployments": [], "requests": []}

    def run(*_: Any, **__: Any) -> None:
        asyncio.run(_serve(case, result))

    uvicorn: Any = importlib.import_module("uvicorn")
    uvicorn.run = run
    command = importlib.import_module("litellm.proxy.proxy_cli").run_server
    arguments = ["--config", case.get("config", CONFIG), "--port", "4001"]
    sys.argv = ["litellm", *arguments, *case.get("arguments", [])]
    try:
        command.main(sys.argv[1:], standalone_mode=False)
    except SystemExit as error:
        result["reason"] = result["reason"] or f"SystemExit: {error.code}"
    except BaseException as error:
        result["reason"] = result["reason"] or _described(error)
        traceback.print_exc()
    return result


async def _serve(case: dict[str, Any], result: dict[str, Any]) -> None:
    server: Any = importlib.import_module("litellm.proxy.proxy_server")
    app = server.app
    server._run_background_health_check = _nothing  # its requests are nobody's
    try:
        lifespan = app.router.lifespan_context(app)
        state = await lifespan.__aenter__()
    except BaseException as error:
        traceback.print_exc()
        result["reason"] = _described(error)
        return
    result["started"] = True
    router = server.llm_router
    package: Any = importlib.import_module("litellm")
    package.cache = None  # its answers come from requests before
    if router is not None:
        _never_wait(router)
    if "callback" in case["files"].get(case.get("config", CONFIG), ""):
        for request in case.get("requests", [])[:1]:  # a missing package fails only the first
            await _call(app, state or {}, request, server.master_key)
    if router is not None:
        _choose(router)
        result["deployments"] = [_deployment(item) for item in router.model_list]
    for request in case.get("requests", []):
        _CHOSEN.clear()
        members = _members(router, _requested(request, server.general_settings))
        names = members if len(members) > 1 else []
        each: dict[str, Any] = {}
        if not hasattr(router, _CANDIDATES):
            each = await _until_each(app, state or {}, request, server.master_key, names)
            names = []
        for index, name in enumerate(names):
            _CHOSEN[:] = [name]
            each[str(index)] = await _call(app, state or {}, request, server.master_key)
        _CHOSEN[:] = [""]
        answer = next(iter(each.values()), None)
        answer = answer or await _call(app, state or {}, request, server.master_key)
        result["requests"].append({**answer, "each": each})
    sys.stdout.flush()


async def _nothing(*_: Any, **__: Any) -> None:
    """Do nothing."""


def _requested(request: dict[str, Any], general: Any) -> Any:
    """Return the model of a request: that of general_settings comes before its own."""
    return (general or {}).get("completion_model") or request["body"].get("model")


def _deployment(item: Any) -> dict[str, Any]:
    params, info = item.get("litellm_params") or {}, item.get("model_info") or {}
    return {"group": item.get("model_name"), "model": params.get("model"), "id": info.get("id")}


def _members(router: Any, model: Any) -> list[str]:
    """Return the ids of the deployments among which the router chooses for a model."""
    if router is None:
        return []
    if not hasattr(router, _CANDIDATES):
        named = [item for item in router.model_list if item.get("model_name") == model]
        return [item["model_info"]["id"] for item in _first_level(_without_teams(named))]
    try:
        found = getattr(router, _CANDIDATES)(model=model, request_kwargs={})[1]
    except Exception:
        return []
    if not isinstance(found, list):
        return []
    return [item["model_info"]["id"] for item in _first_level(_without_teams(found))]


def _without_teams(found: list[Any]) -> list[Any]:
    """Return the deployments among which the router chooses: none blocked, and not a team's."""
    found = [item for item in found if item["model_info"].get("blocked") is not True] or found
    return [item for item in found if item["model_info"].get("team_id") is None] or found


def _first_level(found: list[Any]) -> list[Any]:
    """Return the deployments with the lowest order, which alone get a request at first.

    LiteLLM cannot compare a text with a number.
    """
    orders = [order for item in found if (order := _order(item)) is not None]
    try:
        lowest = min(orders, default=None)
    except TypeError:
        return found[:1]
    return [item for item in found if _order(item) == lowest]


def _order(item: Any) -> Any:
    own = item["litellm_params"].get("order")
    return own if own is not None else item["model_info"].get("order")


def _chosen_of(level: list[Any]) -> list[Any]:
    """Return the deployment in `_CHOSEN`, or else the first."""
    return [item for item in level if item["model_info"]["id"] in _CHOSEN] or level[:1]


def _choose(router: Any) -> None:
    """Let the router take the deployment in `_CHOSEN`, or else the first of a group."""
    candidates = getattr(router, _CANDIDATES, None)
    if candidates is None:
        return

    def chosen(*arguments: Any, **named: Any) -> tuple[Any, Any]:
        model, found = candidates(*arguments, **named)
        if not _CHOSEN or not isinstance(found, list):
            return model, found
        found = _without_teams(found)
        orders = dict.fromkeys(_order(item) for item in found)
        levels = [[item for item in found if _order(item) == order] for order in orders]
        return model, [item for level in levels for item in _chosen_of(level)]

    setattr(router, _CANDIDATES, chosen)


async def _until_each(
    app: Any, state: dict[str, Any], request: dict[str, Any], key: Any, names: list[str]
) -> dict[str, Any]:
    """Repeat a request until the router has taken each deployment: the newest takes no hint.

    A deployment that LiteLLM never names in an answer is called by its id.
    """
    found: dict[str, Any] = {}
    for _ in range(_TRIES * len(names)):
        answer = await _call(app, state, request, key)
        found.setdefault(str(answer["model_id"]), answer)
        if all(name in found for name in names):
            break
    for name in names:
        by_id = {**request, "body": {**request["body"], "model": name}}
        if name not in found:
            found[name] = await _call(app, state, by_id, key)
    return {str(index): found[name] for index, name in enumerate(names)}


def _never_wait(router: Any) -> None:
    """Let no request depend on the one before: no retries, no cooldown."""
    router.num_retries = 0
    router.disable_cooldowns = True
    router._time_to_sleep_before_retry = lambda *_, **__: 0


async def _call(
    app: Any, state: dict[str, Any], request: dict[str, Any], key: Any
) -> dict[str, Any]:
    NETWORK.restart(request.get("fails", 0))
    general: Any = sys.modules["litellm.proxy.proxy_server"].general_settings
    own_header = (general or {}).get("litellm_key_header_name") or "authorization"
    body = json.dumps(request["body"]).encode()
    headers = {
        "host": "127.0.0.1:4001",
        "content-type": "application/json",
        "content-length": str(len(body)),
        "authorization": f"Bearer {key or 'sk-any'}",
        str(own_header): f"Bearer {key or 'sk-any'}",
        **request.get("headers", {}),
    }
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": request["path"],
        "raw_path": request["path"].encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 4001),
        "state": dict(state),
    }
    given = iter([{"type": "http.request", "body": body, "more_body": False}])
    never = asyncio.Event()
    taken: dict[str, Any] = {"status": None, "text": b"", "headers": {}}

    async def receive() -> dict[str, Any]:
        for message in given:
            return message
        await never.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            taken["status"] = message["status"]
            taken["headers"] = {
                name.decode().lower(): value.decode("latin-1") for name, value in message["headers"]
            }
        elif message["type"] == "http.response.body":
            taken["text"] += message.get("body", b"")

    try:
        await app(scope, receive, send)
    except Exception:  # the server answers in its place
        taken |= {"status": taken["status"] or 500, "text": taken["text"] or _FAILED}
    return {
        "status": taken["status"],
        "text": taken["text"].decode("utf-8", "replace")[:_TEXT],
        "model_id": taken["headers"].get("x-litellm-model-id"),
        "outgoing": NETWORK.requests,
        "tokens": NETWORK.tokens,
    }


def _described(error: BaseException) -> str:
    if isinstance(error, SystemExit):
        return f"SystemExit: {error.code}"
    return f"{type(error).__name__}: {error}"[:_TEXT]


def _import_again(environ: dict[str, str]) -> None:
    """Evaluate again what LiteLLM takes from the environment when it is imported."""
    for module, statement, text in _READING:
        if "drop_params" in text or any(name in text for name in environ):
            _evaluate(statement, module)


def _reading() -> list[tuple[Any, ast.Assign | ast.AnnAssign, str]]:
    """Return the assignments of LiteLLM's modules that read the environment."""
    found = []
    for name in ("litellm", "litellm.constants"):
        module = sys.modules[name]
        for statement in ast.parse(Path(str(module.__file__)).read_text("utf-8")).body:
            if isinstance(statement, ast.Assign | ast.AnnAssign):
                text = ast.unparse(statement)
                if "environ" in text or "getenv" in text:
                    found.append((module, statement, text))
    return found


def _evaluate(statement: ast.Assign | ast.AnnAssign, module: Any) -> None:
    target = statement.target if isinstance(statement, ast.AnnAssign) else statement.targets[0]
    if not isinstance(target, ast.Name) or statement.value is None:
        return
    before = getattr(module, target.id, None)
    code = compile(ast.Expression(statement.value), str(module.__file__), "eval")
    after = eval(code, module.__dict__)  # LiteLLM's own source
    for name, other in list(sys.modules.items()):
        held = getattr(other, "__dict__", {}).get(target.id, code)
        if name.startswith("litellm") and held is before:
            setattr(other, target.id, after)


def _forked(case: dict[str, Any]) -> dict[str, Any]:
    """Answer a case in a fork, and end the fork after its time."""
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="oracle-"))
    ours, its = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        os.setsid()
        out = os.open(os.devnull, os.O_WRONLY)
        os.dup2(out, 1)
        os.dup2(out, 2)
        try:
            answer = json.dumps(_answer_of(case, folder))
        except BaseException as error:
            answer = json.dumps({"failed": f"{type(error).__name__}: {error}"})
        with os.fdopen(its, "wb") as pipe:
            pipe.write(answer.encode())
        os._exit(0)
    os.close(its)
    answered = _read(ours, began + case.get("seconds", _SECONDS))
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    shutil.rmtree(folder, ignore_errors=True)
    text = answered.decode().replace(str(folder), "FOLDER")
    result: dict[str, Any] = json.loads(text) if text else {"failed": "no answer in time"}
    result["seconds"] = round(time.monotonic() - began, 3)
    return result


def _read(pipe: int, deadline: float) -> bytes:
    taken = b""
    with os.fdopen(pipe, "rb", buffering=0) as stream:
        while (left := deadline - time.monotonic()) > 0:
            if not select.select([stream], [], [], left)[0]:
                break
            part = stream.read(1 << 20)
            if not part:
                return taken
            taken += part
    return b""


_WARM = {
    "files": {
        CONFIG: "model_list: [{model_name: g, litellm_params: {model: azure/gpt-4o, api_base: "
        "'https://warm.openai.azure.com', api_key: k}}]\n"
    },
    "environ": {"LITELLM_MASTER_KEY": "sk-warm-5d1c0f6f"},
    "requests": [
        {"path": "/v1/chat/completions", "body": {"model": "g", "messages": []}},
        {"path": "/v1/responses", "body": {"model": "g", "input": "x"}},
        {"path": "/v1/embeddings", "body": {"model": "g", "input": "x"}},
    ],
}


def _warm_up() -> None:
    """Import what a case imports, so that forks have it."""
    ours, its = os.pipe()
    child = os.fork()
    if child == 0:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        with suppress(BaseException):
            _answer_of(_WARM, Path(tempfile.mkdtemp(prefix="oracle-")))
        with os.fdopen(its, "w") as pipe:
            pipe.write("\n".join(sys.modules))
        os._exit(0)
    os.close(its)
    with os.fdopen(ours) as pipe:
        names = pipe.read().split("\n")
    os.waitpid(child, 0)
    for name in (*names, "azure.identity", "msal"):
        if name not in sys.modules and name != "__main__":
            with suppress(BaseException):
                importlib.import_module(name)


def _warm_caches() -> None:
    """Fill caches that hold nothing of a case: tokenizers, validators, the table of routes."""
    litellm = sys.modules["litellm"]
    for model in ("gpt-4o", "gpt-4", "text-embedding-3-small"):
        litellm.token_counter(model=model, text="x")
    waiting = list(importlib.import_module("pydantic").BaseModel.__subclasses__())
    while waiting:
        model = waiting.pop()
        waiting += model.__subclasses__()
        if not model.__pydantic_complete__:
            with suppress(Exception):
                model.model_rebuild()
    app = sys.modules["litellm.proxy.proxy_server"].app
    for path in ("/v1/chat/completions", "/v1/responses", "/v1/embeddings"):
        scope: dict[str, Any] = {
            "type": "http",
            "method": "POST",
            "path": path,
            "root_path": "",
            "headers": [],
        }
        for route in app.router.routes:
            with suppress(Exception):
                route.matches(scope)


def _main() -> None:
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    importlib.import_module("litellm.proxy.proxy_server")
    version = importlib.import_module("importlib.metadata").version("litellm")
    _READING.extend(_reading())
    close_network()
    _warm_up()
    _warm_caches()
    gc.collect()
    gc.disable()  # a fork ends soon, and counting its objects would take longer
    out.write(json.dumps({"version": version}) + "\n")
    out.flush()
    for line in sys.stdin:
        out.write(json.dumps(_forked(json.loads(line))) + "\n")
        out.flush()


if __name__ == "__main__":
    _main()
