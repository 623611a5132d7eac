"""What a run and its session have used of a model, and how much they may."""

from __future__ import annotations

from collections.abc import Callable

from datalens_core.errors import BudgetReached
from datalens_core.models import ModelUsage
from datalens_core.settings import Settings


class Spending:
    """What one run used so far, and all of its session.

    Args:
        session: what the session used up to now, this run included; the run alone if not given.
    """

    def __init__(self, session: Callable[[], ModelUsage] | None = None) -> None:
        self.run = ModelUsage()
        self._session = session

    def add(self, call: ModelUsage) -> None:
        self.run = self.run + call

    @property
    def session(self) -> ModelUsage:
        return self.run if self._session is None else self._session()


class Budget:
    """The limits of one workbench. A call that is under way is never broken off for them.

    So a run may pass its limit by what its last call used; no further call is made then.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def check(self, spending: Spending) -> None:
        """Before each call.

        Raises:
            BudgetReached: nothing more may be used.
        """
        own, run, session = self._settings, spending.run, spending.session
        for name, limit, used in (
            ("max_cost_per_run", own.max_cost_per_run, run.cost),
            ("max_cost_per_session", own.max_cost_per_session, session.cost),
            ("max_tokens_per_run", own.max_tokens_per_run, run.tokens),
            ("max_tokens_per_session", own.max_tokens_per_session, session.tokens),
        ):
            if limit is not None and used is not None and used >= limit:
                raise BudgetReached(
                    _sentence(name, limit, used),
                    details={"limit": name, "allowed": limit, "used": used},
                )

    def is_blind(self, spending: Spending) -> bool:
        """Whether there is a limit in dollars, and the endpoint does not report any."""
        own, run = self._settings, spending.run
        limited = own.max_cost_per_run is not None or own.max_cost_per_session is not None
        return limited and run.tokens > 0 and run.cost is None


def _sentence(name: str, limit: float, used: float) -> str:
    amount = f"{_dollars(limit)} US dollars ({_dollars(used)} used)"
    if "tokens" in name:
        amount = f"{limit:,} tokens ({used:,} used)"
    if name.endswith("session"):
        return (
            f"This session has reached its limit of {amount}. What it holds is kept. "
            "Start a new session, or raise the limit in the settings."
        )
    return (
        f"This question has reached its limit of {amount}. What was found so far is kept. "
        "Ask for less, or raise the limit in the settings."
    )


def _dollars(amount: float) -> str:
    return f"{amount:,.2f}" if amount >= 1 else f"{amount:.2g}"
