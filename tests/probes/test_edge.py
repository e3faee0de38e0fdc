"""Which answers are pages of a CDN or a firewall."""

from __future__ import annotations

import pytest

from clawdoctor.probes.edge import edge_of, reports_dead_origin
from clawdoctor.probes.http import Answer

PAGE = "<!DOCTYPE html><html><head><title>Access</title></head><body>{}</body></html>"
REFUSED = '{"error":{"message":"no access"}}'


def answer(status: int, headers: dict[str, str], body: str = PAGE.format("")) -> Answer:
    return Answer("POST", "https://relay.example.com/v1/chat/completions", status, headers, body, 1)


@pytest.mark.parametrize(
    ("status", "headers", "text", "edge"),
    [
        (403, {"server": "cloudflare", "cf-ray": "8f1e2d3c4b5a6978-FRA"}, "", "Cloudflare"),
        (503, {"cf-mitigated": "challenge"}, "Just a moment...", "Cloudflare"),
        (524, {"cf-ray": "8f1e2d3c4b5a6978-FRA"}, "", "Cloudflare"),
        (403, {"server": "AkamaiGHost"}, "", "Akamai"),
        (403, {"server": "CloudFront"}, "Request blocked.", "Amazon CloudFront"),
        (403, {"x-azure-ref": "20261128T"}, "The request is blocked.", "Azure Front Door"),
        (
            403,
            {"server": "Microsoft-Azure-Application-Gateway/v2"},
            "",
            "Azure Application Gateway",
        ),
        (403, {}, "Request unsuccessful. Incapsula incident ID: 1", "Imperva"),
        (429, {"x-vercel-mitigated": "challenge"}, "", "Vercel"),
        (403, {}, "FortiGuard Intrusion Prevention", "FortiGuard"),
        (403, {"server": "nginx/1.27.3"}, "403 Forbidden", None),
        (404, {"cf-ray": "8f1e2d3c4b5a6978-FRA"}, "", None),  # the server's own page
        (200, {"cf-ray": "8f1e2d3c4b5a6978-FRA"}, "", None),
    ],
)
def test_the_product_that_answers(
    status: int, headers: dict[str, str], text: str, edge: str | None
) -> None:
    assert edge_of(answer(status, headers, PAGE.format(text))) == edge


def test_an_answer_in_json_comes_from_the_server() -> None:
    assert edge_of(answer(403, {"cf-ray": "8f1e2d3c4b5a6978-FRA"}, REFUSED)) is None


def test_cloudflare_says_that_the_server_is_down() -> None:
    assert reports_dead_origin(answer(521, {}))
    assert not reports_dead_origin(answer(503, {}))
