"""What `datalens ask` and `datalens profile` show in a terminal."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import typer
from pydantic import JsonValue
from rich.console import Console
from rich.markup import escape
from rich.syntax import Syntax
from rich.table import Table

from datalens_core import events as ev
from datalens_core.events import Event
from datalens_core.models import ArtifactType, DatasetSchema, ModelUsage, RunStatus
from datalens_core.moments import as_written
from datalens_core.results import collect
from datalens_core.settings import Settings
from datalens_core.workbench import Workbench

TABLE_ROWS = 20
VALUES_WIDTH = 80


async def ask(settings: Settings, file: Path, question: str, *, as_json: bool) -> int:
    """Ask one question; the exit code is 0 for an answer.

    The session is kept, as every session is.
    """
    _must_exist(file)
    console = Console(stderr=as_json)
    async with Workbench(settings.with_history_here()) as workbench:
        session = await workbench.create_session()
        await workbench.upload(session.id, file)
        run_id = await workbench.start_query(session.id, question)
        events = []
        async for event in workbench.events(run_id):
            events.append(event)
            if not as_json:
                _show(console, event)
            if isinstance(event, ev.PlanApproval) and event.state == "waiting":
                await workbench.decide_plan(run_id, await _approves(console, as_json=as_json))
        result = collect(run_id, events)
        if result.usage.calls:
            console.print(what_was_used(result.usage), markup=False, style="dim")
        if as_json:
            typer.echo(result.model_dump_json(indent=2))
        return 0 if result.status is RunStatus.COMPLETED else 1


async def profile(settings: Settings, file: Path, *, as_json: bool) -> int:
    """Show a file's columns, or print its DatasetSchema as JSON."""
    _must_exist(file)
    async with Workbench(settings.with_history_here()) as workbench:
        session = await workbench.create_session()
        try:
            upload = await workbench.upload(session.id, file)
        finally:
            await workbench.delete_session(session.id)
    if as_json:
        typer.echo(upload.dataset.model_dump_json(indent=2))
        return 0
    console = Console()
    console.print(_schema_table(file.name, upload.dataset))
    for line in [*upload.warnings, *upload.profile.issues]:
        console.print(f"! {line}", markup=False)
    console.print("Questions you can ask:")
    for suggestion in upload.profile.suggestions:
        console.print(f"  · {suggestion}", markup=False)
    return 0


async def _approves(console: Console, *, as_json: bool) -> bool:
    if as_json or not sys.stdin.isatty():
        console.print(
            "Every plan has to be approved here (DATALENS_APPROVE_PLAN), and there is nobody to "
            "ask. Nothing was run.",
            style="red",
        )
        return False
    return await asyncio.to_thread(typer.confirm, "Run this plan?", default=True)


def _must_exist(file: Path) -> None:
    if not file.is_file():
        raise ValueError(f"There is no file {file}.")


def _show(console: Console, event: Event) -> None:
    match event:
        case ev.PlanCreated():
            for number, step in enumerate(event.plan.steps, 1):
                console.print(f"{number}. {step}", markup=False, style="dim")
        case ev.CodeGenerated():
            console.print(Syntax(event.code, "python", background_color="default", word_wrap=True))
        case ev.ExecutionOutput():
            console.print(event.text, end="", markup=False, highlight=False)
        case ev.ErrorAnalyzed():
            console.print(f"{event.analysis.hint} Trying again.", markup=False, style="yellow")
        case ev.ArtifactCreated(artifact=artifact) if artifact.type is ArtifactType.CHART:
            console.print(f"[chart] {artifact.metadata.title}", markup=False, style="cyan")
        case ev.ArtifactCreated(artifact=artifact) if artifact.type is ArtifactType.TABLE:
            if isinstance(artifact.content, dict):
                console.print(_result_table(artifact.content))
        case ev.Notice() | ev.SandboxReplaced():
            console.print(event.text if event.type == "notice" else event.reason, markup=False)
        case ev.AnswerFinal():
            console.print(f"\n{event.text}", markup=False, style="bold")
            for assumption in event.assumptions:
                console.print(f"  assumed: {assumption}", markup=False, style="dim")
        case ev.RunFailed():
            console.print(str(event.error.get("message", "")), markup=False, style="red")
        case _:
            pass


def what_was_used(usage: ModelUsage) -> str:
    who = f"Answered by {', '.join(usage.models)}. " if usage.models else ""
    if not usage.tokens:
        return who.rstrip()
    about = "about " if usage.estimated else ""
    cost = "" if usage.cost is None else f", {usage.cost:,.4f} US dollars"
    calls = "1 call" if usage.calls == 1 else f"{usage.calls} calls"
    return f"{who}Used {about}{usage.tokens:,} tokens in {calls}{cost}."


def _schema_table(name: str, schema: DatasetSchema) -> Table:
    table = Table(
        title=f"{escape(name)}: {schema.row_count:,} rows × {len(schema.columns)} columns"
    )
    for heading in ("Column", "Type", "First values"):
        table.add_column(heading)
    for column in schema.columns:
        table.add_row(escape(column.name), column.dtype, escape(first_values(column.sample_values)))
    return table


def first_values(values: Sequence[JsonValue]) -> str:
    """As many as fit: a date without the time of day that nobody wrote, none cut unmarked."""
    told = ", ".join("–" if value is None else as_written(str(value)) for value in values)
    return told if len(told) <= VALUES_WIDTH else told[: VALUES_WIDTH - 1] + "…"


def _result_table(content: dict[str, JsonValue]) -> Table:
    columns, rows = content.get("columns"), content.get("rows")
    table = Table()
    for column in columns if isinstance(columns, list) else []:
        table.add_column(escape(str(column)))
    for row in (rows if isinstance(rows, list) else [])[:TABLE_ROWS]:
        if isinstance(row, list):
            table.add_row(*(escape("" if v is None else as_written(str(v))) for v in row))
    return table
