"""What an encoder costs, against numbers known from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import torch

from glyphdata.train.cost import cost
from glyphdata.train.model import Encoder, build
from glyphdata.train.settings import Settings

MakeSettings = Callable[..., Settings]

RELEASED = {
    "text": {
        "source": None,
        "shape": {"width": 1472, "depth": 12, "heads": 6, "feed_forward": 3584},
    },
    "vision": {"source": None, "shape": {"width": 768, "depth": 12, "heads": 12}},
}


def test_glyph_byt5_costs_what_its_layers_do() -> None:
    settings = Settings.model_validate_json(json.dumps(RELEASED))
    with torch.device("meta"):
        encoder = Encoder(settings, 1510, 0)
    found = cost(settings, encoder, tokens=67_000, views=384)
    assert found.text_parameters == 219_314_944
    head = 1472 * 1120 + 1120 * 768
    assert found.trained == 219_314_944 + head + 2
    layer = 4 * 1472 * 384 + 3 * 1472 * 3584
    assert found.token_flops == 12 * (2 * layer + 4 * 128 * 384)
    assert found.view_flops == pytest.approx(46.3e9, rel=0.02)
    step = 3 * 67_000 * found.token_flops + 384 * found.view_flops
    assert found.step_flops == pytest.approx(step)


def test_chunks_and_checkpointing_cost_a_pass_more(make_settings: MakeSettings) -> None:
    plain = make_settings(vision__frozen=True)
    for settings in (
        make_settings(vision__frozen=True, batch__chunk=4),
        make_settings(vision__frozen=True, checkpointing=True),
    ):
        encoder = build(settings, 400)
        assert cost(settings, encoder, 9, 0).step_flops * 3 == pytest.approx(
            cost(plain, build(plain, 400), 9, 0).step_flops * 4
        )


def test_a_character_tower_is_counted_by_its_characters(make_settings: MakeSettings) -> None:
    settings = make_settings(
        text__tower="characters",
        text__characters=6,
        vision__tower="vitstr",
        region__kind="strip",
        region__height=28,
        region__width=56,
    )
    found = cost(settings, build(settings, 0, 30))
    layer = 4 * 16 * 16 + 2 * 16 * 64
    assert found.token_flops == 2 * (2 * layer + 4 * 6 * 16)


def test_counting_leaves_the_encoder_as_it_was(make_settings: MakeSettings) -> None:
    encoder = build(make_settings(text__dropout=0.5), 400)
    before = torch.get_rng_state()
    cost(encoder.settings, encoder)
    assert encoder.text_tower.training
    assert torch.equal(torch.get_rng_state(), before)
    assert all(one.grad is None for one in encoder.parameters())
