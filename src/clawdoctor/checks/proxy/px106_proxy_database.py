"""The proxy cannot reach its database, or the database is not set up.

What it means
-------------
LiteLLM has a database configured (database_url or DATABASE_URL) but cannot use it. It exits during
startup, or rejects keys that it must look up. The models themselves need no database.

Why it happens
--------------
- Postgres is not running, or not ready yet.
- Its host name differs inside the container, where localhost is the container itself.
- The password is wrong.
- The tables do not exist or are from an older version.
- Prisma's query engine, which talks to Postgres, has crashed.

How to fix it
-------------
If you do not need virtual keys and budgets, run without a database: remove database_url from
general_settings, unset DATABASE_URL, and restart the proxy. The master key is then the only key.

Otherwise check the connection from where the proxy runs, and let LiteLLM create its tables:

    docker compose exec litellm env | grep DATABASE_URL
    psql "$DATABASE_URL" -c 'select 1'
    docker compose up -d db && docker compose restart litellm

In Compose, the host is the name of the service (postgresql://user:password@db:5432/litellm). If db
has a healthcheck, `depends_on: { db: { condition: service_healthy } }` makes the proxy wait for it.
Without a healthcheck, Compose rejects this condition.

Versions
--------
All versions. clawdoctor recognises these errors from the code of LiteLLM (up to 1.110.2) and Prisma
and from user reports. Its tests have not reproduced them. To make LiteLLM continue while its
database is unreachable, set allow_requests_on_db_unavailable: true in general_settings. This does
not help against a wrong password, missing tables or a broken query engine.

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
from clawdoctor.probes.replies import Failure, Replies
from clawdoctor.wire.question import Question


def check(question: Question, replies: Replies, configs: Configs) -> Iterator[Finding]:
    """Report a turn that the proxy rejected because its database is unavailable."""

    for failure in replies.of("proxy-database"):
        yield turn_finding(
            failure,
            replies,
            configs,
            message="the proxy cannot reach its database, or the database is not set up",
            consequence=_cause(failure),
            why=(
                "LiteLLM has a database configured but cannot use it. The models themselves "
                "need no database."
            ),
            place=_database_place(configs)
            or configs.of_route(question.routes[0], "baseUrl", "this proxy's database"),
            fix=Fix(
                "repair the database, or run without it",
                actions=(
                    Step("Where the proxy runs, try: psql \"$DATABASE_URL\" -c 'select 1'"),
                    Step("Or run without a database: remove database_url and unset DATABASE_URL"),
                    *restart_action(configs, replies),
                    CHECK_AGAIN,
                ),
            ),
        )


def _cause(failure: Failure) -> str:
    """Return what is wrong with the database, in the words of the advice, or ""."""
    advice = failure.refusal.advice
    cause = advice.filled(failure.refusal.captures).cause.rstrip(".") if advice else ""
    is_name = cause[1:2].isupper() or cause.startswith(("Prisma", "Postgres"))
    return cause if is_name else cause[:1].lower() + cause[1:]


def _database_place(configs: Configs) -> Place | None:
    """Return the place where LiteLLM's file names the database, if it does."""
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
            "A forward proxy answers instead of Prisma's query engine, which listens on "
            "localhost. Where the LiteLLM proxy runs, add localhost to NO_PROXY, and restart "
            "LiteLLM. HTTP_PROXY is set there, but NO_PROXY does not list localhost.",
            "NO_PROXY=localhost,127.0.0.1,db   # with the name of the database's service",
            when=r"EngineRequestError: \d{3}: <|requested URL could not be retrieved",
        ),
        "binaries": Advice(
            "Prisma's binaries are not where the proxy looks for them. Use LiteLLM's own image "
            "with a database, or fetch the binaries as the user that runs the proxy. The image "
            "was built for another system, it runs as a user with another HOME, or it lacks a "
            "library (libatomic1).",
            run=("prisma py fetch && prisma generate",),
            when=r"BinaryNotFound|libatomic|/binaries(?!/node_modules/\.bin)",
        ),
        "read-only": Advice(
            "Prisma writes its schema into its Python package when the proxy starts, but the "
            "container may not write there. Use the image litellm-non_root, which is made for "
            "this, or mount a writable volume at the folder in the text. "
            "readOnlyRootFilesystem: false in the pod's securityContext also helps.",
            when=r"packages/prisma/schema\.prisma",
        ),
        "url": Advice(
            "DATABASE_URL, or database_url in general_settings, is not a Postgres URL. Write the "
            "URL in this form, without quotes or an unexpanded ${...}, and with special "
            "characters in the password percent-encoded (@ is %40):",
            "DATABASE_URL=postgresql://<user>:<password>@<host>:5432/litellm",
            when=r"validating datasource|database string|must start with|DATABASE_URL",
        ),
        "migration": Advice(
            "A migration of LiteLLM's tables failed, and later migrations do not run until you "
            "resolve it. Make a backup, and stop all instances of the proxy except one. Where "
            "the proxy runs, mark the migration as applied if the table or column in the error "
            "already exists, otherwise as rolled back (--rolled-back). Then restart the proxy.",
            'pg_dump "$DATABASE_URL" > litellm-backup.sql\n'
            "schema=$(python3 -c 'import litellm_proxy_extras as m; print(m.__path__[0])')\n"
            'prisma migrate resolve --applied <migration> --schema "$schema/schema.prisma"',
            when=(
                r"(?:\bP30\d\d\b|(?<!g prisma )migrat(?:e dep|ions? \S)|a_migration"
                r"|push dat)(?:.{0,400}?(?P<migration>\d{14}_\w{1,80}))?"
            ),
        ),
        "lock": Advice(
            "Another instance of the proxy is migrating the database, or hangs while it does. "
            "Stop all instances of the proxy except one, and restart that instance. If you run "
            "several instances, set DISABLE_SCHEMA_UPDATE=true on all except one.",
            when=r"advisory lock",
        ),
        "schema": Advice(
            "The tables do not match this version of LiteLLM. Unset DISABLE_SCHEMA_UPDATE, "
            "start one instance of the newer version, and read what its log says about the "
            "migration. Its migration did not run, or another version uses the same database.",
            when=r"(?:table|column|LiteLLM_)\W?.{0,80}does not exist|out of sync",
        ),
        "unreachable": Advice(
            "Postgres does not answer at <host>:<port>. Start Postgres, and make the proxy wait "
            "for it. In a container, localhost is the container itself: the host in DATABASE_URL "
            "must be the name of the database's service.",
            "depends_on: { db: { condition: service_healthy } }\n"
            "environment: { DATABASE_URL: postgresql://<user>:<password>@db:5432/litellm }",
            when=(
                r"reach database server(?: at "
                r".?(?P<host>[\w.-]{1,80})(?:\W{1,3}(?P<port>\d{2,5}))?)?"
            ),
        ),
        "login": Advice(
            "Postgres rejects the user or the password in DATABASE_URL. Compare the user and the "
            "password in DATABASE_URL with POSTGRES_USER and POSTGRES_PASSWORD. Postgres reads "
            "those only when it creates its volume: after a change, alter the user's password in "
            "the database. Percent-encode special characters of the password in the URL.",
            run=("psql \"$DATABASE_URL\" -c 'select 1'",),
            when=(
                r"failed against (?:the )?database|FATAL: +(?:role|password|database) "
                r"|denied access on"
            ),
        ),
        "pool": Advice(
            "All connections to the database are in use. Lower database_connection_pool_limit "
            'if Postgres says "too many clients", and raise it if the pool timed out. Each '
            "worker of each instance opens up to that many connections, and Postgres allows "
            "100 in total by default.",
            "general_settings:\n  database_connection_pool_limit: 20\n"
            "  database_connection_timeout: 60",
            when=r"connection pool|too many clients",
        ),
        "engine": Advice(
            "Prisma's query engine, a separate process between LiteLLM and Postgres, did not "
            "start, or crashed. Restart the proxy, and read the first error in its log. It may "
            "be a database that does not answer, too little memory (exit 137), or a folder where "
            "the user may not write or execute (a read-only container, HOME).",
            when=r"query.engine|ClientNotConnected",
        ),
        "none": Advice(
            "The requested feature (virtual keys, teams, spend, the admin UI) needs a "
            "database, and this proxy has none, or is not connected yet. Configure a database "
            "and restart the proxy, or chat with the master key, which needs no database:",
            "general_settings:\n  database_url: os.environ/DATABASE_URL",
        ),
        "plan": Advice(
            "The tables changed while the proxy was connected, so Postgres rejects its prepared "
            "statements. Restart every instance of the proxy after a migration. If the error "
            "returns, turn prepared statements off with ?pgbouncer=true at the end of "
            "DATABASE_URL.",
            when=r"cached plan",
        ),
    },
    texts=(
        rule(
            "certain",
            "LiteLLM",
            r"Database migration (?:failed|cannot proceed)|push database changes"
            r"|a_migration\.py:|prisma schema out of sync",
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
            r"BinaryNotFound|: libatomic|prisma-python/binaries(?!\S{13}/\.bin)"
            "|cached plan error|query-engine PID|packages/prisma/sc",
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
            "Prisma Client Exception|authentication database is"
            "|constraint failed on .{1,20}LiteLLM_|LITELLM_PGBOUNCER_|IAM_TOKEN_DB",
            unless="query engine",
        ),
        rule("likely", "LiteLLM", means="database", by="litellm"),
        rule(
            "likely",
            "LiteLLM",
            "validating datasource .?client|prisma client (?:can't|cannot) connect"
            "|could not be verified against Redis",
        ),
        rule("possible", "prisma", means="prisma"),
        rule("likely", "a forward proxy", r"to retrieve the URL: .{0,30}http://localhost:\d{5}\b"),
        rule(
            "possible",
            "LiteLLM",
            r"\b(?:database|postgres\w{0,4}|db)\b",
            "(?:cannot|can't|unable to|could not|failed to) (?:reach|connect)",
            by="litellm",
        ),
    ),
)
