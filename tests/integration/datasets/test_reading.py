"""Files as people have them, read in a real sandbox: sample and whole file in the same way."""

from __future__ import annotations

from typing import Any

import pytest

from datalens_core.errors import EmptyFile, UnreadableFile
from datalens_core.models import PlanChange

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
async def test_any_common_encoding_is_read(reader: Any, encoding: str) -> None:
    text = "stadt,größe\nKöln,1\nZürich,2\n"
    assert await reader.shape(text.encode(encoding)) == (["stadt", "größe"], 2)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
async def test_any_common_delimiter_and_line_end_is_read(
    reader: Any, delimiter: str, end: str
) -> None:
    text = end.join(delimiter.join(row) for row in (["a", "b", "c"], ["1", "x", "2"])) + end
    assert await reader.shape(text) == (["a", "b", "c"], 1)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('a,b\n1,"two\nlines"\n2,x\n', 2),
        ('a,b\n1,"say ""hi"""\n', 1),
        ('a,b\n1,5" nail\n2,6" nail\n3,x\n', 3),
        ("a,b\n1,2\n\n   \n3,4\n\n", 2),
        ("a,b\n1,2", 1),
        ('a\n""\nx\n', 2),
        ("a,b\n1,x\u2028y\n2,z\x0bw\n", 2),
    ],
)
async def test_rows_are_counted_as_pandas_reads_them(reader: Any, text: str, rows: int) -> None:
    assert (await reader.shape(text))[1] == rows


async def test_titles_above_the_header_are_left_out_and_said(reader: Any) -> None:
    text = "Sales report\n\nregion,units,price\nnorth,1,2\nsouth,3,4\n"
    assert await reader.shape(text) == (["region", "units", "price"], 2)
    dataset = await reader.inspect(reader.file(text))
    assert dataset.warnings == ["2 lines above the header were left out."]


async def test_a_file_without_a_header_gets_names(reader: Any) -> None:
    assert await reader.shape("1,2.5\n3,4.5\n") == (["column_1", "column_2"], 2)


async def test_a_delimiter_at_the_end_of_lines_shifts_nothing(reader: Any) -> None:
    path = reader.file("a,b\n1,2,\n3,4,\n")
    dataset = await reader.inspect(path)
    assert dataset.dataset_schema.sample_data == [[1, 2], [3, 4]]
    assert (await reader.load(dataset, path, "print(df['a'].tolist())")).stdout == "[1, 3]\n"


async def test_rows_wider_than_their_header_lose_no_value_and_say_so(reader: Any) -> None:
    path = reader.file("mpg,cyl\nMazda,21.0,6\nDatsun,22.8,4\n")
    dataset = await reader.inspect(path)
    assert dataset.dataset_schema.sample_data == [["Mazda", 21.0, 6], ["Datsun", 22.8, 4]]
    assert [c.name for c in dataset.dataset_schema.columns] == ["column_1", "mpg", "cyl"]
    assert "one name fewer" in dataset.warnings[0]
    assert (await reader.load(dataset, path, "print(df.shape)")).stdout == "(2, 3)\n"


async def test_years_as_a_header_are_a_header(reader: Any) -> None:
    assert (await reader.shape("1990,1991\n3,4\n"))[0] == ["1990", "1991"]


async def test_twin_and_missing_names_are_told_apart(reader: Any) -> None:
    names, _ = await reader.shape("a,a,,b\n1,2,3,4\n")
    assert names == ["a", "a.1", "column_3", "b"]


async def test_leading_zeros_and_long_ids_stay_text_in_the_whole_file(reader: Any) -> None:
    rows = "".join(f"0{n:04},12345678901234567890\n" for n in range(20))
    path = reader.file("plz,id\n" + rows)
    dataset = await reader.inspect(path)
    assert dataset.plan.text_columns == ["plz", "id"]
    result = await reader.load(dataset, path, "print(df['plz'].iloc[19], df['id'].iloc[19])")
    assert result.stdout == "00019 12345678901234567890\n"


async def test_iso_dates_are_dates_in_sample_and_file(reader: Any) -> None:
    path = reader.file("day,at\n" + "2024-01-02,2024-01-02T03:04:05\n" * 20)
    dataset = await reader.inspect(path)
    dtypes = [column.dtype for column in dataset.dataset_schema.columns]
    assert all(dtype.startswith("datetime64") for dtype in dtypes)
    result = await reader.load(dataset, path, "print([str(t) for t in df.dtypes])")
    assert result.stdout == f"{dtypes}\n"


async def test_values_are_what_json_can_hold(reader: Any) -> None:
    dataset = await reader.inspect(reader.file("a,b,c\n1,,x\n2.5,inf,\n,3,y\n"))
    assert dataset.dataset_schema.sample_data == [
        [1.0, None, "x"],
        [2.5, None, None],
        [None, 3.0, "y"],
    ]
    first = dataset.dataset_schema.columns[0]
    assert (first.null_count, first.unique_count) == (1, 2)
    assert (first.min_value, first.max_value) == (1.0, 2.5)


async def test_huge_cells_are_cut_in_the_sample(reader: Any) -> None:
    dataset = await reader.inspect(reader.file("a,b\n" + "x" * 500_000 + ",1\n"))
    assert dataset.dataset_schema.sample_data == [["x" * 500, 1]]


async def test_as_many_columns_as_excel_has_are_read_and_not_one_more(reader: Any) -> None:
    names = [f"c{n}" for n in range(16_384)]
    text = ",".join(names) + "\n" + ",".join("1" * 16_384) + "\n"
    schema = (await reader.inspect(reader.file(text))).dataset_schema
    assert ([column.name for column in schema.columns], schema.row_count) == (names, 1)
    with pytest.raises(UnreadableFile):
        await reader.inspect(reader.file(text.replace("\n", ",1\n")))


# -- what is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["a,b\n", "a,b", "\n\n  \n", "a;b\r\n\r\n"])
async def test_a_file_without_rows_is_empty(reader: Any, text: str) -> None:
    with pytest.raises(EmptyFile) as caught:
        await reader.inspect(reader.file(text))
    assert (caught.value.message, caught.value.status) == ("File contains no data.", 422)


# -- what may be lost without a word ---------------------------------------------------------------


async def test_a_row_longer_by_empty_cells_is_kept(reader: Any) -> None:
    assert await reader.shape("a,b,c\n1,2,3\n4,,5,\n6,7,8\n") == (["a", "b", "c"], 3)


async def test_a_header_longer_than_every_row_keeps_its_names(reader: Any) -> None:
    assert (await reader.shape("a,b,c,\n1,2\n3,4\n"))[0] == ["a", "b", "c"]


async def test_a_repeated_header_is_read_once(reader: Any) -> None:
    dataset = await reader.inspect(reader.file("a,b\na,b\n1,2\n3,4\n"))
    assert dataset.dataset_schema.sample_data == [[1, 2], [3, 4]]
    assert any("more than once" in warning for warning in dataset.warnings)


async def test_leading_zeros_far_down_keep_the_column_text(reader: Any) -> None:
    path = reader.file("plz,v\n" + "10115,1\n" * 20_000 + "01067,2\n")
    dataset = await reader.inspect(path)
    assert dataset.plan.text_columns == ["plz"]
    assert (await reader.load(dataset, path, "print(df.plz.iloc[-1])")).stdout == "01067\n"


async def test_empty_rows_leave_whole_numbers_whole(reader: Any) -> None:
    few = "id,n\n1,10\n,\n2,20\n,\n3,30\n"
    many = "id,n\n" + "1,10\n,\n" * 1500
    for text, count in ((few, 3), (many, 1500)):
        path = reader.file(text)
        dataset = await reader.inspect(path)
        assert [column.dtype for column in dataset.dataset_schema.columns] == ["int64", "int64"]
        shown = await reader.load(dataset, path, "print(set(map(str, df.dtypes)), len(df))")
        assert shown.stdout == f"{{'int64'}} {count}\n"


async def test_a_second_table_right_below_the_first_is_not_mixed_in(reader: Any) -> None:
    text = "region,units,price\nN,1,2.5\nS,3,4.5\ncity,size\nRome,3\nOslo,1\n"
    dataset = await reader.inspect(reader.file(text))
    assert dataset.dataset_schema.sample_data == [["N", 1, 2.5], ["S", 3, 4.5]]
    assert any("several tables" in warning for warning in dataset.warnings)


async def test_a_second_table_as_wide_as_the_first_is_told(reader: Any) -> None:
    text = "country,pop\nAustria,9\nBelgium,11\n\ncity,size\nRome,3\nOslo,1\n"
    dataset = await reader.inspect(reader.file(text))
    assert dataset.dataset_schema.sample_data == [["Austria", 9], ["Belgium", 11]]
    assert any("several tables" in warning for warning in dataset.warnings)


async def test_a_ragged_row_is_no_second_table(reader: Any) -> None:
    text = "name,city,units\nAnn,Rome,1\nBob,Oslo\nCid,Bern,3\n"
    assert await reader.shape(text) == (["name", "city", "units"], 3)


async def test_tables_printed_by_a_database_client_are_tables(reader: Any) -> None:
    text = (
        "+----+------+\n| id | name |\n+----+------+\n|  1 | ann  |\n|  2 | NULL |\n+----+------+\n"
    )
    dataset = await reader.inspect(reader.file(text, ".txt"))
    assert [column.name for column in dataset.dataset_schema.columns] == ["id", "name"]
    assert dataset.dataset_schema.sample_data == [[1, "ann"], [2, None]]


async def test_what_describes_the_columns_is_no_row(reader: Any) -> None:
    text = "q1,q2,q3\nHow old?,Why?,When?\n{id1},{id2},{id3}\n31,x,2024-01-02\n40,y,2024-02-03\n"
    dataset = await reader.inspect(reader.file(text))
    assert [row[:2] for row in dataset.dataset_schema.sample_data] == [[31, "x"], [40, "y"]]
    assert any("descriptions" in warning for warning in dataset.warnings)


async def test_a_first_row_of_words_in_one_column_is_a_row(reader: Any) -> None:
    assert (await reader.shape("name,n\nAnn,many\nBob,2\nCid,3\nDee,4\n"))[1] == 4


async def test_facts_about_the_file_above_a_narrower_table_are_left_out(reader: Any) -> None:
    text = "LOG,Met1,CR10,77,std,v1\nat,temp\n2024-01-01 00:00:00,1.5\n2024-01-01 01:00:00,2\n"
    assert await reader.shape(text + "2024-01-01 02:00:00,3\n") == (["at", "temp"], 3)


async def test_spaces_that_pad_values_are_cut_off(reader: Any) -> None:
    dataset = await reader.inspect(reader.file("k\tv\nab  \t1.5 \ncd  \t:  \nef  \t2.0 \n", ".tsv"))
    assert dataset.dataset_schema.sample_data == [["ab", 1.5], ["cd", None], ["ef", 2.0]]


async def test_blanks_that_pad_a_missing_number_leave_the_others_numbers(reader: Any) -> None:
    text = " id | pop  \n----+------\n  1 | 4376 \n  2 |      \n  3 |  914 \n"
    dataset = await reader.inspect(reader.file(text, ".txt"))
    assert dataset.dataset_schema.sample_data == [[1, 4376], [2, None], [3, 914]]


async def test_a_minus_behind_its_number_is_a_minus(reader: Any) -> None:
    dataset = await reader.inspect(reader.file("k;v\na;1.250,00-\nb;36,50\n"))
    assert dataset.dataset_schema.sample_data == [["a", -1250.0], ["b", 36.5]]


async def test_columns_aligned_by_spaces_are_cut(reader: Any) -> None:
    lines = ["Rain by station", "", "NAME       DATE          RAIN  NO"]
    lines += ["NEW YORK   2024-01-05  1,011.5  007", "OSLO       2024-01-06     12.9  012"]
    path = reader.file("\r\n".join(lines) + "\r\n", ".txt")
    dataset = await reader.inspect(path)
    assert dataset.dataset_schema.sample_data == [
        ["NEW YORK", "2024-01-05T00:00:00", 1011.5, "007"],
        ["OSLO", "2024-01-06T00:00:00", 12.9, "012"],
    ]
    assert any("aligned by spaces" in warning for warning in dataset.warnings)
    loaded = await reader.load(dataset, path, "print(df.RAIN.sum(), df['NO'].tolist())")
    assert loaded.stdout == "1024.4 ['007', '012']\n"


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (
            "at,v\n2024-03-01 23:00,1\n2024-03-01 24:00,2\n2024-03-02 01:00,3\n",
            [["2024-03-01T23:00:00", 1], ["2024-03-02T00:00:00", 2], ["2024-03-02T01:00:00", 3]],
        ),
        ("k;v\na;١٢٫٥\nb;۱٬۲۰۰\n", [["a", 12.5], ["b", 1200.0]]),
        (
            "order_date,n\n45352,1\n45353.5,2\n",
            [["2024-03-01T00:00:00", 1], ["2024-03-02T12:00:00", 2]],
        ),
        ("Page 1\na,b,c\n1,2,3\nPage 2\na,b,c\n4,5,6\n", [[1, 2, 3], [4, 5, 6]]),
        ("\ufeffa,b\n1,2\n\ufeffa,b\n3,4\n", [[1, 2], [3, 4]]),
        ("Sum of n,Year,\nCity,2023,2024\nRome,4,5\nOslo,6,7\n", [["Rome", 4, 5], ["Oslo", 6, 7]]),
        ('k;v\nb;1,5\n"""c; d"";2,5"\n', [["b", 1.5], ["c; d", 2.5]]),
        (
            "k,tel\na,+491701234567\nb,+491709876543\n",
            [["a", "+491701234567"], ["b", "+491709876543"]],
        ),
        ("k;tel\na;+33 612 345 678\n", [["a", "+33 612 345 678"]]),
        ("k,lot\na,12E4\nb,7E10\n", [["a", "12E4"], ["b", "7E10"]]),
        ("k;n;m\na;1.234;9\nb;10.500;8\nc;87;7\n", [["a", 1234, 9], ["b", 10500, 8], ["c", 87, 7]]),
        ("k;n;m\na;1.234;0.5\nb;10.500;0.25\n", [["a", 1.234, 0.5], ["b", 10.5, 0.25]]),
        (
            "at,v\n1 May 2024,1\n12 March 2024,2\n",
            [["2024-05-01T00:00:00", 1], ["2024-03-12T00:00:00", 2]],
        ),
        ("m,v\nJan 2024,1\nMay 2024,2\n", [["2024-01-01T00:00:00", 1], ["2024-05-01T00:00:00", 2]]),
        ("at,v\n2024-01-05 10:11:12 UTC,1\n", [["2024-01-05T10:11:12+00:00", 1]]),
        ("k\tv\na\t -- \nb\t2\nc\t3\n", [["a", None], ["b", 2], ["c", 3]]),
        ("k;v\na;-1.250,75 TL\nb;9,00 TL\n", [["a", -1250.75], ["b", 9.0]]),
        ("a;b;c\nx;1;2\ny;3;4\nNotas:;;\n", [["x", 1, 2], ["y", 3, 4]]),
        (
            "NO NAME  HIRED\n-- ----- ---------\n 1 SMITH 17-DEC-80\n 2       20-FEB-81\n"
            " 3 WARD\n\n3 rows selected.\n",
            [
                [1, "SMITH", "1980-12-17T00:00:00"],
                [2, None, "1981-02-20T00:00:00"],
                [3, "WARD", None],
            ],
        ),
        ("station,Oslo\nheight,9\n\nat,t\n2024-01-01,1\n", [["2024-01-01T00:00:00", 1]]),
        ("key,value\ngain,2\nrate,9\n\ns,v\n0,1.5\n1,1.75\n", [[0, 1.5], [1, 1.75]]),
        (
            "Bank;X\nIBAN;DE12\nSaldo;1,50;EUR\n\nTag;Text;Wer;Wo;Betrag;W\n"
            "31.01.2024;a;b;c;-45,10;EUR\n",
            [["2024-01-31T00:00:00", "a", "b", "c", -45.1, "EUR"]],
        ),
        (
            "# note\n#\na\tat\tv\n5s\t20d\t6n\nx\t2024-1-5 00:15\t3\ny\t2024-10-12 00:15\t4\n",
            [["x", "2024-01-05T00:15:00", 3], ["y", "2024-10-12T00:15:00", 4]],
        ),
    ],
)
async def test_what_programs_write_is_read(reader: Any, text: str, rows: list[list[Any]]) -> None:
    dataset = await reader.inspect(reader.file(text))
    assert dataset.dataset_schema.sample_data == rows


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("k,v\na,12%\nb,0.31\nc,45%\n", "Kept as text because only some numbers have a percent"),
        ("k,v\na,$12\nb,€31\n", "Kept as text because amounts are in several currencies: v."),
        ("k,v\na,12 kg\nb,9 kg\n", "Kept as text because of units behind the numbers: v."),
        ("k,v\na,1\nb,2 p\nc,3\nd,4\n", "values that are no numbers («2 p»): v."),
        ("day,v\n1. Mai 2024,1\n2. Mai 2024,2\n", "another language than English: day."),
        ("k,p,v\nN,a,1\nN,b,2\nN Total,,3\nS,a,4\n", "1 row looks like a total of others"),
        ("day,v\n05/01/2567,1\n15/01/2567,2\n", "years are of another calendar"),
        ("day,v\n1402-01-05,1\n1402-01-06,2\n", "years are of another calendar"),
        ("k,c,v\nN,a,1\n,b,2\nS,c,3\n,d,4\n", "the value above may be theirs"),
        ("k,v\nRossi,1\nTotale Rossi,1\nVerdi,2\n", "1 row looks like a total of others"),
        ("k,v\na,2\nb,: c\nc,:\nd,4\ne,5\nf,6 p\ng,7\n", "Read as missing values: :."),
        ("k,v,w\nFRUIT,,\na,1,2\nb,3,4\nROOTS,,\nc,5,6\n", "2 rows hold a name and nothing else"),
    ],
)
async def test_what_is_read_with_a_doubt_is_told(reader: Any, text: str, told: str) -> None:
    dataset = await reader.inspect(reader.file(text))
    assert any(told in warning for warning in dataset.warnings), dataset.warnings


async def test_a_title_other_than_the_first_begins_another_table(reader: Any) -> None:
    text = "North\na,b,c\n1,2,3\n4,5,6\n\nSouth\na,b,c\n7,8,9\n"
    dataset = await reader.inspect(reader.file(text))
    assert dataset.dataset_schema.row_count == 2
    assert any("several tables" in warning for warning in dataset.warnings)


# -- decided by the user ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "changes", "rows"),
    [
        ("a;b,c\n1;2,3\n", {"delimiter": ","}, [["1;2", 3]]),
        ("x,y\nz,w\n", {"header_row": -1}, [["x", "y"], ["z", "w"]]),
        ("x,y\nn,m\nz,w\n", {"header_row": 1}, [["z", "w"]]),
        ("a,b\n1,2\n", {"types": {"a": "text"}}, [["1", 2]]),
        (
            "a,b\nkg,m\n1,2\na,b\nTotal,9\n\nSource: me\n",
            {"every_line": True},
            [["kg", "m"], ["1", "2"], ["a", "b"], ["Total", "9"], ["Source: me", None]],
        ),
        ("a,b\n03/04/2024,2\n", {"types": {"a": "day_first"}}, [["2024-04-03T00:00:00", 2]]),
        ("a,b\n007,2\n", {"types": {"a": "number"}}, [[7, 2]]),
    ],
)
async def test_what_the_user_decides_is_done(
    reader: Any, text: str, changes: dict[str, Any], rows: list[list[Any]]
) -> None:
    dataset = await reader.inspect(reader.file(text), changes=PlanChange.model_validate(changes))
    assert dataset.dataset_schema.sample_data == rows


async def test_a_header_beyond_the_end_is_refused_with_the_reason(reader: Any) -> None:
    path = reader.file("a,b\n1,2\n")
    with pytest.raises(UnreadableFile) as caught:
        await reader.inspect(path, changes=PlanChange(header_row=7))
    assert caught.value.details["reason"] == (
        "It has no line 8 that could be its header: it ends after 2 lines."
    )


@pytest.mark.parametrize(
    "changes", [PlanChange(encoding="utf-8"), PlanChange(encoding="no such codec")]
)
async def test_an_encoding_that_the_text_is_not_in_is_unreadable(
    reader: Any, changes: PlanChange
) -> None:
    with pytest.raises(UnreadableFile):
        await reader.inspect(reader.file("größe,b\n1,2\n".encode("cp1252")), changes=changes)
