"""Words in the names of columns: what stands for what, and what kind of thing they name."""

from __future__ import annotations

from typing import Final

from datalens_core.llm.offline.lexicon.tables import table, words

# Values that stand for each other; the first is how most data write it.
VALUE_SYNONYMS: Final = (
    ("male", "males", "man", "men", "m", "boys", "boy"),
    ("female", "females", "woman", "women", "f", "girls", "girl"),
)

# Places and their people, where the one is not the other with an ending.
PLACES: Final = (
    ("usa", "united states", "us", "u.s", "american", "america"),
    ("united kingdom", "uk", "u.k", "british", "britain", "great britain"),
    ("france", "french"),
    ("germany", "german", "deutschland"),
    ("spain", "spanish"),
    ("netherlands", "dutch", "holland"),
    ("china", "chinese"),
    ("switzerland", "swiss"),
)

# Words that stand for each other when a column is looked for.
SYNONYMS: Final[tuple[frozenset[str], ...]] = tuple(
    frozenset(group.split())
    for group in (
        "revenue sales turnover amount",
        "sales sale sold",
        "price cost",
        "cost expense spending expenditure",
        "profit margin earnings",
        "country nation",
        "sex gender",
        "category type kind",
        "customer client buyer",
        "quantity qty units volume",
        "city town",
        "region area",
        "employee staff worker",
        "salary wage pay wages earner",
        "department dept",
        "rating score",
        "population pop people inhabitants populous",
        "tip gratuity",
        "bill check",
        "weight heavy lbs",
        "horsepower hp power powerful",
        "mpg mileage",
        "name title",
        "temperature temp hot cold",
        "precipitation rain rainfall",
        "wind windspeed",
        "winner win won wins winning",
        "product article",
        "latitude lat",
        "longitude lon lng long",
        "duration length",
        "expectancy exp",
        "gas petrol fuel",
        "diner party",
        "location place site",
        "vendor supplier",
        "consumption usage",
        "manufacturer maker brand make",
        "max high",
        "min low",
        "age old young",
    )
)

# An abbreviation in a column's name, written out.
ABBREVIATIONS: Final[dict[str, str]] = {
    "pop": "population",
    "percap": "per capita",
    "qty": "quantity",
    "avg": "average",
    "pct": "percent",
    "perc": "percent",
    "temp": "temperature",
    "num": "number",
    "nr": "number",
    "amt": "amount",
    "lat": "latitude",
    "lon": "longitude",
    "lng": "longitude",
    "mpg": "miles per gallon",
    "hp": "horsepower",
    "dept": "department",
    "cust": "customer",
    "prod": "product",
    "cat": "category",
    "desc": "description",
    "addr": "address",
    "tot": "total",
    "min": "minimum",
    "max": "maximum",
    "yr": "year",
    "yrs": "years",
    "hr": "hour",
    "hrs": "hours",
    "dob": "date of birth",
    "exp": "expectancy",
    "rev": "revenue",
    "vol": "volume",
    "wt": "weight",
    "ht": "height",
    "sqft": "square feet",
    "emp": "employee",
    "info": "information",
    "std": "standard",
    "dist": "distance",
    "acc": "account",
    "txn": "transaction",
    "trans": "transaction",
    "gend": "gender",
    "cyl": "cylinders",
    "precip": "precipitation",
    "pclass": "class",
    "disp": "displacement",
}

# Units at the end of a column's name, which a question leaves out.
UNITS: Final = words(
    "usd eur gbp chf lbs kg cm mm km miles pct percent mw mwh kwh in per ms sec days celsius"
    " fahrenheit"
)

# How a unit at the end of a name is written beside a number.
UNIT_SIGNS: Final[dict[str, str]] = table(
    *((code.upper(), code) for code in ("usd", "eur", "gbp", "chf")),
    *((unit, unit) for unit in ("lbs", "kg", "cm", "mm", "km", "ms", "km/h", "mph")),
    ("MW", "mw"),
    ("MWh", "mwh"),
    ("kWh", "kwh"),
    ("%", "pct, percent, prozent, %"),
    ("°C", "celsius, c"),
    ("°F", "fahrenheit"),
    ("s", "sec, seconds"),
    ("€", "euro, euros"),
    *((word, f"{word}, {word}s") for word in ("thousand", "million", "billion", "trillion")),
)

# Measures of which less is better.
COSTS: Final = words(
    "price prices cost costs expense expenses spending fee fees tax debt loss losses error errors"
    " defect defects delay delays complaints returns churn unemployment death deaths crime crimes"
    " emissions wait waiting waste downtime accidents injuries"
)

# Measures that add up over rows. Others (rates, levels, scores) are averaged when nothing is said.
ADDITIVE: Final = words(
    "revenue sales sale turnover amount quantity qty cost costs profit expense expenses spending"
    " orders units gold silver bronze medals medal votes vote count counts goals points deaths"
    " wounds disease casualties donations budget hours wages_paid downloads visits clicks views"
    " visitors passengers cases generation production precipitation rainfall gross total"
    " population pop inhabitants people tax fee fees shipping payment payments sold volume"
    " emissions energy consumption kwh mwh rain rainfall"
)

# Measures whose total means nothing: rates, levels, ages, sizes of one thing.
LEVELS: Final = words(
    "rate rates avg average mean median pct percent percentage ratio share per percap index score"
    " rating age year expectancy exp price temperature temp speed wind latitude longitude width"
    " height length depth weight horsepower hp mpg displacement acceleration density stars grade"
    " level min max gdp interest duration"
)

# Measures of a state at a moment: adding them up over years counts the same thing again.
STOCKS: Final = words("population pop inhabitants people gdp headcount employees inventory balance")

IDENTIFIERS: Final = words(
    "id ids uuid guid key code codes zip zipcode postcode postal phone telephone iso isbn ssn index"
    " iban sku ean latitude longitude lat lon lng"
)

# Behind the name of a thing, what tells one of it from the next: EmployeeNumber, invoice_no.
NUMBERINGS: Final = words("number no nr num")

LABELS: Final = ("name", "title", "label", "country", "city", "product", "customer", "company")

# What makes a name of a place or a people of it: Japan-ese, Chile-an.
ADJECTIVE_ENDS: Final = words("n an ian ese ish s ns ans ians")
