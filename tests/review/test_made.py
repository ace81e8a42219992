"""How a sample is made again: drawn, traced to its source, or not at all."""

from glyphdata.review.view.made import Made


def test_a_generated_sample_is_drawn_again() -> None:
    made = Made({"name": "posters"}, ())
    told = made.command("000000-0017-02", 17, 2)
    assert told == "glyphdata draw posters.yaml --index 17 --variant 2 -o 000000-0017-02.png"


def test_a_mixed_sample_is_traced_to_its_source() -> None:
    made = Made({"name": "all of it", "mix": 1}, ())
    assert made.command("000000-0017", 17, 0) == "glyphdata mix 'all of it.yaml' --index 17"


def test_an_imported_sample_cannot_be_made_again() -> None:
    assert Made({"name": "signs", "import": {"kind": "icdar"}}, ()).command("k", 3, 0) is None
