"""Tables as offices write them: foreign words, units in names, odd characters, gaps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd


def umsatz() -> pd.DataFrame:
    """A German shop's export: 240 orders of 2024."""
    draw = np.random.default_rng(11)
    rows = 240
    menge = draw.integers(1, 12, rows)
    preis = draw.choice([4.5, 12.9, 29.0, 89.99, 149.5], rows)
    rabatt = draw.choice([0.0, 5.0, 10.0, np.nan], rows, p=[0.5, 0.25, 0.15, 0.1])
    return pd.DataFrame(
        {
            "Bestell-Nr.": np.arange(7001, 7001 + rows),
            "Datum": pd.Timestamp("2024-01-01") + pd.to_timedelta(draw.integers(0, 366, rows), "D"),
            "Filiale": draw.choice(["München", "Köln", "Zürich", "Düsseldorf"], rows),
            "Produkt": draw.choice(["Lampe", "Stuhl", "Tisch", "Regal", "Kissen"], rows),
            "Menge": menge,
            "Preis (€)": preis,
            "Rabatt in %": rabatt,
            "Umsatz_EUR": (menge * preis * (1 - np.nan_to_num(rabatt) / 100)).round(2),
            "Zahlungsart": draw.choice(["Karte", "Rechnung", "Bar"], rows),
        }
    )


def staff() -> pd.DataFrame:
    """A list of 150 employees with names of columns as people type them."""
    draw = np.random.default_rng(12)
    rows = 150
    salary = draw.normal(62_000, 14_000, rows).round(-2)
    salary[draw.choice(rows, 7, replace=False)] = np.nan
    score = draw.choice([1.0, 2.0, 3.0, 4.0, 5.0, np.nan], rows)
    return pd.DataFrame(
        {
            "Employee ID": [f"E-{number:04d}" for number in range(1, rows + 1)],
            "Dept.": draw.choice(["R&D", "Sales", "HR", "Ops & Logistics"], rows),
            "Salary (USD)": salary,
            "start date": pd.Timestamp("2015-01-05")
            + pd.to_timedelta(draw.integers(0, 3400, rows), "D"),
            "Perf. score": score,
            "Sick_days": draw.poisson(4, rows),
            "Remote?": draw.choice(["Yes", "No"], rows),
            "Site/Location": draw.choice(["Berlin", "Austin", "São Paulo"], rows),
            "Height_cm": draw.normal(172, 9, rows).round(1),
        }
    )


def capteurs() -> pd.DataFrame:
    """Readings of a French plant's sensors, every six hours over 90 days at three sites."""
    draw = np.random.default_rng(13)
    times = pd.date_range("2023-03-01", periods=360, freq="6h")
    parts = []
    for site, level in (("Lyon", 14.0), ("Lille", 9.0), ("Nice", 18.0)):
        wave = 4 * np.sin(np.arange(360) / 4 * 2 * np.pi)
        parts.append(
            pd.DataFrame(
                {
                    "Horodatage": times,
                    "Site": site,
                    "Température (°C)": (level + wave + draw.normal(0, 2, 360)).round(1),
                    "Humidité_pct": draw.integers(30, 95, 360).astype(float),
                    "Énergie_kWh": draw.gamma(3, 40, 360).round(1),
                    "Statut": draw.choice(["ok", "alerte", "panne"], 360, p=[0.85, 0.1, 0.05]),
                }
            )
        )
    frame = pd.concat(parts, ignore_index=True)
    frame.loc[draw.choice(len(frame), 40, replace=False), "Humidité_pct"] = np.nan
    return frame


TABLES: dict[str, Callable[[], pd.DataFrame]] = {
    "umsatz": umsatz,
    "staff": staff,
    "capteurs": capteurs,
}


def write(name: str, path: Path) -> None:
    """A table as its office would export it."""
    frame = TABLES[name]()
    if name == "umsatz":
        frame.to_csv(path, index=False, sep=";", decimal=",", date_format="%d.%m.%Y")
    elif name == "capteurs":
        frame.to_csv(path, index=False, date_format="%Y-%m-%d %H:%M")
    else:
        frame.to_csv(path, index=False)
