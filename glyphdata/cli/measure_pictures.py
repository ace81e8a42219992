"""`glyphdata measure fid`, `lpips` and `clip`: by networks whose weights lie on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from glyphdata.cli.options import AsJson

if TYPE_CHECKING:
    from collections.abc import Callable

_Weights = Annotated[
    Path | None, typer.Option("--weights", metavar="FILE", help="The network's weights.")
]
_Device = Annotated[str, typer.Option("--device", help="auto, cpu, cuda, …")]


def fid(
    real: Annotated[Path, typer.Argument(metavar="REAL", help="Pictures, or a dataset.")],
    made: Annotated[Path, typer.Argument(metavar="MADE", help="The pictures to measure.")],
    weights: _Weights = None,
    batch: Annotated[int, typer.Option("--batch", min=1, help="Pictures at once.")] = 32,
    device: _Device = "auto",
    json: AsJson = False,
) -> None:
    """Fréchet distance of Inception features of two sets of pictures: 0 is the same set.

    Example: glyphdata measure fid real/ made/ --weights pt_inception-2015-12-05-6726825d.pth
    """
    from glyphdata.cli.show import document, many, note, say
    from glyphdata.review.measures.frechet import Cloud, frechet

    path = _needed(weights, "--weights", "pt_inception-2015-12-05-6726825d.pth (pytorch-fid)")
    from glyphdata.train.device import device as device_of
    from glyphdata.train.measures.inception import WIDTH, Inception, features
    from glyphdata.train.measures.pictures import Pictures

    network = Inception.load(path).to(device_of(device))
    clouds = []
    for folder in (real, made):
        pictures = Pictures(folder)
        seen = features(network, pictures, batch, _told(str(folder), len(pictures.keys)))
        clouds.append(Cloud.of(seen))
    few = min(cloud.count for cloud in clouds)
    if few <= WIDTH:
        note(f"{many(few, 'picture')}: fewer than {WIDTH + 1} say little, and read too high")
    distance = frechet(*clouds)
    if json:
        document({"fid": distance, "real": clouds[0].count, "made": clouds[1].count})
    else:
        say(f"FID {distance:.4f}  ({clouds[0].count:,} real, {clouds[1].count:,} made)")


def lpips(
    one: Annotated[Path, typer.Argument(metavar="ONE", help="Pictures, or a dataset.")],
    other: Annotated[Path, typer.Argument(metavar="OTHER", help="The same, made another way.")],
    weights: _Weights = None,
    heads: Annotated[
        Path | None, typer.Option("--heads", metavar="FILE", help="The linear heads' weights.")
    ] = None,
    device: _Device = "auto",
    json: AsJson = False,
) -> None:
    """LPIPS of pictures with the same names: how far apart they are to people; 0 is the same.

    Example: glyphdata measure lpips a/ b/ --weights alexnet-owt-7be5be79.pth --heads alex.pth
    """
    from statistics import fmean

    from glyphdata.cli.show import document, say

    trunk = _needed(weights, "--weights", "alexnet-owt-7be5be79.pth (torchvision)")
    linear = _needed(heads, "--heads", "lpips/weights/v0.1/alex.pth (PerceptualSimilarity)")
    from glyphdata.train.device import device as device_of
    from glyphdata.train.measures.lpips import Lpips, distances
    from glyphdata.train.measures.pictures import Pictures

    network = Lpips.load(trunk, linear).to(device_of(device))
    pictures = Pictures(one)
    found = distances(network, pictures, Pictures(other), _told(str(one), len(pictures.keys)))
    mean = fmean(found.values())
    if json:
        document({"lpips": mean, "pictures": len(found), "by_key": found})
    else:
        say(f"LPIPS {mean:.4f}  ({len(found):,} pairs)")


def clip(
    truth: Annotated[
        Path, typer.Argument(metavar="TRUTH", help='Lines {"key", "text"}, or a dataset.')
    ],
    made: Annotated[Path, typer.Argument(metavar="MADE", help="The pictures to measure.")],
    model: Annotated[
        Path | None, typer.Option("--model", metavar="DIR", help="A CLIP model's folder.")
    ] = None,
    device: _Device = "auto",
    json: AsJson = False,
) -> None:
    """CLIPScore of pictures and the texts that they were made from: 2.5 times their cosine, or 0.

    Example: glyphdata measure clip prompts.jsonl made/ --model clip-vit-base-patch32/
    """
    from statistics import fmean

    from glyphdata.cli.show import document, say
    from glyphdata.errors import InputError
    from glyphdata.review.measures.pairs import pairs

    folder = _needed(model, "--model", "a folder such as clip-vit-base-patch32 with its processor")
    from glyphdata.caption.hf.clip import Clip
    from glyphdata.train.device import device as device_of
    from glyphdata.train.measures.pictures import Pictures

    pictures = Pictures(made)
    held = set(pictures.keys)
    asked = pairs(truth, {(key, None): "" for key in pictures.keys})
    shown = [pair for pair in asked.pairs if pair.key in held]
    if not shown:
        raise InputError("it names no picture", hint="keys are names without ending")
    clip = Clip(folder, str(device_of(device)))
    found: dict[str, float] = {}
    told = _told(str(made), len(shown))
    for pair in shown:
        found[pair.key] = clip.scores([pictures.encoded(pair.key)], [pair.asked])[0]
        told(len(found))
    mean = fmean(found.values())
    if json:
        document({"clipscore": mean, "pictures": len(found), "by_key": found})
    else:
        say(f"CLIPScore {mean:.4f}, a mean cosine of {mean / 2.5:.4f}  ({len(found):,} pictures)")


def _needed(path: Path | None, option: str, which: str) -> Path:
    """The path of weights; `InputError` that names the file where none is given."""
    from glyphdata.errors import InputError

    if path is None:
        raise InputError(
            "no weights are given, and none are fetched", hint=f"{option}: {which}, from this disk"
        )
    return path


def _told(place: str, of: int) -> Callable[[int], None]:
    """A teller of how far it is, a line every tenth part."""
    from glyphdata.cli.show import note

    step = max(of // 10, 100)
    last = 0

    def tell(done: int) -> None:
        nonlocal last
        if done // step > last // step:
            note(f"{place}: {done:,} of {of:,} pictures")
        last = done

    return tell
