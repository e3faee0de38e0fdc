"""What looks like a key, and what people and programs write by hand."""

from __future__ import annotations

import base64
import random
import string

import pytest

from clawdoctor.redaction.randomness import random_ranges

HEX = "8f3a1c9e77b24d5fa0c6e1d2b3948576"


@pytest.mark.parametrize(
    "key",
    [
        HEX,
        HEX.upper(),
        HEX[:20],
        "3Kq8Zt1Vb6Xn0Wm5Rj9Ld2Hf7Gs4Pc8Ty1Ua6Be3Ni0Ok5JQQJ99BAACYeBjFXJ3w3AAABACOGa1B2c3D4E5",
        "sk-5b1f7c20e94d",
        "sk-proj-abc123def456",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "github_pat_11AAAAA_x9y8z7w6v5u4",
        "xoxb-123456789012-abcdef",
        "npm_a1b2c3d4e5f6g7h8",
        "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "kX8Q~p7Lw2Vd9Rt4Zb6Nc1Mf",
        "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJodHRwczovL2NvZ25pdGl2ZSJ9.c2lnbmF0dXJl",
        "0f6b2d8c-4a1e-4973-9b5d-7f3c8e2a6014",
        base64.b64encode(bytes(range(60, 100))).decode(),
    ],
)
def test_a_key_is_found_in_any_text(key: str) -> None:
    for text in (key, f"the key {key} is wrong", f"model=azure/{key}", f'{{"x":"{key}"}}'):
        hidden = "".join(text[start:end] for start, end in random_ranges(text))
        assert key in hidden or len(key) - len(hidden) < 8


def test_generated_keys_are_found() -> None:
    generator = random.Random(7)
    alphabets = {
        "0123456789abcdef": 32,
        string.ascii_letters + string.digits: 24,
        string.ascii_letters + string.digits + "-_": 43,
        string.ascii_lowercase + string.digits: 40,
    }
    for alphabet, length in alphabets.items():
        keys = ["".join(generator.choices(alphabet, k=length)) for _ in range(300)]
        found = sum(any(True for _ in random_ranges(key)) for key in keys)
        assert found >= 290, alphabet


WRITTEN = """
gpt-4o-mini-2024-07-18 azure/my-gpt52-codex-eastus2-prod text-embedding-3-large
DeepSeek-V4-Flash all-MiniLM-L6-v2 Qwen/Qwen3-30B-A3B-Instruct-2507 gptkb-d3g3thoxsz5ve
AuthenticationTypeDisabled UnsupportedParamsError ResponsibleAIPolicyViolation
ModuleNotFoundError CallerIpNotAllowed OutOfMemoryError FileNotFoundError
https://gptkb-d3g3thoxsz5ve.openai.azure.com/openai/deployments/gpt4o-eastus2-03
/home/ana/.openclaw/openclaw.json /tmp/pytest-of-root/pytest-12/test_x0/litellm_config.yaml
2026-11-28T13:43:18.935Z v1.81.3-stable.patch.2 AZURE_OPENAI_API_KEY_EASTUS2
os.environ/AZURE_OPENAI_API_KEY_EASTUS2 agents.defaults.models.primary
ghcr.io/berriai/litellm@sha256:4f8d2c6b9a1e4d7c8b3f5a6e7d9c0b1a4f8d2c6b9a1e4d7c8b3f5a6e7d9c0b1a
encrypted_content_affinity your-litellm-key sk-your-key-1234 120000000000 openai-completions
"""


@pytest.mark.parametrize("text", WRITTEN.split())
def test_what_people_write_is_shown(text: str) -> None:
    assert list(random_ranges(text)) == []
