"""Tokens by Gumbel noise, with and without replacement, are those of NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import gibbs
import gibbs.torch as gt
from gibbs.sampling import chi_square_test
from torch_support import DTYPES, INF, NAN, needs_grad, normal, same

X = normal(4, 6)
DRAWS: dict[str, tuple[Any, Any]] = {
    "gumbel_max": (gt.gumbel_max, gibbs.gumbel_max),
    "gumbel_top_k": (gt.gumbel_top_k, gibbs.gumbel_top_k),
}
EVERY = pytest.mark.parametrize(("ours", "theirs"), DRAWS.values(), ids=DRAWS)


@EVERY
@pytest.mark.parametrize("dtype", DTYPES)
def test_tokens_are_those_of_numpy(ours: Any, theirs: Any, dtype: torch.dtype) -> None:
    x = X.to(dtype)
    given: Any = x if dtype is torch.bfloat16 else x.numpy()
    log_g, mask, ids = normal(6, seed=2), normal(6, seed=3) > -1, torch.tensor([3, 1, 2, 0])
    options: dict[str, Any] = {"seed": 2**64 - 1, "stream": 3, "first_draw": 5, "temperature": 0.7}
    also = {"return_log_probability": True, "return_status": True}
    found = ours(x, 5, alpha=1.5, log_degeneracy=log_g, mask=mask, row_ids=ids, **options, **also)
    expected = theirs(
        given, 5, alpha=1.5, log_degeneracy=log_g.numpy(), mask=mask.numpy(), row_ids=ids.numpy(),
        **options, **also,
    )  # fmt: skip
    assert [one.dtype for one in found] == [torch.int64, torch.float64, torch.uint8]
    assert [one.shape for one in found] == [(4, 5), (4, 5), (4,)]
    for one, other in zip(found, expected, strict=True):
        same(one, other)
    tokens = ours(x, 5, **options, first_row=2**63)
    same(tokens, theirs(given, 5, **options, first_row=2**63))
    same(ours(x.T, 5, 0, **options, first_row=2**63), tokens)


def test_perturbed_scores_come_with_their_tokens_in_order() -> None:
    tokens, perturbed = gt.gumbel_top_k(X, 4, seed=3, return_perturbed=True)
    _, expected = gibbs.gumbel_top_k(X.numpy(), 4, seed=3, return_perturbed=True)
    same(perturbed, expected)
    assert (perturbed.diff() < 0).all()
    noise = torch.as_tensor(gibbs.sampling.gumbel_noise((4, 6), seed=3))
    torch.testing.assert_close(perturbed, (X + noise).gather(1, tokens))
    same(tokens[:, 0], gt.gumbel_max(X, seed=3))


def test_one_draw_has_no_dimension_for_it() -> None:
    assert gt.gumbel_max(X, seed=1).shape == (4,)
    assert gt.gumbel_max(X[0, 0], seed=1).shape == ()
    assert gt.gumbel_top_k(X, 0, seed=1).shape == (4, 0)


def test_tokens_follow_their_law() -> None:
    tokens = gt.gumbel_max(X[0], 50_000, seed=1, temperature=1.5)
    counts = np.bincount(tokens.numpy(), minlength=6)
    fit = chi_square_test(counts, gt.softmax(X[0], temperature=1.5))
    assert 1e-4 < fit.p_value < 1 - 1e-4


@EVERY
def test_the_seed_of_pytorch_governs_draws_without_a_seed(ours: Any, theirs: Any) -> None:
    del theirs
    x = torch.zeros(4, 50)
    torch.manual_seed(5)
    first_time, then = ours(x, 20), ours(x, 20)
    torch.manual_seed(5)
    same(ours(x, 20), first_time)
    assert not torch.equal(first_time, then)


@EVERY
def test_every_parameter_changes_the_tokens(ours: Any, theirs: Any) -> None:
    del theirs
    x = normal(20, 20)
    changes: list[dict[str, Any]] = [
        {"seed": 2}, {"stream": 1}, {"first_row": 1}, {"first_draw": 1}, {"dim": 0}, {"alpha": 1.5},
        {"row_ids": torch.arange(20) + 4}, {"temperature": 0.5}, {"log_degeneracy": normal(20)},
        {"mask": torch.arange(20) % 2 == 0},
    ]  # fmt: skip
    before = ours(x, 8, seed=1)
    for change in changes:
        assert not torch.equal(ours(x, 8, **{"seed": 1, **change}), before), change


@EVERY
def test_a_row_without_a_state_has_a_status_and_no_token(ours: Any, theirs: Any) -> None:
    del theirs
    x = torch.tensor([[0.0, 1.0], [-INF, -INF], [NAN, 0.0]])
    tokens, status = ours(x, 2, return_status=True, seed=1)
    assert (tokens[0] >= 0).all()
    assert (tokens[1:] == -1).all()
    assert status.tolist() == [0, 1, 2]


@EVERY
def test_scores_that_require_a_gradient_are_drawn_from(ours: Any, theirs: Any) -> None:
    del theirs
    (x,) = needs_grad(X)
    tokens, log_p = ours(x, 3, seed=1, return_log_probability=True)
    same(tokens, ours(X, 3, seed=1))
    assert not log_p.requires_grad


@pytest.mark.parametrize("dtype", DTYPES)
def test_inclusion_probabilities_are_those_of_numpy(dtype: torch.dtype) -> None:
    x, log_g, mask = X.to(dtype), normal(6, seed=2), normal(6, seed=3) > -1
    given: Any = x if dtype is torch.bfloat16 else x.numpy()
    found = gt.inclusion_probabilities(
        x, 2, alpha=1.2, temperature=0.7, log_degeneracy=log_g, mask=mask
    )
    expected = gibbs.sampling.inclusion_probabilities(
        given, 2, alpha=1.2, temperature=0.7, log_degeneracy=log_g.numpy(), mask=mask.numpy()
    )
    assert found.dtype is torch.float64
    same(found, expected)
    same(gt.inclusion_probabilities(x.T, 2, 0), gt.inclusion_probabilities(x, 2).T)
    torch.testing.assert_close(found.sum(1), torch.full((4,), 2.0).double())


def test_every_parameter_changes_inclusion_probabilities() -> None:
    before = gt.inclusion_probabilities(X, 2)
    changes: list[dict[str, Any]] = [
        {"k": 3}, {"dim": 0}, {"alpha": 1.5}, {"temperature": 0.5}, {"log_degeneracy": normal(6)},
        {"mask": torch.arange(6) % 2 == 0},
    ]  # fmt: skip
    for change in changes:
        options: dict[str, Any] = {"k": 2, **change}
        found = gt.inclusion_probabilities(X, **options)
        assert not torch.equal(found, before), change
    assert gt.inclusion_probabilities(X[0, 0], 1).shape == ()


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: gt.gumbel_max(X, -1), ValueError, "gumbel_max: draws must not be negative, got"),
        (lambda: gt.gumbel_max(X, return_status=None), TypeError, "gumbel_max: return_status"),  # type: ignore
        (lambda: gt.gumbel_top_k(X, 2, return_status=2), ValueError, "gumbel_top_k: return_"),  # type: ignore
        (lambda: gt.gumbel_max(X, seed=2**64), ValueError, "gumbel_max: seed must lie between"),
        (lambda: gt.gumbel_max(X, alpha=0.0), ValueError, "gumbel_max: alpha must be positive"),
        (lambda: gt.gumbel_max(X.int()), TypeError, "gumbel_max: scores must be float64"),
        (lambda: gt.gumbel_max(X, row_ids=X), TypeError, "gumbel_max: row_ids must be integers"),
        (lambda: gt.gumbel_top_k(X, -1), ValueError, "gumbel_top_k: k must not be negative, got"),
        (lambda: gt.gumbel_top_k(X, None), TypeError, "gumbel_top_k: k must be an integer"),  # type: ignore
        (lambda: gt.gumbel_top_k(X, 2, 5), ValueError, "gumbel_top_k: dim must lie"),
        (
            lambda: gt.inclusion_probabilities(X, -1),
            ValueError,
            "inclusion_probabilities: k must not be negative, got -1",
        ),
        (
            lambda: gt.inclusion_probabilities(X, 2, temperature=-1.0),
            ValueError,
            "inclusion_probabilities: temperature must not be negative",
        ),
    ],
)
def test_bad_arguments_are_one_sentence(call: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=f"^{words}"):
        call()
