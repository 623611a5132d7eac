"""Questions answered end to end: gateway, agent, embedded sandbox, no model, no key.

The numbers were recomputed with plain pandas, apart from the analyst's own code.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from datalens_core import Settings, Workbench
from datalens_core.models import QueryResult
from tests.support.sandbox_servers import SandboxServers

GAPMINDER = [
    (
        "average life expectancy by continent",
        ["Oceania leads", "74.33", "Africa is lowest with 48.87"],
    ),
    ("Which country had the highest life expectancy in 2007?", ["82.60", "Japan"]),
    ("how many countries are there in Africa?", ["52 different countries"]),
    ("share of population by continent in 2007", ["Asia 61.0 %", "Oceania 0.4 %"]),
    ("average gdp per capita in Europe between 1990 and 2007", ["20,726"]),
    ("correlation between gdp per capita and life expectancy", ["0.58"]),
    ("life expectancy in Japan over time", ["63.03 in 1952", "82.60 in 2007"]),
    ("are there missing values?", ["No values are missing"]),
    ("describe the data", ["1,704 rows and 8 columns"]),
    ("unique values of continent", ["5 different continents", "Oceania"]),
    ("top 3 countries by gdp per capita in 2007", ["49,357", "Norway"]),
    ("linear regression of life expectancy on gdp per capita", ["0.000765", "53.96", "0.34"]),
    (
        "which continent had the biggest increase in life expectancy between 1952 and 2007?",
        ["Asia", "24.41"],
    ),
    ("top 2 countries per continent by population in 2007", ["Nigeria", "135,031,164"]),
    ("any outliers in gdp per capita?", ["143 of 1,704"]),
    ("histogram of life expectancy in 2007", ["39.61", "82.60", "71.94"]),
    (
        "continents with an average life expectancy over 70",
        ["2 continents", "Oceania (74.33) and Europe (71.90)"],
    ),
    ("highest 2 life expectancy values in each continent in 2007", ["Africa 76.44", "Asia 82.60"]),
    (
        "how did life expectancy change in Japan between 1952 and 2007?",
        ["from 63.03 to 82.60", "a change of 19.57"],
    ),
]
CHARTED = ("by", "over time", "top", "histogram", "correlation", "share")


@pytest.fixture
async def workbench(tmp_path: Path, sandbox_servers: SandboxServers) -> AsyncIterator[Workbench]:
    settings = Settings.offline(data_dir=tmp_path / "data")
    async with Workbench(settings, endpoint=sandbox_servers.of(settings)) as opened:
        yield opened


@pytest.fixture
def gapminder(tmp_path: Path) -> Path:
    import plotly.data

    path = tmp_path / "gapminder.csv"
    plotly.data.gapminder().to_csv(path, index=False)
    return path


async def _ask(workbench: Workbench, session_id: str, question: str) -> QueryResult:
    events = [event async for event in workbench.ask(session_id, question)]
    return await workbench.result(events[0].run_id)


async def test_questions_about_gapminder_get_the_right_numbers_and_all_are_verified(
    workbench: Workbench, gapminder: Path
) -> None:
    session = await workbench.create_session()
    await workbench.upload(session.id, gapminder)
    for question, parts in GAPMINDER:
        done = await _ask(workbench, session.id, question)
        assert done.answer is not None, (question, done.error)
        assert all(part in done.answer for part in parts), (question, done.answer)
        assert all(check.passed for check in done.checks), (question, done.checks)
        assert done.result is not None
        assert done.result.success
        if any(word in question for word in CHARTED):
            assert "chart" in [artifact.type for artifact in done.result.artifacts], question


async def test_questions_on_how_things_turned_out_and_when_in_the_day(
    workbench: Workbench, tmp_path: Path
) -> None:
    path = tmp_path / "trips.csv"
    path.write_text(
        "line,date,departs,arrived,riders\n"
        "Red,2023-02-03,07:15:00,True,40\nRed,2023-02-04,07:55:00,False,10\n"
        "Blue,2023-02-05,17:05:00,True,30\nBlue,2023-02-06,07:20:00,True,50\n"
        "Red,2024-02-07,17:45:00,True,21\nBlue,2024-02-10,17:10:00,False,12\n"
        "Blue,2024-02-11,23:30:00,False,2\n",
        encoding="utf-8",
    )
    asked = [
        ("busiest hour of the day", ["07:00 and 17:00 share the highest number of rows: 3"]),
        ("average riders by hour", ["33.33 for 07:00, 21 for 17:00 and 2 for 23:00"]),
        (
            "are riders higher on weekends?",
            ["13.50 for Saturday or Sunday and 37 for the others"],
        ),
        ("which line has the highest failure rate?", ["did not understand “failure rate”"]),
    ]
    renamed = tmp_path / "journeys.csv"
    # Of a last trip nobody knows how it went.
    text = path.read_text("utf-8").replace("arrived", "succeeded") + "Red,2024-02-12,08:00:00,,5\n"
    renamed.write_text(text.replace("True", "yes").replace("False", "no"), encoding="utf-8")
    turned_out = [
        ("which line has the highest failure rate?", ["Blue 50.0 % (2 of 4), Red 33.3 % (1 of 3)"]),
        ("success rate of Red", ["66.7 %", "(2 of 3)"]),
        ("failures by line", ["Blue", "2"]),
        ("success rate over time", ["2023 75.0 %", "2024 33.3 %"]),
    ]
    for file, questions in ((path, asked), (renamed, turned_out)):
        session = await workbench.create_session()
        await workbench.upload(session.id, file)
        for question, parts in questions:
            done = await _ask(workbench, session.id, question)
            answer = done.answer or ""
            assert all(part in answer for part in parts), (question, done.answer, done.error)


async def test_what_is_not_understood_runs_no_code(workbench: Workbench, gapminder: Path) -> None:
    session = await workbench.create_session()
    await workbench.upload(session.id, gapminder)
    done = await _ask(workbench, session.id, "what is the unemployment rate?")
    assert done.answer is not None
    assert "did not understand “unemployment”" in done.answer
    assert done.answer.count("\n- ") == 3
    assert done.executions == []


async def test_hostile_names_and_values_are_only_data(workbench: Workbench, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text(
        '"a""] ; import os #","<b>amount</b>"\n'
        '"x\'); print(\'owned\') #",1\n"y",2\n"y",3\n"z",4\n"z",5\n"z",6\n',
        encoding="utf-8",
    )
    session = await workbench.create_session()
    await workbench.upload(session.id, path)
    done = await _ask(workbench, session.id, 'total «<b>amount</b>» by «a"] ; import os #»')
    assert done.result is not None, done.answer
    assert done.result.success, done.result.stderr
    assert "owned\n" not in done.result.stdout
    assert "15 for z" in (done.answer or "")
