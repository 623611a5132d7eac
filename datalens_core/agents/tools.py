"""The tools as smolagents calls them: each hands over to the loop and returns an observation."""

from __future__ import annotations

from datalens_core.agents import tool_specs as specs
from datalens_core.agents.acting import Acting
from datalens_core.agents.loop_bridge import LoopBridge
from datalens_core.agents.smol import Tool


class _LoopTool(Tool):  # type: ignore[misc]  # smolagents has no types
    output_type = "string"

    def __init__(self, acting: Acting, bridge: LoopBridge) -> None:
        super().__init__()
        self._acting = acting
        self._bridge = bridge

    def validate_arguments(self) -> None:
        """Nothing is left to check of tools that are written below; smolagents would, each time."""


class RunPython(_LoopTool):
    name = specs.RUN_PYTHON
    description = specs.DESCRIPTIONS[specs.RUN_PYTHON]
    inputs = specs.PARAMETERS[specs.RUN_PYTHON]

    def forward(self, code: str) -> str:
        return self._bridge.call(lambda: self._acting.execute_with_retry(str(code)))


class GetSchema(_LoopTool):
    name = specs.GET_SCHEMA
    description = specs.DESCRIPTIONS[specs.GET_SCHEMA]
    inputs = specs.PARAMETERS[specs.GET_SCHEMA]

    def forward(self) -> str:
        return self._bridge.call(self._acting.get_schema)


class FindValues(_LoopTool):
    name = specs.FIND_VALUES
    description = specs.DESCRIPTIONS[specs.FIND_VALUES]
    inputs = specs.PARAMETERS[specs.FIND_VALUES]

    def forward(self, column: str, text: str) -> str:
        return self._bridge.call(lambda: self._acting.find_values(str(column), str(text)))


class FinalAnswer(_LoopTool):
    """Checks the answer; what it returns counts only if the answer was refused."""

    name = specs.FINAL_ANSWER
    description = specs.DESCRIPTIONS[specs.FINAL_ANSWER]
    inputs = specs.PARAMETERS[specs.FINAL_ANSWER]

    def forward(self, answer: str, assumptions: list[str]) -> str:
        return self._bridge.call(lambda: self._acting.answer(str(answer), assumptions))
