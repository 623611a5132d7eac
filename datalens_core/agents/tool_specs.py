"""The tools as a model is told of them (contract: names and parameters)."""

from __future__ import annotations

from typing import Any

RUN_PYTHON = "run_python"
GET_SCHEMA = "get_schema"
FIND_VALUES = "find_values"
FINAL_ANSWER = "final_answer"

DESCRIPTIONS = {
    RUN_PYTHON: "Run Python code in the sandbox. The data are loaded, variables stay.",
    GET_SCHEMA: "The columns, types and first rows of all loaded data sets.",
    FIND_VALUES: "Values of a column that contain or resemble a text, at most 20.",
    FINAL_ANSWER: "End the work with the answer. Call it alone, after the outputs were seen.",
}

PARAMETERS: dict[str, dict[str, dict[str, Any]]] = {
    RUN_PYTHON: {"code": {"type": "string", "description": "Python code with pandas or plotly."}},
    GET_SCHEMA: {},
    FIND_VALUES: {
        "column": {"type": "string", "description": "The exact name of a column."},
        "text": {"type": "string", "description": "What to look for."},
    },
    FINAL_ANSWER: {
        "answer": {"type": "string", "description": "The answer in short plain words."},
        "assumptions": {
            "type": "array",
            "items": {"type": "string"},
            "description": "What was decided for the user; empty if nothing was.",
        },
    },
}

TOOL_SCHEMAS: tuple[dict[str, Any], ...] = tuple(
    {
        "type": "function",
        "function": {
            "name": name,
            "description": description,
            "parameters": {
                "type": "object",
                "properties": PARAMETERS[name],
                "required": list(PARAMETERS[name]),
                "additionalProperties": False,
            },
        },
    }
    for name, description in DESCRIPTIONS.items()
)


def normal_arguments(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments a tool knows, in the types it takes, as far as that is plain."""
    known = {key: arguments[key] for key in PARAMETERS.get(name, {}) if key in arguments}
    for key, value in known.items():
        if PARAMETERS[name][key]["type"] == "array":
            items = value if isinstance(value, list) else [value]
            known[key] = [str(item) for item in items if item not in (None, "")]
        elif isinstance(value, list) and all(isinstance(line, str) for line in value):
            known[key] = "\n".join(value)  # code as a list of lines
        elif isinstance(value, int | float):
            known[key] = str(value)
    if name == FINAL_ANSWER:
        known.setdefault("assumptions", [])
    return known
