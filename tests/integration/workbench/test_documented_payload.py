"""The request that docs/privacy.md shows is one that was captured, and is made so today."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from datalens_core import Workbench
from datalens_core.events import Event
from datalens_core.models import ColumnPolicyChange
from tests.support.openrouter import ScriptedModel, final_answer, plan, reply, run_python

PAGE = Path(__file__).parents[3] / "docs" / "privacy.md"
CUSTOMERS = """\
name,email,phone,order_id,revenue,discount
Ada,ada@acme.corp,2125550143,4155550123,120.5,0.1
Bob,bob@acme.corp,2125550144,4155550124,80.25,0.2
Ada,ada@acme.corp,2125550143,4155550125,99.75,0.3
"""


def context(text: str) -> Any:
    """The facts of a request; line breaks between them were added for the page."""
    [held] = re.findall(r"<context>\s*(\{.*?\})\s*</context>", text, re.DOTALL)
    return json.loads(re.sub(r"\n *", "", held))


async def test_the_request_on_the_page_is_what_an_endpoint_receives(
    make_workbench: Callable[..., Workbench],
    tmp_path: Path,
    asked: Callable[..., Awaitable[list[Event]]],
) -> None:
    page = PAGE.read_text(encoding="utf-8")
    [question] = re.findall(r'The question was "(.*?)":', page)
    written, ran = re.findall(r"`(df\[df\.email\s==\s'.*?'\])`", page)
    path = tmp_path / "customers.csv"
    path.write_text(CUSTOMERS)
    code = " ".join(written.split())
    script = [reply("none"), plan(["Sum"]), run_python(code), final_answer("Seen.")]
    async with (
        ScriptedModel(script) as model,
        make_workbench(llm_base_url=model.base_url) as workbench,
    ):
        session = await workbench.create_session()
        upload = await workbench.upload(session.id, path)
        measured = [e.type async for e in workbench.events(upload.run_id)]
        assert "dataset.statistics" in measured
        decided = {"name": "tokenise", "revenue": "statistics", "discount": "never"}
        await workbench.set_column_policies(
            session.id,
            [
                ColumnPolicyChange.model_validate({"column": column, "policy": policy})
                for column, policy in decided.items()
            ],
        )
        events = await asked(workbench, session.id, question)
        received = model.requests[2].text
    assert context(received) == context(page)
    assert next(e.code for e in events if e.type == "code.generated") == ran
