"""Signatures of the error texts that mean PX106."""

from __future__ import annotations

from clawdoctor.checks.patterns import near
from clawdoctor.errors.rule import Rule, signature

_REFUSED = (
    r"Authentication failed against (?:the )?database server"
    r"|(?:provided )?database credentials for"
    r"|database server at .{1,80}? was reached but timed out"
    r"|does not exist on the database server|was denied access on the database"
    r"|validating datasource|Environment variable not found: DATABASE_URL"
    r"|database string is invalid|database schema is not empty"
    r"|found failed migrations in the target database"
    r"|Timed out fetching a new connection from the connection pool"
    r"|schema-engine binary|Schema engine exited|Query engine (?:exited|process)"
    r"|which engines to download for|migrate resolve"
)
"""What prisma and Postgres say if a database exists but cannot be used."""

TEXTS: tuple[Rule, ...] = (
    signature(
        r"LiteLLM Prisma Client Exception|Not connected to (?:the )?DB!",
        "certain",
        "LiteLLM",
    ),
    signature(
        r"prisma\.errors\.\w{1,40}|prisma\.engine\.errors\.\w{1,40}",
        "certain",
        "LiteLLM",
    ),
    signature(
        r"(?:Not connected to|Could not connect to|is not connected to|connecting to) "
        r"the query engine",
        "certain",
        "LiteLLM",
    ),
    signature(
        r"Error getting LiteLLM_\w{1,40} row count",
        "certain",
        "LiteLLM",
    ),
    signature(
        r"(?:table|column|relation) .{0,20}LiteLLM_\w{1,60}.{0,40}(?:does not exist|already "
        r"exists)",
        "certain",
        "LiteLLM",
    ),
    signature(
        near(
            r"litellm",
            r"(?:\bP(?:10\d\d|20(?:21|22|24)|30\d\d)\b|Can't reach database server)(?: "
            r"at .?(?P<host>[\w.-]{1,80}).{0,4}?(?P<port>\d{2,5})?)?",
            1500,
        ),
        "likely",
        "LiteLLM",
    ),
    signature(
        near(
            r"(?:\bP(?:10\d\d|20(?:21|22|24)|30\d\d)\b|Can't reach database server)",
            r"litellm|--accept-data-loss",
            1500,
        ),
        "likely",
        "LiteLLM",
    ),
    signature(
        r"DB not connected\. See https://docs\.litellm|Database setup failed after multiple "
        r"retries|prisma_client.{0,60}(?:not connected|connect\(\))",
        "likely",
        "LiteLLM",
    ),
    signature(
        r"(?<!PrismaClientInitializationError: )Can't reach database server at",
        "possible",
        "prisma",
    ),
    signature(
        near(
            r"litellm",
            r"(?:A migration failed to apply|New migrations cannot be applied|(?:table|column) "
            r"\W?[\w.]{1,80}\W? does not exist in the current database)",
            1500,
        ),
        "likely",
        "LiteLLM",
    ),
    signature(
        r"LiteLLM Proxy: Database migration failed|litellm_proxy_extras\b.{0,40}\b(?:Attempt "
        r"\d{1,3} "
        r"timed out|P30\d\d|migration failed)|DATABASE_URL found in environment, but prisma",
        "certain",
        "LiteLLM",
    ),
    signature(
        r"A migration failed to apply\. New migrations cannot be applied",
        "possible",
        "prisma",
    ),
    signature(
        r"No (?:DB|Database) connected\. (?:See|Set|Here)"
        r"|Database not connected\. Connect a database to your proxy"
        r"|DB not connected\. This endpoint needs"
        r"|the authentication database is temporarily unreachable"
        r"|Prisma DB reconnect failed|DATABASE_URL not set; cannot reconnect"
        r"|prisma schema out of sync with db|Provide a postgres url for DATABASE_URL"
        r"|IAM_TOKEN_DB_AUTH is enabled but"
        r"|Unable to push database changes after \d{1,4} retries"
        r"|cached plan error detected for token lookup"
        r"|LiteLLM Proxy: Database migration (?:failed|cannot proceed)"
        r"|constraint failed on the f.{0,40}LiteLLM_\w",
        "certain",
        "LiteLLM",
    ),
    signature(
        r"Prisma Client is not initialized"
        r"|datasource ['\"`]?client\b['\"`]?: |validating datasource ['\"`]?client\b"
        r"|site-packages/prisma/|prisma-python/binaries|prisma-query-engine(?! PID)"
        r"|prisma-client-py|Unable to find Prisma binaries"
        r"|(?-i:CRITICAL: DATABASE MIGRATION FAILED)|FATAL: {0,3}.{0,40}?(?:user|role"
        r"|database) .?(?:litellm|llmproxy)\b",
        "likely",
        "LiteLLM",
    ),
    signature(
        near(
            _REFUSED,
            r"litellm|llmproxy",
            1500,
        ),
        "likely",
        "LiteLLM",
    ),
    signature(
        near(
            r"litellm|llmproxy",
            _REFUSED + r"|FATAL: {0,3}(?:password"
            r"|database|role)|cached plan must not change|prisma .{0,40}(?:can't|cannot"
            r"|could not|couldn't|failed to|unable to|not) connect|(?:can't|cannot"
            r"|could not|couldn't|failed to|unable to) connect to (?:the |its "
            r"|my )?(?:postgres\w{0,4}|database|db)\b",
            1500,
        ),
        "likely",
        "LiteLLM",
    ),
    signature(
        _REFUSED + r"|\b(?:error(?: code)?:? ?"
        r"|code['\"]?: ?['\"]?)P[1235]0\d\d\b|\bprisma\b.{0,60}(?:can't|cannot|could not"
        r"|couldn't|failed to|unable to|not) (?:be )?(?:connect|reach)|(?:database"
        r"|db) (?:is )?(?:not connected|unreachable|unavailable)\b",
        "possible",
        "prisma",
    ),
    signature(
        r"uses unsupported scheme|LITELLM_PGBOUNCER_ENABLED is set but|\bPrismaManager\b"
        r"|LITELLM_MIGRATION_DIR|no pg_hba\.conf entry .{0,120}(?:litellm|llmproxy)",
        "likely",
        "LiteLLM",
    ),
    signature(
        near(
            r"litellm|llmproxy|prisma",
            r"(?:postgres\w{0,4}|database|DATABASE_URL|database url"
            r"|prisma)\b.{0,80}?(?:fail|error|refused|unreachable|cannot|can't|could not"
            r"|couldn't|unable|not (?:reach|connect|exist)|invalid|must start|denied"
            r"|too many|timed? ?out|unavailable|wrong)|(?:fail|error|refused|unreachable"
            r"|cannot|can't|could not|couldn't|unable|not (?:reach|connect|exist)|invalid"
            r"|must start|denied|too many|timed? ?out|unavailable"
            r"|wrong).{0,80}?(?:postgres\w{0,4}|database|DATABASE_URL|database url"
            r"|prisma)\b",
            160,
        ),
        "possible",
        "prisma",
    ),
    signature(
        near(
            r"(?:fail|error|refused|unreachable|cannot|can't|could not|couldn't|unable"
            r"|not (?:reach|connect|exist)|invalid|must start|denied|too many|timed? ?out"
            r"|unavailable|wrong).{0,60}?(?:postgres\w{0,4}|database|DATABASE_URL"
            r"|database url|prisma)\b",
            r"litellm|llmproxy|prisma",
            120,
        ),
        "possible",
        "prisma",
    ),
    signature(
        r"schema engine|query engine|migrate deploy|too many clients already"
        r"|no pg_hba\.conf entry",
        "possible",
        "prisma",
    ),
    signature(
        r"\bprisma[/\\]engine[/\\]\w{1,20}\.py",
        "certain",
        "LiteLLM",
    ),
    signature(
        r"\bmigration \W?\d{14}_\w{1,120}\W? |must start with the protocol|(?:needs?"
        r"|requires?|without|missing|no|set|invalid) (?:a |an |the |your )?DATABASE_URL\b"
        r"|connect to (?:the |its |your )?(?:postgres\w{0,4}|database|db)\b",
        "possible",
        "prisma",
    ),
)
