"""Draws of tensors are those of NumPy; relaxed ones have every derivative."""

from __future__ import annotations

import itertools
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

import gibbs
import gibbs.torch as gt
from gibbs.sampling import Chain, Temperature, TopK, TopP, chi_square_test
from torch_support import DTYPES, NAN, first, needs_grad, normal, same, second

X = normal(4, 6)
RELAXATIONS: dict[str, Any] = {
    "gumbel_softmax": gt.gumbel_softmax,
    "gumbel_entmax": partial(gt.gumbel_entmax, alpha=1.5),
    "gumbel_sparsemax": partial(gt.gumbel_entmax, alpha=2.0),
}
EVERY = pytest.mark.parametrize("relax", RELAXATIONS.values(), ids=RELAXATIONS)


# Relaxed draws


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16])
def test_relaxed_draws_are_those_of_numpy(dtype: torch.dtype) -> None:
    x = X.to(dtype)
    options: dict[str, Any] = {"seed": 2**64 - 1, "stream": 3, "first_row": 2**63, "draw": 7}
    theirs: Any = gibbs.sampling
    same(gt.gumbel_softmax(x, 0.5, **options), theirs.gumbel_softmax(x.numpy(), 0.5, **options))
    same(
        gt.gumbel_entmax(x, 1.3, 0.5, temperature=2.0, **options),
        theirs.gumbel_entmax(x.numpy(), 1.3, 0.5, temperature=2.0, **options),
    )


def test_the_signature_of_pytorch_comes_first() -> None:
    torch.manual_seed(1)
    y = gt.gumbel_softmax(X.T, 0.7, False, 1e-10, 0)
    torch.manual_seed(1)
    same(y, gt.gumbel_softmax(X.T, tau=0.7, hard=False, dim=0))
    torch.testing.assert_close(y.sum(0), torch.ones(4, dtype=torch.float64))


def test_the_seed_of_pytorch_governs_draws_without_a_seed() -> None:
    calls: list[Any] = [
        lambda: gt.gumbel_softmax(X),
        lambda: gt.gumbel_softmax(X, hard=True, tau=0.1),
        lambda: gt.sample(X, 20),
        lambda: gt.sample_truncated(X, TopK(5), 20).token,
    ]
    for call in calls:
        torch.manual_seed(5)
        first_time, then = call(), call()
        torch.manual_seed(5)
        same(call(), first_time)
        assert not torch.equal(first_time, then)


@EVERY
def test_relaxed_draws_have_every_derivative(relax: Any) -> None:
    def f(x: Tensor, tau: Tensor, t: Tensor, log_g: Tensor) -> Tensor:
        return relax(x, tau=tau, temperature=t, log_degeneracy=log_g, seed=3)

    x, log_g = 0.2 * normal(3, 4), 0.2 * normal(4, seed=2)
    tau, t = torch.tensor(2.3).double(), torch.tensor([[0.8], [1.0], [1.4]]).double()
    inputs = needs_grad(x, tau, t, log_g)
    assert first(f, inputs)
    assert second(f, inputs, fast=True)


def test_the_draw_is_differentiable_in_alpha() -> None:
    def f(alpha: Tensor) -> Tensor:
        return gt.gumbel_entmax(X, alpha, 3.0, seed=1)

    assert first(f, needs_grad(torch.tensor([[1.2], [1.5], [1.0], [1.8]]).double()))


@EVERY
def test_straight_through_is_one_hot_with_the_derivative_of_the_soft_draw(relax: Any) -> None:
    v = normal(4, 6, seed=4)
    for dtype in DTYPES:
        (x,) = needs_grad(X.to(dtype))
        hard, soft = relax(x, hard=True, tau=0.3, seed=2), relax(x, tau=0.3, seed=2)
        assert hard.dtype == dtype
        same(hard.detach(), torch.eye(6, dtype=dtype)[soft.detach().argmax(1)])
        (of_hard,) = torch.autograd.grad(hard, x, v.to(dtype))
        (of_soft,) = torch.autograd.grad(soft, x, v.to(dtype))
        same(of_hard, of_soft)


def test_second_derivatives_of_the_hard_draw_are_those_of_the_soft_one() -> None:
    def product(hard: bool) -> Tensor:
        (x,) = needs_grad(X)
        y = gt.gumbel_softmax(x, 0.8, hard, seed=2)
        (grad,) = torch.autograd.grad(y, x, normal(4, 6, seed=4), create_graph=True)
        return torch.autograd.grad(grad.square().sum(), x)[0]

    torch.testing.assert_close(product(True), product(False))

    def hard(x: Tensor) -> Tensor:
        return gt.gumbel_softmax(x, 0.8, True, seed=2)

    jvp: Any = torch.func.jvp
    _, tangent = jvp(hard, (X,), (torch.ones(4, 6, dtype=torch.float64),))
    torch.testing.assert_close(tangent, torch.zeros_like(X))


def test_limits_have_no_nan_forward_or_backward() -> None:
    x = torch.tensor([[1.0, -torch.inf, 0.5], [-torch.inf] * 3, [800.0, -800.0, 0.0]])
    for tau, t in itertools.product((0.0, 1e-30, 1e-3, 1.0, 1e30, torch.inf), (1e-40, 1.0)):
        for hard in (False, True):
            (scores,) = needs_grad(x)
            y = gt.gumbel_softmax(scores, tau, hard, temperature=t, seed=1)
            assert not y.isnan().any()
            y.square().sum().backward()
            assert scores.grad is not None
            assert not scores.grad.isnan().any()


def test_transforms_and_compilers_see_through() -> None:
    def f(x: Tensor) -> Tensor:
        return gt.gumbel_softmax(x, 0.7, seed=1)

    torch.testing.assert_close(torch.func.jacrev(f)(X), torch.func.jacfwd(f)(X))
    batched = torch.func.vmap(f)(normal(3, 4, 6))
    assert batched.shape == (3, 4, 6)
    same(batched, f(normal(3, 4, 6)))
    compiled: Any = torch.compile(f, fullgraph=True, backend="aot_eager")
    (x,) = needs_grad(X)
    same(compiled(x).detach(), f(X))
    (expected,) = torch.autograd.grad(f(x)[:, 0].sum(), x)
    torch.testing.assert_close(torch.autograd.grad(compiled(x)[:, 0].sum(), x)[0], expected)


def test_a_compiled_draw_without_a_seed_draws_anew() -> None:
    @torch.compile(fullgraph=True, backend="aot_eager")
    def f(x: Tensor) -> Tensor:
        return gt.gumbel_softmax(x, 0.7, hard=True)

    tokens = {int(f(torch.zeros(50)).argmax()) for _ in range(20)}
    assert len(tokens) > 5


def test_every_parameter_changes_the_draw() -> None:
    changes: list[dict[str, Any]] = [
        {"seed": 2}, {"stream": 1}, {"first_row": 1}, {"draw": 1}, {"tau": 0.5}, {"dim": 0},
        {"row_ids": torch.tensor([4, 5, 6, 7])}, {"row_ids": torch.tensor(9)},
        {"temperature": 0.5}, {"log_degeneracy": normal(6)}, {"hard": True},
        {"mask": torch.arange(6) % 2 == 0},
    ]  # fmt: skip
    before = gt.gumbel_softmax(X, seed=1)
    for change in changes:
        options: dict[str, Any] = {"seed": 1, **change}
        assert not torch.equal(gt.gumbel_softmax(X, **options), before), change
    ids = torch.arange(4)
    same(gt.gumbel_softmax(X, seed=1, row_ids=ids), before)
    same(gt.gumbel_softmax(X.T, seed=1, row_ids=ids, dim=0), before.T)


# Tokens


@pytest.mark.parametrize("dtype", DTYPES)
def test_tokens_are_those_of_numpy(dtype: torch.dtype) -> None:
    x = X.to(dtype)
    given: Any = x if dtype is torch.bfloat16 else x.numpy()
    options: dict[str, Any] = {"seed": 3, "temperature": 0.7}
    tokens = gt.sample(x, 9, **options)
    assert tokens.dtype is torch.int64
    same(tokens, gibbs.sample(given, 9, **options))
    same(gt.sample(x.T, 9, 0, **options), tokens)
    tokens, log_p, status = gt.sample(x, return_log_probability=True, return_status=True, **options)
    assert tokens.shape == log_p.shape == status.shape == (4,)
    assert log_p.dtype is torch.float64
    ids = torch.tensor([3, 1, 2, 0])
    same(gt.sample(x, 9, row_ids=ids, seed=3), gibbs.sample(given, 9, row_ids=ids.numpy(), seed=3))


def test_tokens_follow_their_law() -> None:
    tokens = gt.sample(X[0], 50_000, seed=1, alpha=1.5)
    counts = np.bincount(tokens.numpy(), minlength=6)
    fit = chi_square_test(counts, gt.entmax15(X[0]))
    assert 1e-4 < fit.p_value < 1 - 1e-4


def test_scores_that_require_a_gradient_are_drawn_from() -> None:
    (x,) = needs_grad(X)
    same(gt.sample(x, 5, seed=1), gt.sample(X, 5, seed=1))
    found = gt.sample_truncated(x, TopK(3), seed=1)
    assert not found.log_probability.requires_grad


@pytest.mark.parametrize("dtype", DTYPES)
def test_truncated_draws_are_those_of_numpy(dtype: torch.dtype) -> None:
    x, chain = X.to(dtype), Chain([Temperature(1.3), TopP(0.9)])
    given: Any = x if dtype is torch.bfloat16 else x.numpy()
    found = gt.sample_truncated(x, chain, 7, seed=2, return_kept_columns=True)
    expected = gibbs.sampling.sample_truncated(given, chain, 7, seed=2, return_kept_columns=True)
    for one, other in zip(found[:5], expected[:5], strict=True):
        assert isinstance(one, Tensor)
        same(one, other)
    assert found.kept_columns is not None
    assert expected.kept_columns is not None
    same(found.kept_columns.columns, expected.kept_columns.columns)
    assert found.mirostat is None
    turned = gt.sample_truncated(x.T, chain, 7, 0, seed=2)
    same(turned.token, found.token)


def test_a_row_without_a_state_has_a_status_and_no_token() -> None:
    x = torch.tensor([[0.0, 1.0], [-torch.inf, -torch.inf], [NAN, 0.0]])
    tokens, status = gt.sample(x, return_status=True)
    assert tokens.tolist()[1:] == [-1, -1]
    assert status.tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (
            lambda: gt.gumbel_softmax(X, -1.0),
            ValueError,
            "gumbel_softmax: tau must not be negative",
        ),
        (
            lambda: gt.gumbel_softmax(X, seed=-1),
            ValueError,
            "gumbel_softmax: seed must lie between",
        ),
        (lambda: gt.gumbel_softmax(X, hard=None), TypeError, "gumbel_softmax: hard must be True"),  # type: ignore
        (lambda: gt.gumbel_softmax(X, stream=2**64), ValueError, "gumbel_softmax: stream must lie"),
        (lambda: gt.gumbel_softmax(X, seed=1.5), TypeError, "gumbel_softmax: seed must be an int"),  # type: ignore
        (lambda: gt.gumbel_softmax(X, dim=2), ValueError, "gumbel_softmax: dim must lie"),
        (lambda: gt.gumbel_softmax(X.int()), TypeError, "gumbel_softmax: scores must be float64"),
        (lambda: gt.gumbel_softmax(X, row_ids=X), TypeError, "gumbel_softmax: row_ids must be int"),
        (
            lambda: gt.gumbel_softmax(X, row_ids=torch.arange(3)),
            ValueError,
            "gumbel_softmax: row_ids of shape",
        ),
        (lambda: gt.gumbel_entmax(X, 0.0), ValueError, "gumbel_entmax: alpha must be positive"),
        (lambda: gt.sample(X, -1), ValueError, "sample: draws must not be negative, got -1"),
        (lambda: gt.sample(X.int()), TypeError, "sample: scores must be float64"),
        (lambda: gt.sample(X, seed=-1), ValueError, "sample: seed must lie between"),
        (lambda: gt.sample(X, temperature=-1.0), ValueError, "sample: temperature must not be neg"),
        (lambda: gt.sample_truncated(X, TopK(-1)), ValueError, "sample_truncated: .*k must not be"),
        (lambda: gt.sample_truncated(X, 3), TypeError, "sample_truncated: filters must be"),  # type: ignore
    ],
)
def test_bad_arguments_are_one_sentence(call: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=f"^{words}"):
        call()
