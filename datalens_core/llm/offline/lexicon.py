"""The words the grammar knows: what they ask for, what they mean, and what may be passed over.

Phrases are lower case, words parted by one space. Anything that is in none of these tables, no
column and no value is an unknown word, and a question with an unknown word is not answered.
"""

from __future__ import annotations

from typing import Final


def _table(**entries: str) -> dict[str, str]:
    """Phrases to meaning, from meaning="phrase, phrase"; a dot parts words of a meaning."""
    return {
        phrase.strip(): meaning.replace("__", ".")
        for meaning, phrases in entries.items()
        for phrase in phrases.split(",")
    }


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


AGGREGATES: Final = _table(
    mean="average, mean, avg, averages, averaged, on average, means, typical",
    sum="total, sum, totals, sum of, summed, combined, overall, altogether, in total,"
    "total amount of",
    min="minimum, min, minima, minimal",
    max="maximum, max, maxima, maximal",
    median="median, medians",
    std="standard deviation, std, stddev, std dev, standard deviations",
    var="variance",
)

SUPERLATIVES: Final = _table(
    desc="highest, largest, biggest, greatest, most, best, maximum, max, top, peak",
    asc="lowest, smallest, least, fewest, worst, minimum, min, bottom",
)

# A superlative that names its measure: the direction, and the word to look for in the columns.
SUPERLATIVE_ADJECTIVES: Final[dict[str, tuple[str, str]]] = {
    "heaviest": ("desc", "weight"),
    "lightest": ("asc", "weight"),
    "oldest": ("desc", "age"),
    "youngest": ("asc", "age"),
    "most expensive": ("desc", "price"),
    "cheapest": ("asc", "price"),
    "least expensive": ("asc", "price"),
    "hottest": ("desc", "temperature"),
    "warmest": ("desc", "temperature"),
    "coldest": ("asc", "temperature"),
    "windiest": ("desc", "wind"),
    "wettest": ("desc", "precipitation"),
    "rainiest": ("desc", "precipitation"),
    "driest": ("asc", "precipitation"),
    "richest": ("desc", "gdp"),
    "poorest": ("asc", "gdp"),
    "most populous": ("desc", "population"),
    "least populous": ("asc", "population"),
    "most populated": ("desc", "population"),
    "most powerful": ("desc", "horsepower"),
    "longest": ("desc", "length"),
    "shortest": ("asc", "length"),
    "tallest": ("desc", "height"),
    "fastest": ("desc", "speed"),
    "slowest": ("asc", "speed"),
    "most profitable": ("desc", "profit"),
    "least profitable": ("asc", "profit"),
    "best selling": ("desc", "sales"),
}

CHARTS: Final = _table(
    bar="bar chart, bar graph, bar plot, barchart, bars, bar, column chart, barplot",
    line="line chart, line graph, line plot, linechart, lines, line, time series",
    pie="pie chart, pie, donut chart, pie graph",
    scatter="scatter plot, scatter chart, scatterplot, scatter, scatter graph",
    box="box plot, boxplot, box chart, box plots, boxplots",
    histogram="histogram, histograms",
    area="area chart, area plot, area graph",
    heatmap="heatmap, heat map",
)

# What is asked for, when a word says it by itself.
INTENTS: Final = _table(
    describe="describe, summarise, summarize, summary, overview, summary statistics, statistics,"
    "descriptive statistics, stats, profile, tell me about, what is in, what's in,"
    "what does this data contain, explore",
    columns="columns, fields, variables, column names, data types, dtypes, schema, structure",
    head="first rows, first few rows, head, sample rows, preview, example rows, first lines",
    missing="missing values, missing data, missing, nulls, null values, null, nan, nans,"
    "incomplete, empty cells, blanks, blank, missing entries, completeness",
    duplicates="duplicates, duplicate rows, duplicated rows, duplicate, duplicated, repeated rows",
    distribution="distribution, distributed, distributions, spread, histogram of, frequency of",
    correlation="correlation, correlations, correlated, correlate, correlates, correlation matrix",
    scatter="relationship, relation, relationship between, association, related, relate, depend on,"
    "depends on, depend",
    trend="over time, trend, trends, over the years, through time, through the years, evolve,"
    "evolved, evolution, develop, developed, development, time trend, timeline, change, changed,"
    "changes, history, across time, across the years, throughout the years",
    share="share, percentage, percent, proportion, shares, fraction, proportions, percentages,"
    "percentage of total, share of total, %, breakdown, split, composition, make up, makes up",
    count="how many, number of, count, counts, count of, the number of, counted, how often,"
    "frequency, no of",
    unique="unique, distinct, different, unique values, distinct values, unique values of,"
    "possible values, different values, what values",
    list="list, enumerate, list all, show all, list every, show every, names of, name all, name",
    which="which, who, what which, whose",
    compare="compare, comparison, compared, comparing",
    how_much="how much",
    outliers="outliers, outlier, anomalies, extreme values, unusual values",
)

BINS: Final = _table(
    year="year, years, yearly, annual, annually, per annum, calendar year",
    quarter="quarter, quarters, quarterly",
    month="month, months, monthly",
    week="week, weeks, weekly",
    day="day, days, daily, calendar day",
    weekday="day of the week, day of week, weekday, weekdays, days of the week",
    hour="hour, hours, hourly, hour of day, hour of the day",
    month_of_year="month of year, month of the year, calendar month",
)
# These ask for a bin without a "by" before them.
BIN_ADVERBS: Final = _words("yearly annual annually quarterly monthly weekly daily hourly")

COMPARISONS: Final = _table(
    gt="over, above, greater than, more than, larger than, bigger than, higher than, exceeding,"
    "exceeds, exceed, >, after, later than, older than, heavier than, is over, is above",
    ge="at least, >=, ≥, no less than, not less than, since, from, or more,"
    "starting in,"
    "greater than or equal to, more than or equal to, not under, not below, no fewer than",
    lt="under, below, less than, fewer than, smaller than, lower than, <, before, earlier than,"
    "younger than, lighter than, prior to",
    le="at most, <=, ≤, no more than, not more than, up to, until, or less, or fewer,"
    "less than or equal to, not over, not above, through",
    eq="=, ==, equals, equal to, exactly, equal",
    ne="!=, <>, ≠, not equal to",
    between="between",
)
TIME_COMPARISONS: Final = _words("after before since from until through during in for of to")

NEGATIONS: Final = _table(
    exclude="excluding, exclude, except, except for, without, other than, not in, not from, is not,"
    "are not, not, apart from, besides, leaving out, ignoring, ignore, isn't, aren't, but not,"
    "omitting, omit, excludes, not for, not on, minus",
)

GROUPERS: Final = _table(
    by="by, per, for each, for every, in each, each, every, across, grouped by, group by,"
    "broken down by, split by, by each, within each, of each, from each, on each, among,"
    "break down by, depending on, according to, divided by, at each, for the different,"
    "split up by,"
    "colored by, coloured by, color by, for different, of every, in every, between different",
)

VERSUS: Final = _words("vs vs. versus against")
CONNECTIVES: Final = _words("and or & , plus as-well-as")

# Words for a row of the data, whatever it is about.
ROW_NOUNS: Final = _words(
    "row rows record records entry entries observation observations item items case cases"
    " datapoint datapoints sample samples specimen specimens instance instances"
)

MONTHS: Final[dict[str, int]] = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sep sept",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}

NUMBER_WORDS: Final[dict[str, int]] = {
    word: number
    for number, word in enumerate(
        (
            *("zero", "one", "two", "three", "four", "five", "six"),
            *("seven", "eight", "nine", "ten", "eleven", "twelve"),
        )
    )
} | {"fifteen": 15, "twenty": 20, "thirty": 30, "fifty": 50, "hundred": 100, "dozen": 12}
SCALES: Final[dict[str, float]] = {
    "k": 1e3,
    "thousand": 1e3,
    "m": 1e6,
    "mn": 1e6,
    "mio": 1e6,
    "million": 1e6,
    "millions": 1e6,
    "bn": 1e9,
    "billion": 1e9,
    "billions": 1e9,
    "trillion": 1e12,
}

# Passed over: they carry nothing that the rest of the sentence does not.
STOPWORDS: Final = _words(
    "a an the of in on at to for from with within into as is are was were be been being am do does"
    " did done has have had having can could would may might please kindly me my mine our us we i"
    " you your it its it's they them their this that these those there here what what's whats how"
    " show shows showing shown give gives given tell display present provide create make made draw"
    " plot plots plotted chart charts graph graphs visual visualise visualize visualisation"
    " visualization figure diagram find get want need like see know look looks looking let let's"
    " lets calculate compute determine work out report return answer question data dataset datasets"
    " table file set sheet spreadsheet csv value values just also then so if any some all both"
    " where whose who when time-wise respectively itself only using use used based terms term"
    " between regarding concerning about analysis analyse analyze analyzing whole entire full"
    " hi-res vary varies varied differ differs different which hello-there according go goes went"
    " gone ranked rank sorted sort order ordered ordering descending sorting ranking quick quickly"
    " simple nice exist exists available contain contains containing recorded record appear appears"
    " appearing happen happened occur occurs occurred come came coming kind help would've i'd i'm"
    " ok okay thanks thank now overall single respective corresponding along together per-row by"
    " will-be it'll should-be than more such much many long stand stands amount up down one's each"
    " per against during while throughout including include includes during grouped group over"
    " win wins won winning get gets got gotten reach reached receive received hold holds held"
    " lie lies belong belongs own owned be's ? . ! : ; , \" ' ( ) - – — / & and or among"
)

# Nouns that add nothing beside a column ("the GOOG price", "tip values") and mean nothing alone.
SOFT_NOUNS: Final = _words(
    "value values number numbers level levels price prices score scores size sizes amount amounts"
    " figure figures medal medals vote votes unit units point points category categories rate"
    " rates measurement measurements reading readings type types cost costs count counts dollars"
    " dollar usd euros euro eur $ € £ % percent degrees years year-old lbs kg pounds mph km miles"
    " celsius fahrenheit group groups people person total data variable variables column columns"
    " field fields feature features class classes name names series attribute attributes result"
    " results metric metrics range mm cm"
)

# Meant as an ask for something rules cannot do; the reason is told.
REFUSALS: Final[dict[str, str]] = {
    "forecast": "Forecasts need a model of how the data came about; I only compute what is there.",
    "predict": "Predictions need a model of how the data came about; I only compute what is there.",
    "why": "I can show numbers, but rules cannot tell why they are what they are.",
    "cause": "I can show numbers, but rules cannot tell what causes them.",
    "should": "I can show numbers, but rules cannot recommend what to do.",
    "recommend": "I can show numbers, but rules cannot recommend what to do.",
    "delete": "I only read the data; I do not change it.",
    "translate": "I only analyse the loaded data.",
    "email": "I only analyse the loaded data.",
    "write": "I only analyse the loaded data.",
}
REFUSAL_FORMS: Final[dict[str, str]] = {
    "forecast": "forecast",
    "forecasts": "forecast",
    "forecasting": "forecast",
    "extrapolate": "forecast",
    "predict": "predict",
    "prediction": "predict",
    "predictions": "predict",
    "predicted": "predict",
    "tomorrow": "predict",
    "next": "predict",
    "will": "predict",
    "future": "predict",
    "why": "why",
    "cause": "cause",
    "causes": "cause",
    "caused": "cause",
    "because": "cause",
    "should": "should",
    "recommend": "recommend",
    "recommendation": "recommend",
    "delete": "delete",
    "drop": "delete",
    "remove": "delete",
    "update": "delete",
    "replace": "delete",
    "translate": "translate",
    "email": "email",
    "write": "write",
    "poem": "write",
    "story": "write",
    "joke": "write",
}
GREETINGS: Final = _words(
    "hi hello hey hiya howdy greetings thanks thank bye goodbye morning evening afternoon yo"
)

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# What makes a name of a place or a people of it: Japan-ese, Chile-an.
ADJECTIVE_ENDS: Final = _words("n an ian ese ish s ns ans ians")

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
        "salary wage pay wages",
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
    "disp": "displacement",
}

# Units at the end of a column's name, which a question leaves out.
UNITS: Final = _words("usd eur gbp lbs kg cm mm km miles pct percent mw mwh in per ms sec days")

# Measures that add up over rows. Others (rates, levels, scores) are averaged when nothing is said.
ADDITIVE: Final = _words(
    "revenue sales sale turnover amount quantity qty cost costs profit expense expenses spending"
    " orders units gold silver bronze medals medal votes vote count counts goals points deaths"
    " wounds disease casualties donations budget hours wages_paid downloads visits clicks views"
    " visitors passengers cases generation production precipitation rainfall gross total"
    " population pop inhabitants people tax fee fees shipping payment payments sold volume"
    " emissions"
)
# Measures of a state at a moment: adding them up over years counts the same thing again.
STOCKS: Final = _words(
    "population pop inhabitants people gdp headcount employees inventory balance"
)

IDENTIFIERS: Final = _words(
    "id ids uuid guid key code codes zip zipcode postcode postal phone telephone iso isbn ssn index"
    " iban sku ean latitude longitude lat lon lng"
)
LABELS: Final = ("name", "title", "label", "country", "city", "product", "customer", "company")
