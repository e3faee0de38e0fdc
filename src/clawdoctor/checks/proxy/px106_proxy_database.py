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
All versions: the texts are those of LiteLLM's code, last read in 1.110.2, of Prisma's, and of
reports, and were not run.
Where LiteLLM is to go on without its database:
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
from clawdoctor.checks.turn_finding import restart_action, turn_finding
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule
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
    advice={
        "forward-proxy": Advice(
            "A forward proxy answers in place of Prisma's query engine, which listens on "
            "localhost: HTTP_PROXY is set where the proxy runs, and localhost is not excepted. "
            "Set it there and restart the proxy.",
            "NO_PROXY=localhost,127.0.0.1,db   # with the name of the database's service",
            when=r"EngineRequestError: \d{3}: <|requested URL could not be retrieved",
        ),
        "binaries": Advice(
            "Prisma's binaries are missing where the proxy looks for them: the image was built for "
            "another system, or runs as a user with another HOME, or it lacks a library "
            "(libatomic1). Use LiteLLM's own image with a database, or fetch them as the user that "
            "runs the proxy:",
            run=("prisma py fetch && prisma generate",),
            when=r"BinaryNotFound|libatomic|/binaries",
        ),
        "migration": Advice(
            "A migration of LiteLLM's tables failed, and no later one runs until it is settled. "
            "Make a backup and let one instance of the proxy run only. If the table or column of "
            "the error already exists, mark the migration as applied, otherwise as rolled back "
            "(--rolled-back), where the proxy runs. Then restart it.",
            'pg_dump "$DATABASE_URL" > litellm-backup.sql\n'
            "schema=$(python3 -c 'import litellm_proxy_extras as m; print(m.__path__[0])')\n"
            'prisma migrate resolve --applied <migration> --schema "$schema/schema.prisma"',
            when=(
                r"(?:\bP30\d\d\b|migrat(?:e deploy|ions? \S)|prisma_migration"
                r"|push database)(?:.{0,400}?(?P<migration>\d{14}_\w{1,80}))?"
            ),
        ),
        "lock": Advice(
            "Another instance of the proxy, or one that hangs, migrates the database at this "
            "moment. Stop all but one and start that again. For several instances set "
            "DISABLE_SCHEMA_UPDATE=true on all but one.",
            when=r"advisory lock",
        ),
        "schema": Advice(
            "The tables are of another version than this LiteLLM: its migration did not run, or "
            "another version uses the same database. Delete DISABLE_SCHEMA_UPDATE where it is set, "
            "start one instance of the newer version, and read what its log says of the migration.",
            when=r"(?:table|column|LiteLLM_)\W?.{0,80}does not exist|out of sync",
        ),
        "unreachable": Advice(
            "No Postgres answers at <host>:<port>. Start it and let the proxy wait for it. In a "
            "container localhost is the container itself: the host in DATABASE_URL must be the "
            "name of the database's service.",
            "depends_on: { db: { condition: service_healthy } }\n"
            "environment: { DATABASE_URL: postgresql://<user>:<password>@db:5432/litellm }",
            when=(
                r"reach database server(?: at "
                r".?(?P<host>[\w.-]{1,80})(?:.{1,3}(?P<port>\d{2,5}))?)?"
            ),
        ),
        "login": Advice(
            "Postgres answers and rejects the user or the password of DATABASE_URL. Compare it "
            "with POSTGRES_USER and POSTGRES_PASSWORD. Postgres reads those only when its volume "
            "is created: after a change, alter the user's password in the database. Special "
            "characters of the password must be percent-encoded in the URL.",
            run=("psql \"$DATABASE_URL\" -c 'select 1'",),
            when=(
                r"failed against (?:the )?database|FATAL: +(?:role|password|database) "
                r"|denied access on"
            ),
        ),
        "url": Advice(
            "DATABASE_URL, or database_url in general_settings, is not a URL of Postgres: it is "
            "empty, has quotes or an unexpanded ${...}, or special characters in the password that "
            "are not percent-encoded (@ is %40). It must look so:",
            "DATABASE_URL=postgresql://<user>:<password>@<host>:5432/litellm",
            when=r"datasource|database string|must start with|DATABASE_URL",
        ),
        "pool": Advice(
            "All connections to the database are in use. Each worker of each instance opens "
            "database_connection_pool_limit of them, and Postgres allows 100 in all by default. "
            'Lower the limit if Postgres says "too many clients"; raise it if the pool timed out:',
            "general_settings:\n  database_connection_pool_limit: 20\n"
            "  database_connection_timeout: 60",
            when=r"connection pool|too many clients",
        ),
        "engine": Advice(
            "Prisma's query engine, a process of its own between LiteLLM and Postgres, has not "
            "started or has died. Restart the proxy and read the first error in its log before "
            "this one: a database that does not answer, too little memory (exit 137), or a folder "
            "that the user may not write or execute in (a read-only container, HOME).",
            when=r"query.engine|ClientNotConnected",
        ),
        "none": Advice(
            "What was asked for (virtual keys, teams, the spend, the web page) needs a database, "
            "and this proxy has none, or not yet. A chat with the master key needs none. Give the "
            "proxy one and restart it:",
            "general_settings:\n  database_url: os.environ/DATABASE_URL",
        ),
        "plan": Advice(
            "The tables changed while the proxy was connected, so Postgres refuses its prepared "
            "queries. Restart every instance of the proxy after a migration. If it comes back, "
            "turn prepared statements off with ?pgbouncer=true at the end of DATABASE_URL.",
            when=r"cached plan",
        ),
    },
    texts=(
        rule(
            "certain",
            "LiteLLM",
            r"Database migration (?:failed|cannot proceed)|push database changes"
            r"|prisma_migration\.py:|prisma schema out of sync",
        ),
        rule(
            "certain",
            "LiteLLM",
            r"\bLiteLLM_\w{1,60}.{0,30}(?:does not exist|row count(?!: N))"
            r"|connect(?:ed)? to the query engine|ClientNotConnectedError",
        ),
        rule(
            "certain",
            "LiteLLM",
            "BinaryNotFoundError|libraries: libatomic|prisma-python/binaries"
            "|cached plan error detected|prisma-query-engine PID",
        ),
        rule(
            "certain",
            "LiteLLM",
            r"(?:DB|database) (?:not )?connected\. (?:See|Con|This|prisma)"
            r"|Not connected to (?:the )?DB!|Error, database not connected",
            advice="none",
        ),
        rule(
            "certain",
            "LiteLLM",
            "Prisma Client Exception|authentication database is temporarily"
            "|constraint failed on .{1,20}LiteLLM_|LITELLM_PGBOUNCER_|IAM_TOKEN_DB_AUTH",
            unless="query engine",
        ),
        rule(
            "likely",
            "LiteLLM",
            r"\bmigration(?: name)?:? .?\d{14}_|\bP(?:1\d|30)\d\d\b|failed migrations in"
            r"|migration failed to apply|migrate deploy",
            by="litellm",
        ),
        rule(
            "likely",
            "LiteLLM",
            "(?:table|column) .{1,80}does not exist in the current|reach database server"
            "|failed against (?:the )?database",
            by="litellm",
        ),
        rule(
            "likely",
            "LiteLLM",
            r"FATAL: +(?:role|password|database) |denied access on|the connection pool"
            r"|too many clients|\bprisma\.\w{0,7}\.?errors\.",
            by="litellm",
        ),
        rule(
            "likely",
            "LiteLLM",
            "validating datasource .?client|prisma client (?:can't|cannot) connect",
        ),
        rule(
            "possible",
            "prisma",
            "reach database server|database string is invalid|must start with postgresql"
            "|needs a DATABASE_URL|the connection pool",
        ),
        rule(
            "possible",
            "prisma",
            r"failed migrations in|migration failed to apply|\bmigration .\d{14}_|advisory lock"
            r"|schema engine|cached plan must not",
        ),
        rule(
            "possible", "prisma", r"^\W{0,3}(?:DB|database) not connected|Failed to add model to db"
        ),
        rule(
            "possible",
            "LiteLLM",
            r"\b(?:database|postgres\w{0,4}|db)\b",
            "(?:cannot|can't|unable to|could not|failed to) (?:reach|connect)",
            by="litellm",
        ),
    ),
)
