"""The comparison: boxes are judged rightly, and the page names what was run."""

import json
import re
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from glyphdata.faces.catalogue import load
from tests.bench.peers.environments import PEERS
from tests.bench.peers.ink import BLURRED_PAPER, judge, pieces, slack_px

ROOT = Path(__file__).parent.parent
PEERS_FOLDER = ROOT / "tests" / "bench" / "peers"
PAGE = (ROOT / "docs" / "comparison.md").read_text(encoding="utf-8")

INKS = [(10, 20, 18, 40), (22, 25, 30, 40), (35, 12, 38, 40)]


def drawn(inks: list[tuple[int, int, int, int]] = INKS) -> NDArray[np.uint8]:
    grey = np.full((64, 64), 255, np.uint8)
    for left, top, right, bottom in inks:
        grey[top:bottom, left:right] = 0
    return grey


def test_pieces_of_ink_stand_from_left_to_right_with_the_edges_beyond_the_last_pixel() -> None:
    assert pieces(drawn(INKS[::-1])) == INKS


def test_pieces_that_touch_at_a_corner_are_one() -> None:
    assert pieces(drawn([(10, 10, 20, 20), (20, 20, 30, 30)])) == [(10, 10, 30, 30)]


def test_a_faint_pixel_is_paper_and_a_half_blurred_edge_is_not_ink() -> None:
    grey = drawn([(10, 10, 20, 20)])
    grey[10:20, 20], grey[10:20, 21] = 140, 240
    assert pieces(grey) == [(10, 10, 21, 20)]
    assert pieces(grey, BLURRED_PAPER) == [(10, 10, 20, 20)]


def test_boxes_on_the_ink_are_tight() -> None:
    verdict = judge([(drawn(), "abc", INKS)])
    assert (verdict.counted, verdict.judged, verdict.letters) == (1, 1, 3)
    assert (verdict.held, verdict.within_1, verdict.within_2) == (3, 3, 3)
    assert verdict.slack_px == 0.0


@pytest.mark.parametrize(
    ("moved", "slack"),
    [
        ((-1, 0, 0, 0), 1.0),
        ((0, 0, 0, 2.5), 2.5),
        ((1, 0, 0, 0), 1.0),
        ((0, 1.5, 0, 0), None),
        ((0, 0, -1.5, 0), None),
        ((0, 0, 0, -2), None),
        ((-3, -3, 3, 3), 3.0),
        ((3, 0, 3, 0), None),
    ],
)
def test_the_farthest_side_counts_and_ink_outside_is_not_held(
    moved: tuple[float, ...], slack: float | None
) -> None:
    box = [side + by for side, by in zip(INKS[0], moved, strict=True)]
    assert slack_px(box, INKS[0]) == slack


def test_a_loose_box_holds_but_is_not_tight() -> None:
    loose = (8, 18, 20, 42)
    verdict = judge([(drawn(), "abc", [loose, *INKS[1:]])])
    assert (verdict.held, verdict.within_1, verdict.within_2) == (3, 2, 3)


def test_boxes_in_the_wrong_order_hold_nothing_of_theirs() -> None:
    verdict = judge([(drawn(), "abc", [INKS[1], INKS[0], INKS[2]])])
    assert (verdict.counted, verdict.held, verdict.within_1) == (1, 1, 1)


def test_a_box_too_few_fails_all_letters_of_its_picture() -> None:
    verdict = judge([(drawn(), "abc", INKS[:2]), (drawn(), "abc", INKS)])
    assert (verdict.pictures, verdict.counted, verdict.letters, verdict.held) == (2, 1, 6, 3)


def test_letters_that_touch_are_not_judged() -> None:
    touching = [(10, 20, 22, 40), *INKS[1:]]
    verdict = judge([(drawn(touching), "abc", INKS)])
    assert (verdict.pictures, verdict.counted, verdict.judged, verdict.letters) == (1, 1, 0, 0)


def test_our_boxes_hold_the_ink_of_what_is_drawn(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("Hard\nletters\nstand\napart\n", encoding="utf-8")
    face = next(face for face in load().faces if face.family == "Tajawal" and face.weight == 400)
    job = {
        "kind": "words",
        "out": str(tmp_path / "made"),
        "count": 6,
        "first": 3,
        "size": [256, 64],
        "ground": "plain",
        "texts": 1,
        "labels": True,
        "effects": False,
        "turned": True,
        "lossless": True,
        "words": str(tmp_path / "words.txt"),
        "fonts": [str(load().path(face.token))],
        "families": [face.family],
        "photos": "",
    }
    answer = subprocess.run(
        [sys.executable, str(PEERS_FOLDER / "ours.py")],
        input=json.dumps(job) + "\n",
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
    )
    assert json.loads(answer.stdout)["made"] == 6
    labelled = []
    for line in (tmp_path / "made" / "labels.jsonl").read_text().splitlines():
        label = json.loads(line)
        grey = cv2.imread(str(tmp_path / "made" / label["picture"]), cv2.IMREAD_GRAYSCALE)
        assert grey is not None
        labelled.append((grey.astype(np.uint8), label["text"], label["boxes"]))
    verdict = judge(labelled)
    assert (verdict.pictures, verdict.counted) == (6, 6)
    assert verdict.letters > 0
    assert verdict.within_1 == verdict.letters


def test_the_page_names_the_command_and_the_script_is_there() -> None:
    assert "make bench-peers" in PAGE
    (script,) = re.findall(r"python (tests/bench/\S+\.py)", PAGE)
    assert (ROOT / script).is_file()


def test_the_page_names_the_versions_that_are_pinned() -> None:
    for peer in PEERS:
        package, _, version = peer.pins[0].partition("==")
        assert f"`{package}` {version}" in PAGE


def test_the_page_shows_every_generator_that_is_measured() -> None:
    measured = PAGE.partition("<!-- measured -->")[2].partition("<!-- /measured -->")[0]
    for peer in PEERS:
        assert f"| {peer.name} |" in measured
    assert "| like-glyph-byt5 |" in measured


def test_every_program_of_a_peer_is_there() -> None:
    for peer in PEERS:
        assert (PEERS_FOLDER / peer.program).is_file()
