"""The rows of a dataset as a table that DuckDB asks: where they lie, and in memory."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import duckdb
import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from glyphdata.review.view.source import Source
from glyphdata.shards.index import SCHEMA

Numbers = NDArray[np.int32]
"""Rows by their number: their place in the order of the shards."""

IN_MEMORY = 900 << 20
"""An index of more bytes than this, unpacked, is asked where it lies: slower, in little memory."""

_AT_ONCE = 50_000  # rows that are taken into memory before the first question
_FEW = 200  # different texts
_TYPES = {"string": "VARCHAR", "int32": "INTEGER", "int64": "BIGINT", "float": "FLOAT"}
_LISTS = tuple(field.name for field in SCHEMA if str(field.type).startswith("list"))


class Table:
    """The columns of the index, with `number`, `length` (of the text) and `folded` (lower case).

    The first questions are answered from the file, while the columns that are asked most are taken
    into memory behind them; lists stay in the file. Several threads may ask at once.
    """

    def __init__(self, source: Source) -> None:
        """Ready to answer at once, whatever the size of the index."""
        self.source = source
        self.loaded = threading.Event()
        self._held = False
        self._database = duckdb.connect(":memory:", config={"threads": 2})
        self._database.execute("SET memory_limit = '700MB'")
        self._database.execute("SET enable_progress_bar = false")
        self._database.execute("SET enable_external_file_cache = false")
        self._lay()
        self.total = int(self.asked("SELECT count(*) FROM found")[0][0])
        if self.total <= _AT_ONCE:
            self._load()
        else:
            threading.Thread(target=self._load, daemon=True).start()

    def of(self, columns: Sequence[str] = ()) -> str:
        """The name of the quickest table that has these columns."""
        return "held" if self._held and not set(columns) & {*_LISTS} else "found"

    def asked(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The answer's rows."""
        return self._cursor().execute(statement, values).fetchall()

    def dicts(self, statement: str, values: Sequence[object] = ()) -> list[dict[str, Any]]:
        """The answer's rows by the names of its columns."""
        told = self._cursor().execute(statement, values)
        names = [one[0] for one in told.description or ()]
        return [dict(zip(names, row, strict=True)) for row in told.fetchall()]

    def numbers(self, statement: str, values: Sequence[object] = ()) -> Numbers:
        """The answer's column `number`."""
        told = self._cursor().execute(statement, values).fetchnumpy()["number"]
        return np.ma.getdata(told).astype(np.int32, copy=False)

    def column(self, name: str) -> NDArray[np.float32]:
        """A column of numbers, row by row; NaN where a row says nothing."""
        told = self._cursor().execute(f'SELECT number, "{name}" AS one FROM {self.of()}')
        found = told.fetchnumpy()
        values = np.full(self.total, np.nan, np.float32)
        one = np.ma.masked_array(found["one"], dtype=np.float32)
        values[np.ma.getdata(found["number"])] = np.ma.filled(one, np.nan)
        return values

    def _lay(self) -> None:
        """Lay the rows out as a view; a column that they lack holds nothing."""
        table = self.source.table
        if table is None:
            path = str(self.source.places.index)
            there = set(pq.read_schema(path).names)
            quoted = path.replace("'", "''")
            rows = f"read_parquet('{quoted}', file_row_number = true)"
            number = "file_row_number"
        else:
            there = set(table.column_names)
            numbered = table.append_column("number", [np.arange(len(table))])
            self._database.register("given", numbered)
            # What is registered is seen by this connection alone, and every thread has its own.
            self._database.execute("CREATE TABLE taken AS SELECT * FROM given")
            self._database.unregister("given")
            rows, number = "taken", "number"
        columns = [
            f'"{field.name}"'
            if field.name in there
            else f'NULL::{_sql_type(str(field.type))} AS "{field.name}"'
            for field in SCHEMA
        ]
        text = "text" if "text" in there else "NULL::VARCHAR"
        self._database.execute(
            f"CREATE VIEW found AS SELECT {number}::INTEGER AS number, {', '.join(columns)},"
            f" length({text})::INTEGER AS length, lower({text}) AS folded FROM {rows}"
        )

    def _load(self) -> None:
        try:
            if self._bytes() <= IN_MEMORY:
                self.asked(f"CREATE TABLE held AS SELECT {self._lean()} FROM found")
                self._held = True
        except duckdb.Error:
            return  # a page of the index is damaged: whoever asks for what it holds is told
        finally:
            self.loaded.set()

    def _lean(self) -> str:
        """The columns that are held; those of few texts as numbers that stand for them."""
        replaced = []
        for name in ("level", "language", "background"):
            few = self.asked(f'SELECT DISTINCT "{name}" FROM found LIMIT {_FEW + 1}')
            texts = sorted(text for (text,) in few if text is not None)
            if texts and len(few) <= _FEW:
                quoted = ", ".join("'" + text.replace("'", "''") + "'" for text in texts)
                replaced.append(f'"{name}"::ENUM ({quoted}) AS "{name}"')
        instead = f" REPLACE ({', '.join(replaced)})" if replaced else ""
        return f"* EXCLUDE ({', '.join(_LISTS)}){instead}"

    def _bytes(self) -> int:
        if self.source.table is not None:
            return int(self.source.table.nbytes)
        told = pq.read_metadata(self.source.places.index)
        return sum(told.row_group(one).total_byte_size for one in range(told.num_row_groups))

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        return self._database.cursor()


def _sql_type(kind: str) -> str:
    item = kind.partition(": ")[2].removesuffix(">")
    return f"{_TYPES[item]}[]" if item else _TYPES[kind]
