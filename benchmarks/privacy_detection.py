"""Recall and false alarms of detection on the labelled lines, beside stock Presidio's.

Reported on the half that detection was not tuned on; `python -m benchmarks.privacy_detection
tuning` lists what is missed in the other half.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from benchmarks.privacy_corpus import Half, Line, corpus

GOALS = {"email": 0.99, "email_hard": 0.99, "phone": 0.95, "phone_hard": 0.85, "negative": 0.02}

Places = Callable[[str], list[tuple[int, int]]]


def measure() -> dict[str, object]:
    lines = corpus("held_out")
    return {
        "lines": len(lines),
        "regions": len({line.origin for line in lines if line.group.startswith("phone")}),
        "goals": GOALS,
        "datalens": _figures(lines, ours()),
        "presidio_stock": _figures(lines, stock()),
    }


def ours() -> Places:
    from datalens_core.privacy import PIIScrubber

    return lambda text: [(r.start, r.end) for r in PIIScrubber().scrub_text(text)[1]]


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


def _figures(lines: list[Line], places: Places) -> dict[str, object]:
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    kinds: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for line in lines:
        hit = is_right(line, places(line.text))
        total[line.group] += 1
        right[line.group] += hit
        kind = kinds[f"{line.group}: {line.kind}"]
        kind[0] += hit
        kind[1] += 1
    recall = {g: round(right[g] / total[g], 4) for g in total if g != "negative"}
    touched = total["negative"] - right["negative"]
    return {
        "recall": recall,
        "negatives_touched": round(touched / total["negative"], 4),
        "of": dict(total),
        "weakest": {k: f"{hit}/{n}" for k, (hit, n) in sorted(kinds.items()) if hit < n * 0.95},
    }


def misses(half: Half) -> list[Line]:
    places = ours()
    return [line for line in corpus(half) if not is_right(line, places(line.text))]


if __name__ == "__main__":
    lines = corpus("tuning")
    print(json.dumps(_figures(lines, ours()), indent=1))
    for line in misses("tuning"):
        if "-v" in sys.argv:
            print(f"{line.group}/{line.kind} {line.origin}: {line.text!r}")
