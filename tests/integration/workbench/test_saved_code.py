"""Code that is saved with tokens in the place of values, and sessions that are opened again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from datalens_core import Workbench
from datalens_core.errors import InvalidRequest
from datalens_core.events import Event
from datalens_core.executions import code_hash
from datalens_core.privacy.saved_code import HEADER
from tests.support.openrouter import ScriptedModel, final_answer, plan, reply, run_python

CODE = (
    "import pandas as pd\nprint('Ann Quill, <EMAIL_ADDRESS_1>')\n"
    "len(df[df.contact == '<EMAIL_ADDRESS_1>'])"
)
SCRIPT = [plan(["Count"]), run_python(CODE), final_answer("<EMAIL_ADDRESS_1> ordered once.")]
QUESTION = "how often did ann@corp.example order?"
CLEAR = CODE.replace("<EMAIL_ADDRESS_1>", "ann@corp.example")


async def run(workbench: Workbench, session: str, code: str, step: int) -> list[Event]:
    run_id = await workbench.start_execution(session, code, step=step, sha256=code_hash(code))
    return [event async for event in workbench.events(run_id)]


async def exported(workbench: Workbench, session: str) -> str:
    """The code of the session's first step as an export holds it; nothing is run to write it."""
    before = workbench._rooms.sandboxes.sandbox_id(session)
    book = json.loads((await workbench.export(session, "ipynb")).content)
    assert workbench._rooms.sandboxes.sandbox_id(session) == before
    cells = ["".join(c["source"]) for c in book["cells"] if c["cell_type"] == "code"]
    return next(cell.partition("\n")[2] for cell in cells if cell.startswith("%%datalens"))


async def test_saved_code_holds_tokens_and_runs_as_what_it_stands_for_after_a_restart_too(
    make_workbench: Callable[..., Workbench], sales: Path
) -> None:
    settings = {"max_retry_attempts": 0, "tokenised_code": True}
    async with (
        ScriptedModel([reply("No profile."), *SCRIPT]) as model,
        make_workbench(llm_base_url=model.base_url, **settings) as workbench,
    ):
        session = (await workbench.create_session()).id
        await workbench.upload(session, sales)
        run_id = await workbench.start_query(session, QUESTION)
        events = [event async for event in workbench.events(run_id)]
        (shown,) = (e for e in events if e.type == "code.generated")
        assert shown.code == CLEAR, "its user sees the value"
        (saved,) = (await workbench.saved_code(run_id)).executions
        assert saved.code == HEADER + CODE
        assert saved.sha256 == code_hash(saved.code)
        again = await run(workbench, session, saved.code, shown.step)
        assert [e.code for e in again if e.type == "code.generated"] == [CLEAR]
        assert again[-1].type == "run.completed"

    async with (
        ScriptedModel(SCRIPT) as model,
        make_workbench(llm_base_url=model.base_url, **settings) as workbench,
    ):
        detail = await workbench.get_session(session)
        assert detail.runs[0].answer == "ann@corp.example ordered once."
        assert "EMAIL_ADDRESS" not in detail.model_dump_json(), "no token is stored"
        # What the data hold is not known yet: any text of the code may be of them.
        closed = await exported(workbench, session)
        assert "ann@corp.example" not in closed
        assert "Ann Quill" not in closed, "what stands beside a value that is known may be one"
        assert "contact" in closed
        again = await run(workbench, session, closed, shown.step)
        assert [e.code for e in again if e.type == "code.generated"] == [CLEAR]
        await workbench.restore_session(session)
        written = await exported(workbench, session)
        assert written == saved.code
        again = await run(workbench, session, written, shown.step)
        assert [e.code for e in again if e.type == "code.generated"] == [CLEAR]
        with pytest.raises(InvalidRequest, match="tokens in the place of values"):
            await run(workbench, session, written.replace("len", "sum"), shown.step)
        # A question to a model: what went before is redacted anew, and its tokens hold in code.
        events = [event async for event in workbench.ask(session, "and " + QUESTION)]
        body = model.requests[-1].text
        assert "ann@corp.example" not in body
        assert "<EMAIL_ADDRESS_1> ordered once." in body
        assert [e.code for e in events if e.type == "code.generated"] == [CLEAR]
