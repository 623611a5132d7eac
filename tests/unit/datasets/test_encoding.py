"""Which encoding a text is in, on texts short enough to leave doubt."""

from __future__ import annotations

from pathlib import Path

import pytest

from datalens_core.datasets.reader.encoding import encoding_of

EUROPEAN = [
    "nom;ville\nHélène;Béziers\nNoël;Nîmes\n",
    "name;stadt\nMüller;Köln\nGroß;Zürich\n",
    "stadt;x\nMÜNCHEN;1\nKÖLN;2\nGRÖSSE;3\n",
    "nome,cidade\nJoão,São Paulo\nConceição,Goiânia\n",
    "by,navn\nÆrø,Søren\nRødovre,Åse\n",
    "città,qualità\nForlì,più\n",
    "a,b\ndon’t,1\ncan’t,2\n",
    "item,price\ntea,5 €\n",
]
JAPANESE = [
    "氏名,住所,金額\n山田太郎,東京都新宿区,1200\n",
    "id,都道府県\n1,北海道\n2,青森県\n",
    "a,b\nテスト,1\n",
]
CHINESE = [
    "姓名,城市,工资\n王伟,北京,8000\n李娜,深圳,9500\n",
    "id,备注\n1,已付款\n2,待发货\n",
]

KOREAN = [
    "이름,도시,금액\n김민수,서울,1200\n",
    "id,비고\n1,배송 완료\n2,입금 대기\n",
]
CYRILLIC = [
    "Имя;Город\nИван;Москва\nОльга;Казань\n",
    "id,Название\n1,Молоко 3%\n2,Хлеб ржаной\n",
    "име,град\nГеорги,София\nМария,Варна\n",
]
GREEK = [
    "Όνομα;Πόλη\nΓιώργος;Αθήνα\nΜαρία;Πάτρα\n",
    "id,Προϊόν\n1,Γάλα 3%\n2,Ψωμί ολικής\n",
]
CENTRAL_EUROPEAN = [
    "imię;miasto\nMichał;Łódź\nZofia;Białystok\n",
    "opis,kwota\nWpływ środków,10\nPrzelew własny,20\n",
]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *[(text, "cp949") for text in KOREAN],
        *[(text, "cp1251") for text in CYRILLIC],
        *[(text, "cp1253") for text in GREEK],
        *[(text, "cp1250") for text in CENTRAL_EUROPEAN],
        ("maß,fläche\n12 m³/s,5 m²\n¿Qué?,½ £5\n", "cp1252"),
        *[(text, "cp1252") for text in EUROPEAN],
        *[(text, "cp932") for text in JAPANESE],
        *[(text, "gb18030") for text in CHINESE],
        *[(EUROPEAN[0], e) for e in ("utf-8", "utf-8-sig", "utf-16")],
        (JAPANESE[0], "utf-8"),
    ],
)
def test_a_short_text_is_read_in_its_own_encoding(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "text.csv"
    path.write_bytes(text.encode(encoding))
    assert path.read_bytes().decode(encoding_of(str(path))) == path.read_bytes().decode(encoding)


def test_bytes_that_windows_leaves_undefined_are_latin_1(tmp_path: Path) -> None:
    path = tmp_path / "text.csv"
    path.write_bytes(b"a,b\ncaf\xe9,\x81 x\n")
    assert encoding_of(str(path)) == "latin-1"
