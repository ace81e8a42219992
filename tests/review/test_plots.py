"""Plots are small, sound SVG, the same each time, and show what the statistics say."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from glyphdata.errors import OutputError
from glyphdata.generation import generate
from glyphdata.recipe import Recipe
from glyphdata.review.plots import plotted, write_plots
from glyphdata.review.stats import stats_of
from glyphdata.review.stats.survey import tally
from glyphdata.review.stats.values import Fit, Grid, Label, Part, Spread, Stats
from glyphdata.review.svg import number, percent, short, ticks

SVG = "{http://www.w3.org/2000/svg}"


def drawn(text: str) -> ElementTree.Element:
    root = ElementTree.fromstring(text)
    assert root.tag == f"{SVG}svg"
    return root


def words(root: ElementTree.Element) -> list[str]:
    return [each.text or "" for each in root.iter(f"{SVG}text")]


def bars(root: ElementTree.Element) -> list[dict[str, float]]:
    found = []
    for each in root.iter(f"{SVG}rect"):
        if each.get("class") == "bar":
            found.append(
                {side: float(each.get(side, "0")) for side in ("x", "y", "width", "height")}
            )
    return found


@pytest.fixture(scope="module")
def stats(tmp_path_factory: pytest.TempPathFactory, recipe_of: Callable[..., Recipe]) -> Stats:
    root = tmp_path_factory.mktemp("plots") / "out"
    outputs = {"layout": False, "mask": False}
    generate(recipe_of(samples=60, seed=4, outputs=outputs), root, workers=0)
    return stats_of(root)


def test_every_answer_has_a_plot_of_its_own_and_it_is_the_same_each_time(
    stats: Stats, tmp_path: Path
) -> None:
    files = write_plots(stats, tmp_path / "deep" / "plots")
    assert len(files) == len(set(files)) == len(stats.answers)
    for answer, file in zip(stats.answers, files, strict=True):
        content = file.read_text(encoding="utf-8")
        assert answer.title in words(drawn(content))[0]
        assert content == plotted(answer)
        assert len(content) < 60_000
        assert "://" not in content.replace("http://www.w3.org/2000/svg", "")
    assert sorted(files) == sorted((tmp_path / "deep" / "plots").iterdir())


def test_nothing_is_drawn_beyond_the_edge(stats: Stats) -> None:
    for answer in stats.answers:
        root = drawn(plotted(answer))
        width, height = (float(root.get(side, "0")) for side in ("width", "height"))
        for each in root.iter():
            if each.tag in (f"{SVG}rect", f"{SVG}text"):
                x, y = float(each.get("x", "0")), float(each.get("y", "0"))
                assert 0 <= x <= x + float(each.get("width", "0")) <= width, answer.name
                assert 0 <= y <= y + float(each.get("height", "0")) <= height, answer.name


def test_bars_are_as_long_as_their_counts() -> None:
    root = drawn(plotted(tally("t", "Things", "pictures", {"a": 80, "b": 40, "c": 20})))
    lengths = [bar["width"] for bar in bars(root)]
    assert lengths == [lengths[0], lengths[0] / 2, lengths[0] / 4]
    assert "80  (57 %)" in words(root)


def test_of_many_kinds_the_first_and_the_rarest_are_shown() -> None:
    counts = {f"kind {place:03d}": 1000 - place for place in range(900)}
    root = drawn(plotted(tally("t", "Things", "pictures", counts)))
    said = words(root)
    assert len(bars(root)) == 30
    assert "kind 000" in said and "kind 899" in said and "kind 500" not in said


def test_a_histogram_is_as_tall_as_its_bins() -> None:
    spread = Spread(
        "n", "Numbers", "px", 7, 1.5, 1.0, 0.0, 0.0, 1.0, 2.0, 2.0, 1.0, (0.0, 1.0, 2.0), (1, 4)
    )
    low, high = bars(drawn(plotted(spread)))
    assert high["height"] == 4 * low["height"]
    assert high["y"] + high["height"] == low["y"] + low["height"]


def test_a_fit_of_many_parts_shows_those_furthest_off() -> None:
    parts = (*(Part(f"{place}", 10.0, 10) for place in range(60)), Part("far", 10.0, 40))
    fit = Fit("f", "Things", "boxes", "all alike", "", 640, 90.0, 60, 0.01, 0.1, 0, parts)
    root = drawn(plotted(fit))
    assert words(root).index("far") < words(root).index("0")
    legend, *shown = bars(root)
    assert legend["y"] < shown[0]["y"]
    assert [bar["width"] for bar in shown] == [shown[0]["width"]] + [shown[0]["width"] / 4] * 23


def test_the_cells_of_a_grid_are_those_that_occur() -> None:
    counts = ((0, 1, 1, 0), (9, 0, 0, 300))
    columns = tuple(Label(name, "#ff0000") for name in "wxyz")
    grid = Grid("g", "Meeting", "boxes", (Label("a"), Label("b")), columns, counts, 311, 0.5, 0.4)
    root = drawn(plotted(grid))
    cells = [
        (int(row), int(column) + step)
        for path in root.iter(f"{SVG}path")
        if path.get("class") == "heat"
        and float(path.get("transform", "(0)").split("scale(")[1][:-1]) == 8
        for column, row, length in re.findall(r"M(\d+) (\d+)h(\d+)", path.get("d", ""))
        for step in range(int(length))
    ]
    assert sorted(cells) == [(0, 1), (0, 2), (1, 0), (1, 3)]


def test_texts_that_would_break_xml_are_said_otherwise() -> None:
    root = drawn(plotted(tally("t", "A < B & C", "boxes", {"<b>": 2, "\x00\ufffe": 1, '"&': 1})))
    assert words(root)[0] == "A < B & C"
    assert {"<b>", "U+0000 U+FFFE", '"&'} <= set(words(root))


def test_a_folder_that_cannot_be_written_is_an_error(stats: Stats, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="the plots cannot be written") as caught:
        write_plots(stats, tmp_path / "file")
    assert caught.value.hint == "choose another folder"


def test_numbers_are_short_and_ticks_are_round() -> None:
    assert [number(value) for value in (3.0, 2.5, 1 / 3, -0.25)] == ["3", "2.5", "0.33", "-0.25"]
    assert [short(value) for value in (0.25, 12.5, 1024, 2.5e6)] == [
        "0.25",
        "12.5",
        "1,024",
        "2.5M",
    ]
    assert [percent(share) for share in (1.0, 0.0714, 0.0999)] == ["100 %", "7.1 %", "10 %"]
    assert ticks(95) == [0, 20, 40, 60, 80]
    assert ticks(1) == [0, 0.2, 0.4, 0.6, 0.8, 1]
    assert ticks(0) == [0]
