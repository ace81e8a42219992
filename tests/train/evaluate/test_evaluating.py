"""A dataset through the loader, an encoder, and all figures of the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor

from glyphdata.errors import GateFailed, InputError
from glyphdata.shards.dataset import Dataset
from glyphdata.train.batch import Batch
from glyphdata.train.evaluate.crops import Crops
from glyphdata.train.evaluate.evaluating import Question, evaluate, folded, form_of
from glyphdata.train.evaluate.report import Report, gate
from glyphdata.train.heldout import is_held_out
from glyphdata.train.model import Encoder, Read
from glyphdata.train.source import Shards
from tests.train.evaluate.conftest import Knowing, MakeEncoder, settings

ALL = Question(of=16, split="all")


def asked(encoder: Encoder, data: Path, question: Question = ALL, **more: object) -> Report:
    return evaluate(encoder, [Shards(data)], encoder.settings, question, **more)  # type: ignore[arg-type]


def test_an_encoder_that_knows_all_is_right_about_all(
    data: Path, make_encoder: MakeEncoder
) -> None:
    report = asked(make_encoder(), data)
    assert report.retrieval is not None
    assert report.retrieval.box_to_text.r1 == report.retrieval.text_to_box.r1 == 1.0
    assert report.in_group is not None
    assert report.in_group.boxes.accuracy == report.in_group.texts.accuracy == 1.0
    assert report.in_group.boxes.blind is not None
    assert report.in_group.boxes.blind < 0.5
    assert report.alarms == ()
    assert report.colors is report.fonts is report.characters is None


def test_every_box_of_the_data_is_asked_once(data: Path, make_encoder: MakeEncoder) -> None:
    report = asked(make_encoder(), data)
    there = Counter((one.key, box["id"]) for one in Dataset(data) for box in one.facts["boxes"])
    assert Counter((fact.key, fact.box) for fact in report.boxes) == there
    assert report.asked.families == len({(key[:11], box) for key, box in there})


def test_held_out_texts_alone_are_asked_by_default(data: Path, make_encoder: MakeEncoder) -> None:
    report = asked(make_encoder(), data, Question(of=4))
    assert 0 < report.asked.boxes < len(asked(make_encoder(), data).boxes)
    assert all(is_held_out(fact.source_text, 0.5) for fact in report.boxes)
    assert report.asked.split == "test"


def test_texts_that_were_trained_on_are_left_out_of_other_data(
    data: Path, make_encoder: MakeEncoder
) -> None:
    encoder = make_encoder(held_out=0.0)
    every = asked(encoder, data)
    known = sorted({folded(fact.source_text) for fact in every.boxes})[::2]
    question = Question(of=4, split="all", trained=frozenset(known))
    left = {folded(fact.source_text) for fact in asked(encoder, data, question).boxes}
    assert left == {folded(fact.source_text) for fact in every.boxes} - set(known)


def test_colours_and_faces_are_told_by_their_tokens(data: Path, make_encoder: MakeEncoder) -> None:
    report = asked(make_encoder(form="styled"), data)
    assert report.asked.form == "styled"
    for style in (report.colors, report.fonts):
        assert style is not None
        assert style.figure.accuracy == 1.0
        assert style.figure.blind is not None
        assert style.figure.blind < 0.4
        assert style.of == 9
        assert style.figure.boxes == report.asked.families
        assert style.chance == pytest.approx(1 / 9)


class Colourless(Knowing):
    """Reads all prompts as if they were said in one colour."""

    def read(self, batch: Batch) -> Read:
        ids = batch.ids.clone()
        names = {number + 384: name for number, name in enumerate(self.lexicon.names)}
        white = next(one for one, name in names.items() if name == "<color-0>")
        for place in (ids >= 384).nonzero().tolist():
            if names[int(ids[tuple(place)])].startswith("<color-"):
                ids[tuple(place)] = white
        return super().read(Batch(*(
            ids if name == "ids" else getattr(batch, name) for name in Batch.__slots__
        )))  # fmt: skip


def test_an_encoder_that_reads_no_colours_scores_nothing_on_them(
    data: Path, make_encoder: MakeEncoder
) -> None:
    report = asked(make_encoder(Colourless, form="styled"), data)
    assert report.colors is not None
    assert report.fonts is not None
    assert report.colors.figure.accuracy == 0.0
    assert report.fonts.figure.accuracy == 1.0


class Liking(Knowing):
    """Looks at nothing, and likes real words: a text the better the less it was edited."""

    def see(self, batch: Batch) -> Tensor:
        seen = torch.zeros(len(batch), 2)
        seen[:, 0] = 1.0
        return seen

    def read(self, batch: Batch) -> Read:
        liking = torch.tensor([1.0 if not one.edits else 0.5 for one in batch.facts])
        liking = liking - torch.tensor([0.01 * one.member for one in batch.facts])
        return Read(torch.stack([liking, (1 - liking**2).clamp(0).sqrt()], dim=1))


def test_a_text_only_shortcut_is_called_by_its_name(data: Path, make_encoder: MakeEncoder) -> None:
    report = asked(make_encoder(Liking), data)
    assert report.in_group is not None
    assert report.in_group.originals is not None
    assert report.in_group.originals.accuracy == 1.0
    assert report.in_group.originals.blind == 1.0
    assert any("text-only shortcut" in alarm for alarm in report.alarms)
    assert any("at chance" in alarm for alarm in report.alarms)
    assert any("collapsed" in alarm for alarm in report.alarms)


def test_an_untrained_encoder_is_at_chance_and_the_report_says_so(
    data: Path, make_encoder: MakeEncoder
) -> None:
    encoder = make_encoder(Encoder).train()
    report = asked(encoder, data)
    assert encoder.training
    assert report.retrieval is not None
    assert report.retrieval.box_to_text.r1 < 0.3
    assert any("at chance" in alarm for alarm in report.alarms)


def test_the_same_seed_gives_the_same_report(data: Path, make_encoder: MakeEncoder) -> None:
    one = asked(make_encoder(Encoder), data).document()
    assert asked(make_encoder(Encoder), data).document() == one
    other = asked(make_encoder(Encoder), data, Question(of=16, seed=1, split="all")).document()
    assert other["retrieval"] != one["retrieval"]


def test_two_datasets_are_asked_together(data: Path, make_encoder: MakeEncoder) -> None:
    """The same one twice: their keys are the same, and still no box is taken for met."""
    encoder = make_encoder()
    twice = evaluate(encoder, [Shards(data), Shards(data)], encoder.settings, ALL)
    once = asked(encoder, data)
    assert twice.asked.boxes == 2 * once.asked.boxes
    assert twice.asked.data == (str(data), str(data))


def test_no_more_families_are_read_than_are_enough(data: Path, make_encoder: MakeEncoder) -> None:
    heard: list[tuple[int, int]] = []
    question = Question(of=4, split="all", families=8)
    report = asked(make_encoder(), data, question, told=lambda *one: heard.append(one))
    assert heard[-1][1] == 8
    assert 8 <= report.asked.families < 60


def test_data_without_a_text_to_ask_is_told_of(data: Path, make_encoder: MakeEncoder) -> None:
    with pytest.raises(InputError, match="none of its texts is held out"):
        asked(make_encoder(held_out=0.0), data, Question())


def test_a_picture_is_kept_of_every_box(data: Path, make_encoder: MakeEncoder) -> None:
    crops = Crops(whole=True)
    report = asked(make_encoder(), data, crops=crops)
    assert len(crops) == len(report.boxes)
    assert all(crops[number][:2] == b"\xff\xd8" for number in range(len(crops)))


def test_the_form_is_the_one_that_was_trained_most() -> None:
    assert form_of(settings("plain")) == "plain"
    assert form_of(settings(text={"formats": {"styled": 0.2, "caption": 0.8}})) == "caption"


def test_the_report_has_the_fields_that_programs_read(
    data: Path, make_encoder: MakeEncoder
) -> None:
    report = asked(make_encoder(), data)
    found = report.document()
    retrieval, in_group = found["retrieval"], found["in_group"]
    assert isinstance(retrieval, dict)
    assert isinstance(in_group, dict)
    for way in ("text_to_box", "box_to_text"):
        assert retrieval[way] == {"r1": 1.0, "r5": 1.0, "r10": 1.0, "of": 16}
    assert {"accuracy", "blind", "lift", "of", "by_edit", "by_length", "by_script"} <= set(in_group)
    assert in_group["of"] == 4
    assert in_group["by_edit"]["none"]["boxes"] == in_group["families"]


def test_a_gate_names_what_is_too_low(data: Path, make_encoder: MakeEncoder) -> None:
    report = asked(make_encoder(), data)
    gate(report, {"text_to_box.r1": 1.0, "in_group.accuracy": 0.9, "retrieval.chance": 0.01})
    with pytest.raises(GateFailed, match=r"in_group.blind is 0\.\d+ and not 0.99"):
        gate(report, {"in_group.blind": 0.99, "text_to_box.r1": 0.5})
    with pytest.raises(InputError, match="no number 'text_to_box'"):
        gate(report, {"text_to_box": 0.5})
    with pytest.raises(InputError, match="no number 'fonts"):
        gate(report, {"fonts.accuracy": 0.5})


def test_variants_in_another_colour_are_asked_where_prompts_say_so(
    make_data: Callable[..., Path], make_encoder: MakeEncoder
) -> None:
    other = make_data(samples=8, variants={"count": 3, "font": 0.0, "color": 1.0})
    plain = asked(make_encoder(), other)
    assert plain.in_group is None
    styled = asked(make_encoder(form="styled"), other)
    assert styled.in_group is not None
    assert styled.in_group.slices["by_edit"]["style"].accuracy == 1.0
