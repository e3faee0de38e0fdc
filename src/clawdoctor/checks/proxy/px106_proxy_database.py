"""The proxy's database cannot be reached, or is not set up.

What it means
-------------
LiteLLM was told of a database (database_url or DATABASE_URL) and cannot use it: it ends while it
starts, or refuses keys that it would have to look up. The models themselves need no database.

Why it happens
--------------
Postgres is not running, or not yet; its host name is another one inside the container (localhost
is the container itself); the password is wrong; the tables were never made or are of an older
version; or the part of prisma that talks to it ("query engine") has died.

How to fix it
-------------
If you have no use for virtual keys and budgets, leave the database out: take database_url out of
general_settings, unset DATABASE_URL, and restart the proxy. Then the master key is the only key.

Otherwise ask the database from where the proxy runs, and let LiteLLM make its tables:

    docker compose exec litellm env | grep DATABASE_URL
    psql "$DATABASE_URL" -c 'select 1'
    docker compose up -d db && docker compose restart litellm

In Compose the host is the name of the service (postgresql://user:password@db:5432/litellm), and
`depends_on: { db: { condition: service_healthy } }` makes the proxy wait for it.

Versions
--------
All versions. Where LiteLLM is to go on without its database:
general_settings: allow_requests_on_db_unavailable: true.

References
----------
https://docs.litellm.ai/docs/proxy/db_info
https://docs.litellm.ai/docs/proxy/prod
https://github.com/BerriAI/litellm/issues/26886
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.configs import Configs
from clawdoctor.check import Check
from clawdoctor.checks.proxy.px106_texts import TEXTS
from clawdoctor.checks.turn_finding import restart_action, turn_finding
from clawdoctor.finding import Finding, Fix, Place, Step
from clawdoctor.probes.replies import Replies
from clawdoctor.wire.question import Question


def check(question: Question, replies: Replies, configs: Configs) -> Iterator[Finding]:
    """Report a turn that the proxy refused because its database is unavailable."""

    for failure in replies.of("proxy-database"):
        yield turn_finding(
            failure,
            replies,
            configs,
            message="the proxy's database cannot be reached, or is not set up",
            why="LiteLLM was told of a database and cannot use it. The models need none.",
            place=_database_place(configs)
            or configs.of_route(question.routes[0], "baseUrl", "this proxy's database"),
            fix=Fix(
                "mend the database, or leave it out",
                actions=(
                    Step("where the proxy runs: psql \"$DATABASE_URL\" -c 'select 1'"),
                    Step("or leave it out: no database_url in general_settings, no DATABASE_URL"),
                    restart_action(configs, replies),
                    CHECK_AGAIN,
                ),
            ),
        )


def _database_place(configs: Configs) -> Place | None:
    """Where LiteLLM's file names the database, if it does."""
    pointer = "/general_settings/database_url"
    if configs.litellm is None or configs.litellm.root.at(pointer) is None:
        return None
    return configs.litellm.place(pointer, "the database")


CHECK = Check(
    code="PX106",
    name="proxy-database",
    stage="proxy",
    scope="start",
    run=check,
    documentation=__doc__,
    owns=("proxy-database",),
    causes=(
        "DK102",
        "PX006",
    ),
    texts=TEXTS,
)
