"""The same words drawn by glyphdata, and the groups of the recipe glyph-text, for the comparison.

`generate` in one process, the shards, the index and the checksums included. What a job asks to be
judged is read back from the shards and laid out as the others lay it out, in labels of the job's
own, before the clock stops: judged jobs are never timed.
"""

from __future__ import annotations

from pathlib import Path

import cv2
from answering import EM_PX, QUALITY, Job, Labels, serve

from glyphdata.generation import generate
from glyphdata.recipe import Recipe, load_recipe
from glyphdata.shards.dataset import Dataset

RECIPES = Path(__file__).parents[3] / "recipes"
DARK = ["black", "navy", "midnightblue", "indigo", "maroon", "darkslategray", "darkgreen"]
UNIT = 16  # of a pixel: what layout.json counts in


def words(job: Job) -> Recipe:
    """The recipe of a job; its contrast is asked for nothing, as the others' is not."""
    width, height = job.size
    plain = {"kind": "solid", "colors": ["white"]}
    photos = {"kind": "photos", "folder": job.photos}
    blur = [{"kind": "blur", "sigma_px": [1.0, 1.0]}] if job.effects else []
    image = {"format": "png"} if job.lossless else {"format": "jpg", "quality": QUALITY}
    return Recipe.from_resolved(
        {
            "name": "words",
            "seed": job.first,
            "samples": job.count,
            "canvas": {"width": width, "height": height},
            "levels": {"word": 1.0, "sentence": 0.0, "paragraph": 0.0},
            "boxes": {
                "count": [job.texts, job.texts],
                "size_px": list(EM_PX),
                "angle_deg": [-float(job.angle), float(job.angle)],
            },
            "texts": [{"kind": "file", "path": job.words, "level": "word", "language": "en"}],
            "faces": {"families": list(job.families)},
            "colors": {
                "names": ["black"] if job.lossless else DARK,
                "min_contrast": 1.0,
                "min_signal": 0.0,
            },
            "backgrounds": [plain if job.ground == "plain" else photos],
            "effects": blur,
            "outputs": {"image": image, "layout": job.labels, "mask": job.labels},
        },
        Path(job.words).parent,
    )


def work(job: Job) -> int:
    if job.kind == "groups":
        recipe = load_recipe(RECIPES / "glyph-text.yaml", [f"samples={job.count}"])
        return generate(recipe, job.out, workers=0, overwrite=True).samples
    made = generate(words(job), Path(job.out) / "set", workers=0, overwrite=True).samples
    if job.lossless:
        lay_out(job)
    return made


def lay_out(job: Job) -> None:
    """Pictures and labels out of the shards: the ink box of every cluster that has ink."""
    labels = Labels(job)
    for record in Dataset(Path(job.out) / "set"):
        name = f"{record.key}{job.suffix}"
        (Path(job.out) / name).write_bytes(record.picture)
        boxes = []
        for box in record.layout["boxes"]:
            ink, mask = box["clusters"]["ink"], box["clusters"]["mask"]
            for cluster, value in enumerate(mask):
                if value:
                    boxes.append([side / UNIT for side in ink[4 * cluster : 4 * cluster + 4]])
        labels.add(name, " ".join(box["text"] for box in record.facts["boxes"]), boxes)
    labels.close()


if __name__ == "__main__":
    cv2.setNumThreads(1)
    serve(work)
