"""Finding a model on this disk, and saying what it is; no weights are on hand but our own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from glyphdata.caption.captioners.blip2 import Blip2
from glyphdata.caption.captioners.llava import Llava
from glyphdata.caption.hf.folder import digest, located
from glyphdata.caption.hf.loading import devices, load
from glyphdata.errors import InputError

Taught = Callable[[str], Path]
Planted = Callable[..., Path]


def test_a_model_that_is_not_in_the_cache_is_named_with_the_cache() -> None:
    from huggingface_hub import constants

    with pytest.raises(InputError) as missing:
        Llava(model="llava-hf/llava-1.5-7b-hf").check()
    assert "llava-hf/llava-1.5-7b-hf" in missing.value.message
    assert constants.HF_HUB_CACHE in missing.value.message
    assert "hf download" in missing.value.hint


def test_a_revision_that_is_not_in_the_cache_is_named() -> None:
    with pytest.raises(InputError, match="some/model at v1 is not in the local cache"):
        Llava(model="some/model", revision="v1").recipe()


@pytest.mark.parametrize("name", ["", "/nowhere/at/all", "./nowhere", "a/b/c", "no such name"])
def test_a_name_that_is_no_model_is_refused(name: str) -> None:
    with pytest.raises(InputError) as refused:
        Llava(model=name).check()
    assert refused.value.trail == ("model",)


def _cached(folder: Path, cache: Path, revision: str = "a" * 40) -> Path:
    """The folder as the hub's client would have left it in its cache."""
    place = cache / "models--tiny--llava"
    shutil.copytree(folder, place / "snapshots" / revision)
    (place / "refs").mkdir()
    (place / "refs" / "main").write_text(revision)
    return place / "snapshots" / revision


def test_a_hubs_model_is_found_in_the_cache(
    taught: Taught, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = _cached(taught("llava"), tmp_path)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    assert located("tiny/llava") == snapshot
    assert Llava(model="tiny/llava").recipe()["model"] == "tiny/llava"
    Llava(model="tiny/llava").check()


def test_a_download_cut_short_is_no_model(
    taught: Taught, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (_cached(taught("llava"), tmp_path) / "model.safetensors").unlink()
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(InputError, match="tiny/llava"):
        located("tiny/llava")


def test_weights_in_parts_must_all_be_there(planted: Planted) -> None:
    folder = planted("llava", "processor_config.json")
    (folder / "model.safetensors").rename(folder / "model-00001-of-00002.safetensors")
    parts = {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}
    index = folder / "model.safetensors.index.json"
    index.write_text(json.dumps({"metadata": {}, "weight_map": parts}))
    with pytest.raises(InputError, match=r"lacks model-00002-of-00002\.safetensors"):
        located(str(folder))


@pytest.mark.parametrize("file", ["config.json", "model.safetensors"])
def test_a_folder_without_a_model_in_it_is_refused(planted: Planted, file: str) -> None:
    folder = planted("llava", "processor_config.json")
    (folder / file).unlink()
    with pytest.raises(InputError, match=f"lacks {file}"):
        Llava(model=str(folder)).check()


def test_weights_that_are_not_there_are_not_made_up(planted: Planted) -> None:
    from safetensors.torch import load_file, save_file

    folder = planted("llava", "processor_config.json")
    weights = load_file(folder / "model.safetensors")
    lost = next(name for name in weights if name.endswith("linear_1.weight"))
    save_file(
        {name: one for name, one in weights.items() if name != lost},
        folder / "model.safetensors",
        metadata={"format": "pt"},
    )
    with pytest.raises(InputError, match=r"lacks 1 of its weights, .*linear_1\.weight"):
        Llava(model=str(folder)).check()


def test_a_tokenizer_that_is_none_is_refused(planted: Planted) -> None:
    folder = planted("llava", "tokenizer.json", model={"type": "Abacus"})
    with pytest.raises(InputError, match="cannot be loaded"):
        Llava(model=str(folder)).check()


@pytest.mark.parametrize("file", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_folder_with_a_torn_file_is_refused(planted: Planted, file: str) -> None:
    folder = planted("llava", "processor_config.json")
    (folder / file).write_bytes((folder / file).read_bytes()[:40])
    with pytest.raises(InputError, match=r"cannot be loaded|is no JSON") as refused:
        Llava(model=str(folder)).check()
    assert len(str(refused.value).splitlines()) == 1


def test_each_captioner_takes_its_own_kind_of_model(taught: Taught) -> None:
    with pytest.raises(InputError, match="is a blip-2, and llava takes") as refused:
        Llava(model=str(taught("blip2_opt"))).check()
    assert refused.value.hint == "--captioner blip2"
    with pytest.raises(InputError, match="is a llava, and blip2 takes blip-2"):
        Blip2(model=str(taught("llava"))).check()


@pytest.mark.parametrize("device", ["cuda:97", "abacus", "meta0"])
def test_a_device_that_is_not_there_is_refused(taught: Taught, device: str) -> None:
    with pytest.raises(InputError, match="there is no device") as refused:
        Llava(model=str(taught("llava")), device=device).check()
    assert devices()[0] in refused.value.hint


def test_beams_are_not_drawn(taught: Taught) -> None:
    with pytest.raises(InputError, match="beams cannot be drawn"):
        Llava(model=str(taught("llava")), num_beams=2, temperature=0.5).recipe()


def test_the_recipe_changes_with_whatever_changes_the_words(
    taught: Taught, planted: Planted
) -> None:
    base = Llava(model=str(taught("llava"))).recipe()
    assert base == Llava(model=str(taught("llava")), batch=3, device="cpu").recipe()
    for other in (
        {"temperature": 0.5},
        {"prompts": {2: "What?"}},
        {"fit": "squash"},
        {"grounding": "text"},
        {"quant": "int8"},
        {"dtype": "bfloat16"},
        {"seed": 1},
    ):
        assert Llava(model=str(taught("llava")), **other).recipe() != base  # type: ignore[arg-type]
    changed = planted("llava", "processor_config.json", patch_size=7)
    assert Llava(model=str(changed)).recipe()["digest"] != base["digest"]
    assert json.loads(json.dumps(base)) == base
    assert str(taught("llava").parent) not in json.dumps(base)


def test_a_digest_is_of_what_is_in_the_files_and_of_nothing_else(
    taught: Taught, tmp_path: Path
) -> None:
    copy = shutil.copytree(taught("llava"), tmp_path / "elsewhere")
    (copy / "README.md").write_text("# a copy")
    assert digest(copy) == digest(taught("llava"))
    weights = bytearray((copy / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (copy / "model.safetensors").write_bytes(weights)
    assert digest(copy) != digest(taught("llava"))


def test_naming_a_captioner_and_its_recipe_loads_no_torch(taught: Taught) -> None:
    code = (
        "import sys; from glyphdata import registry;"
        "kinds = [registry.load('captioners', kind) for kind in ('llava', 'blip2')];"
        f"recipe = kinds[0](model={str(taught('llava'))!r}).recipe();"
        "print(sorted({'torch', 'transformers'} & set(sys.modules)), recipe['kind'])"
    )
    root = str(Path(__file__).parents[3])
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": root},
    )
    assert done.stdout.split() == ["[]", "llava"]


def test_settings_come_from_words_as_from_a_command_line() -> None:
    given = {"model": "a/b", "prompts": {"2": "What?"}, "temperature": "0.5", "batch": "4"}
    made = TypeAdapter(Llava).validate_python(given)
    assert (made.prompts, made.temperature, made.batch) == ({2: "What?"}, 0.5, 4)
    assert TypeAdapter(Blip2).validate_python({"model": "a/b"}).max_new_tokens == 48
    for wrong in ({"temperature": -1}, {"dtype": "int3"}, {"model": ""}, {"fit": "stretch"}):
        with pytest.raises(ValidationError):
            TypeAdapter(Llava).validate_python({"model": "a/b"} | wrong)


def test_pictures_are_prepared_by_pillow_whatever_else_is_installed(taught: Taught) -> None:
    for name, kind in (("llava", Llava), ("llava_next", Llava), ("blip2_t5", Blip2)):
        processor = load(kind(model=str(taught(name))).settings()).processor
        assert type(processor.image_processor).__name__.endswith("Pil")


def test_loading_leaves_transformers_as_talkative_as_it_was(taught: Taught) -> None:
    from transformers.utils import logging

    before = logging.get_verbosity()
    load(Llava(model=str(taught("llava"))).settings())
    assert logging.get_verbosity() == before
