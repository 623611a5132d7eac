"""A token in generated code stands for data, and never becomes code."""

from __future__ import annotations

import ast

import pytest

from datalens_core.errors import UnknownToken
from datalens_core.privacy.code import restore_code
from datalens_core.privacy.vault import Vault

EVIL = 'x"); print("PWNED") #@e.com'


def vault(email: str = "a+b@x.com") -> Vault:
    held = Vault()
    held.token_for("EMAIL_ADDRESS", email)
    held.token_for("PHONE_NUMBER", "2125550143", numeric=True)
    return held


@pytest.mark.parametrize(
    ("code", "restored"),
    [
        ('x = "<EMAIL_ADDRESS_1>"  # why', "x = 'a+b@x.com'  # why"),
        ("x = b'<EMAIL_ADDRESS_1>'", "x = b'a+b@x.com'"),
        ("x = f'to <EMAIL_ADDRESS_1>: {n:>{w}} {{}}'",
         "x = 'to a+b@x.com: {:>{}} {{}}'.format(n, w)"),
        ('é = "ü"; x = "<EMAIL_ADDRESS_1>"', "é = \"ü\"; x = 'a+b@x.com'"),
        ('df[df.p == "<PHONE_NUMBER_1>"]', "df[df.p == 2125550143]"),
        ('df[df.p.isin(["<PHONE_NUMBER_1>"])]', "df[df.p.isin([2125550143])]"),
        ('df[df.p.astype(str) == "<PHONE_NUMBER_1>"]', "df[df.p.astype(str) == '2125550143']"),
        ('print("<PHONE_NUMBER_1>")', "print('2125550143')"),
        ('df.e.str.contains("^<EMAIL_ADDRESS_1>$")', "df.e.str.contains('^a\\\\+b@x\\\\.com$')"),
        ('df.e.str.contains("<EMAIL_ADDRESS_1>", regex=False)',
         "df.e.str.contains('a+b@x.com', regex=False)"),
        ('re.search(re.escape("<EMAIL_ADDRESS_1>"), t)', "re.search(re.escape('a+b@x.com'), t)"),
        ("df.query(\"e == '<EMAIL_ADDRESS_1>' and p == '<PHONE_NUMBER_1>'\")",
         "df.query(\"e == 'a+b@x.com' and p == 2125550143\")"),
    ],
)  # fmt: skip
def test_a_token_is_restored_as_its_place_demands(code: str, restored: str) -> None:
    assert restore_code(code, vault()) == restored


@pytest.mark.parametrize("quote", ["'{}'", '"{}"', "'''{}'''", "r'{}'", "f'{}'", "b'{}'"])
def test_a_value_with_quotes_stays_one_value(quote: str) -> None:
    code = restore_code(f"x = {quote.format('<EMAIL_ADDRESS_1>')}", vault(EVIL))
    calls = [n for n in ast.walk(ast.parse(code)) if isinstance(n, ast.Call)]
    assert not any(isinstance(c.func, ast.Name) for c in calls)
    assert len(ast.parse(code).body) == 1


def test_a_value_cannot_change_a_query() -> None:
    held = vault("x' or True or '")
    code = restore_code("df.query(\"e == '<EMAIL_ADDRESS_1>'\")", held)
    query = ast.parse(code).body[0].value.args[0].value  # type: ignore[attr-defined]
    compared = ast.parse(query, mode="eval").body
    assert isinstance(compared, ast.Compare)
    assert ast.literal_eval(compared.comparators[0]) == "x' or True or '"


def test_a_value_is_not_written_into_comments() -> None:
    code = restore_code("x = 1  # <EMAIL_ADDRESS_1>", vault("a\nimport os\n@x.com"))
    assert code == "x = 1  # <EMAIL_ADDRESS_1>"


def test_a_token_that_was_never_issued_is_refused() -> None:
    with pytest.raises(UnknownToken) as caught:
        restore_code("x = f'{y} <EMAIL_ADDRESS_7>'", vault())
    assert caught.value.details == {"token": "<EMAIL_ADDRESS_7>"}


@pytest.mark.parametrize("code", ["x = (", "x = '<EMAIL_ADDRESS_1>", "x\0", "(" * 10_000])
def test_what_does_not_parse_is_a_syntax_error(code: str) -> None:
    with pytest.raises(SyntaxError):
        restore_code(code, vault())


def test_code_without_tokens_is_not_touched() -> None:
    code = "x  =  1 ;y=f'{x!r}'\r\n\tz = 2".replace("\t", "")
    assert restore_code(code, vault()) == code
