"""The encoding of a text file: by its mark, by being valid UTF-8, else by what its bytes look like.

The legacy encodings are told apart by how their bytes pair up. A general detector was measured
against this and was right less often, and slower.
"""

from __future__ import annotations

import codecs
import re

from .alphabets import latin_encoding

CHUNK = 1 << 20
EVIDENCE_BYTES = 32 * 1024
# How each is called in words; what is not here is not offered.
NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with a mark",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252",
    "latin-1": "Latin-1",
    "cp932": "Shift-JIS",
    "gb18030": "GB18030",
    "cp949": "Korean (EUC-KR)",
    "cp1251": "Windows-1251",
    "cp1250": "Windows-1250",
    "cp1253": "Windows-1253",
    "cp1254": "Windows-1254",
    "cp1255": "Windows-1255",
    "cp1256": "Windows-1256",
    "cp1257": "Windows-1257",
    "iso-8859-2": "ISO 8859-2",
    "iso-8859-5": "ISO 8859-5",
    "iso-8859-7": "ISO 8859-7",
    "iso-8859-15": "ISO 8859-15",
    "koi8-r": "KOI8-R",
    "cp866": "DOS (866)",
    "cp850": "DOS (850)",
    "mac_roman": "Mac Roman",
}
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_UNDEFINED_IN_1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
# Small letters and capitals of the alphabets that have encodings of their own.
_CYRILLIC = ("а-яёіїєґ", "А-ЯЁІЇЄҐ")
_GREEK = ("α-ωάέήίόύώϊϋΐΰ", "Α-ΩΆΈΉΊΌΎΏ")
ALPHABETS = {
    "cp1255": ("א-ת", ""),
    "cp1251": _CYRILLIC,
    "cp1253": _GREEK,
    "koi8-r": _CYRILLIC,
    "cp866": _CYRILLIC,
    "iso-8859-5": _CYRILLIC,
    "iso-8859-7": _GREEK,
    "cp1256": ("ء-ي", ""),
}
# Cyrillic in which none of these stands is Hebrew: its capitals, and the last of its letters.
_NEVER_HEBREW = re.compile(rb"[\xa8\xb8\xc0-\xdf\xfb-\xff]")
MIN_HEBREW_LETTERS = 12
_KANA = re.compile("[\u3041-\u30ff]")
_HANGUL = re.compile("[가-힣]")
_IDEOGRAPH = re.compile("[\u4e00-\u9fff]")
_DIGITS = re.compile("[0-9]+")
_WIDE_RUN = re.compile("[^\x00-\x7f]{2,}")
_RARE = re.compile("[\ue000-\uf8ff\uff61-\uff9f\u0370-\u04ff\u2500-\u25ff]")
# The commonest characters of each script, for files too short to count on pairs alone.
_COMMON_CHINESE = set(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过"
    "发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本"
    "前开但因只从想实日期城市名称数量价格金额产品客户销售编号地区省市类型单位总计电话姓性别北京上海广州"
)
_COMMON_KOREAN = set(
    "이다는의가에을를은하고지사수일자리기대인시도로부산서울구명금액주소번호전화상품객판매량합계월년"
)
_COMMON_JAPANESE = set(
    "日本東京大阪名前金額数量商品顧客売上都市県年月番号合計価格住所電話性別株式会社"
)


def encoding_of(path: str) -> str:
    """A codec's name, one of `NAMES`."""
    with open(path, "rb") as stream:
        head = stream.read(4096)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if head.count(0) > len(head) // 4:
            return "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"
        stream.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while chunk := stream.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return legacy_encoding(path)
        return "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8"


def legacy_encoding(path: str) -> str:
    """Shift-JIS, GB18030 or Korean where the bytes pair up as theirs do, else one for Europe.

    In a European text a byte above 127 mostly stands alone among ASCII letters; in the Asian
    encodings such bytes come in runs.
    """
    evidence, undefined = _evidence(path)
    runs = _HIGH_RUN.findall(evidence)
    high = sum(map(len, runs))
    alone = sum(1 for run in runs if len(run) == 1)
    for codec, alphabet in ALPHABETS.items():
        if _is_written_in(runs, codec, alphabet):
            return codec
    scores = {codec: _likeness(evidence, codec) for codec in ("cp932", "gb18030", "cp949")}
    best = max(scores, key=lambda codec: scores[codec])
    if scores[best] > 0.5 and (alone < 0.5 * max(1, high) or best == "cp932"):
        return best
    codec = latin_encoding(evidence)
    return "latin-1" if undefined and codec == "cp1252" else codec


def _is_written_in(runs: list[bytes], codec: str, alphabet: tuple[str, str]) -> bool:
    """Whole words of bytes that are letters of an alphabet, no capital among small ones."""
    words = [run.decode(codec, "replace") for run in runs if len(run) > 2]
    if not words or sum(map(len, words)) < 0.5 * sum(map(len, runs)):
        return False
    small, capital = alphabet
    text = " ".join(words)
    smalls = len(re.findall(f"[{small}]", text))
    if codec == "cp1255" and (smalls < MIN_HEBREW_LETTERS or _NEVER_HEBREW.search(b"".join(runs))):
        return False
    capitals = len(re.findall(f"[{capital}]", text)) if capital else 0
    amid = len(re.findall(f"[{small}][{capital}]", text)) if capital else 0
    letters = sum(map(len, words))
    return smalls + capitals > 0.9 * letters and smalls > capitals and amid < 0.1 * len(words)


def _evidence(path: str) -> tuple[bytes, bool]:
    """The lines of a file that are not ASCII, up to a bound; whether Windows-1252 has a gap."""
    held: list[bytes] = []
    size, undefined = 0, False
    with open(path, "rb") as stream:
        while chunk := stream.read(CHUNK):
            undefined = undefined or _UNDEFINED_IN_1252.search(chunk) is not None
            if size < EVIDENCE_BYTES and not chunk.isascii():
                chunk += stream.readline(CHUNK)
                for line in chunk.splitlines(keepends=True):
                    if not line.isascii() and size < EVIDENCE_BYTES:
                        held.append(line)
                        size += len(line)
    return b"".join(held), undefined


def _likeness(evidence: bytes, codec: str) -> float:
    """0 where it cannot be this; else the share of its wide characters that are usual ones."""
    try:
        text = evidence.decode(codec)
    except UnicodeDecodeError as error:
        if error.start < len(evidence) - 4:
            return 0.0
        text = evidence[: error.start].decode(codec, "ignore")
    wide = [character for character in text if ord(character) > 127]
    if not wide:
        return 0.0
    joined = "".join(wide)
    # Those of dates have digits between them.
    together = sum(len(run) for run in _WIDE_RUN.findall(_DIGITS.sub("", text)))
    kana, ideographs = len(_KANA.findall(joined)), len(_IDEOGRAPH.findall(joined))
    rare = len(_RARE.findall(joined))
    if codec == "cp932":
        # Level 1 holds the usual ideographs. European letters, taken for lead bytes, give level 2;
        # a lone apostrophe or dash gives one character among ASCII letters.
        if together < 0.6 * len(wide):
            return 0.0
        pairs = [character.encode("cp932") for character in _IDEOGRAPH.findall(joined)]
        level_1 = sum(1 for pair in pairs if pair[0] <= 0x98)
        usual = sum(1 for c in wide if c in _COMMON_JAPANESE)
        likely = 2 * kana + level_1 * 0.8 - (ideographs - level_1) * 0.5 + usual
    elif codec == "cp949":
        # Chinese, taken for Korean, gives Hanja and syllables that nobody writes.
        if together < 0.6 * len(wide):
            return 0.0
        hangul = len(_HANGUL.findall(joined))
        usual = sum(1 for c in wide if c in _COMMON_KOREAN)
        likely = hangul * 0.8 + usual
    else:
        # GB2312's first level, sorted by pronunciation, is what nearly all text is made of.
        level_1 = 0
        for character in joined:
            pair = character.encode("gb18030")
            level_1 += len(pair) == 2 and 0xB0 <= pair[0] <= 0xD7 and pair[1] >= 0xA1
        usual = sum(1 for c in wide if c in _COMMON_CHINESE)
        likely = level_1 * 0.8 + usual
    return float(likely - rare) / len(wide)
