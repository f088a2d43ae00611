"""Our short formulas against statsmodels, scipy and published examples."""

import math

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.inter_rater import cohens_kappa as reference_kappa
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from scicot.pure.statistics import (
    Interval,
    bootstrap_difference,
    cohens_kappa,
    difference_of_shares,
    holm,
    mcnemar_mid_p,
    mean_interval,
    questions_needed,
    wilson_interval,
)


@pytest.mark.parametrize(
    ("successes", "n"), [(0, 1), (1, 1), (0, 40), (13, 40), (40, 40), (1039, 2376), (586, 1172)]
)
def test_wilson_interval_is_statsmodels(successes: int, n: int) -> None:
    found = wilson_interval(successes, n)
    assert found is not None
    low, high = proportion_confint(successes, n, method="wilson")
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)


def test_nothing_counted_has_no_interval() -> None:
    assert wilson_interval(0, 0) is None
    assert bootstrap_difference(0, 0, 0) is None


@pytest.mark.parametrize(
    ("only_a", "only_b"), [(0, 0), (0, 1), (3, 3), (1, 12), (12, 1), (59, 16), (700, 640)]
)
def test_mid_p_is_the_exact_p_less_the_point_probability(only_a: int, only_b: int) -> None:
    table = [[100, only_a], [only_b, 50]]
    n = only_a + only_b
    exact = float(mcnemar(table, exact=True).pvalue) if n else 1.0
    smaller = min(only_a, only_b)
    if only_a == only_b:
        assert mcnemar_mid_p(only_a, only_b) == 1.0
    else:
        expected = exact - float(stats.binom.pmf(smaller, n, 0.5))
        assert mcnemar_mid_p(only_a, only_b) == pytest.approx(expected, rel=1e-9)


def test_mid_p_is_the_published_example() -> None:
    # Fagerland, Lydersen and Laake 2013, table 2: 1 and 7 discordant pairs
    assert mcnemar_mid_p(1, 7) == pytest.approx(0.039, abs=5e-4)


def test_mid_p_does_not_underflow_with_thousands_of_discordant_questions() -> None:
    normal = 2 * stats.norm.sf(abs(2000 - 1800) / math.sqrt(3800))
    assert mcnemar_mid_p(1800, 2000) == pytest.approx(normal, rel=0.02)


def test_bootstrap_is_what_resampling_the_questions_gives() -> None:
    only_a, only_b, n = 60, 30, 400
    found = bootstrap_difference(only_a, only_b, n)
    assert found is not None
    values = np.array([1.0] * only_a + [-1.0] * only_b + [0.0] * (n - only_a - only_b))
    reference = stats.bootstrap(
        (values,), np.mean, method="percentile", n_resamples=4000, rng=1, vectorized=True
    ).confidence_interval
    assert (found.low, found.high) == pytest.approx(tuple(reference), abs=0.005)


def test_bootstrap_says_the_same_each_time() -> None:
    assert bootstrap_difference(9, 4, 80) == bootstrap_difference(9, 4, 80)
    other = bootstrap_difference(900, 400, 8000, seed=1)
    assert bootstrap_difference(900, 400, 8000) != other


def test_no_discordant_question_leaves_no_doubt_in_the_bootstrap() -> None:
    found = bootstrap_difference(0, 0, 50)
    assert found is not None
    assert (found.low, found.high) == (0.0, 0.0)


@pytest.mark.parametrize(
    "p_values", [[0.04], [0.01, 0.04, 0.03], [0.5, 0.5, 0.001], [1.0, 1.0], []]
)
def test_holm_is_statsmodels(p_values: list[float]) -> None:
    expected = list(multipletests(p_values, method="holm")[1]) if p_values else []
    assert holm(p_values) == pytest.approx(expected)


def test_mean_interval_is_students_t() -> None:
    values = [0.41, 0.44, 0.43, 0.40]
    found = mean_interval(values)
    assert found is not None
    low, high = stats.t.interval(
        0.95, len(values) - 1, loc=np.mean(values), scale=stats.sem(values)
    )
    assert (found.low, found.high) == pytest.approx((low, high))


def test_one_seed_has_no_interval_over_seeds() -> None:
    assert mean_interval([0.4]) is None


def test_that_many_questions_give_the_power_promised() -> None:
    needed = questions_needed(120, 84, 1172)
    assert needed is not None
    generator = np.random.default_rng(0)
    shares = [120 / 1172, 84 / 1172, 1 - 204 / 1172]
    drawn = generator.multinomial(needed, shares, size=1500)
    told = [mcnemar_mid_p(int(a), int(b)) < 0.05 for a, b, _ in drawn]
    assert np.mean(told) == pytest.approx(0.8, abs=0.04)


@pytest.mark.parametrize(("only_a", "only_b", "n"), [(0, 0, 10), (5, 5, 100), (0, 0, 0)])
def test_no_difference_needs_no_number(only_a: int, only_b: int, n: int) -> None:
    assert questions_needed(only_a, only_b, n) is None


@pytest.mark.parametrize("cells", [(20, 5, 10, 65), (1, 1, 1, 1), (40, 0, 0, 2)])
def test_kappa_is_statsmodels(cells: tuple[int, int, int, int]) -> None:
    both, first, second, neither = cells
    reference = reference_kappa([[both, first], [second, neither]])
    found = cohens_kappa(*cells)
    assert found is not None
    assert found.interval is not None
    assert found.kappa == pytest.approx(reference.kappa)
    assert found.interval.low == pytest.approx(reference.kappa_low)
    assert found.interval.high == pytest.approx(min(1.0, reference.kappa_upp))


def test_kappa_is_unknown_where_chance_alone_agrees() -> None:
    found = cohens_kappa(0, 0, 0, 12)
    assert found is not None
    assert (found.share, found.kappa) == (1.0, None)
    assert cohens_kappa(0, 0, 0, 0) is None


def test_an_interval_is_said_in_percent_unless_it_is_no_share() -> None:
    share = Interval(0.123, 0.345)
    assert share.to_words() == "12 to 34"
    assert share.to_words("+.1f") == "+12.3 to +34.5"
    assert share.in_brackets(".1f") == "[12.3, 34.5]"
    assert Interval(-0.2, 0.61).to_words(".2f", scale=1) == "-0.20 to 0.61"
    assert Interval(-0.07, -0.02).of_size == Interval(0.02, 0.07)


@pytest.mark.parametrize("counts", [(60, 64, 32, 64), (5, 8, 20, 64), (0, 10, 10, 10)])
def test_the_difference_of_two_independent_shares_has_newcombes_interval(
    counts: tuple[int, int, int, int],
) -> None:
    found = difference_of_shares(*counts)
    low, high = confint_proportions_2indep(*counts, method="newcomb", compare="diff")
    assert (found.low, found.high) == pytest.approx((low, high))
