"""Small decisions of the gateway: waiting, reading headers, knowing addresses, hiding keys."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from datalens_core.llm.addresses import is_local, is_openrouter
from datalens_core.llm.retry import parse_retry_after
from datalens_core.llm.secrets import SecretScrubber

NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [(None, None), ("3", 3), ("0.5", 0.5), ("Thu, 01 Jan 2026 12:00:10 GMT", 10),
     ("Thu, 01 Jan 2026 11:00:00 GMT", 0), ("soon", None), ("", None), ("-5", None), ("٣", None)],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert parse_retry_after(header, NOON) == seconds


@pytest.mark.parametrize(
    ("url", "own"),
    [("https://openrouter.ai/api/v1", True), ("https://eu.openrouter.ai/v1", True),
     ("https://openrouter.ai.evil.example/v1", False), ("https://evilopenrouter.ai/v1", False),
     ("http://localhost:11434/v1", False), ("https://x.example/openrouter.ai", False)],
)  # fmt: skip
def test_openrouter_is_known_by_its_host(url: str, own: bool) -> None:
    assert is_openrouter(url) is own


@pytest.mark.parametrize(
    ("url", "own"),
    [("http://localhost:1/v1", True), ("http://127.0.0.9/v1", True), ("http://[::1]:8/v1", True),
     ("http://localhost.example/v1", False), ("http://10.0.0.1/v1", False),
     ("http://chat.localhost/v1", False), ("http://127.0.0.1.nip.io/v1", False),
     ("http://0.0.0.0/v1", False), ("http://2130706433/v1", False),
     ("http://127.0.0.1@chat.example/v1", False)],
)  # fmt: skip
def test_this_machine_is_known_by_its_address(url: str, own: bool) -> None:
    assert is_local(url) is own


@pytest.mark.parametrize(
    "text",
    ["my-secret-token-123", "Bearer abc.def", "x sk-or-v1-aaaabbbbcccc y", "my-secret-to…",
     "MY-SECRET-TOKEN-123"],
)  # fmt: skip
def test_keys_and_their_fragments_are_removed(text: str) -> None:
    clean = SecretScrubber(["my-secret-token-123"]).scrub(f"Refused: {text}")
    assert clean.startswith("Refused:")
    assert "[removed]" in clean
    assert "secret" not in clean.lower()


@pytest.mark.parametrize("key", ["x", "none", "ollama"])
def test_a_word_in_the_place_of_a_key_is_left_in_the_text(key: str) -> None:
    assert SecretScrubber([key]).exact(f"max({key}) of {key}") == f"max({key}) of {key}"


def test_what_only_resembles_a_spelled_key_stays() -> None:
    scrubber = SecretScrubber(["sk-or-v1-7f3a9c1e5b2d8f40"])
    text = "s k o r v 1 7 f 3 a 9 c 1 e 5 b 2 d 8 f 4 1"
    assert scrubber.exact(text) == text


def test_the_end_of_a_growing_text_waits_until_it_is_no_key() -> None:
    scrubber = SecretScrubber(["sk-or-v1-7f3a9c1e5b2d8f40"])
    spelled = "Here: s k - o r - v 1 - 7 f 3 a"
    for end in range(len(spelled)):
        assert len(scrubber.settled(spelled[:end])) <= len("Here: s k - o r ")
    whole = spelled + " and so on."
    assert scrubber.settled(whole) == whole
    assert scrubber.settled("Total: 42") == "Total: 42"


def test_the_gateway_and_privacy_are_imported_without_their_heavy_libraries() -> None:
    program = (
        "import sys, datalens_core.llm.gateway, datalens_core.privacy.session, "
        "datalens_core.privacy;"
        "print([m for m in ('openai', 'httpx2', 'presidio_analyzer', 'spacy', 'phonenumbers', "
        "'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
