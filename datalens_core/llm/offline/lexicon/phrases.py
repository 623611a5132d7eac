"""Phrases that ask for something: what is computed, how it is ordered, cut and drawn."""

from __future__ import annotations

from typing import Final

from datalens_core.llm.offline.lexicon.tables import phrases, table, words
from datalens_core.llm.offline.terms import Aggregate, Ask, Bin, Chart, Operator, Order

AGGREGATES: Final[dict[str, Aggregate]] = table(
    ("mean", "average, mean, avg, averages, averaged, on average, means, typical"),
    (
        "sum",
        "total, sum, totals, sum of, summed, combined, overall, altogether, in total, "
        "total amount of",
    ),
    ("min", "minimum, min, minima, minimal"),
    ("max", "maximum, max, maxima, maximal"),
    ("median", "median, medians"),
    ("std", "standard deviation, std, stddev, std dev, standard deviations"),
    ("var", "variance"),
)

SUPERLATIVES: Final[dict[str, Order]] = table(
    ("desc", "highest, largest, biggest, greatest, most, best, best off, maximum, max, top, peak"),
    ("asc", "lowest, smallest, least, fewest, worst, worst off, minimum, min, bottom"),
)

# A superlative that names its measure: the direction, and the word to look for in the columns.
SUPERLATIVE_ADJECTIVES: Final[dict[str, tuple[Order, str]]] = {
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
    "least populated": ("asc", "population"),
    "widest": ("desc", "width"),
    "narrowest": ("asc", "width"),
    "most powerful": ("desc", "horsepower"),
    "most fuel-efficient": ("desc", "mpg"),
    "most fuel efficient": ("desc", "mpg"),
    "most economical": ("desc", "mpg"),
    "least fuel-efficient": ("asc", "mpg"),
    "least fuel efficient": ("asc", "mpg"),
    "best paid": ("desc", "salary"),
    "worst paid": ("asc", "salary"),
    "longest": ("desc", "length"),
    "shortest": ("asc", "length"),
    "tallest": ("desc", "height"),
    "fastest": ("desc", "speed"),
    "slowest": ("asc", "speed"),
    "most profitable": ("desc", "profit"),
    "least profitable": ("asc", "profit"),
    "best selling": ("desc", "sales"),
}

# What "how long" and the like ask for, by the words of a column that may tell it.
MEASURED: Final[dict[str, frozenset[str]]] = {
    "long": words("length duration hours minutes seconds days time"),
    "far": words("distance miles km"),
    "old": words("age"),
    "tall": words("height"),
    "high": words("height altitude elevation"),
    "deep": words("depth"),
    "wide": words("width"),
    "heavy": words("weight lbs kg mass"),
    "fast": words("speed velocity mph acceleration"),
    "soon": words("days hours"),
    **dict.fromkeys(("big", "large", "low", "great"), words("size")),
}

# What occurs most often, or least often.
COMMON: Final[dict[str, Order]] = table(
    ("desc", "most common, most frequent, most popular, most often, commonest, busiest"),
    ("asc", "least common, least frequent, rarest, quietest, least busy"),
)

CHARTS: Final[dict[str, Chart]] = table(
    ("bar", "bar chart, bar graph, bar plot, barchart, bars, bar, column chart, barplot"),
    ("line", "line chart, line graph, line plot, linechart, lines, line, time series"),
    ("pie", "pie chart, pie, donut chart, pie graph"),
    ("scatter", "scatter plot, scatter chart, scatterplot, scatter, scatter graph"),
    ("box", "box plot, boxplot, box chart, box plots, boxplots"),
    ("histogram", "histogram, histograms"),
    ("area", "area chart, area plot, area graph"),
    ("heatmap", "heatmap, heat map"),
)

# What is asked for, when a word says it by itself.
INTENTS: Final[dict[str, Ask]] = table(
    (
        "describe",
        "describe, summarise, summarize, summary, overview, summary statistics, statistics, "
        "descriptive statistics, stats, profile, tell me about, what is in, what's in, "
        "what does this data contain, explore",
    ),
    ("columns", "columns, fields, variables, column names, data types, dtypes, schema, structure"),
    ("head", "first rows, first few rows, head, sample rows, preview, example rows, first lines"),
    (
        "missing",
        "missing values, missing data, missing, nulls, null values, null, nan, nans, "
        "incomplete, empty cells, blanks, blank, missing entries, completeness",
    ),
    (
        "duplicates",
        "duplicates, duplicate rows, duplicated rows, duplicate, duplicated, repeated rows",
    ),
    (
        "distribution",
        "distribution, distributed, distributions, spread, histogram of, frequency of",
    ),
    (
        "correlation",
        "correlation, correlations, correlated, correlate, correlates, correlation matrix",
    ),
    (
        "scatter",
        "relationship, relation, relationship between, association, related, relate, "
        "depend on, depends on, depend, link, links, linked, connection, connected, associated, "
        "go together, goes together, go hand in hand, go along, tied to, connected to, relates",
    ),
    (
        "effect",
        "affect, affects, affected, influence, influences, influenced, impact, impacts, effect, "
        "effects, matter, matters, play a role, make a difference, makes a difference, driven by",
    ),
    (
        "trend",
        "over time, trend, trends, over the years, through time, through the years, evolve, "
        "evolved, evolution, develop, developed, development, time trend, timeline, change, "
        "changed, changes, history, across time, across the years, throughout the years",
    ),
    (
        "share",
        "share, percentage, percent, proportion, shares, fraction, proportions, percentages, "
        "percentage of total, share of total, %, breakdown, split, composition, make up, "
        "makes up",
    ),
    (
        "count",
        "how many, number of, count, counts, count of, the number of, counted, how often, "
        "frequency, no of, headcount, head count",
    ),
    (
        "unique",
        "unique, distinct, different, unique values, distinct values, unique values of, "
        "possible values, different values, what values",
    ),
    (
        "list",
        "list, enumerate, list all, show all, list every, show every, names of, name all, name",
    ),
    ("which", "which, who, what which, whose"),
    ("compare", "compare, comparison, compared, comparing"),
    ("how_much", "how much"),
    (
        "outliers",
        "outliers, outlier, anomalies, anomaly, extreme values, unusual values, unusual, "
        "anything unusual, anything odd, anything strange, odd values, strange values, abnormal, "
        "abnormal values, atypical, suspicious values, suspicious, anomalous, extremes",
    ),
    (
        "regression",
        "regression, linear regression, simple linear regression, regress, fit a line, line fit, "
        "linear fit, line of best fit, best fit line, trend line, trendline, fit, linear model, "
        "fit a linear regression, run a linear regression, run a regression, fit a regression, "
        "regression of",
    ),
    (
        "pivot",
        "pivot, pivot table, crosstab, cross tab, cross-tab, cross tabulation, "
        "cross-tabulation, crosstabulation, contingency table, cross tabulate, cross-tabulate",
    ),
    ("cumulative", "cumulative, running total, running totals, cumulated, cumsum, running sum"),
    (
        "rolling",
        "rolling average, moving average, rolling mean, moving mean, rolling, running average",
    ),
    (
        "change",
        "percent change, percentage change, pct change, % change, percent changes, growth rate, "
        "percent growth, percentage growth, % growth, relative change, change in percent, "
        "percentage increase, percent increase, rate of growth, growth rates",
    ),
    (
        "growth",
        "growth, grow, grew, grown, increase, increased, increases, rise, rose, gain, gained, "
        "gains, improve, improved, improvement, improves, risen",
    ),
    (
        "decline",
        "decline, declined, declines, decrease, decreased, decreases, fall, fell, fallen, lost, "
        "dropped, shrink, shrank, loss, losses",
    ),
    (
        "ratio",
        "ratio, ratio of, ratio between, as a percentage of, as percentage of, as a share of, "
        "as a fraction of, as a percent of, as percent of, as a proportion of, as % of, "
        "as a % of, relative to, divided by",
    ),
    (
        "ascending",
        "lowest first, smallest first, ascending, in ascending order, from lowest to highest, "
        "from low to high, from smallest to largest",
    ),
    ("higher", "higher, lower, bigger, larger, greater, smaller, better, worse"),
    ("ever", "ever, ever recorded, of all time, all time, all-time, ever seen"),
    ("extent", "range of, the range of, range in"),
    ("range", "gap, gap between, spread between"),
    (
        "difference",
        "difference between, difference, differences, differences between, difference in, "
        "differ between, differs between",
    ),
)

BINS: Final[dict[str, Bin]] = table(
    ("year", "year, years, yearly, annual, annually, per annum, calendar year"),
    ("quarter", "quarter, quarters, quarterly"),
    ("month", "month, months, monthly"),
    ("week", "week, weeks, weekly"),
    ("day", "day, days, daily, calendar day"),
    ("weekday", "day of the week, day of week, weekday, weekdays, days of the week"),
    ("hour", "hour, hours, hourly, hour of day, hour of the day"),
    ("month_of_year", "month of year, month of the year, calendar month"),
)

# These ask for a bin without a "by" before them.
BIN_ADVERBS: Final = words("yearly annual annually quarterly monthly weekly daily hourly")

COMPARISONS: Final[dict[str, Operator]] = table(
    (
        "gt",
        "over, above, greater than, more than, larger than, bigger than, higher than, "
        "exceeding, exceeds, exceed, exceeded, in excess of, >, after, later than, "
        "older than, heavier than, "
        "is over, is above",
    ),
    (
        "ge",
        "at least, >=, ≥, no less than, not less than, since, from, or more, starting in, "
        "greater than or equal to, more than or equal to, not under, not below, no fewer than",
    ),
    (
        "lt",
        "under, below, less than, fewer than, smaller than, lower than, <, before, "
        "earlier than, younger than, lighter than, prior to",
    ),
    (
        "le",
        "at most, <=, ≤, no more than, not more than, up to, until, or less, or fewer, "
        "less than or equal to, not over, not above, through",
    ),
    ("eq", "=, ==, equals, equal to, exactly, equal"),
    ("ne", "!=, <>, ≠, not equal to"),
    ("between", "between"),
)


# A change from one period to the next, and the period.
CHANGES: Final[dict[str, Bin]] = table(
    ("year", "year over year, year on year, year-over-year, year-on-year, yoy"),
    ("quarter", "quarter over quarter, quarter on quarter, quarter-over-quarter, qoq"),
    ("month", "month over month, month on month, month-over-month, mom, month to month"),
    ("week", "week over week, week on week, week-over-week, wow"),
    ("day", "day over day, day on day, day-over-day, day to day"),
)
QUANTILES: Final[dict[str, float]] = {
    "first quartile": 0.25,
    "lower quartile": 0.25,
    "third quartile": 0.75,
    "upper quartile": 0.75,
}

NEGATIONS: Final = phrases(
    "outside, outside of, excluding, not counting, not including, disregarding, "
    "exclude, except, except for, without, other than, not in, not from, is not, "
    "are not, not, apart from, besides, leaving out, ignoring, ignore, isn't, aren't, but not, "
    "omitting, omit, excludes, not for, not on, minus"
)

GROUPERS: Final = phrases(
    "by, per, for each combination of, "
    "for each, for every, in each, each, every, across, grouped by, group by, "
    "broken down by, split by, by each, within each, of each, from each, on each, among, "
    "break down by, depending on, according to, at each, for the different, "
    "break it down by, break that down by, break this down by, break them down by, split it by, "
    "split that by, split this by, split them by, group it by, group them by, "
    "split up by, colored by, coloured by, color by, for different, of every, in every, "
    "between different"
)

# What comes after these is what is not wanted any more: "the average instead of the total".
REPLACED: Final = phrases("instead of, rather than, in place of")

VERSUS: Final = words("vs vs. versus against")

# How many of something there are, compared without a number.
QUANTIFIERS: Final[dict[str, Order]] = table(("desc", "more"), ("asc", "fewer, less"))
# What a question starts with that goes on from the one before it.
FOLLOWING: Final = phrases(
    "now, over, and, only, just, also, same, instead, but, what about, how about, as, make it, "
    "make, exclude, excluding, without, then, by, per, for, in, with, split, break, show that, "
    "show it, that, those, the same, ok, okay, draw it, plot it, not"
)
CONNECTIVES: Final = words("and or & , plus as-well-as")
