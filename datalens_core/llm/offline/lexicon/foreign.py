"""Words of names in German and French tables, and what they say."""

from __future__ import annotations

from typing import Final

from datalens_core.llm.offline.lexicon.tables import table

GERMAN: Final[dict[str, str]] = table(
    ("revenue", "umsatz, erlös"),
    ("sales", "verkäufe"),
    ("quantity", "menge"),
    ("price", "preis"),
    ("cost", "kosten"),
    ("profit", "gewinn"),
    ("discount", "rabatt"),
    ("customer", "kunde, kunden"),
    ("product", "produkt, artikel"),
    ("order", "bestellung"),
    ("supplier", "lieferant"),
    ("employee", "mitarbeiter"),
    ("department", "abteilung"),
    ("salary", "gehalt"),
    ("store", "filiale"),
    ("city", "stadt"),
    ("country", "land"),
    ("category", "kategorie"),
    ("type", "art"),
    ("date", "datum"),
    ("year", "jahr"),
    ("month", "monat"),
    ("day", "tag"),
    ("age", "alter"),
    ("gender", "geschlecht"),
    ("weight", "gewicht"),
    ("size", "größe"),
    ("height", "höhe"),
    ("area", "fläche"),
    ("count", "anzahl"),
    ("rating", "bewertung"),
    ("temperature", "temperatur"),
    ("precipitation", "niederschlag"),
    ("population", "einwohner"),
    ("energy", "energie"),
    ("humidity", "feuchtigkeit"),
    ("status", "zustand"),
    ("payment", "zahlung"),
)

FRENCH: Final[dict[str, str]] = table(
    ("revenue", "chiffre"),
    ("sales", "ventes"),
    ("quantity", "quantité, quantite"),
    ("price", "prix"),
    ("cost", "coût, cout"),
    ("profit", "bénéfice"),
    ("discount", "remise"),
    ("customer", "client"),
    ("product", "produit"),
    ("order", "commande"),
    ("supplier", "fournisseur"),
    ("employee", "employé"),
    ("salary", "salaire"),
    ("store", "magasin"),
    ("city", "ville"),
    ("country", "pays"),
    ("region", "région"),
    ("category", "catégorie"),
    ("name", "nom"),
    ("year", "année, annee"),
    ("month", "mois"),
    ("day", "jour"),
    ("age", "âge"),
    ("gender", "sexe"),
    ("weight", "poids"),
    ("size", "taille"),
    ("height", "hauteur"),
    ("area", "surface"),
    ("count", "nombre"),
    ("temperature", "température"),
    ("energy", "énergie"),
    ("humidity", "humidité"),
    ("status", "statut"),
    ("payment", "paiement"),
)

# Words that are English ones too.
_ENGLISH_TOO: Final = frozenset({"land", "art", "tag", "alter", "client", "surface"})
_SHORTEST_END = 5


def translated(word: str) -> str | None:
    """What a foreign word says; the end of a German compound says it: Gesamtumsatz is revenue."""
    if word in FRENCH or word in GERMAN:
        return FRENCH.get(word) or GERMAN[word]
    ends = [end for end in GERMAN if len(end) >= _SHORTEST_END and word.endswith(end)]
    return GERMAN[max(ends, key=len)] if ends else None


def is_german(word: str) -> bool:
    """Whether a lower-case word is a German noun or made of one, as far as the lexicon knows."""
    if word in _ENGLISH_TOO:
        return False
    return word in GERMAN or any(
        len(part) >= _SHORTEST_END
        and (word.startswith(part) or word.endswith(part))
        and not word.startswith(meaning)  # temperature only begins with Temperatur
        for part, meaning in GERMAN.items()
    )
