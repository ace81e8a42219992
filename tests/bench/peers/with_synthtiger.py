"""Words drawn by SynthTIGER (PyPI `synthtiger`), for the comparison: a template of its own parts.

With labels every letter is a layer, as in the template that its authors publish; without, a word is
one layer, which is quicker and keeps the kerning.
"""

import random
import sys
from pathlib import Path

import cv2
import numpy as np
from answering import DARKEST_LIGHT, EM_PX, QUALITY, Job, Labels, serve
from PIL import Image, ImageFont

if not hasattr(ImageFont.FreeTypeFont, "getsize"):  # gone from Pillow 10 on

    def getsize(self: ImageFont.FreeTypeFont, text: str, direction: str) -> tuple[int, int]:
        _, _, right, bottom = self.getbbox(text, direction=direction)
        return int(right), int(bottom)

    ImageFont.FreeTypeFont.getsize = getsize

import synthtiger
from synthtiger import components, layers, templates

TRIES = 20


class Words(templates.Template):
    """Words on a canvas of fixed size; `config` is the job."""

    def __init__(self, config: Job) -> None:
        super().__init__(config)
        self.job = config
        self.corpus = components.BaseCorpus(paths=[config.words], weights=[1])
        fonts = list(config.fonts)
        self.font = components.BaseFont(paths=fonts, weights=[1] * len(fonts), size=EM_PX)
        self.line = components.FlowLayout(line_align=("middle",))
        light = 0 if config.lossless else DARKEST_LIGHT
        self.color = components.RGB(rgb=((0, light),) * 3)
        self.photo = components.BaseTexture(paths=[config.photos], weights=[1], crop=1)
        self.rotate = components.Rotate(angle=(-config.angle, config.angle))
        self.fit = components.Fit()
        self.blur = components.GaussianBlur(sigma=(1, 1))

    def generate(self):
        taken, texts = [], []
        for _ in range(self.job.texts):
            text, word, letters = self._word()
            self._place(word, letters, [other for other, _ in taken])
            taken.append((word, letters))
            texts.append(text)
        words = [word for word, _ in taken]
        every = [letter for _, letters in taken for letter in letters]
        whole = [0, 0, *self.job.size]
        image = (layers.Group(words) + self._ground()).output(bbox=whole)
        if self.job.effects:
            layer = layers.Layer(image)
            self.blur.apply([layer])
            image = layer.image
        mask = layers.Group(words).output(bbox=whole)[..., 3] if self.job.labels else None
        return image, mask, " ".join(texts), [letter.bbox for letter in every]

    def _word(self):
        text = self.corpus.data(self.corpus.sample())
        font = self.font.sample()
        parts = list(text) if self.job.labels else [text]
        letters = [layers.TextLayer(part, **font) for part in parts]
        self.line.apply(letters)
        word = layers.Group(letters).merge()
        self.color.apply([word])
        if self.job.angle:
            angle = self.rotate.sample()
            self.rotate.apply([word], angle)
            self.rotate.apply(letters, angle)
        self.fit.apply([word, *letters] if self.job.labels else [word])
        return text, word, letters if self.job.labels else []

    def _place(self, word, letters, others) -> None:
        """Somewhere on the canvas, and where no other word is if that can be found."""
        room = np.maximum(np.array(self.job.size) - word.size, 0)
        for _ in range(TRIES):
            corner = np.floor((random.random(), random.random()) * room)
            low, high = corner, corner + word.size
            if not any(
                np.all(low < other.bottomright) and np.all(other.topleft < high) for other in others
            ):
                break
        shift = corner - word.topleft
        for layer in (word, *letters):
            layer.topleft = layer.topleft + shift

    def _ground(self):
        ground = layers.RectLayer(self.job.size, (255, 255, 255, 255))
        if self.job.ground == "photo":
            width, height = self.job.size
            self.photo.apply([ground], {"crop": True, "w": width, "h": height})
        return ground

    def init_save(self, root: str) -> None:
        self.labels = Labels(self.job)

    def save(self, root: str, data, idx: int) -> None:
        image, mask, text, boxes = data
        name = f"{idx}{self.job.suffix}"
        options = {} if self.job.lossless else {"quality": QUALITY}
        Image.fromarray(image[..., :3].astype(np.uint8)).save(Path(root) / name, **options)
        corners = None
        if mask is not None:
            Image.fromarray(mask.astype(np.uint8)).save(Path(root) / f"{idx}_mask.png")
            corners = [[int(x), int(y), int(x + w), int(y + h)] for x, y, w, h in boxes]
        self.labels.add(name, text, corners)

    def end_save(self, root: str) -> None:
        self.labels.close()


def work(job: Job) -> int:
    template, made = Words(job), 0
    template.init_save(job.out)
    pictures = synthtiger.generator(
        __file__, "Words", config=job, count=job.count, seed=job.first, retry=False, verbose=True
    )
    for index, data in pictures:
        if data is None:
            sys.exit("a picture could not be made")
        template.save(job.out, data, index)
        made += 1
    template.end_save(job.out)
    return made


if __name__ == "__main__":
    cv2.setNumThreads(1)
    serve(work)
