"""An analysis to export, with one text wherever text may come from data, sandbox or model."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime

from PIL import Image

from datalens_core.executions import code_hash
from datalens_core.export.outline import Source
from datalens_core.models import (
    AnswerCheck,
    Artifact,
    ArtifactMetadata,
    Execution,
    ExecutionPlan,
    ExecutionResult,
    PrivacyCount,
    RunStatus,
    RunSummary,
    Session,
    SessionDetail,
)

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> ![x](http://evil.test/p) \"'{{"
CODE = "result = df.groupby('region')['revenue'].mean()\nresult"
WRITTEN = datetime(2026, 11, 24, tzinfo=UTC)


def png(size: tuple[int, int] = (4, 4), colour: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


def chart(text: str) -> Artifact:
    return Artifact(
        id="c1",
        type="chart",
        content={"data": [{"type": "bar", "x": [text], "y": [1]}], "layout": {}},
        metadata=ArtifactMetadata(title=text),
    )


def table(text: str) -> Artifact:
    content = {"columns": [text, "n"], "rows": [[text, 12345.5], [None, 2007]], "row_count": 5000}
    return Artifact(type="table", content=content)


def execution(step: int, result: ExecutionResult | None, code: str = CODE) -> Execution:
    return Execution(
        id=f"e{step}",
        session_id="s",
        run_id="r",
        step=step,
        code=code,
        sha256=code_hash(code),
        result=result,
    )


def result(text: str, artifacts: list[Artifact], *, success: bool = True) -> ExecutionResult:
    return ExecutionResult(
        success=success,
        code=CODE,
        stdout=text,
        stderr=f"careful: {text}",
        artifacts=artifacts,
        execution_time=1,
    )


def analysis(
    text: str = "revenue by region",
    *,
    pngs: Mapping[str, bytes] | None = None,
    executions: list[Execution] | None = None,
    answer: str | None = None,
) -> Source:
    """A question whose first attempt failed, and whose second made a chart and a table."""
    made = [chart(text), table(text)]
    if executions is None:
        executions = [
            execution(1, result("before", [], success=False)),
            execution(2, result(text, made)),
        ]
    run = RunSummary(
        run_id="r",
        query=text,
        status=RunStatus.COMPLETED,
        plan=ExecutionPlan(
            steps=[f"Plan {text}"], estimated_complexity="low", required_libraries=[]
        ),
        answer=text if answer is None else answer,
        assumptions=[f"Assumed {text}"],
        checks=[
            AnswerCheck(name="numbers", passed=False, detail="Not found in the outputs: 17."),
            AnswerCheck(name="charts", passed=True, detail="Charts show data."),
        ],
        started_at=WRITTEN,
    )
    detail = SessionDetail(
        session=Session(id="s", user_id="ada", title=text),
        datasets=[],
        messages=[],
        runs=[run],
        executions=executions,
        artifacts=made,
    )
    return Source(
        detail=detail,
        pngs=pngs or {},
        redactions=[PrivacyCount(entity_type="EMAIL_ADDRESS", channel="context", count=1204)],
        versions={"DataLens": "1.2.3", "Model": "a/model", "pandas": "3.0.0"},
        written=WRITTEN,
    )
