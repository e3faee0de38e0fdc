"""Load configs the way LiteLLM's proxy does at start, and print the groups or the refusal.

LiteLLM's own Python runs this. Standard input is a JSON list of {folder, home, environ}. The output
is a line of JSON per config, in order. Each config is loaded in a fork of one process. That process
first imports what the load of the first config imported, so that no fork has to.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import json
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

_SECONDS = 60
"""The seconds after which a start counts as hanging. Its process ends, so its test fails."""


async def _start(server: Any, config: str) -> dict[str, Any]:
    """Load the config, then check the master key and the JWT settings, as a proxy does at start."""
    boot = importlib.import_module("litellm.proxy.auth.master_key_boot_check")
    server.master_key = os.environ.get("LITELLM_MASTER_KEY")
    router, _, general = await server.ProxyConfig().load_config(None, config)
    verdict = boot.master_key_boot_verdict(
        master_key=server.master_key,
        environment_master_key=os.environ.get("LITELLM_MASTER_KEY"),
        general_settings=general,
        config_file_path=config,
        override_env_is_on=server.get_secret_bool(boot.WEAK_OR_UNSET_MASTER_KEY_OVERRIDE_ENV_VAR)
        is True,
        salt_key_is_set=True,
        database_is_configured=server.get_secret("DATABASE_URL", None) is not None,
    )
    boot.enforce_master_key_boot_verdict(verdict, announce=len)
    server.ProxyStartupEvent.initialize_jwt_auth(
        general_settings=general,
        prisma_client=None,
        user_api_key_cache=server.user_api_key_cache,
    )
    groups = {model["model_name"] for model in (router.model_list or ())}
    return {"groups": sorted(groups)}


def _loaded(server: Any, wanted: Any) -> dict[str, Any]:
    os.chdir(wanted["folder"])
    sys.path.append(wanted["folder"])  # as litellm/proxy/proxy_cli.py does with the working folder
    os.environ.clear()
    os.environ.update(wanted["environ"], HOME=wanted["home"])
    try:
        return asyncio.run(_start(server, str(Path("litellm_config.yaml").resolve())))
    except (Exception, SystemExit) as error:
        return {"refused": f"{type(error).__name__}: {error}"}


def _forked(answer: Callable[[], Any]) -> str:
    """Return, as a line of JSON, what a function returns in a fork of this process."""
    ours, its = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(_SECONDS)
        os.dup2(2, 1)
        os.write(its, f"{json.dumps(answer())}\n".encode())
        os._exit(0)
    os.close(its)
    with os.fdopen(ours) as answers:
        line = answers.read()
    os.waitpid(child, 0)
    return line or '{"hung": true}\n'


def _imports(server: Any, wanted: Any) -> list[str]:
    before = set(sys.modules)
    _loaded(server, wanted)
    return sorted(name for name in set(sys.modules) - before if name.startswith("litellm."))


def _main() -> None:
    server = importlib.import_module("litellm.proxy.proxy_server")
    configs = json.load(sys.stdin)
    for name in json.loads(_forked(partial(_imports, server, configs[0]))):
        importlib.import_module(name)
    gc.freeze()  # otherwise each fork's collector copies the pages of the whole program
    for wanted in configs:
        sys.stdout.write(_forked(partial(_loaded, server, wanted)))


_main()
