"""Column policies with a model behind real HTTP: what may not be sent of a column is not sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from datalens_core import DataLensError, Workbench
from datalens_core.errors import InvalidRequest
from datalens_core.events import Event
from datalens_core.models import ColumnPolicyChange, Session
from tests.support.openrouter import (
    RecordedRequest,
    ScriptedModel,
    Stream,
    final_answer,
    find_values,
    get_schema,
    plan,
    reply,
    run_python,
)

Ask = Callable[..., Awaitable[list[Event]]]
Make = Callable[..., Workbench]
PROFILE = reply("I have no profile to give.")

STAFF = """\
worker,base_pay,bonus,shift,unit,office mail
Ottoline Quill,71234,1203.5,4,North,oq@corp.example
Basil Fenwright,68119,874.25,2,South,bf@corp.example
Marguerite Sole,90417,2310.75,7,North,ms@corp.example
Tavish Roon,55902,610.5,3,South,tr@corp.example
Ines Calloway,60333,990.0,6,North,ic@corp.example
Wenzel Obermann,83771,1501.25,5,South,wo@corp.example
"""
PRINTS = """\
import pandas as pd, sys
import plotly.express as px
print(df)
print(df[['base_pay', 'shift']])
print(df['shift'])
print(df.base_pay.max(), df.bonus.min())
print(df.describe())
print(df.to_csv())
print(df.iloc[5, 0], file=sys.stderr)
px.bar(df, x='worker', y='base_pay', title='Pay of ' + df.iloc[3, 0]).show()
df"""
RAISES = "import pandas as pd\nraise ValueError(df.iloc[4, 0] + ' earns ' + str(df.iloc[4, 1]))"
HIDDEN = [  # of every protected column, rows beyond the first five included
    "Ottoline", "Fenwright", "Marguerite", "Tavish", "Calloway", "Obermann", "base_pay", "base pay",
    "71234", "68119", "90417", "55902", "60333", "83771", "1203.5", "2310.75", "610.5", "1501.25",
]  # fmt: skip


@pytest.fixture
def staff(tmp_path: Path) -> Path:
    path = tmp_path / "staff.csv"
    path.write_text(STAFF)
    return path


def policies(**chosen: str) -> list[ColumnPolicyChange]:
    return [
        ColumnPolicyChange.model_validate({"column": column, "policy": policy})
        for column, policy in chosen.items()
    ]


PROTECTED = policies(worker="tokenise", base_pay="never", bonus="statistics", shift="never")


async def test_no_value_of_a_protected_column_leaves_by_any_channel(
    make_workbench: Make, staff: Path, asked: Ask
) -> None:
    script = [
        PROFILE,
        plan(["Look at the pay"]),
        get_schema(),
        find_values("worker", "Quill"),
        find_values("base_pay", "7"),
        run_python(PRINTS),
        run_python(RAISES),
        run_python(PRINTS + "\n"),
        final_answer("Seen."),
        plan(["Again"]),
        run_python("import pandas as pd\nlen(df)"),
        final_answer("6 rows."),
    ]
    async with (
        ScriptedModel(script) as model,
        make_workbench(llm_base_url=model.base_url) as workbench,
    ):
        session = await workbench.create_session()
        await workbench.upload(session.id, staff)
        uploaded = len(model.requests)
        report = await workbench.set_column_policies(session.id, PROTECTED)
        assert {c.column: c.policy for c in report.columns} == {
            "worker": "tokenise", "base_pay": "never", "bonus": "statistics", "shift": "never",
            "unit": "send", "office mail": "tokenise",
        }  # fmt: skip
        question = "What is the Base Pay of Ottoline Quill, and is it 71234?"
        events = await asked(workbench, session.id, question)
        events += await asked(workbench, session.id, "and how many?")
        report = await workbench.privacy_report(session.id)
        sent = b"\n".join(r.raw for r in model.requests[uploaded:]).decode()
    assert events[-1].type == "run.completed"
    assert len(model.requests) == uploaded + 11
    for value in HIDDEN:
        assert value not in sent, value
    # The names of the other columns, and what may be sent, did go.
    for name in ("worker", "bonus", "unit", "North"):
        assert name in sent
    columns = {c.column for c in report.counts}
    assert {"worker", "bonus", "office mail"} <= columns
    assert not columns & {"base_pay", "shift"}, "a name that nobody may know is no label either"
    # The user sees what is theirs.
    shown = "".join(e.text for e in events if e.type == "execution.output")
    assert "Ottoline Quill" in shown
    assert "71234" in shown


async def test_a_question_about_a_hidden_column_still_works(
    make_workbench: Make, staff: Path, asked: Ask
) -> None:
    def by_token(request: RecordedRequest) -> Stream:
        assert "average <COLUMN_NAME_1> by unit" in request.text
        return run_python(
            "import pandas as pd\n"
            "df.query('<COLUMN_NAME_1> > 56000').groupby('unit')['<COLUMN_NAME_1>'].mean()"
        )

    script = [PROFILE, plan(["Average"]), by_token, final_answer("North leads with 73,994.67.")]
    async with (
        ScriptedModel(script) as model,
        make_workbench(llm_base_url=model.base_url) as workbench,
    ):
        session = await workbench.create_session()
        await workbench.upload(session.id, staff)
        await workbench.set_column_policies(session.id, PROTECTED)
        events = await asked(workbench, session.id, "average base_pay by unit")
        last = model.requests[-1].text
    assert events[-1].type == "run.completed"
    code = next(e for e in events if e.type == "code.generated").code
    assert "df.query('`base_pay` > 56000').groupby('unit')['base_pay'].mean()" in code
    assert "73994.66" in last, "a mean is nobody's value"
    answer = next(e for e in events if e.type == "answer.final")
    assert all(check.passed for check in answer.checks)


async def test_a_policy_and_its_reasons_outlast_a_restart(
    make_workbench: Make, staff: Path, asked: Ask
) -> None:
    async with make_workbench() as workbench:
        session = await workbench.create_session()
        await workbench.upload(session.id, staff)
        await workbench.set_column_policies(session.id, PROTECTED)
    script = [plan(["Look"]), run_python(PRINTS), final_answer("Seen.")]
    async with (
        ScriptedModel(script) as model,
        make_workbench(llm_base_url=model.base_url) as workbench,
    ):
        report = await workbench.privacy_report(session.id)
        events = await asked(workbench, session.id, "what does Tavish Roon earn?")
        sent = model.received.decode()
    assert {c.column: c.source for c in report.columns if c.policy == "never"} == {
        "base_pay": "user",
        "shift": "user",
    }
    assert events[-1].type == "run.completed"
    assert not [value for value in HIDDEN if value in sent]


async def test_schema_only_sends_no_value_whatever_code_prints(
    make_workbench: Make, staff: Path, asked: Ask
) -> None:
    script = [
        PROFILE,
        plan(["Look"]),
        get_schema(),
        find_values("unit", "Nor"),
        run_python(PRINTS),
        run_python(RAISES),
        run_python("import pandas as pd\ndf.groupby('unit').base_pay.mean()"),
        final_answer("North and Ottoline Quill."),
        plan(["Again"]),
        final_answer("6 rows."),
    ]
    async with (
        ScriptedModel(script) as model,
        make_workbench(llm_base_url=model.base_url, schema_only=True) as workbench,
    ):
        session = await workbench.create_session()
        await workbench.upload(session.id, staff)
        report = await workbench.privacy_report(session.id)
        events = await asked(workbench, session.id, "what is the mean in the North?")
        await asked(workbench, session.id, "how many rows?")
        sent = model.received.decode()
    assert {(c.policy, c.required, c.source) for c in report.columns} == {
        ("statistics", "statistics", "setting")
    }
    assert events[-1].type == "run.completed"
    assert len(model.requests) == len(script)
    for line in STAFF.splitlines()[1:]:
        for value in line.split(","):
            assert len(value) < 4 or value not in sent, value
    for name in STAFF.splitlines()[0].split(","):
        assert name in sent
    assert "73994.66" in sent, "a mean is nobody's value"


async def test_what_a_newer_version_lost_stays_known(
    make_workbench: Make, staff: Path, asked: Ask, tmp_path: Path
) -> None:
    newer = tmp_path / "newer" / "staff.csv"
    newer.parent.mkdir()
    newer.write_text("person,pay,unit\nNella Ambrose,51234,North\nOttoline Quill,90417,North\n")
    script = [
        PROFILE,
        plan(["Look"]),
        run_python(PRINTS),
        final_answer("Marguerite Sole earns most, 90417; the base_pay of Tavish Roon is 55902."),
        PROFILE,
        plan(["Again"]),
        run_python("import pandas as pd\nprint(df)"),
        final_answer("2 rows."),
    ]
    async with (
        ScriptedModel(script) as model,
        make_workbench(llm_base_url=model.base_url) as workbench,
    ):
        session = await workbench.create_session()
        await workbench.upload(session.id, staff)
        await workbench.set_column_policies(session.id, PROTECTED)
        await asked(workbench, session.id, "who earns most?")
        before = len(model.requests)
        [held] = (await workbench.get_session(session.id)).datasets
        upload = await workbench.upload(session.id, newer, replaces=held.id)
        events = await asked(workbench, session.id, "and now?")
        sent = b"\n".join(r.raw for r in model.requests[before + 1 :]).decode()
    assert events[-1].type == "run.completed"
    assert "and now?" in sent
    assert "who earns most?" in sent
    # What is new may be what was protected, by another name.
    for value in (*HIDDEN, "Nella", "51234", 'person\\"'):
        assert value not in sent, value
    assert '\\"name\\":\\"unit\\"' in sent
    told = "".join(upload.warnings)
    assert "what may be sent of worker, base_pay, bonus" in told
    assert "what is new (person, pay) is held back" in told


async def test_what_is_derived_from_a_protected_column_is_known_too(
    make_workbench: Make, tmp_path: Path, asked: Ask
) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text("ward,pay\nElm,71234\nYew,68119\n")
    second.write_text("ward,pay\nElm,55902\nYew,60333\n")
    derives = (
        "import pandas as pd\nprint(df.merge(second, on='ward'))\n"
        "print(pd.get_dummies(df.ward, prefix='in').columns.tolist())\n"
        "x = df.assign(x=df.ward, y=df.pay)[['x', 'y']]\nprint(x.T.to_json(), x.to_dict())\n"
        "df.groupby('ward').agg(mean_pay=('pay', 'mean'))"
    )
    script = [PROFILE, PROFILE, plan(["Derive"]), run_python(derives), final_answer("Seen.")]
    async with (
        ScriptedModel(script) as model,
        make_workbench(llm_base_url=model.base_url) as workbench,
    ):
        session = await workbench.create_session()
        for path in (first, second):
            await workbench.upload(session.id, path)
        [held, _] = (await workbench.get_session(session.id)).datasets
        chosen = policies(ward="tokenise", pay="never")
        await workbench.set_column_policies(
            session.id, [c.model_copy(update={"dataset_id": held.id}) for c in chosen]
        )
        events = await asked(workbench, session.id, "derive")
        sent = model.requests[-1].text
    assert events[-1].type == "run.completed"
    shown = "".join(e.text for e in events if e.type == "execution.output")
    assert "pay_x" in shown
    assert "in_Elm" in shown
    for value in ("Elm", "Yew", "71234", "68119", "55902", "60333", "pay"):
        assert value not in sent, value


async def test_a_single_persons_extreme_is_held_back_from_the_schema(
    make_workbench: Make, tmp_path: Path
) -> None:
    people = tmp_path / "people.csv"
    people.write_text(
        "mail,age,level\n" + "".join(f"p{n}@x.example,{20 + n},3\n" for n in range(5))
    )
    things = tmp_path / "things.csv"
    things.write_text("part,weight\n" + "".join(f"bolt {n},{20 + n}\n" for n in range(5)))
    async with make_workbench() as workbench:
        session = await workbench.create_session()
        for path in (people, things):
            await workbench.upload(session.id, path)
        preview = await workbench.preview(session.id, "oldest?")
    sent = preview.parts[1].text
    persons, parts = sent.split('"variable":"things"')
    assert '"min_value":20,"max_value":24' not in persons
    assert '"name":"age"' in persons
    assert '"min_value":3,"max_value":3' in persons, "several share it"
    assert '"min_value":20,"max_value":24' in parts, "nobody's"


async def test_without_a_model_no_policy_stands_in_the_way_of_an_answer(
    make_workbench: Make, staff: Path
) -> None:
    async with make_workbench() as workbench:
        session = await workbench.create_session()
        await workbench.upload(session.id, staff)
        await workbench.set_column_policies(session.id, PROTECTED)
        run = await workbench.start_query(session.id, "highest base_pay")
        # What a model would be sent is shown meanwhile, and leaves the run alone.
        seen = [(await workbench.preview(session.id, "pay?")).parts[1].text for _ in range(5)]
        assert "90,417" in ((await workbench.result(run)).answer or "")
    assert not [name for name in HIDDEN for text in seen if name in text]


async def test_a_column_or_data_set_that_is_not_there_is_refused(
    make_workbench: Make, staff: Path
) -> None:
    async with make_workbench() as workbench:
        session = await workbench.create_session()
        await workbench.upload(session.id, staff)
        with pytest.raises(InvalidRequest):
            await workbench.set_column_policies(session.id, policies(pay="never"))
        with pytest.raises(DataLensError, match="does not exist"):
            await workbench.set_column_policies(
                session.id, [ColumnPolicyChange(column="unit", policy="never", dataset_id="x")]
            )


Meanwhile = Callable[[Session], Awaitable[object]]


async def asked_while(workbench: Workbench, staff: Path, meanwhile: Meanwhile) -> list[Event]:
    """A question, and what its user does while its plan waits; no request is let through."""
    session = await workbench.create_session()
    await workbench.upload(session.id, staff)
    run_id = await workbench.start_query(session.id, "who is who?", approve_plan=True)
    events = []
    async for event in workbench.events(run_id):
        events.append(event)
        if event.type == "plan.approval" and event.state == "waiting":
            await meanwhile(session)
            await workbench.decide_plan(run_id, True)
        if event.type == "request.review" and event.state == "waiting":
            await workbench.decide_request(run_id, event.number, False)
    return events


async def test_a_policy_that_is_set_while_a_run_goes_on_holds_for_its_next_request(
    make_workbench: Make, staff: Path
) -> None:
    shows = "import pandas as pd\nlast = df.iloc[-1, 0]\ndf = df.iloc[:0]\nprint('last', last)"
    script = [PROFILE, plan(["Look"]), run_python(shows), final_answer("Seen.")]
    async with (
        ScriptedModel(script) as model,
        make_workbench(llm_base_url=model.base_url) as workbench,
    ):

        async def protect(session: Session) -> None:
            await workbench.set_column_policies(session.id, policies(worker="tokenise"))

        events = await asked_while(workbench, staff, protect)
        sent = model.requests[-1].text
    assert events[-1].type == "run.completed"
    assert "last <PERSONAL_VALUE" in sent
    assert "Wenzel" not in sent


async def test_values_are_known_though_code_has_changed_the_variable_and_what_reads_it(
    make_workbench: Make, staff: Path, asked: Ask
) -> None:
    script = [
        PROFILE,
        plan(["Cut"]),
        run_python(
            "import pandas as pd\nlast = df.iloc[-1, 0]\ndf = df.iloc[:0]\n"
            "pd.read_csv = lambda *_, **__: df"
        ),
        final_answer("Cut."),
        plan(["Look"]),
        run_python("import pandas as pd\nprint('last', last)"),
        final_answer("Seen."),
    ]
    async with (
        ScriptedModel(script) as model,
        make_workbench(llm_base_url=model.base_url) as workbench,
    ):
        session = await workbench.create_session()
        await workbench.upload(session.id, staff)
        await asked(workbench, session.id, "cut it")
        await workbench.set_column_policies(session.id, policies(worker="tokenise"))
        events = await asked(workbench, session.id, "who is last?")
        sent = model.requests[-1].text
    assert events[-1].type == "run.completed"
    assert "last <PERSONAL_VALUE" in sent
    assert "Wenzel" not in sent


async def test_a_run_that_goes_on_waits_where_a_newer_file_asks_for_it(
    make_workbench: Make, staff: Path
) -> None:
    script = [PROFILE, plan(["Look"]), final_answer("Seen.")]
    async with (
        ScriptedModel(script) as model,
        make_workbench(llm_base_url=model.base_url) as workbench,
    ):

        async def replace(session: Session) -> None:
            (staff.parent / ".datalens").mkdir()
            (staff.parent / ".datalens" / "privacy.toml").write_text("pause = true")
            [held] = (await workbench.get_session(session.id)).datasets
            await workbench.upload(session.id, staff, replaces=held.id)

        events = await asked_while(workbench, staff, replace)
        assert len(model.requests) == 2
    assert events[-1].type == "run.cancelled"


async def test_what_a_projects_file_asks_for_by_now_holds_for_an_open_analysis(
    make_workbench: Make, staff: Path, asked: Ask
) -> None:
    rules = staff.parent / ".datalens" / "privacy.toml"
    rules.parent.mkdir()
    rules.write_text('[columns]\nunit = "statistics"\n')
    script = [
        PROFILE,
        plan(["Look"]),
        final_answer("Ottoline Quill."),
        plan(["Look"]),
        run_python(PRINTS),
        final_answer("Seen."),
    ]
    async with (
        ScriptedModel(script) as model,
        make_workbench(llm_base_url=model.base_url) as workbench,
    ):
        session = await workbench.create_session()
        await workbench.upload(session.id, staff)
        await asked(workbench, session.id, "who is first?")
        assert "Ottoline" in model.received.decode()
        rules.write_text('[columns]\nworker = "tokenise"\nbase_pay = "never"\nshift = "never"\n')
        before = len(model.requests)
        events = await asked(workbench, session.id, "and second?")
        report = await workbench.privacy_report(session.id)
        sent = b"\n".join(r.raw for r in model.requests[before:]).decode()
    assert events[-1].type == "run.completed"
    assert not [
        v for v in HIDDEN if v in sent and v not in ("1203.5", "2310.75", "610.5", "1501.25")
    ]
    assert {c.column: c.policy for c in report.columns if c.source == "project"} == {
        "worker": "tokenise", "base_pay": "never", "shift": "never",
        "unit": "statistics",  # what it does not ask for any more loosens nothing
    }  # fmt: skip
    # A restart forgets neither the rules nor where they are; a file that is broken stops it.
    rules.write_text("colums = 3")
    async with (
        ScriptedModel([]) as model,
        make_workbench(llm_base_url=model.base_url) as workbench,
    ):
        events = await asked(workbench, session.id, "and third?")
        assert "it does not know colums" in str(events[-1].model_dump())
        assert not model.requests
        report = await workbench.privacy_report(session.id)
        assert "it does not know colums" in report.notices[0]
        rules.unlink()
        report = await workbench.privacy_report(session.id)
    assert not [n for n in report.notices if "colums" in n]
    assert {c.column: c.policy for c in report.columns}["worker"] == "tokenise"
