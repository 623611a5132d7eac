"""Which of the encodings of one byte a letter a text is in, by the words that it makes of it.

Two encodings give one byte two letters, and mostly only one of them belongs into its word: what is
«Dvořák» by one is «Dvoøák» by the other, in no language. A general detector (charset-normalizer)
was measured against this: it was right half as often.
"""

from __future__ import annotations

import re

# Letters beyond ASCII of the languages that an encoding was made for.
_WESTERN = (
    "äöüß",  # German
    "àâæçéèêëîïôœùûüÿ",  # French
    "áéíóúñüºª",  # Spanish
    "ãáçéíóúâêôàºª",  # Portuguese
    "àèéìòù",  # Italian
    "àçèéíïòóúü",  # Catalan
    "åäöéü",  # Swedish, Finnish
    "æøåéöä",  # Danish, Norwegian
    "áéëïíóöüè",  # Dutch
)
_ICELANDIC = "áéíóúýðþæö"
_CENTRAL = (
    "áčďéěíňóřšťúůýž",  # Czech
    "áäčďéíĺľňóôŕšťúýž",  # Slovak
    "ąćęłńóśźż",  # Polish
    "áéíóöőúüű",  # Hungarian
    "ăâîşţ",  # Romanian
    "čćđšž",  # Croatian, Slovene
)
# Where one word fits two encodings, the first here is the likelier one.
_LANGUAGES: dict[str, tuple[str, ...]] = {
    "cp1252": _WESTERN,
    "cp1250": _CENTRAL,
    "cp1254": ("çğıöşüâîû",),  # Turkish
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äõöüšž"),  # Lithuanian, Latvian, Estonian
    "iso-8859-2": _CENTRAL,
    "iso-8859-15": _WESTERN,
    "cp850": _WESTERN,
    "mac_roman": _WESTERN,
}
_WINDOWS = ("cp1252", "cp1250", "cp1254", "cp1257")
_SHARE_OF_ICELANDIC = 0.98  # its letters are Turkish ones in another encoding, and it is rarer
_PORTUGUESE_TILDE = re.compile("õ(?=e)")  # elsewhere it is Hungarian in another encoding
# Bytes that are punctuation in all of the Windows encodings.
_MARKS = re.compile(
    rb"[\x80\x82\x84-\x87\x89\x8b\x91-\x97\x99\x9b\xa0\xab\xad\xb0\xb7\xbb]"
    rb"|[\xa9\xae\xb1](?![A-Za-z\x80-\xff])"
)
_WORD = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_AROUND = re.compile("[²³¹]$|^[¿¡]")
_EURO_SIGN = b"\xa4"  # a sign for any currency elsewhere, which nobody writes
MAX_WORDS = 2000


def latin_encoding(evidence: bytes) -> str:
    """The encoding in which most words are of a language that it was made for."""
    words = sorted(set(_WORD.findall(evidence)))[:MAX_WORDS]
    scores = {codec: sum(_likeness(word, codec) for word in words) for codec in _LANGUAGES}
    return max(scores, key=lambda codec: scores[codec])


def _likeness(word: bytes, codec: str) -> float:
    """How far a word is of one of the encoding's languages: 1 if all of its letters are."""
    if word == _EURO_SIGN:
        return float(codec == "iso-8859-15")
    if len(word) == 1:
        return 1.0 if codec in _WINDOWS else 0.5
    if codec not in _WINDOWS:
        return _of_language(word, codec)
    return min((_of_language(part, codec) for part in _MARKS.split(word)), default=1.0)


def _of_language(word: bytes, codec: str) -> float:
    text = _AROUND.sub("", word.decode(codec, "replace"))
    if text.isascii():
        return 1.0
    if not text.isalpha() or not (text.islower() or text.isupper() or text[1:].islower()):
        return 0.0
    text = text.replace("İ", "i").lower()
    languages, best = _LANGUAGES[codec], 0.0
    if languages is _WESTERN:
        best = _SHARE_OF_ICELANDIC * _share(text, _ICELANDIC)
        text = _PORTUGUESE_TILDE.sub("", text)
    return max(best, *(_share(text, letters) for letters in languages))


def _share(text: str, letters: str) -> float:
    special = [c for c in text if not c.isascii()]
    return sum(c in letters for c in special) / len(special) if special else 1.0
