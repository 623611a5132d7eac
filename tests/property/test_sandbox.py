"""What holds of any code that runs: where it runs, what it leaves, what is shown of it."""

from __future__ import annotations

import asyncio
import json
import string
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datalens_core import Settings, Workbench
from datalens_core.events import Event
from datalens_core.models import ArtifactType, ExecutionResult
from datalens_core.results import collect
from tests.support.sandbox_servers import SandboxServers

many = settings(max_examples=100, deadline=None)
names = st.from_regex(r"v[a-z0-9_]{0,12}", fullmatch=True)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


class House:
    """A workbench of the embedded defaults, on a loop of its own."""

    def __init__(self, folder: Path, servers: SandboxServers) -> None:
        self._runner = asyncio.Runner()
        settings = Settings.offline(data_dir=folder)
        self.workbench = Workbench(settings, endpoint=servers.of(settings))

    def new_session(self) -> str:
        return self._runner.run(self.workbench.create_session()).id

    def forget(self, session_id: str) -> None:
        self._runner.run(self.workbench.delete_session(session_id))

    def run(self, session_id: str, code: str) -> tuple[ExecutionResult, list[Event]]:
        async def go() -> list[Event]:
            run_id = await self.workbench.start_execution(session_id, code, confirmed=True)
            return [event async for event in self.workbench.events(run_id)]

        events = self._runner.run(go())
        (finished,) = [e for e in events if e.type == "execution.finished"]
        return finished.result, events

    def close(self) -> None:
        self._runner.run(self.workbench.close())
        self._runner.close()


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory, sandbox_servers: SandboxServers
) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("house"), sandbox_servers)
    yield house
    house.close()


@pytest.fixture(scope="module")
def session(house: House) -> str:
    return house.new_session()


class Executed:
    """The code objects that this process executes from source, by Python's own audit events."""

    def __init__(self) -> None:
        self.codes: list[CodeType] = []
        self.listening = False
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.listening and event == "exec" and isinstance(arguments[0], CodeType):
            self.codes.append(arguments[0])

    def constants(self) -> set[object]:
        found, pending = set(), list(self.codes)
        while pending:
            for constant in pending.pop().co_consts:
                if isinstance(constant, CodeType):
                    pending.append(constant)
                elif isinstance(constant, str):
                    found.add(constant)
        return found


@pytest.fixture(scope="module")
def executed() -> Executed:
    executed = Executed()
    executed.listening = True
    planted = f"planted-{uuid4().hex}"
    exec(f"{planted!r} and None")  # noqa: S102 (shows that the hook hears what it must)
    assert planted in executed.constants()
    executed.listening = False
    return executed


wrappers = st.sampled_from(
    [
        "{0}",
        "if True:\n    {0}",
        "def f():\n    {0}\nf()",
        "class C:\n    {0}",
        "try:\n    {0}\nfinally:\n    pass",
        "exec({0!r})",
        "eval(compile({0!r}, 'x', 'exec'))",
        "{0}\nraise ValueError('after')",
    ]
)


# Feature: glassbox-analyst, Property 5: Isolated execution
# For any Python code generated, execution should occur exclusively in the E2B Sandbox with no
# local exec() or eval() calls on the backend server.
@many
@given(wrappers, st.text(string.printable, max_size=20))
def test_code_runs_in_the_sandbox_only(
    house: House, session: str, executed: Executed, wrapper: str, text: str
) -> None:
    marker = f"{uuid4().hex}{text}"
    statement = f"import sys; sys.datalens_marker = {marker!r}; print(sys.datalens_marker)"
    executed.codes.clear()
    executed.listening = True
    result, _ = house.run(session, wrapper.format(statement))
    executed.listening = False
    assert result.stdout == f"{marker}\n"
    assert not hasattr(sys, "datalens_marker")
    assert marker not in executed.constants()


# Feature: glassbox-analyst, Property 9: Output capture
# For any code execution in the E2B Sandbox, both stdout and stderr should be captured and
# displayed in the terminal log.
@many
@given(st.lists(st.tuples(st.sampled_from(["stdout", "stderr"]), st.text()), max_size=8))
def test_both_streams_are_captured_and_shown(
    house: House, session: str, pieces: list[tuple[str, str]]
) -> None:
    code = "import sys\n" + "\n".join(
        f"print({text!r}, file=sys.{stream})" for stream, text in pieces
    )
    result, events = house.run(session, code)
    for stream in ("stdout", "stderr"):
        printed = "".join(f"{text}\n" for name, text in pieces if name == stream)
        shown = [e for e in events if e.type == "execution.output" and e.stream == stream]
        assert getattr(result, stream) == printed
        assert "".join(e.text for e in shown) == printed


# Feature: glassbox-analyst, Property 14: Stateful sandbox
# For any follow-up query in an active session, variables and datasets from previous executions
# should remain accessible in the sandbox environment.
@many
@given(st.dictionaries(names, values, min_size=1, max_size=4))
def test_variables_stay_between_executions(
    house: House, session: str, held: dict[str, Any]
) -> None:
    for name, value in held.items():
        assert house.run(session, f"{name} = {value!r}")[0].success
    later = f"import json\nprint(json.dumps({{n: globals()[n] for n in {list(held)!r}}}))"
    assert json.loads(house.run(session, later)[0].stdout) == json.loads(json.dumps(held))


# Feature: glassbox-analyst, Property 15: Fresh session isolation
# For any new session created, a fresh E2B Sandbox instance should be provisioned with no state
# from previous sessions.
@many
@given(names, values, st.from_regex(r"[a-z0-9]{1,8}\.txt", fullmatch=True))
def test_a_new_session_has_nothing_of_another(
    house: House, session: str, name: str, value: object, file: str
) -> None:
    left = (
        f"{name} = {value!r}\nopen({file!r}, 'w').write('x')\nimport os\nos.environ['LEFT'] = 'x'"
    )
    assert house.run(session, left)[0].success
    fresh = house.new_session()
    looked = (
        "import os, sys\n"
        f"print({name!r} in globals(), os.path.exists({file!r}), 'LEFT' in os.environ)"
    )
    assert house.run(fresh, looked)[0].stdout == "False False False\n"
    house.forget(fresh)


# Feature: glassbox-analyst, Property 8: Code visibility
# For any code generated by the Reasoning Agent, the complete code string should be displayed in
# the Workspace before and during execution.
@many
@given(st.text(max_size=200).filter(str.strip) | st.sampled_from(["print(1)", "x = (", "1 / 0"]))
def test_code_is_shown_whole_before_it_runs(house: House, session: str, code: str) -> None:
    _, events = house.run(session, code)
    kinds = [event.type for event in events]
    shown = kinds.index("code.generated")
    assert events[shown].model_dump()["code"] == code
    assert kinds[shown + 1] == "execution.started"
    assert not [kind for kind in kinds[:shown] if kind.startswith(("execution.", "artifact."))]


figures = st.lists(
    st.tuples(
        st.sampled_from(["bar", "line", "scatter", "area", "histogram", "box", "violin"]),
        st.text("abcXYZ äß0123456789-", min_size=1, max_size=20).map(str.strip).filter(bool),
        st.lists(st.integers(-1000, 1000), min_size=1, max_size=5),
    ),
    min_size=1,
    max_size=4,
)


# Feature: glassbox-analyst, Property 11: Visualization rendering
# For any Plotly figure generated in code execution, the system should render it as an interactive
# chart component in the Workspace.
# Feature: glassbox-analyst, Property 13: Artifact code pairing
# For any visualization displayed, the underlying code that generated it should be available in a
# separate Code tab.
@many
@given(figures)
def test_every_figure_is_a_chart_of_its_own_that_leads_to_its_code(
    house: House, session: str, drawn: list[tuple[str, str, list[int]]]
) -> None:
    code = "\n".join(
        f"px.{kind}(y={values!r}, title={title!r}).show()" for kind, title, values in drawn
    )
    result, events = house.run(session, code)
    charts = [a for a in result.artifacts if a.type is ArtifactType.CHART]
    assert [chart.metadata.title for chart in charts] == [title for _, title, _ in drawn]
    assert len({chart.id for chart in charts}) == len(drawn)
    for chart in charts:
        assert isinstance(chart.content, dict)
        assert isinstance(chart.content["data"], list)
    outcome = collect("run", events)
    codes = {execution.id: execution.code for execution in outcome.executions}
    assert {codes[str(chart.metadata.execution_id)] for chart in charts} == {code}


INSIDES = (
    str(Path(sys.prefix)),
    str(Path(__file__).parents[2]),
    "site-packages",
    "datalens_core",
    "/boxes/",
    "access_token",
    "127.0.0.1",
)
wrongs = st.sampled_from(
    [
        "df_missing['{0}']",
        "pd.DataFrame({{'a': [1]}})['{0}']",
        "open('{0}')",
        "np.linalg.inv(np.zeros((2, 2)))",
        "px.bar(pd.DataFrame({{'a': [1]}}), x='{0}')",
        "import {0}",
        "raise RuntimeError('{0}')",
        "print('{0}')",
        "x = {0} (",
    ]
)


# Feature: glassbox-analyst, Property 16: Execution result structure
# For any sandbox execution that completes, the response should contain only stdout, stderr, and
# artifact data without exposing internal sandbox details.
@many
@given(wrongs, names)
def test_a_result_shows_nothing_of_the_sandboxs_insides(
    house: House, session: str, wrong: str, name: str
) -> None:
    result, _ = house.run(session, wrong.format(name))
    assert set(result.model_dump()) == {
        "success",
        "code",
        "stdout",
        "stderr",
        "artifacts",
        "execution_time",
        "retry_count",
    }
    told = result.model_dump_json(exclude={"code"})
    assert [inside for inside in INSIDES if inside in told] == []
