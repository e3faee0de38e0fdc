"""Parts of messages, whatever program, client or language wrote them."""

from __future__ import annotations

import pytest

from clawdoctor.errors.reader import read

AZURE = "contoso.openai.azure.com"

REFUSED = (
    "Error: connect ECONNREFUSED 127.0.0.1:4000",
    "httpx.ConnectError: [Errno 111] Connection refused http://127.0.0.1:4000/v1",
    "curl: (7) Failed to connect to 127.0.0.1 port 4000 after 0 ms: Connection refused",
    "dial tcp 127.0.0.1:4000: connect: connection refused",
    "Cannot connect to host 127.0.0.1:4000 ssl:default [Connect call failed ('127.0.0.1', 4000)]",
    "HTTPConnectionPool(host='127.0.0.1', port=4000): Max retries exceeded (Caused by"
    " NewConnectionError('[Errno 111] Connection refused'))",
    "No connection could be made because the target machine actively refused it. (127.0.0.1:4000)",
    "java.net.ConnectException: Connection refused: connect to 127.0.0.1:4000",
    "java.net.ConnectException: Failed to connect to localhost/127.0.0.1:4000: Connection refused",
    "reqwest::Error { url: http://127.0.0.1:4000/v1, source: hyper: tcp connect error: Connection"
    " refused (os error 111) }",
    "Error: (0x80072EFD) in WinHttp.WinHttpRequest http://127.0.0.1:4000/v1",
)

UNRESOLVED = (
    f"getaddrinfo ENOTFOUND {AZURE}",
    f"curl: (6) Could not resolve host: {AZURE}",
    f"dial tcp: lookup {AZURE} on 10.0.0.2:53: no such host",
    f"No such host is known. ({AZURE}:443)",
    f"java.net.UnknownHostException: {AZURE}: Name or service not known",
    f"HTTPSConnectionPool(host='{AZURE}', port=443): Failed to resolve '{AZURE}' ([Errno -2])",
    f"Cannot connect to host {AZURE}:443 ssl:default [Name or service not known]",
    f"error sending request for url (https://{AZURE}/openai): dns error: failed to lookup address",
    f"Hostname lookup for {AZURE} failed: No address found (Socket::Addrinfo::Error)",
    f"error: UnknownHostName while connecting to {AZURE}",
    f"UnityWebRequest error: Cannot resolve destination host (https://{AZURE}/openai/v1/responses)",
)


@pytest.mark.parametrize(
    "text",
    [
        f"HTTP POST on resource 'https://{AZURE}:443/openai' failed: unauthorized (401).",
        f"Web.Contents failed to get contents from 'https://{AZURE}/openai' (401): Unauthorized",
    ],
)
def test_a_status_is_read_after_its_name_and_in_brackets(text: str) -> None:
    assert read(text).statuses == (401,)


def test_a_header_of_azures_models_names_no_other_service() -> None:
    header = "apim-request-id: x, ms-azureml-model-error-statuscode: 400, azureml-model-session: d1"
    assert not read(header).elsewhere
    assert read("AzureML workspace not found").elsewhere


@pytest.mark.parametrize("text", REFUSED)
def test_a_refused_connection_is_read_from_any_client(text: str) -> None:
    read_text = read(text)
    assert (read_text.network, read_text.host, read_text.port) == ("refused", "127.0.0.1", "4000")
    assert read_text.host_kind == "own"


@pytest.mark.parametrize(
    "text",
    [
        "SSL routines::wrong version number",
        "[SSL: RECORD_LAYER_FAILURE] record layer failure (_ssl.c:1032)",
        "http: server gave HTTP response to HTTPS client",
        "tls: first record does not look like a TLS handshake",
        "javax.net.ssl.SSLException: Unsupported or unrecognized SSL message",
        "Cannot determine the frame size or a corrupted frame was received.",
        "received corrupt message of type InvalidContentType",
    ],
)
def test_tls_to_a_server_of_plain_http_is_read_from_any_client(text: str) -> None:
    assert read(text).network == "plain"


@pytest.mark.parametrize("frame", ["JvmOkio.kt:146", "client.js:224", "net/http/client.go:51"])
def test_a_place_in_a_stack_is_no_host(frame: str) -> None:
    text = f"timeout\n at okio.timeout({frame}) POST http://litellm:4000/v1/chat/completions"
    read_text = read(f"java.net.SocketTimeoutException: {text}")
    assert (read_text.host, read_text.port) == ("litellm", "4000")


def test_a_program_on_node_is_openclaw_unless_another_caller_is_named() -> None:
    node = "TypeError: fetch failed at node:internal/deps/undici/undici:13510:13"
    assert read(node).speakers == ("openclaw",)
    assert read(f"[librechat] {node}").speakers == ("client",)
    assert read(f"litellm: {node}").speakers == ("litellm",)


@pytest.mark.parametrize("text", UNRESOLVED)
def test_a_host_without_an_address_is_read_from_any_client(text: str) -> None:
    read_text = read(text)
    assert (read_text.network, read_text.host, read_text.host_kind) == (
        "unresolved",
        AZURE,
        "azure",
    )


@pytest.mark.parametrize(
    "text",
    [
        """Error code: 404 - {'error': {'code': 'DeploymentNotFound', 'message': 'The API'}}""",
        """HTTP/1.1 404 Not Found {"error":{"code":"DeploymentNotFound","message":"The API"}}""",
        r"""{"message":"404 {\"error\":{\"code\":\"DeploymentNotFound\"}}","status":404}""",
        "Error: 404 Client Error (DeploymentNotFound) The API deployment does not exist",
        "Response status code: 404\nCode: DeploymentNotFound\nMessage: The API deployment",
    ],
)
def test_status_and_code_are_read_from_any_body(text: str) -> None:
    read_text = read(text)
    assert read_text.statuses == (404,)
    assert "DeploymentNotFound" in read_text.codes


def test_the_parts_of_a_request_are_read() -> None:
    url = f"https://{AZURE}/openai/deployments/gpt52/chat/completions?api-version=2024-10-21"
    read_text = read(f"POST {url} 429: Please retry after 12 seconds")
    assert read_text.deployment == "gpt52"
    assert read_text.api_version == "2024-10-21"
    assert read_text.retry_after == "12"
    assert read_text.host == AZURE
    assert read_text.captures["deployment"] == "gpt52"


@pytest.mark.parametrize(
    "text",
    [
        f"GET https://hunter2Gr9pass@{AZURE}/openai 404",
        f"GET https://alice:hunter2Gr9pass@{AZURE}:443/openai 404",
        f"connect ECONNREFUSED hunter2Gr9pass@{AZURE}:443",
        f"Could not resolve host: hunter2Gr9pass@{AZURE}",
        f"https://a@hunter2Gr9pass@{AZURE}/openai timed out",
    ],
)
def test_a_password_in_a_url_is_no_host(text: str) -> None:
    assert not any("hunter2" in value for value in read(text).captures.values())


def test_exceptions_and_parameters_are_read() -> None:
    text = (
        "litellm.BadRequestError: AzureException BadRequestError - {'error': {'message': 'x',"
        " 'type': 'invalid_request_error', 'param': 'max_tokens', 'code': None}}"
    )
    read_text = read(text)
    assert read_text.exceptions == ("BadRequestError", "AzureException")
    assert read_text.params == ("max_tokens",)
    assert read_text.codes == ("invalid_request_error",)


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("psycopg.OperationalError: connection refused", {"psycopg"}),
        ("ollama: connection refused", {"ollama"}),
        ("the digit of a pipeline", frozenset()),
        ("curl: (7) Failed to connect to localhost port 4000", frozenset()),
    ],
)
def test_other_programs_are_named(text: str, others: frozenset[str]) -> None:
    assert read(text).others == others


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        ("litellm", "own"),
        ("192.168.1.20", "own"),
        ("proxy.internal", "own"),
        ("contoso-apim.azure-api.net", "gateway"),
        ("phi.eastus.models.ai.azure.com", "azure"),
        ("api.mistral.ai", "foreign"),
        ("llm.example.org", "public"),
        ("20.62.58.5", "public"),
    ],
)
def test_a_host_has_a_kind(host: str, kind: str) -> None:
    assert read(f"GET http://{host}:4000/v1 failed").host_kind == kind


@pytest.mark.parametrize(
    "text",
    [
        f"connect ETIMEDOUT 20.62.58.5:443 https://{AZURE}",
        f"Connect Timeout Error (attempted address: {AZURE}:443, timeout: 10000ms)",
        f"DNS lookup failed for {AZURE}",
        f"unable to resolve host address '{AZURE}'",
    ],
)
def test_azures_host_is_found_wherever_it_stands(text: str) -> None:
    assert read(text).host == AZURE
    assert read(text).host_kind == "azure"


def test_a_line_of_code_is_no_host() -> None:
    assert read("[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)").host_kind is None


def test_a_link_to_documentation_is_no_host_and_no_speaker() -> None:
    read_text = read(
        "httpx.ConnectError: timed out. Help: https://github.com/BerriAI/litellm/issues"
    )
    assert read_text.host == ""
    assert read_text.others == frozenset()


def test_a_port_can_name_another_program() -> None:
    assert read("connect ECONNREFUSED 127.0.0.1:5432").others == {"port 5432"}
    assert read("connect ECONNREFUSED 127.0.0.1:4000").others == frozenset()


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        ("litellm.APIConnectionError: AzureException - Connection error.", ("litellm", "azure")),
        ("FailoverError: LLM request failed: provider=azure-openai", ("openclaw",)),
        ("psycopg.OperationalError: connection refused", ()),
    ],
)
def test_the_programs_of_this_chain_that_speak(text: str, speakers: tuple[str, ...]) -> None:
    assert read(text).speakers == speakers


@pytest.mark.parametrize(
    "text",
    [
        "ModuleNotFoundError: No module named 'azure'",
        "azure.core.exceptions.ResourceNotFoundError: (SecretNotFound) A secret was not found",
    ],
)
def test_an_exceptions_name_is_no_errno(text: str) -> None:
    assert read(text).network is None


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("[openclaw] Failed to read config: Error: EISDIR: illegal operation", "openclaw"),
        ("litellm-1  | ERROR: Application startup failed. Exiting.", "litellm"),
    ],
)
def test_the_prefix_of_a_log_names_the_speaker(text: str, speaker: str) -> None:
    assert read(text).speakers == (speaker,)


def test_a_text_without_parts_has_none() -> None:
    read_text = read("The model produced an answer at 10:404 of 500 lines.")
    assert read_text.statuses == ()
    assert read_text.network is None
    assert read_text.captures == {}
    assert read("").message == ""


@pytest.mark.parametrize(
    ("text", "parameter", "kind"),
    [
        ("Unsupported parameter: 'top_p' is not supported with this model.", "top_p", "telling"),
        ("Unrecognized request argument supplied: store", "store", "plain"),
        (
            "loc: ... {'loc': ['body', 'stream_options'], 'msg': 'x'} invalid",
            "stream_options",
            "telling",
        ),
        (
            "Validation error at #/parallel_tool_calls: Extra inputs",
            "parallel_tool_calls",
            "telling",
        ),
        ("reasoning_effort is not supported by this deployment", "reasoning_effort", "telling"),
        ("the model gpt-4o does not support reasoning_effort", "reasoning_effort", "telling"),
        ("The following parameters are not supported: ['top_k']", "top_k", "telling"),
        ("Additional properties are not allowed ('strict' was unexpected)", "strict", "plain"),
        ("400 'messages[0].role' must be one of 'user'", "messages[0].role", "plain"),
        ("Unknown parameter: 'apiMode'.", "apiMode", "other"),
        ("The requested model is not supported.", "model", "other"),
        ("{'reasoning.effort Input should be 'low' or 'high'}", "reasoning.effort", "telling"),
        ("The file is large", "", None),
    ],
)
def test_a_refused_parameter_is_read_from_any_wording(
    text: str, parameter: str, kind: str | None
) -> None:
    read_text = read(text)
    assert (read_text.refused, read_text.refused_kind) == (parameter, kind)


@pytest.mark.parametrize(
    ("text", "files"),
    [
        ('yaml error in "/app/config.yaml", line 4', ("litellm",)),
        ("open C:\\ai\\litellm_config.yml: permission denied", ("litellm",)),
        ("error mounting /opt/litellm/config.yml to rootfs", ("litellm",)),
        ("parsing /srv/litellm/docker-compose.yml: yaml: line 3", ("compose",)),
        ("invalid JSON5 in /home/u/.openclaw/openclaw.json.", ("openclaw",)),
        ("read /CLIProxyAPI/config.yaml: is a directory", ("other",)),
        ("mounting /home/u/litellm.yaml:/app/proxy_config.yaml", ("litellm",)),
        ("proxy_server.py, line 20, in load_config", ()),
        ("litellm --port 4000 --config 'proxy/azure.yaml': no such file", ("litellm",)),
        ("Exception: Config file not found: /app/models/azure.yaml", ("litellm",)),
        ("prometheus --config /etc/prometheus.yml failed", ("other",)),
    ],
)
def test_config_files_are_told_apart_by_their_names(text: str, files: tuple[str, ...]) -> None:
    assert read(text).files == files


@pytest.mark.parametrize(
    "text",
    [
        "yaml.scanner.ScannerError: mapping values are not allowed here",
        "yaml: line 12: did not find expected key",
        "YAMLException: bad indentation of a mapping entry (12:5)",
        "expected <block end>, but found '-'",
    ],
)
def test_a_text_that_is_no_yaml_is_read_from_any_parser(text: str) -> None:
    assert read(text).no_yaml
    assert not read("SyntaxError: Unexpected token } in JSON").no_yaml


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("Bind for 0.0.0.0:4000 failed: port is already allocated", "0.0.0.0", "4000"),
        ("listen tcp :4000: bind: address already in use", "0.0.0.0", "4000"),
        ("listen tcp 127.0.0.1:5432: bind: address already in use", "127.0.0.1", "5432"),
    ],
)
def test_an_address_that_is_taken_is_read(text: str, host: str, port: str) -> None:
    read_text = read(text)
    assert (read_text.network, read_text.host, read_text.port) == ("in-use", host, port)


def test_the_model_and_the_missing_module_are_read() -> None:
    text = "key not allowed to access model. Tried to access gpt-5.2"
    assert read(text).model == "gpt-5.2"
    assert read("litellm.BadRequestError: You passed in model=gpt-4.1. There").model == "gpt-4.1"
    assert read("Invalid model name passed in model=None").model == ""
    assert read("ModuleNotFoundError: No module named 'google.cloud'").module == "google.cloud"


def test_a_program_that_a_log_names_before_the_message_speaks() -> None:
    read_text = read("litellm-1  | Error: P1001: Can't reach database server at `db`:`5432`")
    assert read_text.message.startswith("Error: P1001")
    assert read_text.speakers == ("litellm",)


@pytest.mark.parametrize(
    ("text", "elsewhere"),
    [
        ("azure/ai/formrecognizer/_client.py: (403) Public access is disabled", True),
        ("search.windows.net answers 403 Forbidden", True),
        ("(404) Resource not found at thread = project_client.agents.threads.create()", True),
        ("litellm.exceptions.APIError: cosmos is mentioned in the prompt", False),
        ("AzureOpenAI: (403) Public access is disabled", False),
    ],
)
def test_another_service_of_azure_is_told_from_its_models(text: str, elsewhere: bool) -> None:
    assert read(text).elsewhere is elsewhere


def test_a_status_follows_the_class_of_an_exception() -> None:
    assert read("aiohttp.ClientResponseError: 400, message='Bad Request'").statuses == (400,)


@pytest.mark.parametrize(
    "text",
    [
        "API 错误 (状态码 429): busy",
        "API 錯誤（狀態碼：429）",
        "Erro na API (código 429): ocupado",
        "Fehler 429: zu viele Anfragen",
    ],
)
def test_a_status_is_known_by_its_name_in_another_language(text: str) -> None:
    assert read(text).statuses == (429,)


def test_a_refused_parameter_may_be_named_in_a_rule() -> None:
    assert read("property 'store' is unsupported").refusal == {"store", "plain"}


def test_a_model_of_a_provider_of_this_chain_is_no_other_program() -> None:
    assert read("litellm/claude-sonnet: API rate limit reached").others == frozenset()
    assert "claude" in read("claude: API rate limit reached").others


@pytest.mark.parametrize(
    ("text", "provider"),
    [
        ('No API key resolved for provider "vllm" (auth mode: api-key).', "vllm"),
        ("(Error: No API key found for provider anthropic)", "anthropic"),
        ('Provider litellm: "apiKey" is required when defining custom models.', "litellm"),
        ("models.providers.zai.apiKey: secret ref", "zai"),
        ('No credentials found for profile "litellm:default".', "litellm"),
        ("Provider finish_reason: content_filter", ""),
        ("Provider List: https://docs.litellm.ai/docs/providers", ""),
        ("No API key found for provider", ""),
    ],
)
def test_the_provider_that_a_text_names(text: str, provider: str) -> None:
    assert read(text).provider == provider


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("azure.core.exceptions.HttpResponseError: (BadRequest) Bad Request", 400),
        ("openai.AuthenticationError: the key is wrong", 401),
        ("com.azure.core.exception.ResourceNotFoundException: nothing here", 404),
        ('{"code": "TooManyRequests", "message": "slow down"}', 429),
    ],
)
def test_a_status_is_known_by_a_code_or_an_exception(text: str, status: int) -> None:
    assert read(text).statuses == (status,)


def test_a_status_in_figures_outranks_the_name_of_an_exception() -> None:
    assert read("litellm.BadRequestError: Error code: 404 - nothing here").statuses == (404,)


@pytest.mark.parametrize(
    "text",
    [
        "Échec : l'ordinateur cible l'a expressément refusée. (localhost:4000)",
        "El equipo de destino denegó expresamente dicha conexión. (localhost:4000)",
        "由于目标计算机积极拒绝，无法连接。 (localhost:4000)",
        "対象のコンピューターによって拒否されたため、接続できませんでした。 (localhost:4000)",
        "Конечный компьютер отверг запрос на подключение. (localhost:4000)",
    ],
)
def test_a_refused_connection_is_read_in_other_languages(text: str) -> None:
    read_text = read(text)
    assert (read_text.network, read_text.host, read_text.port) == ("refused", "localhost", "4000")


def test_an_answer_with_the_class_of_a_failed_connection_is_none() -> None:
    read_text = read(
        "System.Net.Http.HttpRequestException: Response status code does not indicate success: 429"
    )
    assert (read_text.network, read_text.statuses) == (None, (429,))


def test_the_remote_end_of_a_socket_is_the_host() -> None:
    read_text = read("other side closed { remoteAddress: '127.0.0.1', remotePort: 4000 }")
    assert (read_text.host, read_text.port) == ("127.0.0.1", "4000")
