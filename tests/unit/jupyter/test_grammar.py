"""Line 1 of a cell: a strict grammar, nothing else."""

from __future__ import annotations

import pytest

from datalens_jupyter.magics import ASK, RUN, UPLOAD

ID = "0a1b2c3d-0000-4000-8000-00000000000f"
SHA = "ab" * 32
GOOD = f"run --session {ID} --step 3 --sha256 {SHA}"


def test_the_line_of_an_inserted_cell_is_read() -> None:
    found = RUN.fullmatch(GOOD)
    assert found is not None
    assert found.groupdict() == {"session": ID, "step": "3", "sha256": SHA}


@pytest.mark.parametrize(
    "line",
    [
        f"{GOOD} extra",
        f"{GOOD} --confirm",
        f"{GOOD};ls",
        f"run --session {{print('x')}} --step 1 --sha256 {SHA}",
        f"run --session {ID} --step 0 --sha256 {SHA}",
        f"run --session {ID} --step 1 --sha256 {SHA[:-1]}",
        f"run --step 1 --session {ID} --sha256 {SHA}",
        "run",
        "what is the average?",
        "--session $session",
    ],
)
def test_anything_else_is_no_command(line: str) -> None:
    assert RUN.fullmatch(line) is None
    assert ASK.fullmatch(line) is None


def test_a_question_stands_alone_or_names_its_session() -> None:
    assert ASK.fullmatch("") is not None
    named = ASK.fullmatch(f"--session {ID}")
    assert named is not None
    assert named["session"] == ID


def test_only_a_variable_can_be_sent() -> None:
    assert UPLOAD.fullmatch("upload df") is not None
    assert UPLOAD.fullmatch("upload df --new") is not None
    for line in ("upload", "upload df.head()", "upload 1df", "upload df x"):
        assert UPLOAD.fullmatch(line) is None
