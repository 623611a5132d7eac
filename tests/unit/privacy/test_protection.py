"""Values and names of protected columns, found wherever they are written."""

from __future__ import annotations

import json
import re
import time
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datalens_core.errors import PrivacyBlocked
from datalens_core.privacy.columns import names_person
from datalens_core.privacy.cutting import head_of, tail_of
from datalens_core.privacy.known_values import KnownValues
from datalens_core.privacy.protection import Protection
from datalens_core.privacy.rules import DetectionRules
from datalens_core.privacy.session import PrivacySessions, SessionPrivacy


def session(
    policies: dict[str, Any], values: dict[str, Any] | None = None, **more: Any
) -> SessionPrivacy:
    made = PrivacySessions().of("s")
    known = {name: [KnownValues(held)] for name, held in (values or {}).items()}
    made.protection = Protection(policies, known, **more)
    return made


def sent(made: SessionPrivacy, text: object, channel: str = "output") -> str:
    return made.redact(text if isinstance(text, str) else json.dumps(text), channel)[0]


NAMES = ["Ada Lovelace", "Bo", "O'Neil, Tom", "Ángel Núñez", "x@y.example"]


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Ada Lovelace leads", True),
        ("ADA LOVELACE leads", True),
        ("['Ada Lovelace']", True),
        ("ada lovelace.", True),
        ("ángel núñez", True),
        ("by O'Neil, Tom.", True),
        ("who_Ada Lovelace", True),  # a column of get_dummies
        ("ada lovelace_total", True),
        ("Ada Lovelace42", True),
        ("Ada Lovelacesson", False),
        ("unAda Lovelace", False),
        ("Ada", False),
        ("Bo", False),  # two letters are too few to be told from a word
    ],
)
def test_a_text_is_known_as_a_word_of_its_own(text: str, hidden: bool) -> None:
    made = session({"who": "tokenise"}, {"who": NAMES})
    assert (sent(made, text) != text) is hidden


@pytest.mark.parametrize(
    "written",
    [
        "Q u e l d a  B r u n t o", "QueldaBrunto", "quelda_brunto", "Brunto, Quelda",
        "QUELDA.BRUNTO", repr(list("Quelda Brunto"))[1:-1], b"Quelda Brunto".hex(),
        "Quelda\nBrunto", "Quelda&nbsp;Brunto", "Quelda%20Brunto", r"\x0cQuelda Brunto\x94",
        "Quéldà Brünto", "Quеldа Вruntо", "UXVlbGRhIEJydW50bw==",
        "&#81;&#117;&#101;&#108;&#100;&#97;&#32;&#66;&#114;&#117;&#110;&#116;&#111;",
        "310_007", "310 007", "310.007,0", "310,007.00", "310'007", "3.10007e5", "310007EUR",
        "EUR310007", "-77123", "-77_123", "0x4baf7", "2 125 550 143", "212 5550143",
        "2.125.550.143", "0 310 007",
    ],
)  # fmt: skip
def test_a_value_is_known_in_disguise(written: str) -> None:
    made = session(
        {"who": "tokenise", "pay": "statistics", "tel": "tokenise"},
        {"who": ["Quelda Brunto"], "pay": [310007, -77123], "tel": [2125550143]},
    )
    shown = sent(made, f"it is {written}, so it is")
    assert re.fullmatch(r"it is \W*\w{0,4}<\w+>\W*\w{0,4}, so it is", shown), shown
    assert made.restore_text(shown) == f"it is {written}, so it is"


@pytest.mark.parametrize(
    "text",
    [
        "Quelda and Brunto", "Queldabruntos", "deadbeef310007aa", "1 310 0 07", "12 345",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "c29tZXRoaW5nIGVsc2U=",
        "0   310\n1   007", "version 3.10.007", "2024-01-03 10:00:07",
    ],
)  # fmt: skip
def test_what_only_resembles_a_value_stays(text: str) -> None:
    made = session(
        {"who": "tokenise", "pay": "statistics"}, {"who": ["Quelda Brunto"], "pay": [310007]}
    )
    assert sent(made, text) == text


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.from_regex(r"[A-Za-zÀ-ɏ][\w .,'\"\\/#&()+-]{1,20}[a-z]", fullmatch=True), min_size=1
    ),
    st.sampled_from([" ", "\n", ", ", "'", '"', "(", "=", "", "|"]),
)
def test_whatever_a_value_is_it_is_found_between_other_words(values: list[str], edge: str) -> None:
    known = KnownValues(values)
    for value in values:
        text = f"{edge}{value}{edge}" if not edge else f"of{edge}{value}{edge}today"
        start = text.index(value)
        assert any(p.start <= start and p.end >= start + len(value) for p in known.find(text))


@pytest.mark.parametrize(
    ("shown", "held"),
    [
        ("52341.5678", True), ("52341.57", True), ("52,341.57", True), ("52342", True),
        ("5.2342e4", True), ("52341.60", False), ("52343", False), ("-52342", False),
        ("34", True), ("34.0", True), ("35", False), ("9007199254740993", True), ("nan", False),
    ],
)  # fmt: skip
def test_a_number_is_known_however_it_is_rounded(shown: str, held: bool) -> None:
    known = KnownValues([52341.5678, 34, 9007199254740993])
    assert known.holds_number(shown) is held


def test_a_mean_is_nobodys_and_a_maximum_is_somebodys() -> None:
    made = session({"pay": "statistics"}, {"pay": [1000, 2001, 4000]})
    table = {"columns": ["unit", "pay"], "rows": [["N", 2333.67], ["S", 4000]], "row_count": 2}
    shown = json.loads(sent(made, table))
    assert shown["rows"] == [["N", 2333.67], ["S", "<PERSONAL_VALUE_1>"]]
    assert made.restore_text("<PERSONAL_VALUE_1>") == "4000"
    # Under another name it is recognised by its digits.
    table["columns"] = ["unit", "top"]
    assert json.loads(sent(made, table))["rows"][1] == ["S", "<PERSONAL_VALUE_1>"]
    assert sent(made, "the top is 4000 of 7001") == "the top is <PERSONAL_VALUE_1> of 7001"


def test_small_numbers_are_values_below_their_heading_only() -> None:
    made = session({"age": "never", "city": "send"}, {"age": [34, 51, 7]})
    frame = "   city  age\n0  Oslo   34\n1  Rome    7\n2  Bern   51\n\n7 rows of 34"
    shown = sent(made, frame)
    assert shown.count("<PERSONAL_VALUE_") == 3
    assert "<COLUMN_NAME_1>" in shown
    assert shown.endswith("7 rows of 34")
    series = "0    34\n1    51\nName: age, dtype: int64"
    assert sent(made, series).count("<PERSONAL_VALUE_") == 2
    assert sent(made, "city,age,n\nOslo,34,51\n").count("<PERSONAL_VALUE_") == 1


def test_a_column_of_which_not_all_is_known_shows_no_number() -> None:
    made = session({"pay": "statistics"})
    made.protection = Protection({"pay": "statistics"}, {"pay": [KnownValues([1], complete=False)]})
    table = {"columns": ["pay", "n"], "rows": [[12, 3]], "row_count": 1}
    assert json.loads(sent(made, table))["rows"] == [["<PERSONAL_VALUE_1>", 3]]


def test_a_column_of_which_not_all_is_known_shows_no_line_below_its_name() -> None:
    made = session({"who": "tokenise", "n": "send"})
    made.protection = Protection(
        {"who": "tokenise", "n": "send"}, {"who": [KnownValues(["Ada Lovelace"], complete=False)]}
    )
    unknown = "Bo Mercer"
    for printed in (
        f"          who  n\n0  Ada Lovelace  1\n1     {unknown}  2\n\ndone",
        f"who,n\n{unknown},2\n",
        f"   n   who\n0  2  {unknown}",
        f"0    Ada Lovelace\n1    {unknown}\nName: who, dtype: str\n",
        f"{{'who': '{unknown}', 'n': 2}}",
    ):
        shown = sent(made, json.dumps({"stdout": printed}))
        assert unknown not in shown
        assert made.restore_text(json.loads(shown)["stdout"]) == printed
    assert sent(made, "the mean by who is\n2333.67", "output").endswith("2333.67")


@pytest.mark.parametrize(
    "written",
    [
        json.dumps({"Größe": "Zoë Müller"}),
        json.dumps(json.dumps({"Größe": "Zoë Müller"})),
        quote("Größe=Zoë Müller"),
        quote(quote("Größe=Zoë Müller")),
        "Größe=Zoë Müller".encode("ascii", "xmlcharrefreplace").decode(),
        ascii("Größe: Zoë Müller"),
        repr("Größe: Zoë Müller".encode()),
    ],
)
def test_what_code_prints_in_escapes_is_known(written: str) -> None:
    made = session({"who": "tokenise", "Größe": "never"}, {"who": ["Zoë Müller"]})
    said = f"seen: {written} and more"
    shown = json.loads(sent(made, {"stdout": said}))["stdout"]
    assert re.fullmatch(r"seen: b?\W*<COLUMN_NAME_1>.*<PERSONAL_VALUE_1>\W* and more", shown)
    assert made.restore_text(shown) == said


@pytest.mark.parametrize(
    "printed",
    [
        '[{"age":34,"n":7},{"age":51,"n":34}]', "{'age': {0: 34, 1: 51}, 'n': {0: 7, 1: 34}}",
        "age=[34, 51] n=[7, 34]",
        "age    34\nn       7\n\nage    51\nn      34",
        "     min   max\nage  34.0  51.0\nn     7.0  34.0",
        "age: array([34, 51]), n: array([7, 34])",
        "Pandas(Index=0, age=34, n=7) Pandas(Index=1, age=51, n=34)",
    ],
)  # fmt: skip
def test_a_small_number_is_known_beside_its_columns_name(printed: str) -> None:
    made = session({"age": "statistics", "n": "send"}, {"age": [34, 51]})
    shown = json.loads(sent(made, {"stdout": printed}))["stdout"]
    assert shown.count("<PERSONAL_VALUE_") == 2
    assert "51" not in shown
    assert "34" in shown, "of another column it is nobody's"
    assert made.restore_text(shown) == printed
    for said in ("the mean age is 34", "df[df.age == 34]", "age; 34 rows"):
        assert sent(made, said) == said


def test_a_sign_that_json_escapes_hides_no_value() -> None:
    made = session({"firm": "tokenise"}, {"firm": ["A/S B", 'Al "X"', "O'B"]})
    printed = '{"firm":{"0":"A\\/S B","1":"Al \\"X\\""}} \'O\\\'B\''
    shown = json.loads(sent(made, {"stdout": printed}))["stdout"]
    assert shown.count("<PERSONAL_VALUE_") == 3
    assert made.restore_text(shown) == printed


def test_a_hidden_name_is_hidden_however_it_is_written_and_others_are_not() -> None:
    made = session({"base_pay": "never", "x": "never", "pay": "send"})
    assert (
        sent(made, "Base pay, BASE-PAY and base_pay")
        == ", ".join(["<COLUMN_NAME_1>"] * 2).replace(", <", ", <", 1) + " and <COLUMN_NAME_1>"
    )
    assert sent(made, "df['x'] = x + 1") == "df['<COLUMN_NAME_2>'] = x + 1"
    assert made.restore_code("df['<COLUMN_NAME_1>']") == "df['base_pay']"


def test_a_hidden_name_is_hidden_in_what_is_derived_from_it_and_not_in_other_columns() -> None:
    made = session({"pay": "never", "id": "never", "pay_band": "send", "order_id": "send"})
    sent(made, "pay")
    said = "pay_x mean_pay pay_band order_id paying"
    shown = sent(made, said)
    assert shown == "<COLUMN_NAME_1>_x mean_<COLUMN_NAME_1> pay_band order_id paying"
    assert made.restore_text(shown) == said
    assert made.restore_code("df['<COLUMN_NAME_1>_x'].sum()") == "df['pay_x'].sum()"


def test_a_merged_tables_columns_are_those_they_come_from() -> None:
    made = session({"age": "statistics", "who": "tokenise"}, {"age": [34, 7], "who": ["Bo"]})
    printed = "   age_x  n\n0     34  3\n1      7  9"
    assert sent(made, printed).count("<PERSONAL_VALUE_") == 2
    table = {"columns": ["age_y", "who_x", "n"], "rows": [[34, "Bo", 34]], "row_count": 1}
    assert json.loads(sent(made, table))["rows"] == [
        ["<PERSONAL_VALUE_1>", "<PERSONAL_VALUE_3>", 34]
    ]


def test_what_is_known_twice_is_kept_once() -> None:
    left = KnownValues(["Ada Lovelace", "Bo Mercer", 1234, True]).without(
        KnownValues(["Ada Lovelace", 1234])
    )
    assert not list(left.find("Ada Lovelace 1234"))
    assert len(list(left.find("Bo Mercer"))) > 0
    assert not left.holds_number("1234")


@pytest.mark.parametrize("name", ["question", "name", "rows", "stdout", "value", "content"])
def test_a_column_called_like_a_key_of_ours_breaks_no_request(name: str) -> None:
    made = session({name: "tokenise"}, {name: ["Ada Lovelace"]})
    envelope = {
        "question": "what now",
        "datasets": [
            {
                "name": "a.csv",
                "dataset_schema": {
                    "columns": [{"name": name, "dtype": "str", "sample_values": ["Ada Lovelace"]}],
                    "sample_data": [["Ada Lovelace"]],
                },
            }
        ],
        "stdout": "done",
    }
    shown = json.loads(sent(made, envelope, "context"))
    assert shown["question"] == "what now"
    assert shown["stdout"] == "done"
    assert shown["datasets"][0]["name"] == "a.csv"
    column = shown["datasets"][0]["dataset_schema"]["columns"][0]
    assert column["sample_values"] == ["<PERSONAL_VALUE_1>"]
    assert shown["datasets"][0]["dataset_schema"]["sample_data"] == [["<PERSONAL_VALUE_1>"]]


def test_our_own_words_are_left_whatever_a_column_is_called() -> None:
    made = session({"type": "never", "code": "never"})
    tools = '{"type": "function", "code": "Run code"}'
    assert sent(made, tools, "tools") == tools
    assert sent(made, "Write the code of this type.", "prompt") == "Write the code of this type."
    assert "COLUMN_NAME" in sent(made, "code by type", "question")


@pytest.mark.parametrize(
    ("code", "restored"),
    [
        ("df.query('<COLUMN_NAME_1> > 3')", "df.query('`base pay` > 3')"),
        ("df.query('`<COLUMN_NAME_1>` > 3')", "df.query('`base pay` > 3')"),
        ("c.execute('select <COLUMN_NAME_1>')", "c.execute('select \"base pay\"')"),
        ("px.bar(df, x='<COLUMN_NAME_1>')", "px.bar(df, x='base pay')"),
        ("df.groupby(['<COLUMN_NAME_1>']).size()", "df.groupby(['base pay']).size()"),
    ],
)  # fmt: skip
def test_a_hidden_name_comes_back_in_code_as_a_name(code: str, restored: str) -> None:
    made = session({"base pay": "never"})
    sent(made, "by base pay")
    assert made.restore_code(code) == restored


def test_a_marked_value_is_hidden_and_one_marked_otherwise_is_not() -> None:
    made = session({}, personal=("Heron",), not_personal=("info@x.example",))
    assert sent(made, "heron info@x.example") == "<MARKED_VALUE_1> info@x.example"


def test_no_mark_shows_what_a_policy_hides() -> None:
    values = {"who": ["Ada Lovelace"]}
    for policy, shown in (("tokenise", True), ("statistics", False), ("never", False)):
        made = session({"who": policy}, values, not_personal=("Ada Lovelace",))
        assert (sent(made, "Ada Lovelace") == "Ada Lovelace") is shown


def test_a_catastrophic_pattern_blocks_in_time_and_never_hangs() -> None:
    rules = DetectionRules.read(patterns=[r"(a|aa)+$", r"EMP-\d{4}"])
    made = PrivacySessions(rules=rules).of("s")
    assert sent(made, "EMP-1234") == "<PERSONAL_VALUE_1>"
    begun = time.monotonic()
    with pytest.raises(PrivacyBlocked):
        sent(made, "a" * 60 + "!")
    assert time.monotonic() - begun < 10


def test_many_values_are_looked_up_quickly() -> None:
    known = KnownValues([f"Person {n} of {n * 7}" for n in range(50_000)])
    text = "Person 41 of 287 met Person 5 of 36 and nobody else. " * 400
    begun = time.process_time()
    assert len(set(known.find(text))) == 400
    assert time.process_time() - begun < 2


def test_names_of_columns_that_promise_people() -> None:
    for name in ("first_name", "LastName", "Customer Name", "SSN", "home address"):
        assert names_person(name), name
    for name in ("name", "product_name", "ip_address", "username", "address_count"):
        assert not names_person(name), name


def test_nothing_of_known_values_is_in_a_repr() -> None:
    made = session({"who": "tokenise"}, {"who": NAMES}, personal=("Heron",))
    assert "Ada" not in repr(made.protection) + repr(made)
    assert "Heron" not in repr(made.protection)


@pytest.mark.parametrize("value", ["ada.lovelace@acme.corp", "+1-212-555-0143", "o'hara@x.example"])
def test_a_cut_leaves_no_half_of_a_value(value: str) -> None:
    text = f"written by {value} at last"
    for limit in range(1, len(text) + 1):
        head, tail = head_of(text, limit), tail_of(text, limit)
        assert len(head) <= limit >= len(tail)
        for part in (value[:4], value[:-1]):
            assert value in head or part not in head, head
            assert value in tail or value[-4:] not in tail or tail.startswith(value), tail


def test_a_cut_keeps_whole_words_and_what_has_no_words() -> None:
    assert head_of("one two three", 9) == "one two"
    assert head_of("one two three", 7) == "one two"
    assert tail_of("one two three", 8) == " three"
    assert head_of("x" * 900, 400) == "x" * 400
    assert tail_of("x" * 900, 400) == "x" * 400


def test_names_that_are_written_alike_are_told_apart() -> None:
    made = session({"first_name": "never", "first name": "never"})
    for name in ("first_name", "first name"):
        assert made.restore_text(sent(made, f"What is {name}?")) == f"What is {name}?"
