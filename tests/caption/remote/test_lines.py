"""Files of millions of lines are searched without being held."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

from glyphdata.caption.remote.lines import Lines, texted


def test_a_hundred_thousand_lines_are_searched_in_a_few_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    with path.open("w") as file:
        for number in range(100_000):
            file.write(f'{{"key": "k{number}", "text": "{"x" * 100}"}}\n')
    tracemalloc.start()
    found = Lines(path, lambda entry: texted(entry, "key"))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found) == 100_000
    assert held < 4_000_000
    for number in (0, 50_000, 99_999):
        entry = found.find(f"k{number}")
        assert entry is not None
        assert entry["key"] == f"k{number}"
    assert found.find("k100000") is None
    found.close()
