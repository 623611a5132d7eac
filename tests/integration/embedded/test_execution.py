"""What code in a sandbox can do, and how its output arrives."""

from __future__ import annotations

from typing import Any


def test_variables_persist_between_executions(sandbox: Any) -> None:
    first = sandbox.run_code("x = 20")
    assert first.results == []
    assert sandbox.run_code("def twice(n): return 2 * n\nx += 1").error is None
    last = sandbox.run_code("twice(x)")
    assert (last.text, last.execution_count) == ("42", 3)
    assert sandbox.run_code("_ + 1").text == "43"


def test_stdout_and_stderr_are_kept_apart(sandbox: Any) -> None:
    execution = sandbox.run_code(
        "import sys\nprint('out')\nprint('err', file=sys.stderr)\n"
        "print('line\\u2028sep\\x85 \\ud800')"
    )
    assert "".join(execution.logs.stdout) == "out\nline\u2028sep\x85 \ud800\n"
    assert "".join(execution.logs.stderr) == "err\n"


def test_a_plotly_figure_arrives_as_json(sandbox: Any) -> None:
    for code in ("fig = px.bar(x=['a', 'b'], y=[1, 2]); fig", "fig.show()"):
        (result,) = sandbox.run_code(code).results
        figure = result.extra["application/vnd.plotly.v1+json"]
        assert figure["data"][0]["type"] == "bar"
        assert result.html is None


def test_a_dataframe_arrives_as_text_and_html(sandbox: Any) -> None:
    execution = sandbox.run_code("pd.DataFrame({'city': ['Oslo', 'Rome'], 'n': [1, 2]})")
    (result,) = execution.results
    assert result.is_main_result
    assert "Oslo" in result.text
    assert "<table" in result.html


def test_matplotlib_draws_a_png(sandbox: Any) -> None:
    execution = sandbox.run_code("import matplotlib.pyplot as plt\nplt.plot([1, 3, 2]);")
    (result,) = execution.results
    assert result.png.startswith("iVBOR")


def test_an_error_has_name_value_and_a_traceback_without_colours(sandbox: Any) -> None:
    error = sandbox.run_code("{'a': 1}['b']").error
    assert (error.name, error.value) == ("KeyError", "'b'")
    assert "{'a': 1}['b']" in error.traceback
    assert "\x1b" not in error.traceback
    assert sandbox.run_code("x = = 1").error.name == "SyntaxError"


def test_too_much_memory_is_an_ordinary_error(sandbox: Any) -> None:
    sandbox.run_code("kept = 7")
    assert sandbox.run_code("big = bytearray(3 << 30)").error.name == "MemoryError"
    assert sandbox.run_code("np.ones((1 << 30, 8))").error.name.endswith("MemoryError")
    assert sandbox.run_code("kept").text == "7"


def test_leaving_asking_and_shelling_out_are_errors_that_say_so(sandbox: Any) -> None:
    assert sandbox.run_code("import sys; sys.exit(3)").error.name == "SystemExit"
    assert "nobody can answer" in sandbox.run_code("input('?')").error.value
    assert "Python only" in sandbox.run_code("!ls").error.value
    assert "Python only" in sandbox.run_code("%%bash\nls").error.value
    assert sandbox.run_code("1 + 1").text == "2"


def test_the_libraries_of_analysis_work_confined(sandbox: Any) -> None:
    code = """
import io, tempfile, zipfile, shutil, threading, zoneinfo
import openpyxl, scipy.optimize, sklearn.linear_model, seaborn, pyarrow.parquet, concurrent.futures
frame = pd.DataFrame({'g': list('aabb'), 'x': [1.5, 2., 3., 4.], 'y': [3., 4., 6., 8.]})
frame.to_parquet('f.parquet'); assert pd.read_parquet('f.parquet').equals(frame)
frame.to_excel('f.xlsx', index=False); assert (pd.read_excel('f.xlsx') == frame).all(axis=None)
assert scipy.optimize.minimize(lambda v: (v[0] - 3) ** 2, [0.]).x[0].round(3) == 3
model = sklearn.linear_model.LinearRegression().fit(frame[['x']], frame['y'])
assert model.coef_.round(6)[0] == 2
with tempfile.TemporaryDirectory() as folder:
    shutil.copy('f.xlsx', folder)
    zipfile.ZipFile(folder + '/f.xlsx').extractall(folder)
open(tempfile.gettempdir() + '/scratch.txt', 'w').write('x')
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    assert sum(pool.map(int, '1234')) == 10
assert pd.Timestamp('2024-07-01', tz='Europe/Oslo').utcoffset().seconds == 7200
frame.groupby('g')['x'].mean().to_dict()
"""
    execution = sandbox.run_code(code)
    assert execution.error is None, execution.error
    assert execution.text == "{'a': 1.75, 'b': 3.5}"


def test_sandboxes_do_not_share_random_numbers(server: Any) -> None:
    drawn = set()
    for _ in range(2):
        sandbox = server.sdk().Sandbox.create(timeout=60)
        drawn.add(sandbox.run_code("import random; (random.random(), np.random.rand())").text)
        sandbox.kill()
    assert len(drawn) == 2


def test_two_sandboxes_do_not_see_each_other(server: Any, sandbox: Any) -> None:
    other = server.sdk().Sandbox.create(timeout=60)
    try:
        sandbox.run_code("secret = 1")
        sandbox.files.write("mine.txt", "mine")
        assert other.run_code("secret").error.name == "NameError"
        assert not other.files.exists("mine.txt")
        place = sandbox.run_code("import os; os.path.realpath('/proc/self/cwd')").text
        assert other.run_code(f"open({place} + '/mine.txt')").error.name == "PermissionError"
        assert other.run_code(f"import os; os.listdir({place})").error.name == "PermissionError"
    finally:
        other.kill()


def test_lines_printed_before_a_sudden_end_arrive(sandbox: Any) -> None:
    execution = sandbox.run_code("import os\nfor n in range(60): print(n)\nos._exit(9)")
    assert execution.error.name == "SandboxDied"
    assert "".join(execution.logs.stdout).split() == [str(n) for n in range(60)]
