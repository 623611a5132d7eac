"""A set of questions written once the rules were done, over data that they had not met if possible.

As in `offline_questions.py`, the reference is plain pandas by hand and `None` marks a question that
the data cannot answer. On their first run, judged by hand, 51 were answered
right, 2 wrong, 4 refused and 3 rightly refused; nothing was changed for them before. The two wrong
ones were mended afterwards.
"""

from __future__ import annotations

import pandas as pd

from benchmarks.offline_questions import Asked


def _at(frame: pd.DataFrame, column: str = "date") -> pd.Series:
    return pd.to_datetime(frame[column])


def _outside(values: pd.Series) -> int:
    low, high = values.quantile(0.25), values.quantile(0.75)
    reach = 1.5 * (high - low)
    return int(((values < low - reach) | (values > high + reach)).sum())


HELD_OUT = (
    # -- temperatures, by the hour -----------------------------------------------------------
    Asked(
        "vega/seattle_temps",
        "average temperature by month",
        lambda d: d.groupby(_at(d).dt.strftime("%Y-%m")).temp.mean(),
    ),
    Asked("vega/seattle_temps", "what was the hottest temperature?", lambda d: d.temp.max()),
    Asked(
        "vega/seattle_temps",
        "average temp by hour of the day",
        lambda d: d.groupby(_at(d).dt.hour).temp.mean(),
    ),
    Asked(
        "vega/seattle_temps",
        "lowest temp in July",
        lambda d: d[_at(d).dt.month == 7].temp.min(),
    ),
    Asked(
        "vega/seattle_temps",
        "how many hours had a temperature above 80?",
        lambda d: int((d.temp > 80).sum()),
    ),
    Asked(
        "vega/sf_temps",
        "highest temp per month",
        lambda d: d.groupby(_at(d).dt.strftime("%Y-%m")).temp.max(),
    ),
    Asked(
        "vega/sf_temps",
        "mean and standard deviation of temp",
        lambda d: {d.temp.mean(), d.temp.std()},
    ),
    Asked(
        "vega/sf_temps",
        "share of rows with temp below 50",
        lambda d: 100 * (d.temp < 50).mean(),
    ),
    Asked(
        "vega/sf_temps",
        "daily average temperature in March",
        lambda d: d[_at(d).dt.month == 3].groupby(_at(d).dt.strftime("%Y-%m-%d")).temp.mean(),
    ),
    # -- anscombe ----------------------------------------------------------------------------
    Asked("vega/anscombe", "average Y for each series", lambda d: d.groupby("Series").Y.mean()),
    Asked(
        "vega/anscombe",
        "correlation between X and Y by series",
        lambda d: pd.Series({k: p.X.corr(p.Y) for k, p in d.groupby("Series")}),
    ),
    Asked("vega/anscombe", "linear regression of Y on X", lambda d: d.X.cov(d.Y) / d.X.var()),
    Asked("vega/anscombe", "variance of X by series", lambda d: d.groupby("Series").X.var()),
    Asked(
        "vega/anscombe",
        "how many points does series III have?",
        lambda d: int((d.Series == "III").sum()),
    ),
    # -- wine --------------------------------------------------------------------------------
    Asked(
        "sklearn/wine",
        "average alcohol by cultivar",
        lambda d: d.groupby("cultivar").alcohol.mean(),
    ),
    Asked(
        "sklearn/wine",
        "which cultivar has the highest proline on average?",
        lambda d: d.groupby("cultivar").proline.mean().idxmax(),
    ),
    Asked(
        "sklearn/wine",
        "how many wines are there of each cultivar?",
        lambda d: d.cultivar.value_counts(),
    ),
    Asked(
        "sklearn/wine",
        "wines with alcohol above 14.5",
        lambda d: int((d.alcohol > 14.5).sum()),
    ),
    Asked(
        "sklearn/wine",
        "median hue of class_2",
        lambda d: d[d.cultivar == "class_2"].hue.median(),
    ),
    Asked(
        "sklearn/wine",
        "correlation of flavanoids and total phenols",
        lambda d: d.flavanoids.corr(d.total_phenols),
    ),
    Asked(
        "sklearn/wine",
        "top 5 wines by color intensity",
        lambda d: set(d.color_intensity.nlargest(5)),
    ),
    Asked(
        "sklearn/wine",
        "percentage of wines with malic acid over 3",
        lambda d: 100 * (d.malic_acid > 3).mean(),
    ),
    Asked("sklearn/wine", "outliers in magnesium", lambda d: _outside(d.magnesium)),
    Asked("sklearn/wine", "distribution of ash", lambda d: {d.ash.mean(), d.ash.median()}),
    Asked("sklearn/wine", "what is the price of the wines?", None),
    Asked(
        "sklearn/wine",
        "top 2 alcohol values in each cultivar",
        lambda d: {v for _, p in d.groupby("cultivar") for v in p.alcohol.nlargest(2)},
    ),
    # -- linnerud ----------------------------------------------------------------------------
    Asked("sklearn/linnerud", "average number of situps", lambda d: d.Situps.mean()),
    Asked(
        "sklearn/linnerud",
        "correlation between weight and waist",
        lambda d: d.Weight.corr(d.Waist),
    ),
    Asked(
        "sklearn/linnerud",
        "how many have a weight over 200?",
        lambda d: int((d.Weight > 200).sum()),
    ),
    Asked("sklearn/linnerud", "maximum jumps", lambda d: d.Jumps.max()),
    # -- gapminder ---------------------------------------------------------------------------
    Asked(
        "plotly/gapminder",
        "countries in Asia with gdp per capita over 20000 in 2007",
        lambda d: set(
            d[(d.continent == "Asia") & (d.gdpPercap > 20_000) & (d.year == 2007)].country
        ),
    ),
    Asked(
        "plotly/gapminder",
        "population of Brazil in 1987",
        lambda d: d[(d.country == "Brazil") & (d.year == 1987)]["pop"].sum(),
    ),
    Asked(
        "plotly/gapminder",
        "which continent had the lowest average life expectancy in 1977?",
        lambda d: d[d.year == 1977].groupby("continent").lifeExp.mean().idxmin(),
    ),
    Asked(
        "plotly/gapminder",
        "number of countries per continent with life expectancy above 70 in 2002",
        lambda d: d[(d.lifeExp > 70) & (d.year == 2002)].groupby("continent").country.nunique(),
    ),
    Asked(
        "plotly/gapminder",
        "top 2 countries by population in each continent in 1992",
        lambda d: set(d[d.year == 1992].sort_values("pop").groupby("continent").tail(2).country),
    ),
    Asked(
        "plotly/gapminder",
        "by how much did gdp per capita grow in China between 1977 and 2007?",
        lambda d: (lambda c: c[2007] - c[1977])(
            d[d.country == "China"].set_index("year").gdpPercap
        ),
    ),
    # -- tips --------------------------------------------------------------------------------
    Asked(
        "plotly/tips",
        "average tip of non-smokers at lunch",
        lambda d: d[(d.smoker == "No") & (d.time == "Lunch")].tip.mean(),
    ),
    Asked(
        "plotly/tips",
        "share of total tips by time",
        lambda d: 100 * d.groupby("time").tip.sum() / d.tip.sum(),
    ),
    Asked(
        "plotly/tips",
        "days with an average total bill over 20",
        lambda d: set(d.groupby("day").total_bill.mean().loc[lambda by: by > 20].index),
    ),
    Asked(
        "plotly/tips",
        "smallest bill on Friday",
        lambda d: d[d.day == "Fri"].total_bill.min(),
    ),
    # -- cars --------------------------------------------------------------------------------
    Asked(
        "vega/cars",
        "average horsepower of cars with 4 cylinders by origin",
        lambda d: d[d.Cylinders == 4].groupby("Origin").Horsepower.mean(),
    ),
    Asked(
        "vega/cars",
        "number of cars from Japan by year",
        lambda d: d[d.Origin == "Japan"].groupby(_at(d, "Year").dt.year).size(),
    ),
    Asked(
        "vega/cars",
        "how many cars have missing horsepower?",
        lambda d: int(d.Horsepower.isna().sum()),
    ),
    Asked(
        "vega/cars",
        "mean mpg for European cars after 1975",
        lambda d: d[
            (d.Origin == "Europe") & (_at(d, "Year").dt.year > 1975)
        ].Miles_per_Gallon.mean(),
    ),
    Asked(
        "vega/cars",
        "origins with more than 75 cars",
        lambda d: set(d.Origin.value_counts().loc[lambda by: by > 75].index),
    ),
    # -- weather -----------------------------------------------------------------------------
    Asked(
        "vega/seattle_weather",
        "how many days of snow were there?",
        lambda d: int((d.weather == "snow").sum()),
    ),
    Asked(
        "vega/seattle_weather",
        "total precipitation by year",
        lambda d: d.groupby(_at(d).dt.year).precipitation.sum(),
    ),
    Asked(
        "vega/seattle_weather",
        "average wind by weather type",
        lambda d: d.groupby("weather").wind.mean(),
    ),
    Asked(
        "vega/seattle_weather",
        "cumulative precipitation in 2013",
        lambda d: d[_at(d).dt.year == 2013].precipitation.sum(),
    ),
    # -- others ------------------------------------------------------------------------------
    Asked(
        "vega/airports",
        "which state has the most airports?",
        lambda d: d.state.value_counts().idxmax(),
    ),
    Asked("vega/airports", "airports in Denver", lambda d: set(d[d.city == "Denver"].name)),
    Asked(
        "plotly/medals_long",
        "total medals by nation",
        lambda d: d.groupby("nation")["count"].sum(),
    ),
    Asked(
        "plotly/medals_long",
        "which nation won the fewest bronze medals?",
        lambda d: d[d.medal == "bronze"].set_index("nation")["count"].idxmin(),
    ),
    Asked(
        "plotly/election",
        "how many districts were won with a majority?",
        lambda d: int((d.result == "majority").sum()),
    ),
    Asked(
        "plotly/election",
        "average total by winner",
        lambda d: d.groupby("winner").total.mean(),
    ),
    Asked("vega/la_riots", "average age by race", lambda d: d.groupby("race").age.mean()),
    Asked("vega/la_riots", "what was the weather on the day of the riots?", None),
    Asked(
        "vega/us_employment",
        "change in construction from 2006 to 2010",
        lambda d: (lambda y: y[2010] - y[2006])(
            d.groupby(_at(d, "month").dt.year).construction.mean()
        ),
    ),
    Asked("vega/us_employment", "which year had the highest unemployment rate?", None),
    Asked("vega/wheat", "forecast the price of wheat for 1830", None),
)
