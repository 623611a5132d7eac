"""What is personal is replaced on its way out and restored on its way back, for any input."""

from __future__ import annotations

import ast
import json

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
    once, _ = session.redact(joined(prose), "history")
    again, found = session.redact(once, "history")
    assert again == once
    assert found == []


CONTEXTS = [
    "x = '{}'", 'x = "{}"', "x = '''{}'''", "x = r'{}'", "x = b'{}'", "x = f'{}'",
    "x = f'a {{y}} {} {{y!r:>{{w}}}}'", "x = f\"{{d['{}']}}\"", "x = 'a' '{}' 'b'",
    "x = df[df.email == '{}']", "x = df.email.str.contains('{}')", "x = [1, '{}', None]",
    "x = {{'k': '{}'}}", "x = re.search(r'^{}$', y)", "def f(a='{}'):\n    return a  # é {}",
]  # fmt: skip


def shape(code: str) -> list[str]:
    """The kinds of nodes of a program, f-strings and the calls that replace them aside."""
    kinds = (type(n).__name__ for n in ast.walk(ast.parse(code)))
    changed = ("JoinedStr", "FormattedValue", "Constant", "Call", "Attribute", "Load")
    return sorted(k for k in kinds if k not in changed)


@EXAMPLES
@given(HOSTILE, st.sampled_from(CONTEXTS))
def test_a_hostile_value_never_becomes_code(value: str, context: str) -> None:
    vault = Vault()
    token = vault.token_for("EMAIL_ADDRESS", value)
    code = context.format(token, token)
    restored = restore_code(code, vault)
    assert shape(restored) == shape(code)


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
