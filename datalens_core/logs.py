"""The log: one JSON object a line, on stderr, so that what is printed for scripts stays clean."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable

import structlog
from structlog.typing import EventDict, WrappedLogger

from datalens_core.settings import Settings

REMOVED = "[removed]"


def configure_logging(settings: Settings) -> None:
    """Set up structlog, once: a host that has configured it itself keeps what it chose."""
    if structlog.is_configured():
        return
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _with_name,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level),
        logger_factory=StderrLoggers(settings.secrets()),
        cache_logger_on_first_use=False,
    )


class StderrLoggers:
    """Makes loggers to stderr from whose lines the secrets are taken out."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets if secret for form in _forms(secret)}
        self._forms = sorted(forms, key=len, reverse=True)

    def __call__(self, name: str = "datalens") -> StderrLogger:
        return StderrLogger(name, self)

    def write(self, line: str) -> None:
        for form in self._forms:
            line = line.replace(form, REMOVED)
        # Found anew for each line: a host may have replaced it.
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


class StderrLogger:
    """What structlog hands its finished lines to."""

    def __init__(self, name: str, loggers: StderrLoggers) -> None:
        self.name = name
        self.debug = self.info = self.warning = self.error = self.critical = loggers.write


def _forms(secret: str) -> tuple[str, str]:
    """As it is, and as it stands in a JSON string."""
    return secret, json.dumps(secret, ensure_ascii=False)[1:-1]


def _with_name(logger: WrappedLogger, method: str, line: EventDict) -> EventDict:
    line["logger"] = logger.name
    return line
