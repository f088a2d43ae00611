"""Critical values: exact coverage of normal means by a quadrature, and the p-values beside them."""

import numpy as np
import pytest
from scipy import stats

from scicot.pure.evaluation.critical import critical_value, join_degrees, two_sided_p

SHARES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)


def covered_by_two_cells(degrees: tuple[int, int], share: float, of_a: float) -> float:
    """Return how often the interval of a difference of normal means holds the truth.

    The seeds make `share` of its variance, and A's `of_a` of that.
    """
    quantiles = (np.arange(100) + 0.5) / 100
    chances = [stats.chi2.ppf(quantiles, few) / few for few in degrees]
    seen_a, seen_b = np.meshgrid(share * of_a * chances[0], share * (1 - of_a) * chances[1])
    known = np.full_like(seen_a, 1 - share)
    critical = critical_value(known, [(seen_a, degrees[0]), (seen_b, degrees[1])], draws=1172)
    return float((2 * stats.norm.cdf(critical * np.sqrt(known + seen_a + seen_b)) - 1).mean())


@pytest.mark.parametrize("degrees", [1, 2, 3, 4, 6, 8, 9, 18])
def test_the_critical_values_cover_93_to_97_percent_whatever_the_seeds_share(degrees: int) -> None:
    """Exact but for a quadrature: normal means, a variance seen with so many degrees of freedom."""
    quantiles = (np.arange(1000) + 0.5) / 1000
    for share in SHARES:
        known, seeds = 1 - share, share
        seen = seeds * stats.chi2.ppf(quantiles, degrees) / degrees
        critical = critical_value(np.full_like(seen, known), [(seen, degrees)], draws=1172)
        covered = 2 * stats.norm.cdf(critical * np.sqrt(known + seen)) - 1
        assert 0.935 <= covered.mean() <= 0.965, share


@pytest.mark.parametrize("degrees", [(1, 1), (2, 2), (2, 4), (2, 9), (4, 4), (4, 9), (9, 9)])
def test_two_cells_of_2_seeds_each_or_of_3_to_10_cover_93_to_97_percent_however_each_spreads(
    degrees: tuple[int, int],
) -> None:
    for share in SHARES[1::2]:
        for of_a in (0.0, 0.03, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 1.0):
            covered = covered_by_two_cells(degrees, share, of_a)
            assert 0.93 <= covered <= 0.971, (share, of_a)


@pytest.mark.parametrize("degrees", [(1, 2), (1, 4), (1, 9)])
def test_a_cell_of_2_seeds_beside_one_of_more_is_covered_too_often_rather_than_too_seldom(
    degrees: tuple[int, int],
) -> None:
    for share in SHARES[1::2]:
        for of_a in (0.0, 0.03, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 1.0):
            assert 0.93 <= covered_by_two_cells(degrees, share, of_a) <= 0.99, (share, of_a)


def test_degrees_are_one_cells_where_it_alone_varies_and_both_cells_where_they_vary_alike() -> None:
    alone, alike = np.float64(0), np.float64(0.5)
    assert join_degrees([(1 - alone, 2), (alone, 9)]) == pytest.approx(2)
    assert join_degrees([(alone, 2), (1 - alone, 9)]) == pytest.approx(9)
    assert join_degrees([(alike, 4), (alike, 4)]) == pytest.approx(8)
    assert join_degrees([(alone, 2), (alone, 2)]) == pytest.approx(4)


@pytest.mark.parametrize("critical", [1.87, 1.96, 2.06, 2.78, 4.3, 10.6])
def test_a_p_value_is_below_5_percent_exactly_where_the_interval_excludes_zero(
    critical: float,
) -> None:
    assert two_sided_p(critical, critical) == pytest.approx(0.05, abs=1e-4)
    assert two_sided_p(critical * 1.01, critical) < 0.05 < two_sided_p(critical * 0.99, critical)
    assert two_sided_p(0, critical) == pytest.approx(1)


def test_few_degrees_of_freedom_need_more_for_a_small_p() -> None:
    assert two_sided_p(4.302653, 4.302653) == pytest.approx(0.05, abs=1e-6)  # two degrees
    assert two_sided_p(9.924843, 4.302653) == pytest.approx(0.01, abs=1e-5)  # the same, 99 %
