"""What rules cannot do, the words that ask for it, and the reason that is told."""

from __future__ import annotations

from typing import Final

from datalens_core.llm.offline.terms import Refusal

# Meant as an ask for something rules cannot do; the reason is told.
REFUSALS: Final[dict[Refusal, str]] = {
    "forecast": "Forecasts need a model of how the data came about; I only compute what is there.",
    "predict": "Predictions need a model of how the data came about; I only compute what is there.",
    "why": "I can show numbers, but rules cannot tell why they are what they are.",
    "cause": "I can show numbers, but rules cannot tell what causes them.",
    "should": "I can show numbers, but rules cannot recommend what to do.",
    "recommend": "I can show numbers, but rules cannot recommend what to do.",
    "delete": "I only read the data; I do not change it.",
    "translate": "I only analyse the loaded data.",
    "email": "I only analyse the loaded data.",
    "write": "I only analyse the loaded data.",
}

REFUSAL_FORMS: Final[dict[str, Refusal]] = {
    "forecast": "forecast",
    "forecasts": "forecast",
    "forecasting": "forecast",
    "extrapolate": "forecast",
    "predict": "predict",
    "prediction": "predict",
    "predictions": "predict",
    "predicted": "predict",
    "tomorrow": "predict",
    "next": "predict",
    "will": "predict",
    "future": "predict",
    "why": "why",
    "cause": "cause",
    "causes": "cause",
    "caused": "cause",
    "because": "cause",
    "should": "should",
    "recommend": "recommend",
    "recommendation": "recommend",
    "delete": "delete",
    "drop": "delete",
    "remove": "delete",
    "update": "delete",
    "replace": "delete",
    "translate": "translate",
    "email": "email",
    "write": "write",
    "poem": "write",
    "story": "write",
    "joke": "write",
}
