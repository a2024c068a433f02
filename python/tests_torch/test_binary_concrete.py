"""Yes-or-no states: the numbers of NumPy, with every derivative."""

# Lambdas have no types.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

import gibbs
import gibbs.torch as gt
from gibbs.sampling import binary_concrete_vjp
from torch_support import DTYPES, INF, NAN, first, needs_grad, normal, same, second

X = normal(4, 6)
func: Any = torch.func
ops: Any = torch.ops


def logits_of(x: Tensor, tau: Any = 0.7, **options: Any) -> Tensor:
    return gt.binary_concrete(x, tau, seed=3, return_logits=True, **options)[1]


def y_of(x: Tensor, tau: Any = 0.7, **options: Any) -> Tensor:
    return gt.binary_concrete(x, tau, seed=3, **options)


def with_noise(x: Tensor, tau: Any, t: Any) -> Tensor:
    """Return y as PyTorch has it, of the noise that the library drew."""
    noise = gibbs.sampling.binary_concrete(np.zeros(x.shape), seed=3, return_logits=True)[1]
    return torch.sigmoid((x / t + torch.as_tensor(noise)) / tau)


def sum_of_squares(of: Any) -> Any:
    def loss(*inputs: Any) -> Tensor:
        return of(*inputs).square().sum()

    return loss


BOTH = pytest.mark.parametrize("of", [y_of, logits_of], ids=["y", "logits"])


# Values


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("dim", [0, 1])
def test_y_and_its_logits_are_those_of_numpy(dtype: torch.dtype, dim: int) -> None:
    x = X.to(dtype)
    given: Any = x if dtype is torch.bfloat16 else x.numpy()
    mask, ids = normal(6, seed=2) > 0, torch.arange(X.shape[1 - dim]) + 2**40
    options: dict[str, Any] = {"seed": 2**64 - 1, "stream": 3, "draw": 7, "temperature": 1.7}
    y, logits = gt.binary_concrete(
        x, 0.5, False, dim, mask=mask, row_ids=ids, return_logits=True, **options
    )
    theirs = gibbs.sampling.binary_concrete(
        given, 0.5, dim, mask=mask.numpy(), row_ids=ids.numpy(), return_logits=True, **options
    )
    assert y.dtype == logits.dtype == dtype
    same(y, theirs[0])
    same(logits, theirs[1])
    same(gt.binary_concrete(x, 0.5, dim=dim, mask=mask, row_ids=ids, **options), y)
    same(
        y_of(x, first_row=2**63),
        gibbs.sampling.binary_concrete(given, 0.7, seed=3, first_row=2**63),
    )


def test_tau_and_temperature_of_each_row_belong_to_it() -> None:
    tau, t = torch.tensor([0.3, 0.5, 1.0, 2.0]), torch.tensor([[0.5], [1.0], [2.0], [INF]])
    together = y_of(X, tau, temperature=t)
    for i in range(4):
        same(together[i], y_of(X[i], float(tau[i]), temperature=float(t[i]), first_row=i))


def test_a_number_is_a_row_of_one_state() -> None:
    for hard in (False, True):
        y, logits = gt.binary_concrete(X[0, 0], hard=hard, seed=3, return_logits=True)
        assert y.shape == logits.shape == ()
        same(y, gt.binary_concrete(X[0, :1], hard=hard, seed=3)[0])


def test_every_parameter_changes_the_draw() -> None:
    changes: list[dict[str, Any]] = [
        {"seed": 2}, {"stream": 1}, {"first_row": 1}, {"draw": 1}, {"tau": 0.5}, {"dim": 0},
        {"row_ids": torch.tensor([4, 5, 6, 7])}, {"row_ids": torch.tensor(9)},
        {"temperature": 0.5}, {"hard": True}, {"mask": torch.arange(6) % 2 == 0},
    ]  # fmt: skip
    before = gt.binary_concrete(X, seed=1)
    for change in changes:
        options: dict[str, Any] = {"seed": 1, **change}
        assert not torch.equal(gt.binary_concrete(X, **options), before), change


def test_the_seed_of_pytorch_governs_draws_without_a_seed() -> None:
    for hard in (False, True):
        torch.manual_seed(5)
        first_time, then = gt.binary_concrete(X, 0.3, hard), gt.binary_concrete(X, 0.3, hard)
        torch.manual_seed(5)
        same(gt.binary_concrete(X, 0.3, hard), first_time)
        assert not torch.equal(first_time, then)


@pytest.mark.parametrize("dtype", DTYPES)
def test_limits_are_those_of_the_contract(dtype: torch.dtype) -> None:
    x = torch.tensor([[1, -INF, INF, NAN, 0], [-2, 3, 0, 0, 1]], dtype=dtype)
    mask = torch.tensor([True, True, True, True, False])
    nan = torch.tensor([NAN], dtype=dtype)
    for tau in (0.0, 1e-30, 1.0, 1e30, INF):
        for t in (0.0, 1.0, INF):
            y = y_of(x, tau, temperature=t, mask=mask)
            same(y[0, 1:], torch.cat([torch.tensor([0, 1], dtype=dtype), nan, nan.new_zeros(1)]))
            assert y[1].isfinite().all()
            if tau == 0:
                assert set(y[1].tolist()) <= {0.0, 1.0}
            if tau == INF:
                assert (y[1, :2] == (0.5 if t else torch.tensor([0, 1]))).all()


# The draw


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tau", [1e-30, 0.3, 1e30, INF])
def test_the_draw_is_0_or_1_whatever_tau_is(dtype: torch.dtype, tau: float) -> None:
    x = normal(50, 40).to(dtype)
    for tau_of in (tau, torch.full((50,), tau)):
        hard = y_of(x, tau_of, hard=True)
        assert hard.dtype == dtype
        same(hard, y_of(x, 0.0))
        assert set(hard.unique().tolist()) == {0.0, 1.0}


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_draw_has_the_derivatives_of_y(dtype: torch.dtype) -> None:
    x, tau, t = X.to(dtype), torch.tensor(0.6), torch.tensor([[0.8], [1.0], [1.4], [INF]])
    v, found = normal(4, 6, seed=4).to(dtype), []
    for hard in (False, True):
        inputs = needs_grad(x, tau, t)
        y = y_of(inputs[0], inputs[1], temperature=inputs[2], hard=hard)
        found.append(torch.autograd.grad(y, inputs, v))
    for of_soft, of_hard in zip(*found, strict=True):
        same(of_hard, of_soft)
    tangents = [func.jvp(lambda x, h=hard: y_of(x, hard=h), (x,), (v,))[1] for hard in (0, 1)]
    same(tangents[1], tangents[0])


# Derivatives


@BOTH
@pytest.mark.parametrize("dim", [0, 1])
def test_y_and_its_logits_have_every_derivative(of: Any, dim: int) -> None:
    def f(x: Tensor, tau: Tensor, t: Tensor) -> Tensor:
        return of(x, tau, temperature=t, dim=dim)

    x, tau = normal(3, 4), torch.tensor(1.3).double()
    t = torch.tensor([0.8, 1.0, 1.4, 2.0][: 4 - dim]).double()
    inputs = needs_grad(x, tau, t.unsqueeze(dim))
    assert first(f, inputs)
    assert second(f, inputs, fast=True)


def test_third_derivatives_are_those_of_the_formula() -> None:
    def third(of: Any) -> Any:
        return func.jacfwd(func.hessian(sum_of_squares(of), (0, 1, 2)), (0, 1, 2))

    inputs = (normal(2, 2), torch.tensor(0.7).double(), torch.tensor(1.3).double())
    found = third(lambda x, tau, t: y_of(x, tau, temperature=t))(*inputs)
    torch.testing.assert_close(found, third(with_noise)(*inputs))


TRANSFORMS: dict[str, Any] = {
    "grad": lambda of: func.grad(sum_of_squares(of), (0, 1, 2)),
    "jacrev": lambda of: func.jacrev(of, (0, 1, 2)),
    "jacfwd": lambda of: func.jacfwd(of, (0, 1, 2)),
    "jacrev of jacfwd": lambda of: func.jacrev(func.jacfwd(of), (0, 1, 2)),
    "jacfwd of jacrev": lambda of: func.jacfwd(func.jacrev(of, (0, 1, 2))),
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_transforms_agree_with_the_formula(name: str) -> None:
    inputs = (normal(2, 3), torch.tensor(0.7).double(), torch.tensor([[0.8], [1.5]]).double())
    found = TRANSFORMS[name](lambda x, tau, t: y_of(x, tau, temperature=t))(*inputs)
    torch.testing.assert_close(found, TRANSFORMS[name](with_noise)(*inputs))


@pytest.mark.parametrize("dtype", DTYPES)
def test_gradients_are_those_of_numpy(dtype: torch.dtype) -> None:
    x, v = X.to(dtype), normal(4, 6, seed=4).to(dtype)
    tau, t = torch.tensor([[0.4], [0.7], [1.0], [3.0]]), torch.tensor([[0.8], [1.0], [1.4], [2.0]])
    inputs = needs_grad(x, tau, t)
    y = y_of(inputs[0], inputs[1], temperature=inputs[2])
    found = torch.autograd.grad(y, inputs, v)
    of_rows: dict[str, Any] = {
        "tau": tau.squeeze(1).numpy(),
        "temperature": t.squeeze(1).numpy(),
    }
    logits, upstream, scores = (
        given if dtype is torch.bfloat16 else given.numpy()
        for given in (logits_of(x, tau, temperature=t), v, x)
    )
    expected = binary_concrete_vjp(
        logits, upstream, scores=scores, wrt=("scores", "tau", "temperature"), **of_rows
    )
    theirs = (expected.scores, expected.tau, expected.temperature)
    for one, other in zip(found, theirs, strict=True):
        other = torch.as_tensor(other).reshape(one.shape).to(one.dtype)
        few_ulp = 8 * torch.finfo(one.dtype).eps
        torch.testing.assert_close(one, other, rtol=few_ulp, atol=few_ulp)


def test_a_share_that_rounds_to_1_still_moves() -> None:
    x = torch.tensor([30.0, -30.0]).requires_grad_()
    y, logits = gt.binary_concrete(x, seed=3, return_logits=True)
    assert y[0] == 1
    (grad,) = torch.autograd.grad(y.sum(), x)
    torch.testing.assert_close(grad, torch.exp(-logits.abs()).detach(), rtol=1e-5, atol=0)


@BOTH
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
@pytest.mark.parametrize("hard", [False, True])
def test_limits_have_no_nan_backward_or_forward(of: Any, dtype: torch.dtype, hard: bool) -> None:
    x = torch.tensor([[1, -INF, INF, 0.5], [800, -800, 0, 0]], dtype=dtype)
    mask = torch.tensor([True, True, True, False])
    inside = torch.tensor([[True, False, False, False], [True, True, True, False]])
    tiny = [1e-40, 1e-30] if of is y_of else []  # the derivatives of logits overflow there
    numbers = [0.0, *tiny, 1e-3, 1.0, 1e30, INF]
    for tau in numbers:
        for t in numbers:
            inputs = needs_grad(x, torch.tensor(tau).double(), torch.tensor(t).double())
            result = of(inputs[0], inputs[1], temperature=inputs[2], mask=mask, hard=hard)
            grads = torch.autograd.grad(result, inputs, torch.full_like(x, NAN).where(~inside, 1.0))
            assert not any(grad.isnan().any() for grad in grads), (tau, t)
            assert (grads[0][~inside] == 0).all()
            if tau in (0.0, INF):
                assert all((grad == 0).all() for grad in grads)
            if t in (0.0, INF):
                assert (grads[0] == 0).all()
                assert grads[2] == 0
            given = tuple(one.detach() for one in inputs)

            def call(x: Tensor, tau: Tensor, t: Tensor) -> Tensor:
                return of(x, tau, temperature=t, mask=mask, hard=hard)

            tangent = func.jvp(call, given, tuple(map(torch.ones_like, given)))[1]
            assert not tangent.isnan().any(), (tau, t)


def test_a_nan_touches_no_other_element() -> None:
    (x,) = needs_grad(torch.tensor([1.0, NAN, 0.5]))
    y = y_of(x)
    assert y.isnan().tolist() == [False, True, False]
    (grad,) = torch.autograd.grad(y.sum(), x)
    assert grad.isnan().tolist() == [False, True, False]


@BOTH
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_gradients_of_half_types_are_those_of_float32_rounded(of: Any, dtype: torch.dtype) -> None:
    x = normal(3, 20).to(dtype)
    v, grads = normal(3, 20, seed=2).to(dtype), []
    for scores in (x, x.float()):
        (scores,) = needs_grad(scores)
        grads.append(torch.autograd.grad(of(scores), scores, v.to(scores.dtype))[0])
    assert grads[0].dtype is dtype
    few_ulp = 8 * torch.finfo(dtype).eps
    torch.testing.assert_close(grads[0].float(), grads[1], rtol=few_ulp, atol=few_ulp)


# Transforms and compilers


def test_vmap_runs_over_every_argument_and_along_any_dim() -> None:
    x, mask = normal(3, 5, 4), normal(4, 3, seed=3) > -1
    tau, t = normal(3, seed=4).exp(), normal(4, 3, seed=5).exp()
    ids = torch.arange(12).reshape(3, 4)

    def of(x: Tensor, tau: Tensor, t: Tensor, mask: Tensor, ids: Tensor) -> Tensor:
        return y_of(x, tau, dim=0, temperature=t, mask=mask, row_ids=ids)

    together = func.vmap(of, (0, 0, 1, 1, 0), out_dims=2)(x, tau, t, mask, ids)
    for i in range(3):
        same(together[:, :, i], of(x[i], tau[i], t[:, i], mask[:, i], ids[i]))
    grads = func.vmap(func.grad(sum_of_squares(y_of)))(X)
    (one,) = torch.autograd.grad(y_of(x := X.clone().requires_grad_()).square().sum(), x)
    torch.testing.assert_close(grads, one)


@pytest.mark.parametrize("hard", [False, True])
@BOTH
def test_compile_traces_the_whole_function(of: Any, hard: bool) -> None:
    def f(x: Tensor, tau: Tensor) -> Tensor:
        return 2 * of(x, tau, hard=hard)

    torch.compiler.reset()
    compiled: Any = torch.compile(f, fullgraph=True, backend="aot_eager")
    inputs = needs_grad(X, torch.tensor(0.7))
    given, expected = compiled(*inputs), f(*inputs)
    same(given.detach(), expected.detach())
    v = normal(4, 6, seed=2)
    found = torch.autograd.grad(given, inputs, v)
    torch.testing.assert_close(found, torch.autograd.grad(expected, inputs, v))


def test_a_compiled_draw_without_a_seed_draws_anew() -> None:
    @torch.compile(fullgraph=True, backend="aot_eager")
    def f(x: Tensor) -> Tensor:
        return gt.binary_concrete(x, hard=True)

    assert not torch.equal(f(torch.zeros(50)), f(torch.zeros(50)))


@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor:UserWarning")  # opcheck's own
@pytest.mark.parametrize("with_logits", [False, True])
def test_the_operator_holds_what_pytorch_asks_of_it(with_logits: bool) -> None:
    library: Any = torch.library
    seed, mask = torch.tensor(1), normal(4, 6, seed=4) > -1
    for hard in (False, True):
        inputs = needs_grad(X, torch.tensor(0.7).double(), torch.ones(4, 1).double())
        for given in (inputs, tuple(one.detach() for one in inputs)):
            args = (*given, mask, None, seed, 1, [0, 0, 0, 0], hard, with_logits)
            found = library.opcheck(ops.gibbs.binary_concrete.default, args)
            assert set(found.values()) == {"SUCCESS"}


def test_without_grad_there_is_no_graph() -> None:
    (x,) = needs_grad(X)
    with torch.no_grad():
        assert not y_of(x).requires_grad
    with torch.inference_mode():
        assert y_of(x).is_inference()


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: y_of(X, -1.0), ValueError, "tau must not be negative, got -1"),
        (lambda: y_of(X, -1.0, hard=True), ValueError, "tau must not be negative, got -1"),
        (lambda: y_of(X, NAN, hard=True), ValueError, "tau must not be .*nan"),
        (lambda: y_of(X, torch.tensor([1.0, -2.0, 1.0, 1.0]), hard=True), ValueError, "tau .*-2"),
        (lambda: y_of(X, temperature=-1.0), ValueError, "temperature must not be negative"),
        (lambda: y_of(X, "1"), TypeError, "tau must be a number or a tensor"),
        (lambda: y_of(X, dim=2), ValueError, "dim must lie"),
        (lambda: y_of(X.int()), TypeError, "scores must be float64"),
        (lambda: y_of(X, mask=X), TypeError, "mask must be bool"),
        (lambda: y_of(X, stream=2**64), ValueError, "stream must lie"),
        (lambda: y_of(X, hard=0.5), TypeError, "hard must be True or False, got 0.5"),
        (lambda: y_of(X, return_logits="x"), TypeError, "return_logits must be True or False"),
        (lambda: y_of(X, draw=1.5), TypeError, "draw must be an integer"),
        (lambda: gt.binary_concrete(X, seed=-1), ValueError, "seed must lie between"),
        (lambda: y_of(X, row_ids=X), TypeError, "row_ids must be int"),
        (lambda: y_of(X, row_ids=torch.arange(3)), ValueError, "row_ids of shape"),
    ],
)
def test_bad_arguments_are_one_sentence(call: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=f"^binary_concrete: {words}"):
        call()
