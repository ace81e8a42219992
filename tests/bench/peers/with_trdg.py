"""Words drawn by TextRecognitionDataGenerator (PyPI `trdg`), for the comparison.

Its `generate` places one line on one picture. It is called without a folder, since the quality of
the JPEG that it would write cannot be set; boxes come from its own `mask_to_bboxes`.
"""

import random
from pathlib import Path

import cv2
from answering import DARKEST_LIGHT, QUALITY, Job, Labels, serve
from PIL import ImageFont

if not hasattr(ImageFont.FreeTypeFont, "getsize"):  # gone from Pillow 10 on; what trdg 1.8 calls

    def getsize(self: ImageFont.FreeTypeFont, text: str) -> tuple[int, int]:
        _, _, right, bottom = self.getbbox(text)
        return int(right), int(bottom)

    ImageFont.FreeTypeFont.getsize = getsize

from trdg.data_generator import FakeTextDataGenerator
from trdg.utils import mask_to_bboxes

WHITE, PHOTO = 1, 3
MARGINS = (13, 4, 13, 4)  # what is left of the height is the line's: an em of about 32 px
DARK = f"#000000,#{DARKEST_LIGHT:02x}{DARKEST_LIGHT:02x}{DARKEST_LIGHT:02x}"


def work(job: Job) -> int:
    random.seed(job.first)
    words = Path(job.words).read_text(encoding="utf-8").split()
    labels, made = Labels(job), 0
    for number in range(job.first, job.first + job.count):
        word = random.choice(words)
        drawn = draw(job, number, word)
        if drawn is None:  # it found ink and ground too alike
            continue
        picture, mask = drawn if job.labels else (drawn, None)
        name = f"{number}{job.suffix}"
        picture.save(Path(job.out) / name, **({} if job.lossless else {"quality": QUALITY}))
        boxes = None
        if mask is not None:
            mask.save(Path(job.out) / f"{number}_mask.png")
            # Its boxes are a pixel wider all round, and their last row and column belong to them.
            found = mask_to_bboxes(mask)
            boxes = [[int(x), int(y), int(end) + 1, int(low) + 1] for x, y, end, low in found]
        labels.add(name, word, boxes)
        made += 1
    labels.close()
    return made


def draw(job: Job, number: int, word: str):
    width, height = job.size
    return FakeTextDataGenerator.generate(
        index=number,
        text=word,
        font=random.choice(job.fonts),
        out_dir=None,
        size=height,
        extension="jpg",
        skewing_angle=job.angle,
        random_skew=True,
        blur=1 if job.effects else 0,
        random_blur=False,
        background_type=WHITE if job.ground == "plain" else PHOTO,
        distorsion_type=0,
        distorsion_orientation=0,
        is_handwritten=False,
        name_format=2,
        width=width,
        alignment=1,
        text_color="#000000" if job.lossless else DARK,
        orientation=0,
        space_width=1.0,
        character_spacing=0,
        margins=MARGINS,
        fit=False,
        output_mask=int(job.labels),
        word_split=not job.labels,  # a word in one piece where no letter is asked for
        image_dir=job.photos,
    )


if __name__ == "__main__":
    cv2.setNumThreads(1)
    serve(work)
