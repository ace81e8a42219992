"""The Fréchet distance of normal laws, against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from glyphdata.errors import InputError
from glyphdata.review.measures.frechet import Cloud, frechet


def cloud(mean: object, covariance: object) -> Cloud:
    return Cloud(np.asarray(mean, float), np.linalg.cholesky(np.asarray(covariance, float)).T, 100)


def test_in_one_dimension_it_is_the_means_and_the_spreads_apart() -> None:
    # (m1 - m2)² + (s1 - s2)², with spreads 3 and 1.
    assert frechet(cloud([1.0], [[9.0]]), cloud([3.0], [[1.0]])) == pytest.approx(4 + 4)


def test_axes_that_agree_add_up() -> None:
    one = cloud([0, 0, 0], np.diag([1.0, 4.0, 9.0]))
    other = cloud([1, 0, 2], np.diag([4.0, 4.0, 1.0]))
    assert frechet(one, other) == pytest.approx(1 + 4 + (1 + 0 + 4))


def test_turned_axes_are_told_apart() -> None:
    # The same spreads at right angles: tr C1 + tr C2 - 2 tr (C1 C2)^½ with C1 C2 = 4 I.
    one = cloud([0, 0], np.diag([1.0, 4.0]))
    other = cloud([0, 0], np.diag([4.0, 1.0]))
    assert frechet(one, other) == pytest.approx(5 + 5 - 2 * (2 + 2))


def test_turning_both_changes_nothing() -> None:
    turn = np.linalg.qr(np.random.Generator(np.random.PCG64(1)).normal(size=(4, 4)))[0]
    one, other = np.diag([1.0, 2.0, 3.0, 0.5]), np.diag([2.0, 2.0, 0.1, 4.0])
    plain = frechet(cloud(np.zeros(4), one), cloud(np.ones(4), other))
    turned = frechet(
        cloud(np.zeros(4), turn @ one @ turn.T), cloud(turn @ np.ones(4), turn @ other @ turn.T)
    )
    assert turned == pytest.approx(plain)


def test_the_root_is_one_of_the_covariance_whether_there_are_few_rows_or_many() -> None:
    for count in (5, 4097, 9000):
        rows = np.random.Generator(np.random.PCG64(4)).normal(size=(count, 7)) * 3 + 100
        found = Cloud.of(rows)
        assert found.root.shape == (min(count, 7), 7)
        np.testing.assert_allclose(found.root.T @ found.root, np.cov(rows, rowvar=False), atol=1e-9)
        np.testing.assert_allclose(found.mean, rows.mean(axis=0))


def test_it_is_the_formula_of_the_paper() -> None:
    draws = np.random.Generator(np.random.PCG64(6)).normal(size=(2, 60, 5))
    one, other = draws[0], draws[1] @ np.diag([1, 2, 3, 4, 5.0]) + 1
    product = np.cov(one, rowvar=False) @ np.cov(other, rowvar=False)
    shared = np.sqrt(np.linalg.eigvals(product).real).sum()
    apart = one.mean(axis=0) - other.mean(axis=0)
    wanted = apart @ apart + one.var(axis=0, ddof=1).sum() + other.var(axis=0, ddof=1).sum()
    assert frechet(Cloud.of(one), Cloud.of(other)) == pytest.approx(wanted - 2 * shared)


def test_a_cloud_is_nowhere_from_itself_even_where_it_is_flat() -> None:
    flat = np.random.Generator(np.random.PCG64(2)).normal(size=(10, 40)).astype(np.float32)
    assert frechet(Cloud.of(flat), Cloud.of(flat)) == pytest.approx(0.0, abs=1e-6)


def test_it_is_the_same_both_ways() -> None:
    draws = np.random.Generator(np.random.PCG64(3)).normal(size=(2, 30, 6))
    one, other = Cloud.of(draws[0]), Cloud.of(draws[1] * 2 + 1)
    assert frechet(one, other) == pytest.approx(frechet(other, one))
    assert frechet(one, other) > 5


def test_clouds_that_cannot_be_compared_are_refused() -> None:
    with pytest.raises(InputError, match="no spread"):
        Cloud.of(np.zeros((1, 4)))
    with pytest.raises(InputError, match="cannot be compared"):
        frechet(cloud([0], [[1]]), cloud([0, 0], np.eye(2)))
