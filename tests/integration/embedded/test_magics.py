"""IPython's magics: what makes sense works, what cannot work says so in a sentence."""

from __future__ import annotations

import os
from typing import Any

import pytest

NO_SHELL = "Shell commands are not available in the sandbox"
NO_PACKAGES = "Packages cannot be installed in this sandbox"
NOBODY = "nobody can answer there"
REFUSED = {
    "!ls -l": NO_SHELL,
    "files = !ls": NO_SHELL,
    "%ls": NO_SHELL,
    "%%bash\necho 1": NO_SHELL,
    "%%script ruby\nputs 1": NO_SHELL,
    "import os; os.system('ls')": NO_SHELL,
    "%pip install requests": NO_PACKAGES,
    "!pip install requests": NO_PACKAGES,
    "!python3 -m pip install --upgrade pandas": NO_PACKAGES,
    "%conda install pandas": NO_PACKAGES,
    "!uv pip install polars": NO_PACKAGES,
    "%debug": NOBODY,
    "%edit": NOBODY,
    "%pastebin 1": "it has no network",
    "%matplotlib qt": "use %matplotlib inline",
}
WORKS = {
    "%timeit -n 3 -r 2 sum(range(10))": "per loop",
    "%%timeit -n 3 -r 2\nsum(range(10))": "per loop",
    "%time sum(range(10))": "Wall time",
    "%%time\nx = 1": "Wall time",
    "%who": "pd",
    "%whos": "Variable",
    "%env KIND=test": "env: KIND=test",
    "import os; os.makedirs('inner', exist_ok=True)\n%cd inner": "/home/user/inner",
    "%%writefile f.py\nprint('written')": "Writing f.py",
    "%run f.py": "written",
    "%%capture said\nprint('held')": "",
    "said.show()": "held",
    "pd.DataFrame.head?": "first `n` rows",
    "%prun sum(range(10))": "function calls",
    "%load_ext autoreload\n%autoreload 2": "",
    "%matplotlib inline": "",
}


@pytest.mark.parametrize("code", REFUSED)
def test_a_magic_that_cannot_work_says_why(sandbox: Any, code: str) -> None:
    error = sandbox.run_code(code).error
    assert REFUSED[code] in error.value
    assert sandbox.run_code("1 + 1").text == "2"


def test_the_magics_that_make_sense_work(sandbox: Any) -> None:
    for code, said in WORKS.items():
        execution = sandbox.run_code(code)
        assert execution.error is None, (code, execution.error)
        assert said in "".join(execution.logs.stdout), code
    assert sandbox.run_code("import os; os.environ['KIND']").text == "'test'"


def test_a_new_sandbox_has_no_last_error(sandbox: Any) -> None:
    execution = sandbox.run_code("%tb")
    assert "ZeroDivisionError" not in "".join(execution.logs.stdout + execution.logs.stderr)


def test_code_is_given_one_thread_of_a_library_and_less_of_the_processor(sandbox: Any) -> None:
    code = (
        "import os, threadpoolctl, scipy.linalg, sklearn.ensemble\n"
        "pools = threadpoolctl.threadpool_info()\n"
        "assert pools and pd.Series(np.linalg.svd(np.ones((200, 200)))[1]).max() > 199\n"
        "print(sorted({p['num_threads'] for p in pools}), os.getpriority(os.PRIO_PROCESS, 0))"
    )
    execution = sandbox.run_code(code)
    assert execution.error is None, execution.error
    assert "".join(execution.logs.stdout) == f"[1] {min(19, os.nice(0) + 5)}\n"
