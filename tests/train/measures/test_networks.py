"""The networks of FID and LPIPS: names, shapes, and what they compute, on weights made up here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F

from glyphdata.errors import InputError
from glyphdata.train.measures.inception import NEEDED, Inception, features
from glyphdata.train.measures.lpips import Lpips, distances
from glyphdata.train.measures.pictures import Pictures
from glyphdata.train.measures.weights import fill, weights


@pytest.fixture(scope="module")
def inception() -> Inception:
    torch.manual_seed(0)
    network = Inception().eval()
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight)
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.running_mean, std=0.2)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, std=0.2)
    return network


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """AlexNet's weights, its classes among them, and linear heads, named as in the files."""
    torch.manual_seed(1)
    folder = tmp_path_factory.mktemp("weights")
    layers = {
        0: (3, 64, 11),
        3: (64, 192, 5),
        6: (192, 384, 3),
        8: (384, 256, 3),
        10: (256, 256, 3),
    }
    held: dict[str, Tensor] = {"classifier.6.bias": torch.zeros(1000)}
    for place, (taken, given, kernel) in layers.items():
        held[f"features.{place}.weight"] = torch.randn(given, taken, kernel, kernel) * 0.05
        held[f"features.{place}.bias"] = torch.randn(given) * 0.05
    torch.save(held, folder / "alexnet.pth")
    widths = [given for _, given, _ in layers.values()]
    heads = {f"lin{n}.model.1.weight": torch.rand(1, width, 1, 1) for n, width in enumerate(widths)}
    torch.save(heads, folder / "alex.pth")
    return folder / "alexnet.pth", folder / "alex.pth"


def picture(path: Path, seed: int, size: tuple[int, int] = (72, 64)) -> None:
    draws = np.random.Generator(np.random.PCG64(seed)).integers(0, 256, (size[1], size[0], 3))
    Image.fromarray(draws.astype(np.uint8)).save(path)


def test_inception_names_the_public_weights(inception: Inception) -> None:
    held = inception.state_dict()
    # 94 convolutions with six tensors each, and the classes.
    assert len(held) == 94 * 6 + 2
    for name, shape in {
        "Conv2d_1a_3x3.conv.weight": (32, 3, 3, 3),
        "Mixed_5b.branch_pool.conv.weight": (32, 192, 1, 1),
        "Mixed_5d.branch5x5_2.conv.weight": (64, 48, 5, 5),
        "Mixed_6a.branch3x3.bn.running_var": (384,),
        "Mixed_6b.branch7x7dbl_2.conv.weight": (128, 128, 7, 1),
        "Mixed_6e.branch7x7_2.conv.weight": (192, 192, 1, 7),
        "Mixed_7a.branch7x7x3_4.conv.weight": (192, 192, 3, 3),
        "Mixed_7b.branch3x3_2a.conv.weight": (384, 384, 1, 3),
        "Mixed_7c.branch3x3dbl_3b.conv.weight": (384, 384, 3, 1),
        "Mixed_7c.branch1x1.conv.weight": (320, 2048, 1, 1),
        "fc.weight": (1008, 2048),
    }.items():
        assert held[name].shape == shape, name
    assert "Mixed_6a.branch_pool.conv.weight" not in held


def test_a_block_lays_its_branches_side_by_side(inception: Inception) -> None:
    """Written out for one block of each shape, in the words of the torch functions alone."""

    def convolved(block: nn.Module, name: str, x: Tensor, stride: int = 1) -> Tensor:
        held = dict(block.get_submodule(name).state_dict())
        kernel = held["conv.weight"].shape[2:]
        padding = [side // 2 for side in kernel] if stride == 1 else 0
        y = F.conv2d(x, held["conv.weight"], None, stride, padding)
        y = (y - held["bn.running_mean"][:, None, None]) / torch.sqrt(
            held["bn.running_var"][:, None, None] + 1e-3
        )
        return (y * held["bn.weight"][:, None, None] + held["bn.bias"][:, None, None]).clamp(0)

    torch.manual_seed(2)
    block, x = inception.Mixed_7b, torch.rand(1, 1280, 4, 5)
    single = convolved(block, "branch3x3_1", x)
    double = convolved(block, "branch3x3dbl_2", convolved(block, "branch3x3dbl_1", x))
    mean = F.avg_pool2d(x, 3, 1, 1) / F.avg_pool2d(torch.ones_like(x), 3, 1, 1)
    wanted = [
        convolved(block, "branch1x1", x),
        convolved(block, "branch3x3_2a", single),
        convolved(block, "branch3x3_2b", single),
        convolved(block, "branch3x3dbl_3a", double),
        convolved(block, "branch3x3dbl_3b", double),
        convolved(block, "branch_pool", mean),
    ]
    with torch.inference_mode():
        assert torch.allclose(block(x), torch.cat(wanted, 1), atol=1e-4)
        assert block(x).shape[1] == 2048
        other = inception.Mixed_7c
        y = torch.rand(1, 2048, 4, 4)
        pooled = convolved(other, "branch_pool", F.max_pool2d(y, 3, 1, 1))
        assert torch.allclose(other(y)[:, -192:], pooled, atol=1e-4)
        halved = inception.Mixed_6a(torch.rand(1, 288, 9, 9))
        assert halved.shape == (1, 768, 4, 4)


def test_features_are_those_of_the_same_pictures_in_any_batch(
    inception: Inception, tmp_path: Path
) -> None:
    for number, size in enumerate(((72, 64), (72, 64), (64, 72))):
        picture(tmp_path / f"{number}.png", number, size)
    pictures = Pictures(tmp_path)
    told: list[int] = []
    together = features(inception, pictures, 8, told.append)
    alone = features(inception, pictures, 1)
    assert together.shape == (3, 2048)
    assert told == [2, 3]
    np.testing.assert_allclose(together, alone, rtol=1e-3, atol=1e-3 * together.max())
    assert abs(together[0] - together[1]).max() > 0.01 * together.max()


def test_weights_that_are_anothers_are_refused(tmp_path: Path) -> None:
    network = nn.Linear(3, 2)
    path = tmp_path / "w.safetensors"
    save_file({"weight": torch.ones(2, 3), "bias": torch.ones(2)}, path)
    fill(network, weights(path, NEEDED), path, NEEDED)
    assert torch.equal(network.weight, torch.ones(2, 3))
    assert not network.weight.requires_grad
    for held, told in (
        ({"weight": torch.ones(2, 3)}, "lacks 1 weights: bias"),
        ({"weight": torch.ones(3, 3), "bias": torch.ones(2)}, "other shapes of 1 weights: weight"),
        ({"weight": torch.ones(2, 3), "bias": torch.ones(2), "x": torch.ones(1)}, "also holds 1"),
    ):
        with pytest.raises(InputError, match=told) as fault:
            fill(network, held, path, NEEDED)
        assert "pt_inception-2015-12-05-6726825d.pth" in fault.value.hint


class _Callable(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x + 1


def test_files_that_would_run_code_are_refused(tmp_path: Path) -> None:
    torch.save({"weight": Path("code")}, tmp_path / "objects.pth")
    with pytest.raises(InputError, match="no file of weights"):
        weights(tmp_path / "objects.pth", NEEDED)
    torch.save({"weight": 3}, tmp_path / "numbers.pth")
    with pytest.raises(InputError, match="more than named tensors"):
        weights(tmp_path / "numbers.pth", NEEDED)
    (tmp_path / "text.pth").write_text("no weights")
    with pytest.raises(InputError, match="no file of weights"):
        weights(tmp_path / "text.pth", NEEDED)
    (tmp_path / "text.safetensors").write_text("no weights")
    with pytest.raises(InputError, match="no safetensors file"):
        weights(tmp_path / "text.safetensors", NEEDED)
    with pytest.raises(InputError, match="cannot be read"):
        weights(tmp_path / "nowhere.pth", NEEDED)


def test_a_torchscript_program_is_refused(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "inception.pt", "w") as held:
        held.writestr("inception/code/__torch__.py", "def forward(x): return x")
        held.writestr("inception/data.pkl", b"")
    with pytest.raises(InputError, match="is a program, and is not run"):
        weights(tmp_path / "inception.pt", NEEDED)


def test_lpips_is_what_its_paper_says(files: tuple[Path, Path], tmp_path: Path) -> None:
    network = Lpips.load(*files)
    held, heads = (torch.load(path, weights_only=True) for path in files)
    picture(tmp_path / "a.png", 1)
    pixels = torch.from_numpy(np.array(Image.open(tmp_path / "a.png"))).permute(2, 0, 1)[None]
    one = pixels / 255.0
    other = one.flip(3)

    def seen(x: Tensor) -> list[Tensor]:
        x = (x * 2 - 1 - torch.tensor([-0.030, -0.088, -0.188]).reshape(3, 1, 1)) / torch.tensor(
            [0.458, 0.448, 0.450]
        ).reshape(3, 1, 1)
        found = []
        for place, stride, padding in ((0, 4, 2), (3, 1, 2), (6, 1, 1), (8, 1, 1), (10, 1, 1)):
            x = F.max_pool2d(x, 3, 2) if place in (3, 6) else x
            weight, bias = held[f"features.{place}.weight"], held[f"features.{place}.bias"]
            x = F.conv2d(x, weight, bias, stride, padding).clamp(0)
            found.append(F.normalize(x, dim=1, eps=1e-10))
        return found

    wanted = sum(
        float(((a - b) ** 2 * heads[f"lin{n}.model.1.weight"]).sum(1).mean())
        for n, (a, b) in enumerate(zip(seen(one), seen(other), strict=True))
    )
    with torch.inference_mode():
        assert float(network(one, other)) == pytest.approx(wanted, rel=1e-5)
        assert float(network(one, one)) == 0.0
    assert wanted > 0.01


def test_pairs_are_found_by_name_and_must_fit(files: tuple[Path, Path], tmp_path: Path) -> None:
    network = Lpips.load(*files)
    for folder, seed in (("one", 1), ("other", 2)):
        (tmp_path / folder).mkdir()
        picture(tmp_path / folder / "a.png", seed)
    picture(tmp_path / "one" / "b.png", 3)
    one, other = Pictures(tmp_path / "one"), Pictures(tmp_path / "other")
    found = distances(network, one, other)
    assert list(found) == ["a"]
    assert found["a"] > 0.01
    assert distances(network, one, one) == {"a": 0.0, "b": 0.0}
    picture(tmp_path / "other" / "a.png", 2, (80, 64))
    with pytest.raises(InputError, match="72 × 64 pixels here and 80 × 64 there"):
        distances(network, one, other)
    picture(tmp_path / "one" / "a.png", 2, (30, 64))
    with pytest.raises(InputError, match="30 × 64"):
        distances(network, one, one)
    (tmp_path / "other" / "a.png").rename(tmp_path / "other" / "z.png")
    with pytest.raises(InputError, match="by their names"):
        distances(network, one, Pictures(tmp_path / "other"))


def test_heads_in_the_place_of_the_trunk_are_refused(files: tuple[Path, Path]) -> None:
    with pytest.raises(InputError, match="both files"):
        Lpips.load(files[1], files[1])
    with pytest.raises(InputError, match="both files"):
        Lpips.load(files[0], files[0])


def test_folders_that_hold_no_pictures_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        Pictures(tmp_path / "nowhere")
    with pytest.raises(InputError, match="no pictures"):
        Pictures(tmp_path)
    (tmp_path / "a.png").write_bytes(b"none")
    with pytest.raises(InputError, match="cannot be read"):
        Pictures(tmp_path).pixels("a")
    picture(tmp_path / "a.jpg", 1)
    with pytest.raises(InputError, match="one name"):
        Pictures(tmp_path)
