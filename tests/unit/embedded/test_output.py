"""What a box says is checked and cut before a client sees it; limits come from the environment."""

from __future__ import annotations

import json
from typing import Any

import pytest
from e2b_code_interpreter.models import Execution, parse_output
from hypothesis import given
from hypothesis import strategies as st

from datalens_core.sandbox.embedded import wire
from datalens_core.sandbox.embedded.limits import Limits
from datalens_core.sandbox.embedded.output import Output
from datalens_core.sandbox.embedded.streams import BoxStream, OutputBudget

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
KINDS = st.sampled_from(["stdout", "stderr", "result", "error", "done", "other"])


@given(
    st.lists(
        st.fixed_dictionaries(
            {"type": KINDS},
            optional=dict.fromkeys(("text", "data", "main", "name", "value", "traceback"), VALUES),
        )
    )
)
def test_whatever_a_box_says_becomes_events_that_the_sdk_knows(messages: list[Any]) -> None:
    events: list[Any] = []
    output = Output(Limits(), events.append)
    for message in messages:
        output.add(message, 0)
    execution = Execution()
    for event in events:
        parse_output(execution, json.dumps(event))
    assert all(isinstance(text, str) for text in execution.logs.stdout + execution.logs.stderr)


@given(st.lists(st.text(min_size=1, max_size=50)))
def test_text_is_cut_at_the_limit(texts: list[str]) -> None:
    events: list[Any] = []
    output = Output(Limits(text_chars=40), events.append)
    for text in texts:
        output.add({"type": "stdout", "text": text}, len(text))
    shown = "".join(e["text"] for e in events if e["type"] == "stdout")
    said = [e["text"] for e in events if e["type"] == "stderr"]
    assert shown == "".join(texts)[:50]
    assert len(said) == (len("".join(texts)) >= 50)


def test_too_many_results_are_left_out() -> None:
    events: list[Any] = []
    output = Output(Limits(result_bytes=1000), events.append)
    for _ in range(4):
        message = {"type": "result", "data": {"text/plain": "x" * 550}}
        output.add(message, len(wire.pack(message)))
    assert [event["type"] for event in events] == ["result", "result", "stderr"]


def test_a_stream_says_where_it_was_cut() -> None:
    sent: list[Any] = []
    stream = BoxStream("stdout", sent.append, OutputBudget(10))
    for _ in range(3):
        stream.write("12345678\n")
        stream.flush()
    text = "".join(message["text"] for message in sent)
    assert text == "12345678\n1\n[output truncated after 10 characters]\n"


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b"[" * 100_000, b"\xff"])
def test_a_frame_that_is_no_message_is_refused(body: bytes) -> None:
    with pytest.raises(wire.BadMessage):
        wire.parse(body)
    with pytest.raises(wire.BadMessage):
        wire.body_length(b"\xff\xff\xff\xff", 1000)


def test_what_is_nested_weighs_what_it_takes_once_parsed() -> None:
    flat, nested = b'"' + b"x" * 299 + b'"', b"[" + b"[]," * 99 + b"[]]"
    assert wire.weight(flat) == len(flat)
    assert wire.weight(nested) == len(nested) + 101 * 64 + 99 * 16
    assert wire.weight(b'{"a":{}}') == 8 + 2 * 64


@given(st.text())
def test_frames_are_ascii_and_come_back(text: str) -> None:
    frame = wire.pack({"text": text})
    assert frame[4:].isascii()
    assert wire.body_length(frame[:4], 1 << 20) == len(frame) - 4
    assert wire.parse(frame[4:]) == {"text": text}


def test_limits_come_from_the_environment() -> None:
    limits = Limits.from_env(
        {"DATALENS_SANDBOX_MEMORY_MB": "512", "DATALENS_EXECUTION_TIMEOUT_SECONDS": " 7 "}
    )
    assert (limits.memory_mb, limits.execution_seconds) == (512, 7)
    assert Limits.from_env({}) == Limits(memory_mb=2048, execution_seconds=60)
    for wrong in ("0", "-1", "1.5", "²", "many"):
        with pytest.raises(ValueError, match="DATALENS_SANDBOX_MEMORY_MB"):
            Limits.from_env({"DATALENS_SANDBOX_MEMORY_MB": wrong})
