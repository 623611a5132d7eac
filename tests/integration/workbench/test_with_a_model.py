"""With a model behind real HTTP: errors are repaired, and nothing personal reaches it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from datalens_core import Workbench
from datalens_core.events import Event
from datalens_core.llm.exchange import read_context
from tests.support.openrouter import (
    ScriptedModel,
    final_answer,
    find_values,
    plan,
    reply,
    run_python,
)
from tests.support.openrouter import get_schema as ask_for_schema

Ask = Callable[..., Awaitable[list[Event]]]


def read_datasets(text: str) -> list[str]:
    context = read_context(text)
    assert context is not None
    return [d.variable for d in context.datasets]


PROFILE = reply("I have no profile to give.")
GOOD = "import pandas as pd\nresult = df.groupby('region', as_index=False)['revenue'].sum()\nresult"


async def test_a_wrong_column_is_analysed_and_repaired(
    make_workbench: Callable[..., Workbench], sales: Path, asked: Ask
) -> None:
    script = [
        PROFILE,
        plan(["Sum revenue by region"]),
        run_python("import pandas as pd\ntotals = df.groupby('region')\ntotals['reveneu'].sum()"),
        run_python(GOOD),
        final_answer("West leads with 391.75."),
    ]
    async with (
        ScriptedModel(script) as model,
        make_workbench(llm_base_url=model.base_url) as workbench,
    ):
        session = await workbench.create_session()
        await workbench.upload(session.id, sales)
        events = await asked(workbench, session.id, "revenue by region")
        saved = await workbench.saved_code(events[-1].run_id)
    assert events[-1].type == "run.completed"
    assert saved.executions[-1].code == GOOD
    analysed = next(e for e in events if e.type == "error.analyzed")
    assert "revenue" in analysed.analysis.suggestions
    codes = [e for e in events if e.type == "code.generated"]
    assert codes[-1].code == GOOD
    assert codes[-1].attempt == 2
    assert codes[-1].retries == analysed.execution_id


async def test_a_plan_waits_and_the_model_follows_the_steps_that_the_user_wrote(
    make_workbench: Callable[..., Workbench], sales: Path
) -> None:
    script = [
        PROFILE,
        plan(["Sum revenue"]),
        PROFILE,
        run_python(GOOD),
        final_answer("West leads."),
    ]
    async with (
        ScriptedModel(script) as model,
        make_workbench(llm_base_url=model.base_url, approve_plan=True) as workbench,
    ):
        session = await workbench.create_session()
        await workbench.upload(session.id, sales)
        run_id = await workbench.start_query(session.id, "revenue by region")
        events = []
        async for event in workbench.events(run_id):
            events.append(event)
            if event.type == "plan.approval" and event.state == "waiting":
                assert "code.generated" not in [e.type for e in events]
                # Nobody who adds a file has to wait for the approval.
                await workbench.upload(session.id, sales)
                await workbench.decide_plan(run_id, True, ["Sum revenue by region of both"])
    assert events[-1].type == "run.completed"
    acting = model.requests[-1].text
    assert "Sum revenue by region of both" in acting
    assert len(read_datasets(acting)) == 2, "the file that was added meanwhile is known"


async def test_no_byte_of_a_personal_value_reaches_the_models_endpoint(
    make_workbench: Callable[..., Workbench], tmp_path: Path, asked: Ask
) -> None:
    """Planted in: cells, column name, file name, question, stdout, error, result, chart title."""
    planted = [b"canary@mail.example", b"canary%40mail.example", b"2025550143", b"202-555-0143"]
    source = tmp_path / "of canary@mail.example.csv"
    source.write_text(
        "region,canary@mail.example,revenue,phone\n"
        "West,canary@mail.example,1,202-555-0143\n"
        "East,canary@mail.example,2,+1 202 555 0143\n"
    )
    leaky = (
        "import pandas as pd\nimport plotly.express as px\n"
        "print(df)\nimport sys; print(df.iloc[0, 1], file=sys.stderr)\n"
        "px.bar(df, x='region', y='revenue', title=df.iloc[0, 1]).show()\ndf"
    )
    raising = "import pandas as pd\nraise ValueError(df.iloc[0, 1] + ' ' + df.iloc[0, 3])"
    script = [
        PROFILE,
        plan(["Look"]),
        ask_for_schema(),
        find_values("canary@mail.example", "canary"),
        run_python(leaky),
        run_python(raising),
        run_python(leaky + "\n"),
        final_answer("Seen."),
        plan(["Look again"]),
        run_python("import pandas as pd\nlen(df)"),
        final_answer("Two rows: 2."),
    ]
    async with ScriptedModel(script) as model:
        async with make_workbench(llm_base_url=model.base_url) as workbench:
            session = await workbench.create_session()
            await workbench.upload(session.id, source)
            first = "who is canary@mail.example, tel. 202-555-0143?"
            events = await asked(workbench, session.id, first)
            events += await asked(workbench, session.id, "and how many rows?")
            report = await workbench.privacy_report(session.id)
        received = model.received
    assert len(received) > 2000
    for value in planted:
        assert value not in received
    assert report.total > 0
    redacted = [e for e in events if e.type == "privacy.redacted"]
    assert sum(e.count for e in redacted) <= report.total
    shown = "".join(e.text for e in events if e.type == "execution.output")
    assert "canary@mail.example" in shown  # the user sees what is theirs
