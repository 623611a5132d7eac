"""A token in generated code stands for data, and never becomes code."""

from __future__ import annotations

import ast

import pandas as pd
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
    ("df.query(f\"e == '<EMAIL_ADDRESS_1>' and n > {n}\")",
     "df.query(\"e == 'a+b@x.com' and n > {}\".format(n))"),
    ("df.query(f\"e == '{v} <EMAIL_ADDRESS_1>'\")",
     "df.query(\"e == '{} a+b@x.com'\".format(v))"),
    ("df.query(\"e == '\" + v + \" <EMAIL_ADDRESS_1>'\")",
     "df.query(\"e == '\" + v + \" a+b@x.com'\")"),
    ("df.query(\"e.str.contains('<EMAIL_ADDRESS_1>') and p == <PHONE_NUMBER_1>\")",
     "df.query(\"e.str.contains('a\\\\\\\\+b@x\\\\\\\\.com') and p == 2125550143\")"),
    ("df.query(\"p.astype('str') == '<PHONE_NUMBER_1>'\")",
     "df.query(\"p.astype('str') == '2125550143'\")"),
    ("db.sql(\"select * from df where e = <EMAIL_ADDRESS_1> and p = '<PHONE_NUMBER_1>'\")",
     "db.sql(\"select * from df where e = 'a+b@x.com' and p = '2125550143'\")"),
    ('t = "<PHONE_NUMBER_1>"\nprint(t, df[df.p == t])', "t = 2125550143\nprint(t, df[df.p == t])"),
    ('t, u = "<PHONE_NUMBER_1>", 1\ndf[df.p == t]', "t, u = 2125550143, 1\ndf[df.p == t]"),
    ('def f(t="<PHONE_NUMBER_1>"):\n    return df.p == t',
     "def f(t=2125550143):\n    return df.p == t"),
    ('def f(t):\n    return df.p == t\nf("<PHONE_NUMBER_1>")',
     "def f(t):\n    return df.p == t\nf(2125550143)"),
    ('for t in ["<PHONE_NUMBER_1>", 2]:\n    df[df.p == t]',
     "for t in [2125550143, 2]:\n    df[df.p == t]"),
    ('for n, t in [("a", "<PHONE_NUMBER_1>")]:\n    print(n, df[df.p == t])',
     "for n, t in [(\"a\", 2125550143)]:\n    print(n, df[df.p == t])"),
    ('ts = ("<PHONE_NUMBER_1>",)\n[df[df.p == t] for t in ts]',
     "ts = (2125550143,)\n[df[df.p == t] for t in ts]"),
    ('t = "<PHONE_NUMBER_1>"\nu = t\nus = [u]\ndf[df.p.isin(us)]',
     "t = 2125550143\nu = t\nus = [u]\ndf[df.p.isin(us)]"),
    ('async def f(t="<PHONE_NUMBER_1>"):\n    return df.p == t',
     "async def f(t=2125550143):\n    return df.p == t"),
    ('if t := "<PHONE_NUMBER_1>":\n    df.p.isin([t])',
     "if t := 2125550143:\n    df.p.isin([t])"),
    ('t = "<PHONE_NUMBER_1>"\ndf.query("p == @t")', 't = 2125550143\ndf.query("p == @t")'),
    ('df.p.replace({"<PHONE_NUMBER_1>": 0})', "df.p.replace({2125550143: 0})"),
    ('"1-<PHONE_NUMBER_1>".replace("<PHONE_NUMBER_1>", "")',
     "'1-2125550143'.replace('2125550143', \"\")"),
    ('df.merge(pd.DataFrame({"p": ["<PHONE_NUMBER_1>"]}))',
     'df.merge(pd.DataFrame({"p": [2125550143]}))'),
    ('df.p.tolist().index("<PHONE_NUMBER_1>")', "df.p.tolist().index(2125550143)"),
    ('t = "^<EMAIL_ADDRESS_1>$"\ndf.e.str.match(t)',
     "t = '^a\\\\+b@x\\\\.com$'\ndf.e.str.match(t)"),
    ('df.set_index("p").loc["<PHONE_NUMBER_1>"]', 'df.set_index("p").loc[2125550143]'),
    ('df.p.map({"<PHONE_NUMBER_1>": "<EMAIL_ADDRESS_1>"})',
     "df.p.map({2125550143: 'a+b@x.com'})"),
    ],
)  # fmt: skip
def test_a_token_is_restored_as_its_place_demands(code: str, restored: str) -> None:
    assert restore_code(code, vault()) == restored


@pytest.mark.parametrize(
    "code",
    ['t = "<{}>"\ndf[df.p == t]\nt.strip()', 't = "<{}>"\ndf[df.p == t]\nprint("no. " + t)',
     'for t in names: pass\nt = "<{}>"\ndf[df.p == t]',
     't = "<{}>"\nu = t\ndf[df.p == u]\nu.strip()',
     'for t in ["<{}>"]:\n    print(df[df.p == t], "no. " + t)'],
)  # fmt: skip
def test_a_number_that_is_also_used_as_text_is_refused_and_not_compared_in_vain(code: str) -> None:
    with pytest.raises(UnknownToken):
        restore_code(code.format("PHONE_NUMBER_1"), vault())
    assert repr("a+b@x.com") in restore_code(code.format("EMAIL_ADDRESS_1"), vault())


def test_a_query_that_is_also_compared_takes_no_value() -> None:
    code = "q = \"e == '<EMAIL_ADDRESS_1>'\"\ndf.query(q)\ndf.e == q"
    with pytest.raises(UnknownToken):
        restore_code(code, vault(EVIL))


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


@pytest.mark.parametrize(
    "code",
    [
        "df.query(\"e == '%s'\" % '<EMAIL_ADDRESS_1>')",
        "df.query(\"e == '{}'\".format('<EMAIL_ADDRESS_1>'))",
        "who = '<EMAIL_ADDRESS_1>'\ndf.query(f\"e == '{who}'\")",
        "q = \"e == '<EMAIL_ADDRESS_1>'\"\nq = q + ' and b'\ndf.query(q)",
        'df.query("`<EMAIL_ADDRESS_1>` > 3")',
        'df.query("e == 3 # \'<EMAIL_ADDRESS_1>")',
        'df.query("e == \'<EMAIL_ADDRESS_1>")',
        "df.query(f\"e == f'<EMAIL_ADDRESS_1>'\")",
        'db.sql("select * from df -- <EMAIL_ADDRESS_1>")',
        'db.sql("select * from \\"<EMAIL_ADDRESS_1>\\"")',
        'db.sql("select \'<EMAIL_ADDRESS_1>")',
        "db.sql(f\"select '{'<EMAIL_ADDRESS_1>'}'\")",
    ],
)
def test_a_token_whose_value_could_become_code_of_a_query_is_refused(code: str) -> None:
    with pytest.raises(UnknownToken) as caught:
        restore_code(code, vault())
    assert caught.value.details is not None
    assert caught.value.details["token"] == "<EMAIL_ADDRESS_1>"


def test_a_query_finds_what_it_asks_for_in_pandas() -> None:
    df = pd.DataFrame(
        {"e": [EVIL, "x' or True or '", "b"], "p": [1, 2125550143, 3], "n": [1, 2, 3]}
    )
    for value in EVIL, "x' or True or '":
        code = restore_code("df.query(\"e == '<EMAIL_ADDRESS_1>'\")", vault(value))
        asked = ast.literal_eval(ast.parse(code).body[0].value.args[0])  # type: ignore[attr-defined]
        assert list(df.query(asked).e) == [value]
    asked = restore_code("df.query('p == <PHONE_NUMBER_1>')", vault())
    assert list(df.query(ast.literal_eval(asked[9:-1])).n) == [2]


@pytest.mark.parametrize("code", ["x = (", "x = '<EMAIL_ADDRESS_1>", "x\0", "(" * 10_000])
def test_what_does_not_parse_is_a_syntax_error(code: str) -> None:
    with pytest.raises(SyntaxError):
        restore_code(code, vault())


def test_code_without_tokens_is_not_touched() -> None:
    code = "x  =  1 ;y=f'{x!r}'\r\n\tz = 2".replace("\t", "")
    assert restore_code(code, vault()) == code
