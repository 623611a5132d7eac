"""How the regions of the world write their numbers: in which groups of digits.

Asking `phonenumbers` for each of 245 regions takes milliseconds a candidate, so the groups of a
candidate choose the few regions that write numbers so.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import product

Shape = tuple[int, ...]

_ATOM = r"(?:\\d|\[[^\]]*\]|\d)"
_GROUP = re.compile(r"\(((?:[^()]|\(\?:[^()]*\))*)\)")
_PIECE = re.compile(rf"{_ATOM}(?:\{{(\d+)(?:,(\d+))?\}}|(\?))?")
MIN_DIGITS, MAX_DIGITS = 7, 15
_LONG_GROUP = 4


def written_so(run: str) -> bool:
    """Whether some region writes just these digits in just these groups, and has such a number."""
    return bool(regions_writing(run))


@lru_cache(maxsize=20_000)
def regions_writing(run: str) -> frozenset[str]:
    """The regions that have such a number and write it in these groups."""
    groups = tuple(re.findall(r"\d+", run))
    if len(groups) < 2:
        return frozenset()
    digits = "".join(groups)
    regions = _regions().get(tuple(map(len, groups)), ())
    return frozenset(r for r in regions if _national_groups(digits, r) == groups)


def _national_groups(digits: str, region: str) -> tuple[str, ...] | None:
    import phonenumbers

    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    groups = tuple(re.findall(r"\d+", written))
    # 98765 43210, where the format has 098765 43210: of shorter groups it could be anything.
    if "".join(groups) == f"0{digits}" and len(groups[0]) > _LONG_GROUP:
        return (groups[0][1:], *groups[1:])
    return groups


@cache
def _regions() -> dict[Shape, tuple[str, ...]]:
    """The regions that may write a number in groups of these lengths.

    One region stands for all that share its country code: they share its formats, too.
    """
    import phonenumbers
    from phonenumbers.phonemetadata import PhoneMetadata

    found: dict[Shape, dict[str, None]] = {}
    for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items():
        if code in phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS:
            continue
        region = regions[0]
        metadata = PhoneMetadata.metadata_for_region(region, None)
        for written in metadata.number_format if metadata else ():
            rule = written.national_prefix_formatting_rule or "$1"
            for shape in _shapes(written.pattern or ""):
                # The rule "8 0$1" makes two groups of the first one.
                first = re.findall(r"\d+", rule.replace("$1", "0" * shape[0]))
                for held in (shape, (*map(len, first), *shape[1:])):
                    found.setdefault(held, {})[region] = None
    return {shape: tuple(regions) for shape, regions in found.items()}


def _shapes(pattern: str) -> list[Shape]:
    """The lengths that the groups of a format's pattern may have: (\\d{2})(\\d{3,4})."""
    lengths = [_lengths(group) for group in _GROUP.findall(pattern)]
    shapes = product(*lengths) if lengths else ()
    return [shape for shape in shapes if MIN_DIGITS <= sum(shape) <= MAX_DIGITS]


def _lengths(group: str) -> range:
    """How long one group may be. Of alternatives, the first; what is not understood is odd."""
    least = most = 0
    for low, high, optional in _PIECE.findall(group.partition("|")[0]):
        least += 0 if optional else int(low or 1)
        most += 1 if optional else int(high or low or 1)
    return range(least, min(most, MAX_DIGITS) + 1)
