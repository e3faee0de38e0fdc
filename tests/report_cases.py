"""Reports in the form that the engine makes, for the tests of the formats."""

from dataclasses import replace
from typing import Any

from clawdoctor.finding import (
    CheckOutcome,
    Command,
    Cost,
    DeploymentLine,
    Evidence,
    Excerpt,
    Fix,
    Input,
    InternalError,
    Note,
    Outcome,
    Place,
    Report,
    ReportedFinding,
    RouteLine,
    RouteStatus,
    Severity,
    Stage,
    Step,
    SubjectOutcome,
    Suppression,
    Version,
)
from clawdoctor.source.change import Edit
from clawdoctor.source.text import Position, Span

HOME = "/home/mo"
CWD = "/home/mo/proxy"
OPENCLAW = f"{HOME}/.openclaw/openclaw.json"
LITELLM = "litellm_config.yaml"
PRIMARY = ("/agents/defaults/model/primary",)
FALLBACK = ("/agents/defaults/model/fallbacks/0",)
RESOURCE = "https://contoso-ai.openai.azure.com"
STAGES: tuple[Stage, ...] = ("openclaw", "litellm", "proxy", "azure")
MARKS = {
    "✓": Outcome.PASSED,
    "✗": Outcome.FAILED,
    "?": Outcome.UNKNOWN,
    "·": Outcome.SKIPPED,
}


def reported(
    severity: Severity,
    message: str,
    detail: str = "",
    place: Place | None = None,
    *,
    stage: Stage = "openclaw",
    **more: Any,
) -> ReportedFinding:
    """Return a finding in the form that triage makes. Omitted fields are empty."""
    fields: dict[str, Any] = {"code": "LL101", "name": "", "scope": "route", "title": ""}
    fields |= {"consequence": "", "related": (), "evidence": (), "fixes": (), "subjects": ()}
    fields |= {"id": "f1", "routes": (), "hop": stage, "caused_by": None}
    return ReportedFinding(
        stage=stage,
        severity=severity,
        message=message,
        detail=detail,
        place=place,
        **(fields | more),
    )


def numbered(*findings: ReportedFinding) -> tuple[ReportedFinding, ...]:
    """Return the findings with ids like those from triage."""
    return tuple(replace(finding, id=f"f{n}") for n, finding in enumerate(findings, 1))


def at(
    line: int, text: str, meant: str, label: str = "", path: str = LITELLM, pointer: str = "/x"
) -> Place:
    """Return the place of `meant` on a line of a file."""
    start = text.index(meant) + 1
    end = start + len(meant)
    whole = path if path.startswith("/") else f"{CWD}/{path}"
    span = Span(whole, Position(line, start), Position(line, end))
    return Place(path, pointer, span, label, Excerpt(line, text, start, end))


def route(
    model: str,
    used_by: tuple[str, ...],
    marks: str,
    *,
    status: RouteStatus = "broken",
    latency: int | None = None,
    to: str = "azure/gpt52-prd",
    base: str = RESOURCE,
) -> RouteLine:
    """Return a route with a hop for each character of `marks`."""
    hops = tuple(zip(STAGES, (MARKS[mark] for mark in marks), strict=True))
    return RouteLine(
        model=f"azure-openai/{model}",
        used_by=used_by,
        group=model,
        deployments=(DeploymentLine(to, base, "2024-10-21"),),
        status=status,
        broken_at=next((stage for stage, o in hops if o is Outcome.FAILED), None),
        latency_ms=latency,
        hops=hops,
    )


def checks(
    number: int, outcome: Outcome, stage: Stage = "litellm", reason: str = ""
) -> tuple[CheckOutcome, ...]:
    """Return checks with the same outcome."""
    return tuple(
        CheckOutcome(f"XX{n:03}", f"check-{n}", stage, outcome, reason)
        for n in range(1, number + 1)
    )


def blocked(name: str, code: str = "AZ101", by: str = "AZ003") -> CheckOutcome:
    """Return a check that a finding blocks."""
    subject = SubjectOutcome("contoso-ai", Outcome.SKIPPED, "the key is refused", (by,))
    return CheckOutcome(
        code, name, "azure", Outcome.SKIPPED, "the key is refused", (by,), 0, (subject,)
    )


INPUTS = (Input("openclaw", OPENCLAW, True), Input("litellm", f"{CWD}/{LITELLM}", True))


def _literal_key(line: int) -> ReportedFinding:
    place = at(
        line,
        "      api_key: ${AZURE_OPENAI_API_KEY}",
        "${AZURE_OPENAI_API_KEY}",
        "LiteLLM does not expand this; Azure answers 401",
        pointer=f"/model_list/{line}/litellm_params/api_key",
    )
    assert place.span
    return reported(
        Severity.ERROR,
        'LiteLLM sends Azure the text "${AZURE_OPENAI_API_KEY}" as the key',
        "LiteLLM reads the environment only as os.environ/NAME. ${NAME} works in "
        "docker-compose.yml and in openclaw.json, not in this file.",
        place,
        consequence="Azure would refuse the key",
        code="LL102",
        name="env-reference-not-expanded",
        stage="litellm",
        subjects=(f"deployment {line}",),
        fixes=(
            Fix(
                "write os.environ/AZURE_OPENAI_API_KEY",
                "safe",
                (Edit(place.span, "os.environ/AZURE_OPENAI_API_KEY"),),
                "api_key: os.environ/AZURE_OPENAI_API_KEY",
            ),
        ),
    )


def _placeholder(line: int, text: str, meant: str, label: str) -> ReportedFinding:
    return reported(
        Severity.ERROR,
        f'"{meant}" is a placeholder',
        place=at(line, text, meant, label),
        title="placeholders are still in place",
        consequence="the deployments are not named",
        code="LL104",
        name="placeholder-value",
        stage="litellm",
        fixes=(
            Fix(
                "name your resource",
                actions=(Step("write the names that Azure Portal shows at these places"),),
            ),
        ),
    )


def seed() -> Report:
    """Offline: the unchanged files of the example chain."""
    mini, codex = "azure/your-gpt4o-mini-deployment", "azure/your-gpt5-codex-deployment"
    base = "https://your-resource.openai.azure.com"
    portal, endpoint = "the name in Azure Portal > Model deployments", "Overview > Endpoint"
    master_key = reported(
        Severity.ERROR,
        "the proxy will refuse to start: no master key",
        "LiteLLM 1.104.0 and later refuse to start without a master key (version not known here, "
        "newest assumed).",
        Place(LITELLM, "", None, "no general_settings.master_key; LITELLM_MASTER_KEY unset"),
        consequence="the proxy does not start",
        code="LL108",
        name="master-key-missing",
        stage="litellm",
        scope="start",
        fixes=(
            Fix(
                "give the proxy a key",
                snippet="general_settings:\n  master_key: os.environ/LITELLM_MASTER_KEY",
                actions=(
                    Command('echo "LITELLM_MASTER_KEY=sk-$(openssl rand -hex 24)" >> .env'),
                    Step('then the same key for OpenClaw: apiKey: "${LITELLM_MASTER_KEY}"'),
                ),
            ),
        ),
    )
    key = at(
        7, '        apiKey: "your-litellm-key",', '"your-litellm-key"', path=OPENCLAW, pointer="/k"
    )
    responses_only = at(11, f"      model: {codex}", codex)
    findings = (
        master_key,
        _literal_key(6),
        _literal_key(13),
        _placeholder(4, f"      model: {mini}", mini, portal),
        _placeholder(5, f"      api_base: {base}", base, endpoint),
        _placeholder(11, f"      model: {codex}", codex, portal),
        _placeholder(12, f"      api_base: {base}", base, endpoint),
        reported(
            Severity.ERROR,
            'the proxy key is still "your-litellm-key"',
            place=key,
            consequence="the proxy would refuse the key",
            code="OC108",
            name="placeholder-api-key",
        ),
        reported(
            Severity.WARNING,
            "gpt-5.2-codex answers on the Responses API only",
            place=responses_only,
            code="LL109",
            name="responses-only-model",
            stage="litellm",
        ),
        reported(
            Severity.INFO,
            "one model and no fallback",
            "When it fails, OpenClaw has nothing else to ask.",
            at(41, '      model: { primary: "x" },', "model", path=OPENCLAW),
            code="OC112",
            name="no-model-failover",
        ),
        reported(Severity.INFO, "a 429 reaches the user", code="LL113", stage="litellm"),
    )
    return Report(
        version="0.1.0",
        exit_code=1,
        duration_ms=214,
        verdict="broken",
        inputs=INPUTS,
        routes=(
            route("gpt-5.2-codex", PRIMARY, "✗✗··", to=codex, base=base),
            route("gpt-4o-mini", (), "✗✗··", to=mini, base=base),
        ),
        findings=numbered(*findings),
        checks=checks(31, Outcome.PASSED)
        + checks(10, Outcome.SKIPPED, "proxy", "--offline")
        + checks(14, Outcome.SKIPPED, "azure", "--offline"),
    )


def key_refused() -> Report:
    """Live: Azure rejects the key; the proxy and OpenClaw report other errors."""
    refused = reported(
        Severity.ERROR,
        "Azure refuses the key for contoso-ai",
        "rotated, or the key of another resource.",
        at(
            6,
            "      api_key: os.environ/AZURE_OPENAI_API_KEY",
            "os.environ/AZURE_OPENAI_API_KEY",
            "Azure rejects this key (set here, 32 characters)",
        ),
        consequence="Azure refuses the key of contoso-ai",
        code="AZ003",
        name="azure-key-rejected",
        stage="azure",
        evidence=(
            Evidence(
                "http",
                "GET https://contoso-ai.openai.azure.com/openai/models",
                401,
                "Access denied due to invalid subscription key or wrong API endpoint.",
            ),
        ),
        fixes=(
            Fix(
                "give the proxy the resource's key",
                actions=(
                    Command(
                        "az cognitiveservices account keys list -n contoso-ai -g <resource group>"
                    ),
                    Step("set AZURE_OPENAI_API_KEY where the proxy starts, and restart it"),
                ),
            ),
        ),
    )
    cooldown = reported(
        Severity.ERROR,
        'LiteLLM answers 429 "No deployments available"',
        code="PX103",
        name="deployment-cooldown",
        stage="proxy",
        caused_by="f1",
    )
    names = ("deployment-not-found", "rate-limited", *(f"azure-check-{n}" for n in range(6)))
    return Report(
        version="0.1.0",
        mode="live",
        exit_code=1,
        duration_ms=912,
        verdict="broken",
        inputs=INPUTS,
        cost=Cost(requests=6),
        routes=(
            route("gpt-4o-mini", FALLBACK, "✓✓✓✗", to="azure/mini"),
            route("gpt-5.2", PRIMARY, "✓✓✓✗"),
        ),
        findings=numbered(refused, cooldown),
        checks=checks(44, Outcome.PASSED) + tuple(blocked(name) for name in names),
    )


def degraded() -> Report:
    """Live: the fallback answers, the primary does not."""
    missing = reported(
        Severity.ERROR,
        'contoso-ai has no deployment "gpt52-prd"; did you mean "gpt52-prod"?',
        place=at(4, "      model: azure/gpt52-prd", "gpt52-prd", "here: gpt52-prod, mini"),
        consequence='contoso-ai has no deployment "gpt52-prd"',
        code="AZ101",
        name="deployment-not-found",
        stage="azure",
    )
    return Report(
        version="0.1.0",
        mode="live",
        exit_code=1,
        duration_ms=2310,
        verdict="degraded",
        answers_with="azure-openai/gpt-4o-mini",
        inputs=INPUTS,
        cost=Cost(8, 2, 101, 9),
        routes=(
            route("gpt-5.2", PRIMARY, "✓✓✓✗"),
            route("gpt-4o-mini", FALLBACK, "✓✓✓✓", status="ok", latency=287, to="azure/mini"),
        ),
        findings=(missing,),
        checks=checks(52, Outcome.PASSED),
    )


def healthy() -> Report:
    """Live: no problems, two notes."""
    return Report(
        version="0.1.0",
        mode="live",
        duration_ms=1400,
        verdict="answers",
        answers_with="azure-openai/gpt-5.2",
        inputs=INPUTS,
        versions={
            "openclaw": Version("2026.9.6", "package.json"),
            "litellm": Version("1.106.2", "x-litellm-version"),
        },
        cost=Cost(9, 2, 109, 9),
        routes=(
            route("gpt-5.2", PRIMARY, "✓✓✓✓", status="ok", latency=412),
            route("gpt-4o-mini", FALLBACK, "✓✓✓✓", status="ok", latency=287, to="azure/mini"),
        ),
        findings=seed().findings[-2:],
        checks=checks(61, Outcome.PASSED),
    )


def uncertain() -> Report:
    """Free: a warning, a suppressed one, unknown outcomes, and half of the chain missing."""
    place = at(16, '    { id: "gpt-5.2" }, // clawdoctor', "//", path=OPENCLAW)
    suppression = Suppression("inline", "our server accepts it", place)
    suppressed = reported(
        Severity.WARNING,
        "compat.supportsDeveloperRole is not false",
        place=place,
        code="OC114",
        name="compat-unsupported",
        id="f2",
        suppression=suppression,
    )
    return Report(
        version="0.1.0",
        mode="free",
        duration_ms=5002,
        inputs=(INPUTS[0], Input("litellm", f"{CWD}/{LITELLM}", False)),
        versions={
            "openclaw": Version("2026.4.1", "meta.lastTouchedVersion", True),
            "litellm": None,
        },
        routes=(
            RouteLine(
                "azure-openai/gpt-5.2",
                (*PRIMARY, "/agents/entries/ops/model", "/agents/list/0/model/fallbacks/1"),
                "gpt-5.2",
                (),
                hops=tuple(zip(STAGES, map(MARKS.__getitem__, "✓·??"), strict=True)),
            ),
        ),
        findings=numbered(
            reported(
                Severity.WARNING,
                "compat.supportsStore is not false",
                "OpenClaw before 2026.4.24 sends `store`.",
                at(16, '    { id: "gpt-5.2" },', "gpt-5.2", path=OPENCLAW),
                code="OC104",
                name="store-not-disabled",
            ),
        ),
        checks=(
            *checks(12, Outcome.PASSED, "openclaw"),
            CheckOutcome(
                "PX001", "proxy-unreachable", "proxy", Outcome.UNKNOWN, "no answer within 5 s"
            ),
            *checks(4, Outcome.UNKNOWN, "azure", "the host is not trusted"),
            *checks(1, Outcome.SKIPPED, "proxy", "--free"),
        ),
        suppressed=(suppressed,),
        notes=(Note("This comment gives no reason.", suppression.place),),
    )


def empty() -> Report:
    """Return an empty report."""
    return Report(version="0.1.0")


def usage_error() -> Report:
    """Return an unreadable input."""
    return Report(
        version="0.1.0",
        exit_code=2,
        usage_error="litellm_config.yaml is a folder. Docker makes one where a mounted file is "
        "missing: remove it and write the file.",
        inputs=(INPUTS[0], Input("litellm", f"{CWD}/{LITELLM}", True, "is a folder")),
    )


def internal_error() -> Report:
    """Checks that raised an error."""
    where = ("the check LL101", "the check LL107")
    return Report(
        version="0.1.0",
        exit_code=3,
        inputs=INPUTS,
        checks=checks(3, Outcome.PASSED),
        internal_errors=tuple(InternalError(w, "KeyError", "check:12 < _run:40") for w in where),
    )


def many_routes() -> Report:
    """Sixty routes, two of them broken."""
    return Report(
        version="0.1.0",
        mode="live",
        verdict="degraded",
        answers_with="azure-openai/model-0",
        routes=tuple(
            route(
                f"model-{n}",
                (f"/agents/entries/agent-{n}/model",),
                "✓✓✓✗" if n in (7, 40) else "✓✓✓✓",
                status="broken" if n in (7, 40) else "ok",
                latency=200 + n,
            )
            for n in range(60)
        ),
    )


def many_findings() -> Report:
    """Two hundred findings: ten places each of ten kinds, a hundred kinds of one place."""
    text = "      api_key: value"
    some = [
        reported(
            Severity.ERROR if n < 50 else Severity.WARNING,
            f"message {n}",
            "why it is so",
            at(n + 1, text, "value"),
            title=f"kind {n // 10}" if n < 100 else "",
            code=f"LL{n // 10 if n < 100 else n:03}",
            stage="litellm",
        )
        for n in range(200)
    ]
    return Report(version="0.1.0", exit_code=1, verdict="broken", findings=numbered(*some))


def hostile() -> Report:
    """Text from a config or a server that attacks a terminal."""
    escape = "\x1b[31mred\x1b]8;;http://evil\x07link \x9b2J \u202eesrever\u2066 \udcff\r\nnext"
    return Report(
        version="0.1.0",
        mode="live",
        exit_code=1,
        verdict="broken",
        answers_with=escape,
        inputs=(Input("openclaw", f"/tmp/{escape}", True),),
        routes=(route(f"[bold]x[/bold] {escape}", PRIMARY, "✗···", base="http://[bad"),),
        findings=numbered(
            reported(
                Severity.ERROR,
                f"[bold]not bold[/bold] [gpt-4o] ['store'] :warning: {escape}",
                f"[link=http://evil]why[/link] {escape}",
                at(3, "\tkey:\t[red]\x1b[0mvalue\u202e 日本語 # é", "value", escape),
                code="LL101",
                evidence=(Evidence("http", "POST /v1", 500, f"[/] [gpt-4o] {escape}"),),
                fixes=(Fix("x", snippet="a: [b]\n  c: d", actions=(Command(f"echo {escape}"),)),),
            ),
        ),
        internal_errors=(InternalError(escape, escape),),
    )


def long_lines() -> Report:
    """Return a file without line breaks, and words without spaces."""
    minified = '{"a":"' + "x" * 5000 + '","apiKey":"your-litellm-key","b":"' + "y" * 5000 + '"}'
    wide = "名前: " + "漢字" * 60 + " value-here " + "漢字" * 60
    path = "/srv/" + "deep/" * 30 + "openclaw.json"
    return Report(
        version="0.1.0",
        exit_code=1,
        verdict="broken",
        inputs=(Input("openclaw", path, True), INPUTS[1]),
        routes=(route("m" * 90, PRIMARY, "✗···", to="azure/" + "d" * 90),),
        findings=numbered(
            reported(
                Severity.ERROR,
                "the proxy key is a placeholder",
                "See https://docs.example.com/" + "a/" * 60 + "page for more.",
                at(1, minified, '"your-litellm-key"', "write your own key here", path=path),
                related=(at(2, wide, "value-here", "and here", path=path),),
                code="OC108",
            ),
            reported(
                Severity.ERROR,
                "w" * 200,
                place=at(20000, wide, "value-here", "what this label says takes a line of its own"),
                code="LL111",
            ),
            reported(
                Severity.ERROR,
                "the whole line is meant",
                place=at(3, "k" * 300, "k" * 300, "all of it"),
                code="LL112",
                fixes=(Fix("x", snippet="s" * 120, actions=(Command("echo " + "c" * 120),)),),
            ),
        ),
    )


CASES = {
    case.__name__: case
    for case in (
        seed,
        key_refused,
        degraded,
        healthy,
        uncertain,
        empty,
        usage_error,
        internal_error,
        many_routes,
        many_findings,
        hostile,
        long_lines,
    )
}
