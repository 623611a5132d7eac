"""What is personal is replaced on its way out and restored on its way back, for any input."""

from __future__ import annotations

import ast
import json
import re
import sqlite3
from contextlib import closing
from string import Template

from hypothesis import given, settings
from hypothesis import strategies as st

from datalens_core.privacy import PIIScrubber
from datalens_core.privacy.code import restore_code
from datalens_core.privacy.session import PrivacySessions
from datalens_core.privacy.vault import TOKEN, Vault

SESSIONS = PrivacySessions()
EXAMPLES = settings(max_examples=150, deadline=None)

NORTH_AMERICAN = st.from_regex(
    r"(\+1[ -])?(\([2-9][0-9]{2}\) |[2-9][0-9]{2}-)[2-9][0-9]{2}-[0-9]{4}", fullmatch=True
)
INTERNATIONAL = st.builds(
    lambda code, groups: f"+{code} " + " ".join(groups),
    st.sampled_from(["49", "44", "33", "81", "55", "91", "61", "27"]),
    st.sampled_from(
        [["30", "1234", "5678"], ["20", "7946", "0958"], ["6", "12", "34", "56", "78"]]
    ),
)
PHONES = st.one_of(NORTH_AMERICAN, INTERNATIONAL)
PERSONAL = st.one_of(st.emails(), PHONES)
# Words between the values: anything that cannot itself grow a value or swallow one.
WORDS = st.text(alphabet=st.characters(categories=["Lu", "Ll", "Zs"]), max_size=30)
PROSE = st.lists(st.tuples(WORDS, PERSONAL), min_size=1, max_size=4)
HOSTILE = st.text(min_size=1, max_size=40) | st.sampled_from(
    ['x"); print("PWNED") #@e.com', "'''", '"""', "\\", "{0}", "{x!r}", "\n", "<EMAIL_ADDRESS_1>",
     "' or True or '", "\\N{DIGIT ONE}", "%s", "$(id)", "a\u2028b"]
)  # fmt: skip


def joined(prose: list[tuple[str, str]]) -> str:
    return " ".join(f"{words} {value} ." for words, value in prose)


# Feature: glassbox-analyst, Property 17: For any text sent to the LLM (including queries, error
# messages, and data snippets), email addresses and phone numbers should be replaced with
# placeholder tokens before transmission.
@EXAMPLES
@given(PROSE)
def test_no_email_or_phone_number_is_left_in_text(prose: list[tuple[str, str]]) -> None:
    clean, found = PIIScrubber().scrub_text(joined(prose))
    for _, value in prose:
        assert value not in clean
    assert len(found) >= 1
    assert TOKEN.search(clean)


@EXAMPLES
@given(PROSE)
def test_the_words_around_a_value_stay_as_they_are(prose: list[tuple[str, str]]) -> None:
    text = joined(prose)
    clean, found = PIIScrubber().scrub_text(text)
    done, expected = 0, ""
    for redaction in found:
        assert text[redaction.start : redaction.end] == redaction.original_text
        expected += text[done : redaction.start] + redaction.replacement
        done = redaction.end
    assert clean == expected + text[done:]


@EXAMPLES
@given(PROSE, st.sampled_from(["stdout", "question", "error"]))
def test_no_email_or_phone_number_is_left_in_json(prose: list[tuple[str, str]], key: str) -> None:
    text = json.dumps({key: joined(prose), "count": 3}, ensure_ascii=True)
    clean, _ = SESSIONS.of("json").redact(text, "stdout")
    held = json.loads(clean)
    assert held["count"] == 3
    for _, value in prose:
        assert value not in held[key]


# Feature: glassbox-analyst, Property 18: For any PII redaction that occurs, an audit log entry
# should be created with the entity type and timestamp.
@EXAMPLES
@given(PROSE)
def test_each_redaction_is_told_by_type_and_place_but_never_by_value(
    prose: list[tuple[str, str]],
) -> None:
    clean, found = PIIScrubber().scrub_text(joined(prose))
    assert len(TOKEN.findall(clean)) == len(found)
    for redaction in found:
        assert redaction.entity_type in ("EMAIL_ADDRESS", "PHONE_NUMBER")
        assert redaction.original_text not in redaction.model_dump_json()
        assert redaction.original_text not in repr(redaction)


# Feature: glassbox-analyst, Property 19: For any data displayed in the Workspace, the original
# unredacted values should be shown to the user while redacted versions are sent to the LLM.
@EXAMPLES
@given(PROSE)
def test_restoring_what_was_redacted_gives_the_original(prose: list[tuple[str, str]]) -> None:
    session = SESSIONS.of(joined(prose))
    text = joined(prose)
    clean, _ = session.redact(text, "question")
    assert session.restore_text(clean) == text


@EXAMPLES
@given(PROSE)
def test_redacting_twice_changes_nothing_more(prose: list[tuple[str, str]]) -> None:
    session = SESSIONS.of("twice")
    once, _ = session.redact(joined(prose), "question")
    again, found = session.redact(once, "reply")
    assert again == once
    assert found == []


CONTEXTS = [
    "x = '{}'", 'x = "{}"', "x = '''{}'''", "x = r'{}'", "x = b'{}'", "x = f'{}'",
    "x = f'a {{y}} {} {{y!r:>{{w}}}}'", "x = f\"{{d['{}']}}\"", "x = 'a' '{}' 'b'",
    "x = df[df.email == '{}']", "x = df.email.str.contains('{}')", "x = [1, '{}', None]",
    "x = {{'k': '{}'}}", "x = re.search(r'^{}$', y)", "def f(a='{}'):\n    return a  # é {}",
]  # fmt: skip


CONTEXTS += [
    "x = '{{}} {}'.format(y)", "x = '%s {}' % y", "x = t.strftime('{}')", "x = Template('{}')",
    "x = re.sub('a', '{}', y)", "x = df['{}']", "x = df.e.map({{'{}': 1}})", "x = '{}' in y",
    "x = json.loads('[\"{}\"]')", "x = f'{{y:{{w}}}} {}'.format(3)",
    "y = '{}'\nx = re.search(y, z)",
    "def f(): '{}'", "class A:\n    '{}'", "match y:\n    case '{}': pass", "x = lambda: ('{}',)",
    "x = df.query(\"a == '{}'\")", "x = df.query('a == {}')", "x = df.eval(f\"a == '{{v}} {}'\")",
    "x = df.query(\"a == '\" + v + \" {}'\")", "x = df.query('a == [\"{}\"] and `b c` > 3')",
    "t, u = '{}', 1\nx = df.e == t", "def f(t='{}'):\n    return df.e == t",
    "x = df.query(\"a.str.match('{}')\")", "x = db.sql(\"select '{}'\")", "x = db.sql('select {}')",
    "x = db.sql(f\"select '{{v}} {}', {{n}} \")", "async def f():\n    await g('{}')  # {}",
]  # fmt: skip
QUERIES = frozenset({"query", "eval"})


def shape(code: str) -> str:
    """A program without what its literals hold; the queries in it count as programs, too."""
    tree = ast.parse(code)
    inner = [
        shape(text.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in QUERIES
        for text in ast.walk(node.args[0])
        if isinstance(text, ast.Constant) and is_program(text.value)
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            node.value, node.kind = "", None
    return "\n".join([ast.dump(tree), *inner])


def is_program(text: object) -> bool:
    try:
        ast.parse(str(text))
    except (SyntaxError, ValueError):
        return False
    return True


@EXAMPLES
@given(HOSTILE, st.sampled_from(CONTEXTS))
def test_a_hostile_value_never_becomes_code(value: str, context: str) -> None:
    def restored(held: str) -> str:
        vault = Vault()
        token = vault.token_for("EMAIL_ADDRESS", held)
        return restore_code(context.format(token, token), vault)

    assert shape(restored(value)) == shape(restored("ada"))


def only_text(code: str) -> str:
    """The first string of a program."""
    held = (n.value for n in ast.walk(ast.parse(code)) if isinstance(n, ast.Constant))
    return next(value for value in held if isinstance(value, str))


@EXAMPLES
@given(HOSTILE.filter(lambda text: "\0" not in text))
def test_what_reads_a_restored_string_reads_the_value(value: str) -> None:
    vault = Vault()
    token = vault.token_for("EMAIL_ADDRESS", value)

    def text(code: str) -> str:
        return only_text(restore_code(code.format(token), vault))

    assert text("'{{}} {}'.format(1)").format(1) == f"1 {value}"
    assert text("'%d {}' % 1") % 1 == f"1 {value}"
    assert Template(text("Template('{}')")).substitute() == value
    assert json.loads(text("json.loads('\"{}\"')")) == value
    assert re.fullmatch(text("re.fullmatch('{}', x)"), value)
    assert re.sub("a", text("f(re.sub('{}', '', x))"), "") == ""
    assert ast.literal_eval(text("df.eval('{}')")) == value
    for statement in ("db.sql('select {}')", "db.sql(\"select '{}'\")"):
        with closing(sqlite3.connect(":memory:")) as database:
            assert database.execute(text(statement)).fetchone() == (value,)


@EXAMPLES
@given(HOSTILE)
def test_restoring_is_over_in_one_pass(value: str) -> None:
    vault = Vault()
    tokens = [vault.token_for("EMAIL_ADDRESS", value), vault.token_for("EMAIL_ADDRESS", "second")]
    code = restore_code(f"x = ({tokens[0]!r}, {tokens[1]!r})", vault)
    assert ast.literal_eval(code.removeprefix("x = ")) == (value, "second")


@EXAMPLES
@given(HOSTILE, st.sampled_from(["x = {!r}", "x = f{!r}", "x = 'é' {!r}"]))
def test_a_restored_literal_holds_exactly_the_value(value: str, context: str) -> None:
    vault = Vault()
    token = vault.token_for("EMAIL_ADDRESS", value)
    code = context.format(token)
    tree = ast.parse(restore_code(code, vault))
    compiled = ast.unparse(tree.body[0].value)  # type: ignore[attr-defined]
    held = ast.literal_eval(compiled.removesuffix(".format()"))
    held = held.format() if compiled.endswith(".format()") else held
    assert held == ("é" if "é" in context else "") + value
