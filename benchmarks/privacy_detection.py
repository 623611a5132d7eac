"""Recall and false alarms of detection on the labelled lines, beside stock Presidio's.

Reported on the half that detection was not tuned on; `python -m benchmarks.privacy_detection
tuning` lists what is missed in the other half.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from benchmarks.privacy_corpus import Half, Line, corpus

GOALS = {"email": 0.99, "email_hard": 0.99, "phone": 0.95, "phone_hard": 0.85, "negative": 0.02}

Places = Callable[[str], list[tuple[int, int]]]


def measure() -> dict[str, object]:
    lines = corpus("held_out")
    return {
        "lines": len(lines),
        "regions": len({line.origin for line in lines if line.group.startswith("phone")}),
        "goals": GOALS,
        "datalens": figures(lines, ours()).as_json(),
        "presidio_stock": figures(lines, stock()).as_json(),
    }


def ours() -> Places:
    from datalens_core.privacy.session import PrivacySessions

    sessions = PrivacySessions()

    def places(text: str) -> list[tuple[int, int]]:
        sessions.drop("line")  # what one line taught is not known to the next
        return [(r.start, r.end) for r in sessions.of("line").redact(text, "text")[1]]

    return places


def stock() -> Places:
    """Presidio's own email and phone recognizers, as they come, at threshold 0."""
    engine = stock_engine()
    wanted = ["EMAIL_ADDRESS", "PHONE_NUMBER"]
    return lambda text: [
        (r.start, r.end) for r in engine.analyze(text, language="en", entities=wanted)
    ]


def stock_engine() -> Any:
    """The registry as it comes, without a language model, as ours has none."""
    import tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NoOpNlpEngine

    # Its email recognizer would fetch the list of public suffixes.
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    registry = RecognizerRegistry(supported_languages=["en"])
    registry.load_predefined_recognizers(languages=["en"])
    registry.remove_recognizer("SpacyRecognizer")  # names and places: it needs a model
    model = NoOpNlpEngine([{"lang_code": "en", "model_name": "none"}])
    return AnalyzerEngine(registry=registry, nlp_engine=model, supported_languages=["en"])


def is_right(line: Line, places: Iterable[tuple[int, int]]) -> bool:
    """Nothing touched where there is nothing; else no letter or digit of the value left over."""
    covered = {at for start, end in places for at in range(start, end)}
    if not line.value:
        return not covered
    start = line.text.index(line.value)
    return all(
        at in covered or not line.text[at].isalnum() for at in range(start, start + len(line.value))
    )


class Figures(NamedTuple):
    recall: dict[str, float]
    """By group of lines."""
    touched: float
    """The share of the lines with neither in which something was replaced."""
    lines: dict[str, int]
    weakest: dict[str, str]
    """Kinds of lines below 95 %: right of all."""

    def as_json(self) -> dict[str, object]:
        shown = {"recall": self.recall, "negatives_touched": self.touched, "of": self.lines}
        return {**shown, "weakest": self.weakest}


def figures(lines: list[Line], places: Places) -> Figures:
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for line in lines:
        hit = is_right(line, places(line.text))
        for name in (line.group, f"{line.group}: {line.kind}"):
            total[name] += 1
            right[name] += hit
    groups = {name for name in total if ":" not in name}
    return Figures(
        recall={g: round(right[g] / total[g], 4) for g in sorted(groups - {"negative"})},
        touched=round(1 - right["negative"] / total["negative"], 4),
        lines={g: total[g] for g in sorted(groups)},
        weakest={
            name: f"{right[name]}/{total[name]}"
            for name in sorted(set(total) - groups)
            if right[name] < total[name] * 0.95
        },
    )


def misses(half: Half) -> list[Line]:
    places = ours()
    return [line for line in corpus(half) if not is_right(line, places(line.text))]


if __name__ == "__main__":
    lines = corpus("tuning")
    print(json.dumps(figures(lines, ours()).as_json(), indent=1))
    for line in misses("tuning"):
        if "-v" in sys.argv:
            print(f"{line.group}/{line.kind} {line.origin}: {line.text!r}")
