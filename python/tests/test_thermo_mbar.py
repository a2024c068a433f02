"""MBAR, BAR and WHAM: free energies from samples of several states."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gibbs
from gibbs.thermo import MBAR, bar, exponential_average, umbrella_bias, wham

INFINITY = float("inf")
CENTRES = np.array([0.0, 1.0, 2.0, 3.0])
STIFFNESS = np.array([0.5, 1.0, 1.5, 2.0])
EXACT = -np.log(2 * np.pi / STIFFNESS) / 2
N_K = [400, 300, 0, 500]


def oscillators(n_k: list[int] = N_K, seed: int = 1) -> tuple[Any, Any]:
    random = np.random.default_rng(seed)
    x = np.concatenate(
        [random.normal(c, k**-0.5, n) for c, k, n in zip(CENTRES, STIFFNESS, n_k, strict=True)]
    )
    return umbrella_bias(x, CENTRES, STIFFNESS), x


def test_free_energies_solve_their_equations() -> None:
    u, _ = oscillators()
    mbar = MBAR(u, N_K)
    counts = np.array(N_K)[:, None]
    d = np.sum(counts * np.exp(mbar.free_energies[:, None] - u), axis=0)
    f = -np.log(np.sum(np.exp(-u) / d, axis=1))
    assert mbar.converged
    assert mbar.status == "converged"
    np.testing.assert_allclose(f - f[0], mbar.free_energies, atol=1e-12)


def test_free_energies_are_within_their_errors() -> None:
    u, _ = oscillators()
    differences = MBAR(u, N_K).differences()
    z = (differences.values - (EXACT[None, :] - EXACT[:, None]))[np.triu_indices(4, 1)]
    assert np.all(abs(z) < 4 * differences.errors[np.triu_indices(4, 1)])


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_any_layout_and_dtype_is_read(order: Any, dtype: Any) -> None:
    u = oscillators()[0].astype(dtype)
    np.testing.assert_allclose(
        MBAR(np.array(u, order=order), N_K).free_energies,
        MBAR(u.astype(np.float64), N_K).free_energies,
        atol=1e-13,
    )


def test_the_potentials_may_be_forgotten_by_the_caller() -> None:
    u, x = oscillators()
    before = MBAR(u, N_K).bootstrap(3).free_energies
    kept = MBAR(u.copy(), N_K)
    del u
    np.testing.assert_array_equal(kept.bootstrap(3).free_energies, before)
    assert kept.expectation(x).errors > 0


def test_a_linear_family_is_its_matrix() -> None:
    _, x = oscillators()
    lambdas = np.stack([STIFFNESS / 2, -STIFFNESS * CENTRES, STIFFNESS * CENTRES**2 / 2], axis=1)
    terms = np.stack([x**2, x, np.ones_like(x)])
    family = MBAR.from_linear(lambdas, terms, N_K)
    np.testing.assert_allclose(
        family.free_energies, MBAR(lambdas @ terms, N_K).free_energies, atol=1e-12
    )


def test_blocks_are_the_whole_to_the_bit() -> None:
    n_k = [3000, 2000, 0, 4000]
    u, _ = oscillators(n_k)
    blocks = MBAR.from_blocks(lambda first, count: u[:, first : first + count], n_k)
    np.testing.assert_array_equal(blocks.free_energies, MBAR(u, n_k).free_energies)


def test_what_a_block_raises_comes_out() -> None:
    def block(first: int, count: int) -> Any:
        raise KeyError(first)

    with pytest.raises(KeyError):
        MBAR.from_blocks(block, [3000, 2000])
    with pytest.raises(ValueError, match=r"MBAR: block must give \(2, 5\), got \(2, 3\)"):
        MBAR.from_blocks(lambda first, count: np.zeros((2, 3)), [3, 2])


def test_weights_and_overlap_sum_to_one() -> None:
    mbar = MBAR(oscillators()[0], N_K)
    np.testing.assert_allclose(mbar.weights().sum(axis=1), 1, atol=1e-12)
    np.testing.assert_allclose(mbar.overlap().sum(axis=1), 1, atol=1e-12)
    weights: Any = mbar.weights()
    shared: Any = weights @ weights.T * np.array(N_K)
    np.testing.assert_allclose(mbar.overlap(), np.asarray(shared), atol=1e-13)
    squares: Any = np.sum(np.square(mbar.weights()), axis=1)
    np.testing.assert_allclose(mbar.effective_samples, 1 / squares)


def test_an_expectation_is_the_weighted_mean() -> None:
    u, x = oscillators()
    mbar = MBAR(u, N_K)
    for state in range(4):
        mean, error = mbar.expectation(x, state=state)
        assert abs(mean - mbar.weights()[state] @ x) < 1e-12
        assert abs(mean - CENTRES[state]) < 4 * error
    both = mbar.expectation(np.stack([x, x**2]), state=2)
    assert both.values.shape == both.errors.shape == (2,)


def test_a_new_state_is_one_without_samples() -> None:
    u, x = oscillators()
    whole = MBAR(u, N_K)
    part = MBAR(u[[0, 1, 3]], [400, 300, 500])
    new = part.free_energies_of(u[[2]])
    np.testing.assert_allclose(new.free_energies, whole.free_energies[[2]], atol=1e-12)
    np.testing.assert_allclose(new.errors[0, 3], whole.uncertainty[0, 2], atol=1e-12)
    np.testing.assert_allclose(
        part.expectation(x, potential=u[2]), whole.expectation(x, state=2), atol=1e-12
    )


def test_the_bootstrap_agrees_with_the_errors() -> None:
    mbar = MBAR(oscillators()[0], N_K)
    again = mbar.bootstrap(200, seed=3)
    assert again.failed == 0
    assert again.free_energies.shape == (200, 4)
    np.testing.assert_allclose(again.errors[0, 1:] / mbar.uncertainty[0, 1:], 1, atol=0.25)
    assert not np.array_equal(again.free_energies, mbar.bootstrap(200, seed=4).free_energies)


def test_disconnected_states_are_named() -> None:
    x = np.concatenate([np.linspace(-1, 1, 50), np.linspace(99, 101, 50)])
    mbar = MBAR(umbrella_bias(x, [0, 100], [1, 1]), [50, 50])
    assert not mbar.converged
    assert mbar.status == "disconnected"
    assert mbar.report.components == ((0,), (1,))
    assert "0 | 1" in mbar.report.message
    assert mbar.uncertainty[0, 1] == INFINITY


def test_running_out_of_steps_is_a_status() -> None:
    mbar = MBAR(oscillators()[0], N_K, max_iterations=0)
    assert mbar.status == "iteration limit"
    assert not mbar.converged


def test_each_option_counts() -> None:
    u, _ = oscillators()
    assert MBAR(u, N_K, tolerance=1e-3).report.gradient_norm <= 1e-3
    assert MBAR(u, N_K, least_shared=1e6).status == "disconnected"
    start = MBAR(u, N_K).free_energies
    assert MBAR(u, N_K, initial=start).report.iterations < MBAR(u, N_K).report.iterations


def test_bar_is_mbar_of_two_states() -> None:
    u, _ = oscillators()
    two = np.concatenate([u[:2, :400], u[:2, 400:700]], axis=1)
    mbar = MBAR(two, [400, 300])
    work = two[1] - two[0]
    answer = bar(work[:400], -work[400:])
    assert answer.report.converged
    assert abs(answer.free_energy - mbar.free_energies[1]) < 1e-13
    assert abs(answer.error - mbar.uncertainty[0, 1]) < 1e-13
    assert abs(answer.overlap - mbar.overlap()[0, 1] - mbar.overlap()[1, 0]) < 1e-13


def test_exponential_average_is_its_definition() -> None:
    work = np.array([0.5, 1.5, INFINITY])
    value, error = exponential_average(work)
    e = np.exp(-work)
    assert abs(value + np.log(e.mean())) < 1e-15
    assert abs(error - e.std(ddof=1) / e.mean() / 3**0.5) < 1e-15


def test_wham_finds_the_law_without_bias() -> None:
    u, x = oscillators()
    edges = np.linspace(-3, 6, 61)
    counts = [np.histogram(part, edges)[0] for part in np.split(x, [400, 700, 700])]
    result = wham(counts, umbrella_bias((edges[1:] + edges[:-1]) / 2, CENTRES, STIFFNESS))
    assert result.report.converged
    assert abs(np.exp(result.log_density).sum() - 1) < 1e-12
    assert result.profile.min() == 0
    np.testing.assert_allclose(result.free_energies, MBAR(u, N_K).free_energies, atol=0.05)


def test_umbrella_bias_takes_the_nearest_image() -> None:
    assert umbrella_bias([170.0], [-170.0], 2.0, period=360)[0, 0] == 400
    assert umbrella_bias([170.0], [-170.0], 2.0)[0, 0] == 340**2


@pytest.mark.parametrize("period", [-360.0, float("nan"), INFINITY])
def test_a_period_that_is_none_is_refused(period: float) -> None:
    with pytest.raises(ValueError, match="umbrella_bias: period must be a number from 0, got"):
        umbrella_bias([170.0], [-170.0], 2.0, period=period)


def test_numbers_of_samples_do_not_wrap_around() -> None:
    around = [2**63 - 1, 2**63 - 1, 5]  # 3 modulo 2^64
    with pytest.raises(ValueError, match="n_k must sum to the columns of u_kn, 3, got more than"):
        MBAR(np.zeros((3, 3)), around)
    with pytest.raises(ValueError, match="n_k must sum to at most"):
        MBAR.from_blocks(lambda first, count: np.zeros((3, count)), around)


@pytest.mark.parametrize(
    ("u", "n_k", "error", "sentence"),
    [
        ([[0, 1, np.nan], [0, 0, 0]], [2, 1], ValueError, r"u_kn\[0, 2\] must be a number or"),
        ([[0, 1, 2], [0, -INFINITY, 0]], [2, 1], ValueError, r"u_kn\[1, 1\] must be a number"),
        ([[0, INFINITY], [0, INFINITY]], [1, 1], ValueError, "sample 1 has u_kn = "),
        ([[0, 1, 2], [0, 0, 0]], [2, 2], ValueError, "n_k must sum to the columns of u_kn, 3"),
        ([[0, 1, 2], [0, 0, 0]], [3], ValueError, "n_k must have 2 entries, one per state, got 1"),
        ([[0, 1, 2], [0, 0, 0]], [4, -1], ValueError, r"n_k\[1\] must not be negative"),
        ([0, 1, 2], [2, 1], ValueError, "u_kn must have two dimensions, got 1"),
        ([[0, 1, 2], [0, 0, 0]], [2.0, 1.0], TypeError, "n_k must be integers, got float64"),
        ([["a"]], [1], TypeError, "u_kn"),
    ],
)
def test_what_is_wrong_is_said(u: Any, n_k: Any, error: Any, sentence: str) -> None:
    with pytest.raises(error, match="MBAR: .*" + sentence):
        MBAR(u, n_k)


def test_the_caller_knows_the_arguments_by_their_names() -> None:
    with pytest.raises(ValueError, match=r"MBAR: n_k must sum to the columns of x, 3, got 2"):
        MBAR.from_linear([[1.0]], [[0.0, 1.0, 2.0]], [2])
    mbar = MBAR([[0.0, 1.0]], [2])
    with pytest.raises(ValueError, match=r"MBAR\.expectation: potential\[0, 1\] must be a number"):
        mbar.expectation([1.0, 2.0], potential=[0.0, np.nan])
    with pytest.raises(ValueError, match=r"MBAR\.expectation: potential must be one state, got 2"):
        mbar.expectation([1.0, 2.0], potential=[[0.0, 1.0], [0.0, 1.0]])
    with pytest.raises(ValueError, match=r"MBAR\.expectation: potential must have potentials of 2"):
        mbar.expectation([1.0, 2.0], potential=[0.0])
    with pytest.raises(ValueError, match=r"MBAR\.free_energies_of: u_ln\[0, 0\] must be a number"):
        mbar.free_energies_of([[np.nan, 0.0]])


def test_a_constant_of_a_sample_costs_no_digits() -> None:
    random = np.random.default_rng(0)
    centres = np.arange(4.0)
    x = np.concatenate([random.normal(c, 1, 500) for c in centres])
    u = 0.5 * (x - centres[:, None]) ** 2 + np.random.default_rng(0).normal(size=(1, 2000)) * 1e5
    far, near = MBAR(u, [500] * 4), MBAR(u - u.min(0), [500] * 4)
    assert far.converged
    np.testing.assert_allclose(far.free_energies, near.free_energies, atol=1e-13)


def test_bar_far_from_its_first_guess() -> None:
    result = bar([-1000.0, 1000.0], [1000.0, 1000.0])
    assert result.report.converged
    assert abs(result.free_energy - (np.log(2) - 1000)) < 1e-11
    short = bar([-1000.0, 1000.0], [1000.0, 1000.0], max_iterations=2)
    assert short.report.components == ()
    assert np.isnan(short.error)


def test_what_is_wrong_with_the_others_is_said() -> None:
    with pytest.raises(ValueError, match=r"bar: reverse\[1\] must be a number or \+inf, got nan"):
        bar([1.0], [1.0, np.nan])
    with pytest.raises(ValueError, match=r"wham: counts\[0, 1\] must be a finite number from 0"):
        wham([[1, -1]], [[0, 0]])
    with pytest.raises(ValueError, match="exponential_average: work must have at least 1 value"):
        exponential_average([])
    mbar = MBAR([[0.0, 1.0]], [2])
    with pytest.raises(ValueError, match=r"MBAR\.bootstrap: replicates must be at least 2, got 1"):
        mbar.bootstrap(1)
    with pytest.raises(ValueError, match=r"MBAR\.expectation: state must be from 0 to 0, got 1"):
        mbar.expectation([1.0, 2.0], state=1)
    with pytest.raises(ValueError, match=r"MBAR\.free_energies_of: u_ln must have"):
        mbar.free_energies_of([[1.0]])


def test_threads_change_nothing() -> None:
    n_k = [3000, 2000, 0, 4000]
    u, _ = oscillators(n_k)
    with gibbs.threads(1):
        one = MBAR(u, n_k)
    with gibbs.threads(2):
        two = MBAR(u, n_k)
    np.testing.assert_array_equal(one.free_energies, two.free_energies)
