"""Profiles: by rules without a model, by the model where there is one, by rules if it fails."""

from __future__ import annotations

import json
from typing import Any

import pytest

from datalens_core.agents.profiling import ProfilingAgent
from datalens_core.errors import ModelUnavailable, PrivacyBlocked
from datalens_core.models import ColumnInfo, DatasetSchema, ProfileResult
from datalens_core.settings import Settings
from tests.unit.agents.scripted import ScriptedGateway, ScriptedRun, sales_schema, says

WITH_MODEL = Settings(llm_base_url="http://127.0.0.1:9/v1")


def column(name: str, dtype: str, *values: Any) -> ColumnInfo:
    held = [value for value in values if value is not None]
    return ColumnInfo(
        name=name,
        dtype=dtype,
        null_count=len(values) - len(held),
        unique_count=len(set(held)),
        sample_values=list(values),
    )


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        (column("order_id", "int64", 1, 2, 3), "identifier"),
        (column("CustomerID", "str", "C1", "C2"), "identifier"),
        (column("order_date", "str", "2024-01-05", "2024-02-01"), "date"),
        (column("when", "datetime64[us]", "2024-01-05"), "date"),
        (column("year", "int64", 1952, 1957), "date"),
        (column("revenue", "float64", 1.5, 2.5), "measure"),
        (column("price", "str", "$1,200.50", "$3.00"), "measure"),
        (column("region", "str", "Europe", "Asia", "Europe"), "place"),
        (column("segment", "str", "A", "B", "A"), "category"),
        (column("active", "bool", True, False), "boolean"),
        (column("subscribed", "str", "yes", "no"), "boolean"),
        (column("contact", "str", "ada@example.org", "bob@example.org"), "email"),
        (column("phone", "str", "+44 20 7946 0958"), "phone"),
        (column("site", "str", "https://example.org/a"), "url"),
        (column("review", "str", "Arrived late and was broken, would not buy again."), "text"),
        (column("notes", "float64", None, None), "empty"),
    ],
    ids=lambda value: value.name if isinstance(value, ColumnInfo) else str(value),
)
def test_a_column_is_understood_by_name_type_and_sample(held: ColumnInfo, expected: str) -> None:
    assert ProfilingAgent(None, Settings.offline()).infer_column_semantics(held) == expected


async def profile(schema: DatasetSchema, *replies: Any) -> ProfileResult:
    gateway = ScriptedGateway(*replies)
    agent = ProfilingAgent(gateway, WITH_MODEL)
    return await agent.analyze_schema(schema, ScriptedRun().scope, "sales.csv", "ada")


async def test_offline_the_rules_say_what_there_is_and_what_to_ask() -> None:
    agent = ProfilingAgent(ScriptedGateway(), Settings.offline())
    found = await agent.analyze_schema(sales_schema(), ScriptedRun().scope, "sales.csv", "ada")
    assert found.source == "rules"
    assert "1,234 rows, 4 columns" in found.summary
    assert found.semantics["revenue"] == "measure"
    assert 3 <= len(found.suggestions) <= 5
    assert "Dates kept as text: sold_on. Convert before comparing." in found.issues


async def test_rules_name_what_may_mislead() -> None:
    schema = DatasetSchema(
        columns=[
            column("amount", "str", "1,200", "n/a"),
            column("mail", "str", "ada@example.org", "bob@example.org"),
            column("gone", "float64", None, None),
            column("part", "float64", 1.0, None),
            column("Amount ", "int64", 1, 2),
        ],
        row_count=2,
        sample_data=[],
    )
    agent = ProfilingAgent(None, Settings.offline())
    found = await agent.analyze_schema(schema, ScriptedRun().scope, "x.csv", "ada")
    issues = " ".join(found.issues)
    for fragment in (
        "Numbers kept as text: amount",
        "No values in the first rows: gone",
        "Missing values already in the first rows: part",
        "Words that stand for a missing value: amount",
        "personal data: mail",
        "differ only in case or spaces: amount, Amount ",
    ):
        assert fragment in issues


async def test_a_model_profiles_and_the_rules_complete_it() -> None:
    held = {
        "summary": "Sales by region.",
        "semantics": {"region": "place", "invented": "category"},
        "issues": ["Dates are text."],
        "suggestions": ["Revenue by region?"],
    }
    found = await profile(sales_schema(), says(f"Here:\n```json\n{json.dumps(held)}\n```"))
    assert (found.source, found.summary) == ("model", "Sales by region.")
    assert set(found.semantics) == {c.name for c in sales_schema().columns}
    assert found.suggestions[0] == "Revenue by region?"
    assert len(found.suggestions) >= 3


@pytest.mark.parametrize(
    "reply",
    [ModelUnavailable(), PrivacyBlocked(), says("I cannot."), says("[1, 2]"), says('{"a": 1}')],
)
async def test_when_the_model_gives_no_profile_the_rules_do_and_say_so(reply: Any) -> None:
    found = await profile(sales_schema(), reply)
    assert found.source == "rules"
    assert "by rules, not by the model" in (found.warning or "")


async def test_the_same_file_of_the_same_user_is_profiled_once_an_hour() -> None:
    now = 0.0
    said = says(json.dumps({"summary": "Sales."}))
    gateway = ScriptedGateway(said, said, said)
    agent = ProfilingAgent(gateway, WITH_MODEL, lambda: now)

    async def requests_after(user: str) -> int:
        """Each time another session, with a vault of its own."""
        found = await agent.analyze_schema(sales_schema(), ScriptedRun().scope, "s.csv", user)
        assert found.summary == "Sales."
        return len(gateway.requests)

    assert await requests_after("ada") == 1
    now = 3599.0
    assert await requests_after("ada") == 1
    assert await requests_after("bob") == 2
    now = 3600.0
    assert await requests_after("ada") == 3


async def test_no_token_of_a_session_is_kept_for_another() -> None:
    said = says(json.dumps({"summary": "Orders of <EMAIL_ADDRESS_7>."}))
    gateway = ScriptedGateway(said, said)
    agent = ProfilingAgent(gateway, WITH_MODEL)
    for asked in (1, 2):
        await agent.analyze_schema(sales_schema(), ScriptedRun().scope, "s.csv", "ada")
        assert len(gateway.requests) == asked


async def test_rules_that_stand_in_for_a_model_are_not_kept() -> None:
    gateway = ScriptedGateway(ModelUnavailable(), says(json.dumps({"summary": "Sales."})))
    agent = ProfilingAgent(gateway, WITH_MODEL)
    sources = [
        (await agent.analyze_schema(sales_schema(), ScriptedRun().scope, "s.csv", "ada")).source
        for _ in range(2)
    ]
    assert sources == ["rules", "model"]
