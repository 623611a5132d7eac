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


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
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
