"""Prometheus metrics of the REST interface, in a registry of their own."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """What an operator watches: answers and errors by route, their times, open streams."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "datalens_requests",
            "Answers by route, method and status.",
            ["route", "method", "status"],
            registry=self._registry,
        )
        self.seconds = Histogram(
            "datalens_request_seconds",
            "Time to answer, streams excluded.",
            ["route"],
            registry=self._registry,
        )
        self.errors = Counter(
            "datalens_errors", "Errors by code.", ["code"], registry=self._registry
        )
        self.streams = Gauge(
            "datalens_open_streams", "Readers that follow a run.", registry=self._registry
        )

    def text(self) -> bytes:
        return generate_latest(self._registry)
