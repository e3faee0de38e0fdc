"""The situation of a command: its folder and environment, the config files, and the options."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

import typer

from clawdoctor.chain.azure_host import host_fault, split, url_fault
from clawdoctor.config import Config, ConfigError, load_config, plugins_of
from clawdoctor.deferred import regex
from clawdoctor.run.running import running_programs as running_programs
from clawdoctor.run.situation import Situation

ETC = "/etc"
OPENCLAW_LOGS = "/tmp/openclaw"  # noqa: S108 - OpenClaw chooses this name
"""The folder of OpenClaw's logs. OpenClaw ignores TMPDIR."""

_HTTP_URL = regex(r"https?://[^/?#]", re.IGNORECASE)


def read_config(*, project: bool) -> Config:
    """Return the settings of the config files. A wrong one is wrong usage."""
    try:
        return load_config(str(Path.cwd()), os.environ, _home_folder(), project=project)
    except ConfigError as error:
        raise typer.BadParameter(str(error)) from error


def _home_folder() -> str:
    return os.environ.get("HOME") or str(Path.home())


def situation_of(
    config: Config,
    *,
    openclaw_config: str | None,
    litellm_config: str | None,
    compose: str | None = None,
    env_file: str | None = None,
    log: str | None = None,
    logs: bool = False,
    proxy_url: str | None = None,
    trusted: Sequence[str] = (),
    models: Sequence[str] = (),
    repeated: str = "",
) -> Situation:
    """Return the situation of a command. An option wins over the config file.

    With `logs`, OpenClaw\'s own logs are looked for.
    """
    running = running_programs()
    return Situation(
        cwd=str(Path.cwd()),
        home=_home_folder(),
        environ=dict(os.environ),
        openclaw_config=openclaw_config or config.openclaw_config,
        litellm_config=litellm_config or config.litellm_config,
        compose=compose or config.compose,
        env_file=env_file,
        log=log,
        log_folder=OPENCLAW_LOGS if logs else "",
        proxy_url=proxy_url,
        trusted_hosts=tuple(trusted),
        models=tuple(models),
        processes=running.proxies,
        gateways=running.gateways,
        etc=ETC,
        config_files=config.files,
        plugins=plugins_of(config, os.environ),
        repeated=repeated,
    )


def proxy_url_of(written: str | None) -> str | None:
    """Return the URL in --proxy-url; the scheme defaults to http. Anything else is wrong usage."""
    if written is None:
        return None
    url = written.strip()
    url = url if "://" in url else f"http://{url}"
    if split(url) is None or not _HTTP_URL.match(url):
        fault = url_fault(url) or "it is not an http or https URL"
        raise typer.BadParameter(f"--proxy-url: {fault}")
    return url


def host_of_option(written: str) -> str:
    """Return the host in --trust-host. Anything but a host is wrong usage."""
    bracketed = written.startswith("[") and written.endswith("]")
    host = written[1:-1] if bracketed else written
    if host_fault(host) is not None:
        raise typer.BadParameter(
            "--trust-host: write a host name or an IP address, without scheme, port and path"
        )
    return host.casefold()
