"""CLIPScore: how near a picture and a caption are to a CLIP model that lies on this machine."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glyphdata.caption.hf.pictures import opened
from glyphdata.errors import InputError
from glyphdata.parts.photofile import Unreadable

if TYPE_CHECKING:
    import torch

_WEIGHT = 2.5
_SENTENCE = re.compile(r"(?<=[.!?;])\s+")


class Clip:
    """A CLIP model, loaded from a folder or from the local cache, never from the network.

    `scores` is CLIPScore, 2.5 · max(cos, 0), and `reference_scores` RefCLIPScore (Hessel et al.,
    EMNLP 2021). The picture goes through the model's own processor, which may crop it, for the
    published numbers were made so. A caption longer than the model reads (77 tokens) counts as the
    mean of its sentences.
    """

    def __init__(self, model: str | Path, device: str = "cpu", batch: int = 16) -> None:
        """`InputError` where there is no such model here, or where it is none that scores."""
        from transformers import AutoModel, AutoProcessor

        place = str(model)
        processors: Any = AutoProcessor  # its methods carry no types
        try:
            self._model = AutoModel.from_pretrained(place, local_files_only=True)
            self._processor = processors.from_pretrained(place, local_files_only=True)
        except (OSError, ValueError) as fault:
            raise InputError(
                f"no CLIP model can be loaded: {str(fault).splitlines()[0]}",
                hint="give the folder that holds its config.json, weights and processor",
            ).inside(place) from None
        if not hasattr(self._model, "text_projection") or not hasattr(self._processor, "tokenizer"):
            raise InputError(
                f"a {self._model.config.model_type} model compares no texts with pictures",
                hint="give a CLIP model",
            ).inside(place)
        self._model.to(device).eval()
        self._device, self._batch = device, batch
        self._longest = int(self._model.config.text_config.max_position_embeddings)

    def scores(self, pictures: Sequence[bytes], captions: Sequence[str]) -> tuple[float, ...]:
        """The CLIPScore of each caption with the picture (encoded bytes) beside it, 0 to 2.5."""
        cosines = self._cosines(pictures, captions)
        return tuple(_WEIGHT * max(cosine, 0.0) for cosine in cosines)

    def reference_scores(
        self,
        pictures: Sequence[bytes],
        captions: Sequence[str],
        references: Sequence[Sequence[str]],
    ) -> tuple[float, ...]:
        """RefCLIPScore: the harmonic mean of the CLIPScore and of the cosine with the nearest
        reference."""
        found = []
        scores = self.scores(pictures, captions)
        for score, said, others in zip(scores, captions, references, strict=True):
            own, *theirs = self._texts([said, *others])
            near = max(max(float(own @ other) for other in theirs), 0.0)
            found.append(2.0 * score * near / (score + near) if score + near else 0.0)
        return tuple(found)

    def _cosines(self, pictures: Sequence[bytes], captions: Sequence[str]) -> list[float]:
        if len(pictures) != len(captions):
            raise InputError(
                f"{len(pictures)} pictures for {len(captions)} captions", hint="give one for each"
            )
        found: list[float] = []
        for at in range(0, len(pictures), self._batch):
            seen = self._pictures(pictures[at : at + self._batch])
            said = self._pieces(captions[at : at + self._batch])
            for picture, pieces in zip(seen, said, strict=True):
                found.append(float((pieces @ picture).mean()))
        return found

    def _pictures(self, encoded: Sequence[bytes]) -> torch.Tensor:
        """Unit vectors of pictures, a row each."""
        import torch

        images = []
        for content in encoded:
            try:
                images.append(opened(content))
            except Unreadable as fault:
                raise InputError(
                    f"a picture cannot be read: {fault}", hint="`glyphdata verify` finds it"
                ) from None
        pixels = self._processor.image_processor(images=images, return_tensors="pt")
        with torch.inference_mode():
            seen = self._model.vision_model(pixel_values=pixels["pixel_values"].to(self._device))
            return _units(self._model.visual_projection(seen.pooler_output))

    def _texts(self, texts: Sequence[str]) -> list[torch.Tensor]:
        """One unit vector each, of whole texts: the unit of the mean of their pieces."""
        return [_units(pieces.mean(0, keepdim=True))[0] for pieces in self._pieces(texts)]

    def _pieces(self, texts: Sequence[str]) -> list[torch.Tensor]:
        """Unit vectors of each text: one row, or one a sentence where the model cannot read it
        whole."""
        return [self._read(self._split(text)) for text in texts]

    def _split(self, text: str) -> list[str]:
        length = len(self._processor.tokenizer(text)["input_ids"])
        if length <= self._longest:
            return [text]
        return [piece for piece in _SENTENCE.split(text) if piece] or [text]

    def _read(self, pieces: Sequence[str]) -> torch.Tensor:
        import torch

        words = self._processor.tokenizer(
            list(pieces),
            padding=True,
            truncation=True,
            max_length=self._longest,
            return_tensors="pt",
        ).to(self._device)
        with torch.inference_mode():
            said = self._model.text_model(
                input_ids=words["input_ids"], attention_mask=words["attention_mask"]
            )
            return _units(self._model.text_projection(said.pooler_output))


def _units(rows: torch.Tensor) -> torch.Tensor:
    lengths: torch.Tensor = rows.norm(dim=-1, keepdim=True)
    return rows / lengths
