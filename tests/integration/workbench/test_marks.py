"""What a user marks as personal: it holds for the session, and is written down nowhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from datalens_core import Workbench
from datalens_core.errors import InvalidRequest
from datalens_core.events import Event
from datalens_core.models import Mark
from datalens_core.safeguards.marks import MARKS_LOST
from tests.support.openrouter import ScriptedModel, final_answer, plan, reply, run_python

Ask = Callable[..., Awaitable[list[Event]]]
Make = Callable[..., Workbench]
DEALS = "deal,size,stage\nHeron,71234,won\nIbis,12,open\nJay,8801,open\n"
SCRIPT = [
    reply("No profile."),
    plan(["Count"]),
    run_python("import pandas as pd\nlen(df)"),
    final_answer("Three, of which <MARKED_VALUE_1> is one."),
]
AGAIN = [plan(["Once more"]), run_python("import pandas as pd\ndf.head(1)"), final_answer("Done.")]
MARKED = [Mark(text=text, personal=True) for text in ("heron", "71234", "Bo")]
QUESTION = "How many beside Heron of 71,234, Bo?"


@pytest.fixture
def deals(tmp_path: Path) -> Path:
    path = tmp_path / "deals.csv"
    path.write_text(DEALS)
    return path


def sent(model: ScriptedModel, since: int) -> str:
    return b"\n".join(r.raw for r in model.requests[since:]).decode()


async def test_a_mark_holds_after_a_restart_and_is_never_stored(
    make_workbench: Make, deals: Path, asked: Ask, tmp_path: Path
) -> None:
    async with ScriptedModel([*SCRIPT, *AGAIN, *AGAIN]) as model:
        async with make_workbench(llm_base_url=model.base_url) as workbench:
            session = await workbench.create_session()
            await workbench.upload(session.id, deals)
            uploaded = len(model.requests)
            await workbench.mark(session.id, MARKED)
            for stored in (tmp_path / "data").rglob("mark*"):
                assert b"heron" not in stored.read_bytes().lower(), stored
                assert stored.stat().st_mode & 0o077 == 0
            first = await asked(workbench, session.id, QUESTION)
        async with make_workbench(llm_base_url=model.base_url) as workbench:
            second = await asked(workbench, session.id, "and again?")
            went = sent(model, uploaded)
            # The user changes their mind: the token that is shown stands for what it stands for.
            before = await workbench.preview(session.id, "Heron")
            token = before.parts[1].text.split('"question":"')[1].split('"')[0]
            await workbench.mark(session.id, [Mark(text=token, personal=False)])
            after = await workbench.preview(session.id, "Heron")
    assert "of which Heron is one" in str(first[-2])
    assert "run.completed" == first[-1].type == second[-1].type
    assert "beside <MARKED_VALUE_1> of <MARKED_VALUE_2>, <MARKED_VALUE_3>?" in went
    assert "heron" not in went.lower()
    for number in ("71234", "71,234"):
        assert number not in went
    assert token.startswith("<MARKED_VALUE_")
    assert '"question":"Heron"' in after.parts[1].text
    assert "71234" not in after.parts[1].text, "the other marks stay"


async def test_what_was_marked_on_another_machine_is_not_sent_for_want_of_the_marks(
    make_workbench: Make, deals: Path, asked: Ask, tmp_path: Path
) -> None:
    async with ScriptedModel([*SCRIPT, *AGAIN]) as model:
        async with make_workbench(llm_base_url=model.base_url) as workbench:
            session = await workbench.create_session()
            await workbench.upload(session.id, deals)
            await workbench.mark(session.id, MARKED)
            await asked(workbench, session.id, QUESTION)
        (kept,) = (tmp_path / "data").rglob("marks.json")
        kept.unlink()
        async with make_workbench(llm_base_url=model.base_url) as workbench:
            asked_before = len(model.requests)
            report = await workbench.privacy_report(session.id)
            preview = await workbench.preview(session.id, "and again?")
            await asked(workbench, session.id, "and again?")
            first_request = model.requests[asked_before].raw.decode()
            marked = await workbench.mark(session.id, [])
            told = await workbench.preview(session.id, "and again?")
    assert MARKS_LOST in report.notices
    assert report.schema_only
    for text in (first_request, preview.parts[1].text):
        assert "heron" not in text.lower()
        assert "71234" not in text
        assert "and again?" in text
    assert not marked.notices
    assert "beside Heron" in told.parts[1].text, "the user said that there is none"


async def test_the_last_word_on_a_value_counts(make_workbench: Make) -> None:
    async with make_workbench() as workbench:
        session = await workbench.create_session()
        marks = [Mark(text="Heron", personal=True), Mark(text="heron", personal=False)]
        report = await workbench.mark(session.id, marks)
        preview = await workbench.preview(session.id, "Heron, oq@corp.example")
        token = [Mark(text="<EMAIL_ADDRESS_1>", personal=False)]
        after = await workbench.preview(session.id, "Heron, oq@corp.example")
        assert "Heron, <EMAIL_ADDRESS_1>" in after.parts[1].text
        await workbench.mark(session.id, token)
        plain = await workbench.preview(session.id, "Heron, oq@corp.example")
    assert [m.personal for m in report.marks] == [False]
    assert "Heron, <EMAIL_ADDRESS_1>" in preview.parts[1].text
    assert "Heron, oq@corp.example" in plain.parts[1].text


async def test_a_mark_of_signs_alone_is_refused_in_words_and_changes_nothing(
    make_workbench: Make,
) -> None:
    async with make_workbench() as workbench:
        session = await workbench.create_session()
        before = [Mark(text="Heron", personal=True), Mark(text="++", personal=False)]
        await workbench.mark(session.id, before)
        for signs in ("★★", "🙈🙉", "¿—?", "__", "\u0301\u0301", "🇨🇭"):
            with pytest.raises(InvalidRequest, match="needs a letter or a digit"):
                await workbench.mark(session.id, [Mark(text=signs, personal=True)])
        assert (await workbench.privacy_report(session.id)).marks == before
        found = [Mark(text=text, personal=True) for text in ("★7", "Ю!", "沖縄")]
        await workbench.mark(session.id, found)
        preview = await workbench.preview(session.id, "is ★7 for Ю! of 沖縄?")
    asked = "is <MARKED_VALUE_1> for <MARKED_VALUE_2> of <MARKED_VALUE_3>?"
    assert asked in preview.parts[1].text
