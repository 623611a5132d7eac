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
    "jméno;město\nJiří Dvořák;Plzeň\nŽaneta;Děčín\n",
    "PŘÍJMENÍ;OBEC\nDVOŘÁK;ČESKÝ KRUMLOV\n",
    "meno;mesto\nĽubomír;Košice\nMartin Ďurica;Nitra\n",
    "név;város\nKovács Győző;Pécs\nTóth Ödön;Szűcs\n",
    "nume;oraş\nIoniţă;Bucureşti\n",
    "ime;grad\nŽeljko;Šibenik\nĐuro;Čakovec\n",
    "imię;miasto\nMichał;Łódź\nZofia;Białystok\n",
    "opis,kwota\nWpływ środków,10\nPrzelew własny,20\n",
]

TURKISH = [
    "İsim;Şehir\nAyşe Yılmaz;İstanbul\nÇağrı Öztürk;İzmir\n",
    "ad;il\nFatma Çelik;Kırşehir\n",
]
LITHUANIAN = "vardas;miestas\nŽydrūnas;Šiauliai\nEglė;Panevėžys\n"
HEBREW = "שם;עיר\nדוד כהן;תל אביב\nשרה לוי;ירושלים\n"
ARABIC = "الاسم;المدينة\nمحمد;القاهرة\n"
ICELANDIC = "nafn;bær\nGuðrún Þórðardóttir;Ísafjörður\nÞór;Reykjavík\n"
NAMES_OF_EUROPE = "name\nZoë Müller\nØrsted\nÇelik\nPeña\nÅkesson\nHélène\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *[(text, "cp1254") for text in TURKISH],
        (LITHUANIAN, "cp1257"),
        (HEBREW, "cp1255"),
        (ARABIC, "cp1256"),
        *[(text, "cp1252") for text in (ICELANDIC, NAMES_OF_EUROPE)],
        (CENTRAL_EUROPEAN[0], "iso-8859-2"),
        ("item,price\ntea,5 €\n", "iso-8859-15"),
        *[(text, e) for text in EUROPEAN[:2] for e in ("cp850", "mac_roman")],
        *[(CYRILLIC[0], e) for e in ("koi8-r", "cp866", "iso-8859-5")],
        (GREEK[0], "iso-8859-7"),
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
