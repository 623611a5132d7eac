"""Code with tokens in the place of values: still a program, and known as what it stands for."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datalens_core.privacy.known_values import KnownValues
from datalens_core.privacy.protection import Protection
from datalens_core.privacy.saved_code import HEADER, has_tokens, stands_for, with_tokens
from datalens_core.privacy.session import PrivacySessions


def saved(code: str) -> str:
    session = PrivacySessions().of("s")
    values = {"who": [KnownValues(["Ada Lovelace"])], "pay": [KnownValues([310007])]}
    policies = {"who": "tokenise", "pay": "statistics", "base pay": "never"}
    session.protection = Protection(policies, values)  # type: ignore[arg-type]
    return with_tokens(code, lambda text: session.redact(text, "code")[0])


@pytest.mark.parametrize(
    ("code", "written"),
    [
        ("df[df.e == 'jo@x.example']  # é", "df[df.e == '<EMAIL_ADDRESS_1>']  # é"),
        ("é = b'jo@x.example'", "é = b'<EMAIL_ADDRESS_1>'"),
        ("x = df.pay > -310007", "x = df.pay > -'<PERSONAL_VALUE_1>'"),
        ("x = 1  # for Ada Lovelace", "x = 1  # for <PERSONAL_VALUE_1>"),
        ("f'{a!r:>{w}} Ada Lovelace'", "f'{a!r:>{w}} <PERSONAL_VALUE_1>'"),
        ("df['base pay'].mean()", "df['<COLUMN_NAME_1>'].mean()"),
        ("x = (jo@x.example", "x = (<EMAIL_ADDRESS_1>"),
    ],
)
def test_values_are_tokens_in_literals_and_comments(code: str, written: str) -> None:
    assert saved(code) == HEADER + written


def test_code_without_values_is_saved_as_it_is() -> None:
    code = "import pandas as pd\ndf.groupby('region').revenue.sum()  # by region"
    assert saved(code) == code
    assert not has_tokens(code)


def test_it_stands_for_one_program_alone() -> None:
    code = "x = df[df.e == 'a jo@x.example z'].pay.max() < 310007"
    held = saved(code)
    assert stands_for(held, code)
    for other in ("min", "max().max"):
        assert not stands_for(held, code.replace("max", other))
    assert not stands_for(held, code.replace("a jo", "jo"))
    assert not stands_for(held, code.replace("'a jo@x.example z'", "who"))
    assert not stands_for(code, code), "code without tokens is known by its digest"


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=20), min_size=1, max_size=4), st.booleans())
def test_whatever_the_strings_are_it_stays_this_program(parts: list[str], joined: bool) -> None:
    literals = [repr(f"{part} jo@x.example {part}") for part in parts]
    # A brace in it would be a field, or no Python at all.
    code = "".join(f"print({'f' if joined and not {*'{}'} & {*x} else ''}{x})\n" for x in literals)
    held = saved(code)
    ast.parse(held)
    assert "jo@x.example" not in held
    assert stands_for(held, code)
