"""Words for how something turned out, and the columns of yes and no that hold it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from datalens_core.llm.offline.lexicon.tables import words


@dataclass(frozen=True)
class Outcome:
    """One way in which things turn out: what its columns are called, what is said of yes and no."""

    named: frozenset[str]
    holds: frozenset[str]
    fails: frozenset[str] = frozenset()


_SUCCESS = words("success successes successful succeed succeeds succeeded")
_FAILURE = words("failure failures fail fails failed failing unsuccessful")
_SURVIVAL = words("survive survives survived survival survivor survivors")
_DEATH = words("die dies died dead death deaths mortality perished")

OUTCOMES: Final = (
    Outcome(words("success successful succeeded"), _SUCCESS, _FAILURE),
    Outcome(words("failure failed"), _FAILURE, _SUCCESS),
    Outcome(words("survived survival survivor alive"), _SURVIVAL, _DEATH),
    Outcome(words("died death dead deceased"), _DEATH, _SURVIVAL),
    Outcome(
        words("passed pass"), words("pass passed passing"), words("fail failed failing failure")
    ),
    Outcome(words("churn churned attrition"), words("churn churned attrition"), words("retention")),
    Outcome(words("return returned"), words("return returns returned")),
    Outcome(words("converted conversion"), words("convert converted conversion conversions")),
    Outcome(words("default defaulted"), words("default defaults defaulted")),
    Outcome(words("fraud fraudulent"), words("fraud fraudulent")),
    Outcome(
        words("cancelled canceled cancellation"),
        words("cancel cancelled canceled cancellation cancellations"),
    ),
    Outcome(
        words("approved approval"),
        words("approve approved approval"),
        words("rejected rejection denied declined"),
    ),
    Outcome(words("smoker smokes smoking"), words("smoking")),
    Outcome(words("late delayed"), words("late lateness delay delays delayed")),
    Outcome(words("attended attendance"), words("attend attended attendance"), words("absence")),
    Outcome(words("active"), words("active"), words("inactive")),
    Outcome(words("paid"), words("paid"), words("unpaid")),
)

# Words for how often something turns out so, rather than for those that did.
EXTENTS: Final = words(
    "success failure survival mortality churn attrition retention conversion fraud cancellation"
    " approval attendance absence lateness"
)

# Outcomes that are things by themselves: each is a row.
EVENTS: Final = words(
    "successes failures survivors deaths returns conversions defaults cancellations delays"
    " approvals rejections"
)

# How a column of states writes what a rate is asked of: status is cancelled.
STATES: Final[dict[str, str]] = {
    "cancellation": "cancelled",
    "return": "returned",
    "refund": "refunded",
    "approval": "approved",
    "rejection": "rejected",
    "failure": "failed",
    "completion": "completed",
    "delivery": "delivered",
    "conversion": "converted",
    "delay": "delayed",
}

RATES: Final = words("rate rates ratio percentage share probability")
RATES_OF: Final = words("rate probability chance chances odds")
