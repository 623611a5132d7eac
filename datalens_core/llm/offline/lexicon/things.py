"""Words for what a row stands for, and those that only say more of a column."""

from __future__ import annotations

from typing import Final

from datalens_core.llm.offline.lexicon.tables import words

# Words for a row of the data, whatever it is about.
ROW_NOUNS: Final = words(
    "row rows record records entry entries observation observations item items case cases"
    " datapoint datapoints sample samples specimen specimens instance instances"
)

# What a date may tell of, by the verbs that ask for it.
EVENTS: Final = (
    words("start starts started starting begin began join joined hire hired entry hiring"),
    words("end ends ended leave leaves left exit exited resign resigned departure termination"),
)

# Words for what a business writes down a row at a time, where no column says otherwise.
DEALS: Final = words(
    "order orders transaction transactions purchase purchases booking bookings invoice invoices"
)
PEOPLE: Final = words(
    "people person persons employee employees worker workers colleagues staff member members"
    " respondent respondents participant participants patient patients student students"
)
# Columns that tell of one person a row, and those that tell how many a row stands for.
OF_A_PERSON: Final = words("age gender sex salary wage employee dob patient student respondent")
OF_SEVERAL: Final = words("size count counts number population quantity party guests people")

# Words beside a column of yes and no that only say what it is.
OF_A_FLAG: Final = words("status flag")

# Words beside a column that only say more of what it is: "party size", "model year".
COMPANIONS: Final[dict[str, frozenset[str]]] = {
    "size": words("party group"),
    "year": words("model calendar"),
    "wind": words("speed"),
    "origin": words("country region place"),
    "price": words("stock share closing unit"),
    "salary": words("annual yearly base"),
    "bill": words("restaurant"),
    "open": words("price prices"),
    "close": words("price prices"),
    "payment": words("method type mode"),
    "temperature": words("air outside"),
}
