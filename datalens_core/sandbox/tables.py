"""A table of a session on its way out of the sandbox: exact text, and the type of each column.

Text, because what comes from a sandbox is hostile: it is parsed as CSV, never unpickled.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field

from datalens_core.errors import InvalidRequest, NotFound
from datalens_core.models import ExecutionResult, FetchedColumn

MAX_COLUMNS = 10_000
# The sandbox's variable is the argument; every other value is a literal.
_PROGRAM = """\
def _datalens_fetch(table, file, missing, limit):
    import json, os
    import pandas as pd
    if isinstance(table, pd.Series):
        table = table.to_frame()
    if not isinstance(table, pd.DataFrame):
        raise TypeError("not a table")
    if not isinstance(table.index, pd.RangeIndex) or table.index.name is not None:
        table = table.reset_index(allow_duplicates=True)
    path = os.path.join(os.path.expanduser("~"), file)
    table.to_csv(path, index=False, header=False, na_rep=missing, lineterminator="\\n")
    if os.path.getsize(path) > limit:
        os.remove(path)
        raise MemoryError("too large")
    print(json.dumps([len(table), [[str(n), str(t)] for n, t in table.dtypes.items()]]))

try:
    _datalens_fetch({name}, {file!r}, {missing!r}, {limit})
finally:
    del _datalens_fetch
"""


@dataclass(frozen=True)
class TableOnItsWay:
    """One fetching: the file it goes through, and the text that stands for a missing value."""

    name: str
    limit_mb: int
    file: str = field(default_factory=lambda: f"datalens-{secrets.token_hex(8)}.csv")
    missing: str = field(default_factory=lambda: f"missing-{secrets.token_hex(8)}")

    @property
    def limit(self) -> int:
        return self.limit_mb * 1024 * 1024

    def __post_init__(self) -> None:
        if not (self.name.isidentifier() and self.name.isascii()):
            raise InvalidRequest("That is not the name of a variable.")

    def code(self) -> str:
        return _PROGRAM.format(
            name=self.name, file=self.file, missing=self.missing, limit=self.limit
        )

    def read(self, result: ExecutionResult, printed: str) -> tuple[int, list[FetchedColumn]]:
        """The number of rows and the columns, from what the program said.

        Raises:
            NotFound: there is no table of that name. InvalidRequest: it is too large.
        """
        if result.error_name == "MemoryError":
            raise InvalidRequest(
                f"{self.name} is larger than {self.limit_mb} MB. Filter it in the sandbox first."
            )
        if not result.success:
            raise NotFound(f"There is no table {self.name} in this session's sandbox.")
        try:
            rows, columns = json.loads(printed.strip().splitlines()[-1])
            return int(rows), [
                FetchedColumn(name=str(name), dtype=str(dtype))
                for name, dtype in columns[:MAX_COLUMNS]
            ]
        except (ValueError, TypeError, IndexError):
            raise NotFound(f"{self.name} could not be fetched.") from None
