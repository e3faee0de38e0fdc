"""Verdicts were measured with `openclaw config validate --json` of OpenClaw 2026.9.6."""

import json
import re

import pytest

from clawdoctor.chain.schema import Violation, knowledge, schema_version, violations
from clawdoctor.knowledge import release
from clawdoctor.source.json5 import parse_json5
from clawdoctor.source.node import Node, Source
from clawdoctor.source.text import Text

PATH = "/home/u/.openclaw/openclaw.json"
HEALTHY = 'baseUrl: "http://127.0.0.1:4000/v1", apiKey: "sk-1", api: "openai-completions"'
MODEL = '{id: "m", name: "M"}'
VALID: tuple[str, ...] = ()


def parse(content: str) -> Node:
    source = parse_json5(Text(PATH, content))
    assert isinstance(source, Source), source
    return source.root


def check(content: str) -> list[Violation]:
    return list(violations(parse(content)))


def only(content: str) -> Violation:
    (violation,) = check(content)
    return violation


def provider(members: str) -> str:
    return "{models: {providers: {lite: {" + members + "}}}}"


def secret(members: str) -> str:
    return provider(f'baseUrl: "http://x/v1", apiKey: {members}, models: []')


def models(listed: str) -> str:
    return provider(f"{HEALTHY}, models: {listed}")


def model(members: str) -> str:
    return models('[{id: "m", name: "M", ' + members + "}]")


def defaults(members: str) -> str:
    return "{agents: {defaults: {" + members + "}}}"


# A config, and the paths of the issues that the program reports. No paths: it is valid.
MEASURED = [
    ("empty", "{}", VALID),
    (
        "healthy",
        '{models: {mode: "merge", providers: {lite: {'
        + HEALTHY
        + ', models: [{id: "m", name: "M"}]}}}, agents: {defaults: {model: {primary: "lite/m"}}}}',
        VALID,
    ),
    ("schema-url", '{$schema: "https://openclaw.ai/schema.json"}', VALID),
    ("root-list", "[]", ("",)),
    ("root-null", "null", ("",)),
    ("root-agent", '{agent: {model: "lite/m"}}', ("",)),
    ("root-identity", '{identity: {name: "x"}}', ("",)),
    ("root-providers", "{providers: {lite: {" + HEALTHY + ", models: []}}}", ("",)),
    ("root-model", '{model: "lite/m"}', ("",)),
    ("root-default-model", '{defaultModel: "lite/m"}', ("",)),
    ("env-vars", '{env: {vars: {FOO: "x"}}}', VALID),
    ("env-flat", '{env: {FOO: "x"}}', ("env",)),
    ("env-flat-number", "{env: {FOO: 5}}", ("env",)),
    ("env-vars-number", "{env: {vars: {FOO: 5}}}", ("env.vars.FOO",)),
    ("env-shell", '{env: {shellEnv: {enabled: "yes"}}}', ("env.shellEnv.enabled",)),
    ("models-null", "{models: null}", ("models",)),
    ("mode-append", '{models: {mode: "append"}}', ("models.mode",)),
    ("models-default", '{models: {default: "lite/m"}}', ("models",)),
    ("models-pricing", "{models: {pricing: {enabled: true}}}", ("models",)),
    ("providers-list", "{models: {providers: []}}", ("models.providers",)),
    ("provider-directly", "{models: {lite: {" + HEALTHY + ", models: []}}}", ("models",)),
    (
        "apikey",
        provider('baseUrl: "http://x/v1", apikey: "sk-1", models: []'),
        ("models.providers.lite",),
    ),
    (
        "api-base",
        provider('apiBase: "http://x/v1", models: []'),
        ("models.providers.lite", "models.providers.lite.baseUrl"),
    ),
    (
        "base-url",
        provider('base_url: "http://x/v1", models: []'),
        ("models.providers.lite", "models.providers.lite.baseUrl"),
    ),
    (
        "provider-compat",
        provider(HEALTHY + ", compat: {supportsStore: false}, models: []"),
        ("models.providers.lite",),
    ),
    ("provider-name", provider(HEALTHY + ', name: "Lite", models: []'), ("models.providers.lite",)),
    ("no-base-url", provider("models: []"), ("models.providers.lite.baseUrl",)),
    ("empty-base-url", provider('baseUrl: "", models: []'), ("models.providers.lite.baseUrl",)),
    ("no-models", provider('baseUrl: "http://x/v1"'), ("models.providers.lite.models",)),
    ("empty-models", provider('baseUrl: "http://x/v1", models: []'), VALID),
    ("bundled", '{models: {providers: {openai: {apiKey: "x"}, " LiteLLM ": {}}}}', VALID),
    (
        "not-bundled",
        '{models: {providers: {"azure-openai": {apiKey: "x"}}}}',
        ("models.providers.azure-openai.baseUrl", "models.providers.azure-openai.models"),
    ),
    ("base-url-without-scheme", provider('baseUrl: "localhost:4000", models: []'), VALID),
    (
        "api-typo",
        provider('baseUrl: "http://x/v1", api: "openai-completion", models: []'),
        ("models.providers.lite.api",),
    ),
    (
        "api-openai",
        provider('baseUrl: "http://x/v1", api: "openai", models: []'),
        ("models.providers.lite.api",),
    ),
    (
        "api-removed",
        provider('baseUrl: "http://x/v1", api: "openai-codex-responses", models: []'),
        ("models.providers.lite.api",),
    ),
    (
        "api-number",
        provider('baseUrl: "http://x/v1", api: 5, models: []'),
        ("models.providers.lite.api",),
    ),
    (
        "model-api-removed",
        model('api: "openai-codex-responses"'),
        ("models.providers.lite.models.0.api",),
    ),
    (
        "auth-basic",
        provider(HEALTHY + ', auth: "basic", models: []'),
        ("models.providers.lite.auth",),
    ),
    (
        "api-key-null",
        provider('baseUrl: "http://x/v1", apiKey: null, models: []'),
        ("models.providers.lite.apiKey",),
    ),
    (
        "secret-ref",
        secret('{source: "env", provider: "default", id: "KEY"}'),
        VALID,
    ),
    (
        "secret-ref-no-provider",
        secret('{source: "env", id: "KEY"}'),
        ("models.providers.lite.apiKey",),
    ),
    (
        "secret-ref-lower",
        secret('{source: "env", provider: "default", id: "key"}'),
        ("models.providers.lite.apiKey.id",),
    ),
    (
        "secret-ref-vault",
        secret('{source: "vault", provider: "default", id: "KEY"}'),
        ("models.providers.lite.apiKey",),
    ),
    (
        "secret-ref-extra",
        secret('{source: "env", provider: "default", id: "KEY", x: 1}'),
        ("models.providers.lite.apiKey",),
    ),
    (
        "secret-ref-file",
        secret('{source: "file", provider: "default", id: "key.txt"}'),
        ("models.providers.lite.apiKey.id",),
    ),
    (
        "timeout-fraction",
        provider(HEALTHY + ", timeoutSeconds: 1.5, models: []"),
        ("models.providers.lite.timeoutSeconds",),
    ),
    ("timeout-whole-float", provider(HEALTHY + ", timeoutSeconds: 5.0, models: []"), VALID),
    (
        "max-tokens-zero",
        provider(HEALTHY + ", maxTokens: 0, models: []"),
        ("models.providers.lite.maxTokens",),
    ),
    (
        "max-tokens-nan",
        provider(HEALTHY + ", maxTokens: NaN, models: []"),
        ("models.providers.lite.maxTokens",),
    ),
    (
        "proxy-without-url",
        provider(HEALTHY + ', request: {proxy: {mode: "explicit-proxy"}}, models: []'),
        ("models.providers.lite.request.proxy",),
    ),
    (
        "auth-mode",
        provider(HEALTHY + ', request: {auth: {mode: "basic"}}, models: []'),
        ("models.providers.lite.request.auth",),
    ),
    (
        "provider-context-window",
        provider(HEALTHY + ', contextWindow: 32000, models: [{id: "m", name: "M"}]'),
        VALID,
    ),
    (
        "provider-context-tokens-no-models",
        provider(HEALTHY + ', contextTokens: "x", models: []'),
        VALID,
    ),
    ("models-string", models('"m"'), ("models.providers.lite.models",)),
    ("models-object", models("{m: {}}"), ("models.providers.lite.models",)),
    ("model-string", models('["m"]'), ("models.providers.lite.models.0",)),
    (
        "model-no-name",
        models('[{id: "m", name: "M"}, {id: "n"}]'),
        ("models.providers.lite.models.1.name",),
    ),
    ("model-no-id", models('[{name: "M"}]'), ("models.providers.lite.models.0.id",)),
    ("model-empty-id", models('[{id: "", name: "M"}]'), ("models.providers.lite.models.0.id",)),
    ("model-duplicate", models('[{id: "m", name: "M"}, {id: "m", name: "M"}]'), VALID),
    (
        "store-misspelt",
        model("compat: {supportStore: false}"),
        ("models.providers.lite.models.0.compat",),
    ),
    ("store-outside", model("supportsStore: false"), ("models.providers.lite.models.0",)),
    (
        "store-string",
        model('compat: {supportsStore: "false"}'),
        ("models.providers.lite.models.0.compat.supportsStore",),
    ),
    ("max-tokens-snake", model("max_tokens: 5"), ("models.providers.lite.models.0",)),
    (
        "max-tokens-field",
        model('compat: {maxTokensField: "max_output_tokens"}'),
        ("models.providers.lite.models.0.compat.maxTokensField",),
    ),
    (
        "context-window-zero",
        model("contextWindow: 0"),
        ("models.providers.lite.models.0.contextWindow",),
    ),
    (
        "context-tokens-too-large",
        model("contextTokens: 9007199254740993"),
        ("models.providers.lite.models.0.contextTokens",),
    ),
    ("input-pdf", model('input: ["text", "pdf"]'), ("models.providers.lite.models.0.input.1",)),
    ("input-string", model('input: "text"'), ("models.providers.lite.models.0.input",)),
    ("cost-string", model('cost: {input: "0"}'), ("models.providers.lite.models.0.cost.input",)),
    ("thinking-null", model("thinkingLevelMap: {low: null}"), VALID),
    (
        "tiered-range",
        model(
            "cost: {tieredPricing: [{input: 1, output: 1, cacheRead: 0, cacheWrite: 0, "
            "range: [0, 1, 2]}]}"
        ),
        ("models.providers.lite.models.0.cost.tieredPricing.0.range",),
    ),
    (
        "catalog-url",
        '{models: {catalogRefresh: {url: "http://x"}}}',
        ("models.catalogRefresh.url",),
    ),
    ("default-model-string", defaults('model: "lite/m"'), VALID),
    ("default-models", defaults('models: {"lite/m": {alias: "m"}}'), VALID),
    (
        "default-model-fallback",
        defaults('model: {primary: "lite/m", fallback: ["lite/n"]}'),
        ("agents.defaults.model",),
    ),
    (
        "default-model-fallbacks-string",
        defaults('model: {primary: "lite/m", fallbacks: "lite/n"}'),
        ("agents.defaults.model",),
    ),
    ("default-model-list", defaults('model: ["lite/m"]'), ("agents.defaults.model",)),
    (
        "default-model-timeout",
        defaults('model: {primary: "lite/m", timeoutMs: 5}'),
        ("agents.defaults.model",),
    ),
    ("default-primary", defaults('primary: "lite/m"'), ("agents.defaults",)),
    ("default-unknown", defaults('modelz: "lite/m"'), ("agents.defaults",)),
    ("default-context-tokens", defaults("contextTokens: 5"), VALID),
    (
        "policy-bare",
        defaults('modelPolicy: {allow: ["gpt"]}'),
        ("agents.defaults.modelPolicy.allow.0",),
    ),
    (
        "policy-alias",
        defaults('modelPolicy: {allow: ["GPT", "lite/*"]}, models: {"lite/m": {alias: "gpt"}}'),
        VALID,
    ),
    ("decision-bare", defaults('decisionModel: "gpt"'), ("agents.defaults.decisionModel",)),
    (
        "thinking-extreme",
        defaults('thinkingDefault: "extreme"'),
        ("agents.defaults.thinkingDefault",),
    ),
    ("agents-list", '{agents: {list: [{id: "main", default: true, model: "lite/m"}]}}', VALID),
    (
        "agents-list-unknown",
        '{agents: {list: [{id: "main", modell: "lite/m"}]}}',
        ("agents.entries.main",),
    ),
    ("agents-list-no-id", '{agents: {list: [{name: "main"}]}}', ("agents", "agents.entries")),
    ("agents-list-and-entries", '{agents: {list: [{id: "a"}], entries: {a: {}}}}', ("agents",)),
    ("two-agents", "{agents: {entries: {a: {}, b: {}}}}", ("agents.ownership",)),
    ("two-agents-default", "{agents: {entries: {a: {default: true}, b: {}}}}", VALID),
    ("two-agents-explicit", '{agents: {ownership: "explicit", entries: {a: {}, b: {}}}}', VALID),
    (
        "two-defaults",
        "{agents: {entries: {a: {default: true}, b: {default: true}}}}",
        ("agents.entries",),
    ),
    (
        "explicit-default",
        '{agents: {ownership: "explicit", entries: {a: {default: true}, b: {}}}}',
        ("agents.ownership",),
    ),
    (
        "same-agent",
        '{agents: {ownership: "explicit", entries: {a: {}, A: {}}}}',
        ("agents.entries.A",),
    ),
    ("agent-name", '{agents: {entries: {"a b": {}}}}', ("agents.entries.a b",)),
    (
        "agent-model-number",
        "{agents: {entries: {main: {model: 5}}}}",
        ("agents.entries.main.model",),
    ),
    ("gateway-string", '{gateway: "local"}', ("gateway",)),
]


@pytest.mark.parametrize(
    ("content", "issues"), [row[1:] for row in MEASURED], ids=[row[0] for row in MEASURED]
)
def test_verdicts_are_those_of_the_program(content: str, issues: tuple[str, ...]) -> None:
    found = check(content)
    assert bool(found) == bool(issues), found
    for violation in found:
        # The program names the mapping of an unknown key, and agents by where it moved them.
        place = violation.pointer[1:].replace("/", ".")
        assert place.replace("agents.list.0", "agents.entries.main").startswith(issues)


@pytest.mark.parametrize(
    ("content", "pointed"),
    [
        # an unknown key: the key
        (provider(f'{HEALTHY}, «apikey»: "x", models: []'), "unknown-key"),
        (model('compat: {«"supportStore"»: false}'), "unknown-key"),
        ('{env: {«FOO»: "x"}}', "unknown-key"),
        # a wrong value: the value
        (provider('baseUrl: "http://x", api: «"openai-completion"», models: []'), "not-allowed"),
        (provider('baseUrl: "http://x", models: «"m"»'), "wrong-type"),
        (models('[«"m"»]'), "wrong-type"),
        (model("contextWindow: «0»"), "out-of-range"),
        (provider('baseUrl: «""», models: []'), "missing-key"),
        # a missing key: the key of its parent, or the bracket of an item
        ("{models: {providers: {«lite»: {models: []}}}}", "missing-key"),
        (models(f'[{MODEL}, «{{»id: "n"}}]'), "missing-key"),
        ("{«agents»: {entries: {a: {}, b: {}}}}", "missing-key"),
        # an item of the old list of agents: its own place
        ('{agents: {list: [{id: "main", «modell»: "a/b"}]}}', "unknown-key"),
        # a default too many: its value
        ("{agents: {entries: {a: {default: true}, b: {default: «true»}}}}", "not-allowed"),
        # of two equal keys the last counts
        ('{env: {vars: {}, FOO: "x", «FOO»: "y"}}', "unknown-key"),
    ],
)
def test_points_at_the_place(content: str, pointed: str) -> None:
    start, end = content.index("«"), content.index("»") - 1
    plain = content.replace("«", "").replace("»", "")
    violation = only(plain)
    assert violation.kind == pointed
    assert violation.span == Text(PATH, plain).span(start, end)


def test_the_root_has_no_key_to_point_at() -> None:
    assert only("[]").pointer == ""
    assert only("[]").message == "the configuration must be an object, not a list"


@pytest.mark.parametrize(
    ("content", "suggestion"),
    [
        (provider('apiBase: "http://x", models: []'), "baseUrl"),
        (provider('base_url: "http://x", models: []'), "baseUrl"),
        (provider('url: "http://x", models: []'), "baseUrl"),
        (provider('baseUrl: "http://x", apikey: "k", models: []'), "apiKey"),
        (provider('baseUrl: "http://x", api_key: "k", models: []'), "apiKey"),
        (provider('baseUrl: "http://x", key: "k", models: []'), "apiKey"),
        (provider(f"{HEALTHY}, url: 'http://y', models: []"), None),
        (provider(f"{HEALTHY}, compat: {{}}, models: []"), "models[].compat"),
        (provider(f"{HEALTHY}, supportsStore: false, models: []"), "models[].compat.supportsStore"),
        (provider(f"{HEALTHY}, name: 'Lite', models: []"), None),
        (provider('baseUrl: "http://x", model: []'), "models"),
        (model("max_tokens: 5"), "maxTokens"),
        (model("maxOutputTokens: 5"), "maxTokens"),
        (model("contextLength: 5"), "contextWindow"),
        (model("supportsStore: false"), "compat.supportsStore"),
        (model("supportStore: false"), "compat.supportsStore"),
        (model("compat: {supportStore: false}"), "supportsStore"),
        (model("zzz: false"), None),
        ("{providers: {}}", "models.providers"),
        ('{model: "a/b"}', "agents.defaults.model"),
        ('{agent: {model: "a/b"}}', "agents.defaults"),
        ("{gatway: {}}", "gateway"),
        ('{env: {FOO: "x"}}', "env.vars.FOO"),
        ('{env: {VAR: "x"}}', "env.vars.VAR"),
        ("{env: {shelEnv: {}}}", "shellEnv"),
        ("{models: {lite: {baseUrl: 'http://x', models: []}}}", "models.providers.lite"),
        ("{models: {provider: {}}}", "providers"),
        ('{agents: {model: "a/b"}}', "agents.defaults.model"),
        (defaults('model: {primary: "a/b", fallback: []}'), "fallbacks"),
        (defaults('primary: "a/b"'), "model.primary"),
        (provider('baseUrl: "http://x", api: "openai", models: []'), "openai-completions"),
        (provider('baseUrl: "http://x", api: "azure-openai", models: []'), None),
        ('{models: {mode: "append"}}', None),
        ('{models: {mode: "Replace"}}', "replace"),
    ],
)
def test_did_you_mean(content: str, suggestion: str | None) -> None:
    assert only(content).suggestion == suggestion


@pytest.mark.parametrize(
    ("content", "message", "expected"),
    [
        ("{agnet: {}}", '"agnet" is not a top-level key that OpenClaw knows', "agents"),
        (models('"m"'), '"models" must be a list, not a string', "a list"),
        (models('["m"]'), '"models[0]" must be an object, not a string', "an object"),
        (models('[{id: "m"}]'), '"name" is missing', None),
        (model("contextWindow: 0"), '"contextWindow" must be greater than 0', "greater than 0"),
        (model('id: ""'), '"id" must not be empty', None),
        (
            provider('baseUrl: "http://x", apiKey: 5, models: []'),
            '"apiKey" must be a string or an object, not a number',
            "a string",
        ),
        (
            provider('baseUrl: "http://x", timeoutSeconds: 1.5, models: []'),
            '"timeoutSeconds" must be a whole number, not a fraction',
            "a whole number",
        ),
        (
            provider('baseUrl: "http://x", api: "openai-completion", models: []'),
            '"openai-completion" is not an api that OpenClaw knows',
            "openai-completions",
        ),
        (
            provider('baseUrl: "http://x", api: "openai-codex-responses", models: []'),
            '"openai-codex-responses" is an api that OpenClaw removed',
            "openai-responses",
        ),
    ],
)
def test_message_and_what_is_expected(content: str, message: str, expected: str | None) -> None:
    violation = only(content)
    assert violation.message == message
    assert (expected in violation.expected) if expected else not violation.expected


@pytest.mark.parametrize(
    "content",
    [
        provider('baseUrl: "http://x", api: "CANARY-0a1b2c3d4e5f6a7b", models: []'),
        provider('baseUrl: "http://x", auth: "CANARY-0a1b2c3d4e5f6a7b", models: []'),
        provider('baseUrl: "http://x", apiKey: ["CANARY-0a1b2c3d4e5f6a7b"], models: []'),
        provider(
            'baseUrl: "http://x", models: [], apiKey: '
            '{source: "env", provider: "default", id: "CANARY-0a1b2c3d4e5f6a7b"}'
        ),
        defaults('modelPolicy: {allow: ["CANARY-0a1b2c3d4e5f6a7b"]}'),
    ],
)
def test_shows_no_value_that_could_be_a_secret(content: str) -> None:
    violation = only(content)
    assert "CANARY" not in violation.message
    assert "CANARY" not in f"{violation.expected} {violation.suggestion}"


def test_a_variable_can_be_any_text_but_no_number() -> None:
    assert not check(provider('baseUrl: "${URL}", api: "${API}", models: []'))
    assert only(model('contextWindow: "${WINDOW}"')).kind == "wrong-type"
    assert only(provider('baseUrl: "http://x", api: "${api}", models: []')).kind == "not-allowed"


def test_what_an_include_that_failed_would_hold_is_not_missing() -> None:
    assert not check('{models: {$include: "./models.json5"}}')
    assert not check('{models: {providers: {lite: {$include: "./lite.json5"}}}}')


@pytest.mark.parametrize("name", knowledge()["measured"]["bundledProviders"])
def test_bundled_providers_need_nothing(name: str) -> None:
    assert not check(json.dumps({"models": {"providers": {name: {}, name.upper(): {}}}}))


@pytest.mark.parametrize(
    "content",
    [
        provider(f"{HEALTHY}, contextWindow: 5, models: [{MODEL}]"),
        provider(f'{HEALTHY}, contextTokens: "x", models: []'),
        defaults("contextTokens: 5"),
        "{agents: {entries: {main: {contextTokens: 5, default: true}}}}",
        '{agents: {list: [{id: "main", contextTokens: 5}]}}',
        '{agents: {list: [{id: "a", default: true}, {id: "b"}]}}',
    ],
)
def test_old_shapes_that_are_still_taken(content: str) -> None:
    assert not check(content)


def test_an_old_key_is_checked_as_what_it_becomes() -> None:
    violation = only(provider(f'{HEALTHY}, contextWindow: "5", models: [{MODEL}]'))
    assert (violation.pointer, violation.kind) == (
        "/models/providers/lite/contextWindow",
        "wrong-type",
    )


@pytest.mark.parametrize(
    ("content", "repaired"),
    [
        ('{env: {FOO: "x"}}', True),
        ("{env: {FOO: 5}}", False),
        ("{agents: {entries: {a: {}, b: {}}}}", True),
        ("{agents: {list: [{name: 'x'}]}}", True),
        ("{agents: {list: [{nam: 'x'}]}}", False),
        ('{defaultModel: "a/b"}', True),
        (provider('baseUrl: "http://x", api: "openai-codex-responses", models: []'), True),
        (provider('baseUrl: "http://x", api: "openai", models: []'), False),
        (provider('baseUrl: "http://x", apikey: "k", models: []'), False),
    ],
)
def test_what_the_gateway_repairs_when_it_starts(content: str, repaired: bool) -> None:
    assert only(content).repaired is repaired


def test_a_place_is_named_once() -> None:
    found = check("{models: {providers: {lite: {}}}, agents: {list: [{}, {}]}, x: 1, env: {Y: {}}}")
    pointers = [violation.pointer for violation in found]
    assert len(set(pointers)) == len(pointers) == 5


def schemas(value: object) -> list[dict[str, object]]:
    if isinstance(value, dict):
        return [value, *(inner for child in value.values() for inner in schemas(child))]
    return [inner for child in value for inner in schemas(child)] if isinstance(value, list) else []


def test_the_knowledge_is_sound() -> None:
    data = knowledge()
    assert release(schema_version()) is not None
    patterns = list(data["measured"]["secretIds"].values())
    for schema in (*schemas(data["root"]), *schemas(data["defs"])):
        assert schema.get("$ref", next(iter(data["defs"]))) in data["defs"]
        if isinstance(pattern := schema.get("pattern"), str):
            patterns.append(pattern)
    for pattern in patterns:
        assert pattern.startswith("^")
        assert pattern.endswith("$")
        re.compile(pattern)
