"""How fast other people's trainers read our shards: every route over the same samples, one core.

    OMP_NUM_THREADS=1 python -m tests.bench.trainers [OUT] [--samples 1000] [--rounds 3] [--others]

Each route is a process of its own with one thread and no workers. It hands on pictures of 64 × 64
and 128 bytes of text, if nothing else is said. What counts is the best round by CPU time, imports
and a first round apart. Without OUT a dataset is made of recipes/quickstart.yaml. `--others`
fetches open_clip and Megatron-Energon into a folder of their own, and the stand-in of
tests/trainers takes torchvision's place, as in the tests.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
STANDIN = ROOT / "tests" / "trainers" / "standin"


def stream(data: Path) -> Iterator[object]:
    """`gd.Dataset.stream`, the example torch_stream."""
    from torch_stream import Stream

    return iter(Stream(data, 0, 1, batch=16))


def by_number(data: Path) -> Iterator[object]:
    """`gd.Dataset` by number, in random order: the example torch_map."""
    from torch_map import Order, Samples

    samples = Samples(data)
    numbers = iter(Order(len(samples)))
    return (samples[next(numbers)] for _ in range(len(samples)))


def unread(data: Path) -> Iterator[object]:
    """`gd.Dataset.stream`, every member as bytes: no route can be faster."""
    import glyphdata as gd

    return gd.Dataset(data).stream(shuffle=True)


def webdataset_chosen(data: Path) -> Iterator[object]:
    """webdataset 1.x, the members that are wanted: the example webdataset_loop."""
    from webdataset_loop import samples

    return iter(samples(data))


def webdataset_all(data: Path) -> Iterator[object]:
    """webdataset 1.x with `.decode("pil")`: every member unpacked, pictures full size."""
    import webdataset as wds

    shards = [str(path) for path in sorted((data / "data").glob("train-*.tar"))]
    return iter(wds.WebDataset(shards, shardshuffle=False).decode("pil"))


def datasets_chosen(data: Path) -> Iterator[object]:
    """`datasets` streaming, two columns: the example hugging_face."""
    from hugging_face import collated, streamed

    return (collated([row]) for row in streamed(str(data)))


def datasets_all(data: Path) -> Iterator[object]:
    """`datasets` streaming, every column decoded, pictures full size."""
    from datasets import load_dataset

    return iter(load_dataset(str(data), split="train", streaming=True))


def datasets_arrow(data: Path) -> Iterator[object]:
    """`datasets`, converted to Arrow beforehand, two columns."""
    from datasets import Image, load_dataset
    from hugging_face import collated

    rows = load_dataset(str(data), split="train").select_columns(["jpg", "txt"])
    rows = rows.cast_column("jpg", Image(decode=False))
    return (collated([row]) for row in rows.shuffle(seed=1))


def open_clip(data: Path) -> Iterator[object]:
    """open_clip's validation loader: every member decoded, its own resize."""
    from open_clip_train.data import get_wds_dataset
    from tiny_clip import text_of
    from torchvision.transforms import Compose, InterpolationMode, Resize, functional

    shards = sorted(path.stem[-6:] for path in (data / "data").glob("train-*.tar"))
    told = argparse.Namespace(
        val_data=f"{data}/data/train-{{{shards[0]}..{shards[-1]}}}.tar",
        val_num_samples=None,
        batch_size=1,
        workers=0,
        world_size=1,
    )
    picture = Compose([Resize(64, InterpolationMode.BICUBIC), functional.to_tensor])
    found = get_wds_dataset(told, picture, False, tokenizer=lambda text: [text_of(text)])
    return iter(found.dataloader)


def energon(data: Path) -> Iterator[object]:
    """Megatron-Energon's loader, CaptioningSample: pictures full size, as floats."""
    from megatron.energon import WorkerConfig, get_loader, get_val_dataset

    where = WorkerConfig(rank=0, world_size=1, num_workers=0)
    part = get_val_dataset(data, split_part="train", worker_config=where, batch_size=None)
    return iter(get_loader(part))


ROUTES: dict[str, Callable[[Path], Iterator[object]]] = {
    one.__name__: one
    for one in (
        unread,
        stream,
        by_number,
        webdataset_chosen,
        webdataset_all,
        datasets_chosen,
        datasets_all,
        datasets_arrow,
        open_clip,
        energon,
    )
}
BESIDE = ("open_clip", "energon")


def measured(route: str, data: Path, rounds: int) -> tuple[int, float]:
    """Samples, and samples per second of CPU time in the best round."""
    import torch

    torch.set_num_threads(1)
    count, best = sum(1 for _ in ROUTES[route](data)), 0.0
    for _ in range(rounds):
        start = time.process_time()
        again = sum(1 for _ in ROUTES[route](data))
        best = max(best, again / (time.process_time() - start))
        if again != count:
            raise SystemExit(f"{route} read {count} samples, and then {again}")
    return count, best


def asked(route: str, data: Path, rounds: int, scratch: Path) -> str:
    """What a process of its own measured, as a line of a table."""
    folders = [ROOT, ROOT / "docs" / "examples"]
    if route in BESIDE:
        folders = [fetched(route, scratch), STANDIN, *folders]
    if route == "energon":
        data = prepared(data, scratch)
    told = ("-m", "tests.bench.trainers", str(data), "--route", route, "--rounds", str(rounds))
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", *told],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(str, folders)),
            "HF_HOME": str(scratch / "hf"),
            "HF_HUB_OFFLINE": "1",
            "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
        },
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=scratch,
    )
    count, rate = json.loads(ran.stdout.splitlines()[-1])
    return f"| {(ROUTES[route].__doc__ or '').rstrip('.')} | {count:,} | {rate:,.0f} |"


def fetched(route: str, scratch: Path) -> Path:
    """The folder to import `route` from."""
    from tests.trainers import packages

    wanted = packages.OPEN_CLIP if route == "open_clip" else packages.ENERGON
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target"]
    silent = subprocess.DEVNULL
    subprocess.run([*pip, str(scratch / route), *wanted], check=True, stderr=silent)
    return scratch / route


def prepared(data: Path, scratch: Path) -> Path:
    """A copy of the dataset, made ready for Energon: it writes beside the shards."""
    copy = scratch / "prepared"
    shutil.copytree(data, copy)
    command = (sys.executable, str(scratch / "energon" / "bin" / "energon"), "prepare", str(copy))
    told = ("--non-interactive", "--split-ratio", "1,0,0", "--num-workers", "1")
    parts = ("--field-map", '{"image": "jpg", "caption": "txt"}')
    subprocess.run(
        [*command, *told, "--sample-type", "CaptioningSample", *parts],
        env={**os.environ, "PYTHONPATH": str(scratch / "energon")},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return copy


def made(scratch: Path, samples: int) -> Path:
    """A dataset of the quickstart's recipe."""
    import glyphdata as gd

    recipe = gd.load_recipe(ROOT / "recipes" / "quickstart.yaml", [f"samples={samples}"])
    gd.generate(recipe, scratch / "out", workers=1)
    return scratch / "out"


def main() -> None:
    """Print a table, a route a line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", nargs="?", type=Path)
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--others", action="store_true")
    parser.add_argument("--route", choices=ROUTES, help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.route:
        print(json.dumps(measured(told.route, told.out, told.rounds)))
        return
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        data = told.out.resolve() if told.out else made(scratch, told.samples)
        print("| route | samples | per CPU second |\n|---|---|---|", flush=True)
        for route in ROUTES:
            if told.others or route not in BESIDE:
                print(asked(route, data, told.rounds, scratch), flush=True)


if __name__ == "__main__":
    main()
