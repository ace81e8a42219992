"""An export exists whole or not at all, and says what a reader will refuse."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from glyphdata.errors import InputError, OutputError
from glyphdata.faces import load
from glyphdata.faces.tables import names
from glyphdata.train.layouts import LAYOUTS, module_of
from glyphdata.train.layouts.giving import export, fresh
from glyphdata.train.layouts.glyph_sdxl_v2 import color_table, face_table
from glyphdata.train.layouts.trained import Trained
from glyphdata.train.model import Encoder
from glyphdata.train.tokens import Table
from tests.train.layouts.conftest import MakeTrained

READ_1510 = ("glyph-sdxl-v2", "comfyui", "openclip")


@pytest.mark.parametrize("layout", READ_1510)
@pytest.mark.parametrize(
    ("table", "rows"), [(Table.of("v1"), 1034), (Table.of("v2", en_font=600), 1598)]
)
def test_readers_of_1510_rows_are_given_no_other_number(
    make_trained: MakeTrained, layout: str, table: Table, rows: int, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=f"exactly 1510 rows .* has {rows}"):
        export(make_trained(table), tmp_path / "out", layout)
    assert not list(tmp_path.iterdir())


def test_a_folder_for_transformers_takes_any_number(
    make_trained: MakeTrained, tmp_path: Path
) -> None:
    export(make_trained(Table.of("v1")), tmp_path / "out", "hf")
    assert load_file(tmp_path / "out/model.safetensors")["shared.weight"].shape == (1034, 32)


@pytest.mark.parametrize("layout", READ_1510)
def test_another_shape_than_byt5_smalls_is_remarked(
    trained: Trained, layout: str, tmp_path: Path
) -> None:
    (remark,) = export(trained, tmp_path / "out", layout).remarks
    assert "d_model 32, not 1472" in remark


def test_1510_rows_of_other_tokens_are_not_called_glyph_byt5s(
    make_trained: MakeTrained, tmp_path: Path
) -> None:
    names = list(Table.of("v2").names)
    names[0], names[1] = names[1], names[0]
    with pytest.raises(InputError, match="not those of Glyph-ByT5-v2"):
        export(make_trained(Table(tuple(names))), tmp_path / "out", "glyph-sdxl-v2")


def test_the_face_table_has_the_released_slots_under_our_names() -> None:
    faces = face_table()
    counts = {
        prefix: sum(name.startswith(prefix) for name in faces)
        for prefix in ("en-", "cn-", "jp-", "kr-")
    }
    assert counts == {"en-": 512, "cn-": 143, "jp-": 211, "kr-": 122}
    assert [name[:3] for name in faces] == [p for p, n in counts.items() for _ in range(n)]
    assert "en-unused-511" in faces and faces["en-unused-511"] == 511
    called = {name[3:] for name in faces if "-unused-" not in name}
    assert called <= set(names(load())) and len(called) > 40
    assert list(color_table().items())[:2] == [("white", 0), ("black", 1)]
    assert len(color_table()) == 138


def test_weights_are_those_of_the_tower_in_every_precision(
    trained: Trained, tmp_path: Path
) -> None:
    tower = trained.encoder.text_tower.model.encoder.state_dict()
    for dtype, kind in (("fp32", torch.float32), ("bf16", torch.bfloat16), ("fp16", torch.float16)):
        export(trained, tmp_path / dtype, "glyph-sdxl-v2", dtype)
        state = torch.load(tmp_path / dtype / "checkpoints/byt5_model.pt", weights_only=True)
        assert set(state) == set(tower)
        assert all(torch.equal(one, tower[name].to(kind)) for name, one in state.items())


def test_an_encoder_that_overflows_in_fp16_is_refused_by_name(
    make_trained: MakeTrained, tmp_path: Path
) -> None:
    loud = make_trained(Table.of("v2"))
    blocks = loud.encoder.text_tower.model.encoder.block
    with torch.no_grad():
        blocks[1].layer[1].DenseReluDense.wi_0.weight.mul_(2000)
        blocks[1].layer[1].DenseReluDense.wo.weight.mul_(2000)
    with pytest.raises(InputError, match=r"block\.1\.layer\.1\.DenseReluDense\.w.* fit into fp16"):
        export(loud, tmp_path / "out", "comfyui", "fp16")
    assert export(loud, tmp_path / "out", "comfyui", "bf16").files


def test_a_sum_that_overflows_is_found_though_each_part_fits(
    make_trained: MakeTrained, tmp_path: Path
) -> None:
    loud = make_trained(Table.of("v2"))
    stack = loud.encoder.text_tower.model.encoder
    with torch.no_grad():
        stack.embed_tokens.weight.fill_(40000.0)
        for block in stack.block:
            attention = block.layer[0].SelfAttention
            attention.v.weight.fill_(0.5)
            attention.o.weight.fill_(65000.0 / 16 / 32)
    with pytest.raises(InputError, match=r"encoder\.block\.0\.layer\.0 does not fit into fp16"):
        export(loud, tmp_path / "out", "comfyui", "fp16")


def test_a_weight_beyond_fp16_is_refused_by_name(make_trained: MakeTrained, tmp_path: Path) -> None:
    loud = make_trained(Table.of("v2"))
    with torch.no_grad():
        loud.encoder.text_tower.model.shared.weight[7, 3] = 1e6
    with pytest.raises(InputError, match=r"embed_tokens\.weight does not fit into fp16"):
        export(loud, tmp_path / "out", "hf", "fp16")


def test_the_projection_beside_it_gives_the_encoders_own_vectors(
    trained: Trained, exported: Path
) -> None:
    state = load_file(exported / "hf/projection.safetensors")
    first, last = state["0.weight"], state["2.weight"]
    pooled = torch.randn(3, 32)
    found = torch.nn.functional.gelu(pooled @ first.T) @ last.T
    torch.testing.assert_close(found, trained.encoder.text_head(pooled))


def test_a_folder_that_holds_something_is_left_as_it_is(trained: Trained, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(OutputError, match="holds something already"):
        export(trained, tmp_path, "hf")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_nothing_is_left_of_an_export_that_fails(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="disk is full"), fresh(tmp_path / "out") as folder:
        (folder / "half").write_text("half")
        raise OSError(28, "disk is full")
    assert not list(tmp_path.iterdir())


def test_what_is_written_can_be_read_by_others(trained: Trained, tmp_path: Path) -> None:
    export(trained, tmp_path / "out", "hf")
    modes = {
        path.stat().st_mode & 0o044 for path in [tmp_path / "out", *(tmp_path / "out").rglob("*")]
    }
    assert modes == {0o044}


def test_the_same_encoder_gives_the_same_bytes(trained: Trained, tmp_path: Path) -> None:
    for name in ("one", "two"):
        export(trained, tmp_path / name, "hf")
    files = [path for path in (tmp_path / "one").rglob("*") if path.is_file()]
    assert len(files) >= 8
    for path in files:
        twin = tmp_path / "two" / path.relative_to(tmp_path / "one")
        assert path.read_bytes() == twin.read_bytes(), path.name


def test_an_encoder_that_was_saved_exports_as_before_it_was(
    trained: Trained, exported: Path, tmp_path: Path
) -> None:
    trained.encoder.save(tmp_path / "RUN/encoder")
    found = Trained.of(tmp_path / "RUN")
    assert isinstance(found.encoder, Encoder) and found.table == trained.table
    export(found, tmp_path / "out", "openclip")
    before, after = (
        torch.load(root / "base.pt") for root in (exported / "openclip", tmp_path / "out")
    )
    assert all(torch.equal(after["state_dict"][n], w) for n, w in before["state_dict"].items())


def test_the_card_tells_what_the_run_knows_and_no_more(
    trained: Trained, exported: Path, tmp_path: Path
) -> None:
    bare = (exported / "hf/README.md").read_text("utf-8")
    assert "Nothing: the run has no `eval.json`." in bare
    assert "1510 rows of embeddings" in bare and "not byt5-small's shape" in bare
    trained.encoder.save(tmp_path / "RUN/encoder")
    (tmp_path / "RUN/run.json").write_text(
        json.dumps(
            {"data": [{"path": "/home/me/glyph", "fingerprint": "f00d", "groups": 12}], "steps": 40}
        )
    )
    ranks = {"r1": 0.8125, "r5": 0.9, "r10": 0.95, "of": 256}
    report = {
        "retrieval": {"text_to_box": ranks, "box_to_text": ranks},
        "in_group": {"accuracy": 0.5, "blind": 0.06, "of": 16},
        "asked": {"data": ["/home/me/glyph"], "boxes": 256},
    }
    (tmp_path / "RUN/eval.json").write_text(json.dumps(report))
    export(Trained.of(tmp_path / "RUN"), tmp_path / "out", "hf")
    page = (tmp_path / "out/README.md").read_text("utf-8")
    assert "- glyph: 12 groups, fingerprint `f00d`" in page and "40 steps." in page
    assert not [one for one in (tmp_path / "out").rglob("*") if b"/home/me" in _bytes(one)]
    assert "| a box by its text | 0.812 | 0.900 | 0.950 | 256 |" in page
    assert "(the blind control): 0.060" in page
    facts = json.loads((tmp_path / "out/glyphdata.json").read_text("utf-8"))
    assert facts["eval"] == {**report, "asked": {"data": ["glyph"], "boxes": 256}}
    assert facts["tokens"] == {"rows": 1510, "added": 1126, "sha256": trained.table.digest}
    assert facts["registries"] == {"core": load().digest().sha256}


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def test_faces_of_another_registry_are_not_given_our_names(
    make_trained: MakeTrained, tmp_path: Path
) -> None:
    stranger = make_trained(Table.of("v2"))
    stranger.encoder.lexicon = replace(stranger.encoder.lexicon, registries=(("mine", "ab12"),))
    with pytest.raises(InputError, match=r"another registry of faces \(ab12\)"):
        export(stranger, tmp_path / "out", "glyph-sdxl-v2")
    assert export(stranger, tmp_path / "out", "comfyui").files


def test_faces_that_were_registered_after_training_have_no_slot_yet(
    make_trained: MakeTrained, tmp_path: Path
) -> None:
    young = make_trained(Table.of("v2"))
    began = (("core", load().digest(20).sha256),)
    young.encoder.lexicon = replace(young.encoder.lexicon, registries=began)
    export(young, tmp_path / "out", "glyph-sdxl-v2")
    path = tmp_path / "out/assets/multilingual_10-lang_idx.json"
    named = [name for name in json.loads(path.read_text("utf-8")) if "-unused-" not in name]
    assert {name[3:] for name in named} == set(names(load())[:20])


def test_an_unfinished_run_and_an_unknown_layout_say_the_way_out(
    trained: Trained, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="--resume"):
        Trained.of(tmp_path)
    with pytest.raises(InputError, match="did you mean 'comfyui'"):
        export(trained, tmp_path / "out", "comfyu")
    with pytest.raises(InputError, match="one of fp32, bf16, fp16"):
        export(trained, tmp_path / "out", "hf", "fp8")
    assert all(module_of(layout).startswith("glyphdata.train.layouts.") for layout in LAYOUTS)
