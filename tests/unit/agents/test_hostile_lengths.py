"""Whatever model and sandbox send, reading it takes time in proportion to its length."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from datalens_core.agents.claims import read_claims
from datalens_core.agents.code_checks import check_code, clean_code
from datalens_core.agents.error_analysis import analyze_error
from datalens_core.agents.evidence import evidence_of
from datalens_core.agents.json_reply import read_object
from datalens_core.agents.numbers import in_text, stated
from tests.unit.agents.scripted import failed, sales_task, worked

SECONDS = 3.0  # what was quadratic took 20 and more


@pytest.mark.parametrize(
    "read",
    [
        lambda: stated("1 " * 50_000),
        lambda: stated("about 1" + "0" * 5_000),
        lambda: read_claims("1/2 3:4 2024-01-05 5 May 1 h 3 min " * 5_000),
        lambda: read_claims("two times " * 20_000),
        lambda: evidence_of(sales_task(), [worked("+".join("1" * 5_000), "2024-01-05\n" * 20_000)]),
        lambda: list(in_text("12 abc\n" * 20_000)),
        lambda: list(in_text("1," * 100_000)),
        lambda: check_code("x = (\n" + "\n" * 100_000, {}),
        lambda: check_code(" " * 200_000 + "(", {}),
        lambda: clean_code("```\n" + "\n" * 100_000),
        lambda: read_object("```" + "\n" * 100_000),
        lambda: read_object("{" * 100_000),
        lambda: analyze_error(failed("df", "KeyError", "'" * 100_000, "File <" * 50_000), {}),
        lambda: analyze_error(
            failed("df", "ValueError", f"not the name of a column but received: {' ' * 100_000}x"),
            {"df": ["a"] * 2_000},
        ),
    ],
    ids=range(14),
)
def test_long_input_is_read_in_time(read: Callable[[], Any]) -> None:
    began = time.process_time()
    read()
    assert time.process_time() - began < SECONDS
