"""What an error of the sandbox means: to the user in plain words, to the model as advice."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Meaning:
    """One class of error. No name of a class or function is in what the user reads."""

    plain: str
    advice: str
    """What the model may do; it stands after `plain`."""
    way_out: str
    """What the user may do once the model has given up."""


_ASK_LESS = "Ask for one number or one chart at a time"
_NAME_COLUMNS = "Name the columns as they stand in the data"
_CHECK_TYPES = "Look at how the columns were read, and change a type if it is wrong"

_OTHER = Meaning(
    "The code stopped with an error.",
    "Read the message, look at the line it names, and take another way if need be.",
    _ASK_LESS,
)

_MEANINGS: dict[str, Meaning] = {
    "SyntaxError": Meaning(
        "The code was not valid, or was cut off.", "Write the whole code again.", _ASK_LESS
    ),
    "IndentationError": Meaning(
        "The code was not valid.",
        "The indentation is wrong. Write the whole code again.",
        _ASK_LESS,
    ),
    "KeyError": Meaning(
        "The code asked for a column that is not there.", "", _NAME_COLUMNS
    ),
    "AttributeError": Meaning(
        "The code asked the data for something that they do not have.", "", _NAME_COLUMNS
    ),
    "NameError": Meaning("The code used a name that nothing has.", "", _ASK_LESS),
    "TypeError": Meaning(
        "Values of different kinds were mixed, such as text where numbers are needed.",
        "Look at the dtypes, and convert with pd.to_numeric or pd.to_datetime (errors='coerce') "
        "first.",
        _CHECK_TYPES,
    ),
    "ValueError": Meaning(
        "A value was not of the kind that the calculation needs.",
        "Check the dtypes and for missing values, and convert explicitly.",
        _CHECK_TYPES,
    ),
    "ZeroDivisionError": Meaning(
        "Something was divided by zero.",
        "Check for empty groups and zeros first.",
        "Leave out the rows that hold a zero there",
    ),
    "IndexError": Meaning(
        "There were fewer rows than expected.",
        "A filter may have left none: look at what it keeps.",
        "Ask how many rows match first",
    ),
    "ModuleNotFoundError": Meaning(
        "The code asked for a library that is not in the sandbox.",
        "Nothing can be installed. Use pandas, numpy, plotly, scipy or scikit-learn.",
        _ASK_LESS,
    ),
    "ImportError": Meaning(
        "The code asked for a part of a library that it does not have.",
        "Use another function of it.",
        _ASK_LESS,
    ),
    "FileNotFoundError": Meaning(
        "The code looked for a file that is not there.",
        "The data are loaded already: use the variable.",
        "Add the file to this session first",
    ),
    "PermissionError": Meaning(
        "The code tried something that the sandbox does not allow.",
        "It is not needed: the data are loaded.",
        _ASK_LESS,
    ),
    "OSError": Meaning(
        "The code tried something that the sandbox does not have.",
        "There is no network and no such file. The data are loaded already.",
        _ASK_LESS,
    ),
    "ConnectionError": Meaning(
        "The code tried to reach the network, which the sandbox does not have.",
        "Use only the data that are loaded.",
        "Add the data that are needed as a file",
    ),
    "KeyboardInterrupt": Meaning(
        "The code was interrupted.", "Make it simpler.", _ASK_LESS
    ),
    "TimeoutError": Meaning(
        "The code took too long.",
        "A simpler question, or a part of the data, may work.",
        "Ask about a part of the data",
    ),
    "MemoryError": Meaning(
        "The code needed more memory than there is.",
        "Filter the data first.",
        "Ask about a part of the data",
    ),
}  # fmt: skip


def meaning(error_type: str) -> Meaning:
    return _MEANINGS.get(error_type, _OTHER)
