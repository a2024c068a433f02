"""Calls that skip PyTorch's dispatcher give what goes through it, and skip no one who looks on."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

import gibbs.torch as gt
from torch_loss_support import SCORE_LOSSES
from torch_support import DTYPES, EVERY, needs_grad, normal

grad_of: Any = torch.autograd.grad
NAMES = {"softmax": "entmax", "entmax15": "entmax", "sparsemax": "entmax", "argmax": "entmax"}


class Watch(TorchDispatchMode):
    """A mode that changes nothing and notes what it sees."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.seen.add(str(func))
        return func(*args, **(kwargs or {}))


def operator_of(name: str) -> str:
    return f"gibbs.{NAMES.get(name, name.partition('_')[0] if 'entmax' in name else name)}.default"


@pytest.mark.parametrize("name", EVERY)
def test_a_mode_sees_the_operator(name: str) -> None:
    with Watch() as watch:
        EVERY[name](normal(2, 3))
    assert operator_of(name) in watch.seen


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("dtype", DTYPES)
def test_values_and_gradients_are_those_of_the_dispatcher(name: str, dtype: torch.dtype) -> None:
    x, t, log_g = needs_grad(
        normal(4, 5, dtype=dtype), normal(4, 1, seed=2).exp(), normal(5, seed=3)
    )
    mask = normal(4, 5, seed=4) > -1
    for beside in ({}, {"temperature": 0.7}, {"temperature": t, "log_degeneracy": log_g}):
        inputs = (x, *(given for given in beside.values() if isinstance(given, Tensor)))
        at_once = EVERY[name](x, mask=mask, **beside)
        with Watch():
            through = EVERY[name](x, mask=mask, **beside)
        assert torch.equal(at_once, through)
        v = normal(*at_once.shape, seed=5, dtype=dtype)
        for given, expected in zip(
            grad_of(at_once, inputs, v), grad_of(through, inputs, v), strict=True
        ):
            assert torch.equal(given, expected)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
def test_losses_are_those_of_the_dispatcher(dtype: torch.dtype, reduction: str) -> None:
    x, alpha, t, log_g = needs_grad(
        normal(3, 4, dtype=dtype), torch.tensor([1.2, 1.5, 2.0]).double(),
        normal(3, 1, seed=2).exp(), normal(4, seed=3),
    )  # fmt: skip
    labels, y = torch.tensor([0, -100, 1]), torch.softmax(normal(3, 4, seed=4), -1)
    weights = {"class_weights": y[0], "sample_weights": y[:, 0]}
    of: Any = gt.fenchel_young_loss

    def loss(targets: Tensor, beside: dict[str, Tensor]) -> Tensor:
        return of(
            x, targets, alpha, temperature=t, log_degeneracy=log_g, reduction=reduction,
            label_smoothing=0.1, z_loss=0.1, **beside,
        )  # fmt: skip

    for targets in (labels, y):
        for beside in ({}, weights):
            at_once = loss(targets, beside)
            with Watch() as watch:
                through = loss(targets, beside)
            assert "gibbs.loss.default" in watch.seen
            assert torch.equal(at_once, through)
            inputs = (x, alpha, t, log_g)
            gradients = (grad_of(result.sum(), inputs) for result in (at_once, through))
            for given, expected in zip(*gradients, strict=True):
                assert torch.equal(given, expected)


@pytest.mark.parametrize("name", [*SCORE_LOSSES, "distillation_loss"])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
def test_losses_without_a_map_are_those_of_the_dispatcher(
    name: str, dtype: torch.dtype, reduction: str
) -> None:
    (x,) = needs_grad(normal(3, 4, dtype=dtype))
    y = torch.softmax(normal(3, 4, seed=4), -1).to(dtype)
    targets = y if name == "distillation_loss" else torch.tensor([0, -100, 1])
    of: Any = getattr(gt, name)
    at_once = of(x, targets, reduction=reduction, sample_weights=y[:, 0])
    with Watch() as watch:
        through = of(x, targets, reduction=reduction, sample_weights=y[:, 0])
    assert "gibbs.loss.default" in watch.seen
    assert torch.equal(at_once, through)
    gradients = (
        grad_of(grad_of(loss.sum(), x, create_graph=True)[0].square().sum(), x)[0]
        for loss in (at_once, through)
    )
    assert torch.equal(*gradients)


def test_a_gradient_is_written_over_what_was_saved_only_at_its_last_use() -> None:
    (x,) = needs_grad(normal(3, 4))
    labels = torch.tensor([0, 3, 1])
    loss = gt.sparsemax_loss(x, labels)
    (expected,) = grad_of(loss, x, retain_graph=True)
    (twice,) = grad_of(loss, x, torch.tensor(2.0).double(), create_graph=True)
    both = torch.tensor([1.0, 2.0]).double()
    (together,) = grad_of(loss, x, both, retain_graph=True, is_grads_batched=True)
    (last,) = grad_of(loss, x)
    for given, times in ((twice, 2), (together[0], 1), (together[1], 2), (last, 1)):
        assert torch.equal(given, times * expected)
    assert not last.requires_grad
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        grad_of(loss, x)


def test_second_derivatives_of_a_loss_made_at_once_are_those_of_the_dispatcher() -> None:
    (x,) = needs_grad(normal(3, 4))
    labels = torch.tensor([0, 3, 1])
    with Watch():
        through = gt.entmax15_loss(x, labels, z_loss=0.1)
    second: list[Tensor] = []
    for loss in (gt.entmax15_loss(x, labels, z_loss=0.1), through):
        (grad,) = grad_of(loss, x, create_graph=True)
        second.append(grad_of(grad.square().sum(), x)[0])
    assert torch.equal(*second)


def test_second_derivatives_of_a_call_made_at_once_are_those_of_the_dispatcher() -> None:
    (x,) = needs_grad(normal(3, 4))
    with Watch():
        through = gt.entmax15(x)
    second: list[Tensor] = []
    for p in (gt.entmax15(x), through):
        (grad,) = grad_of(p.square().sum(), x, create_graph=True)
        second.append(grad_of(grad.square().sum(), x)[0])
    assert torch.equal(*second)


def test_lazily_negated_tensors_are_negated() -> None:
    view: Any = getattr(torch, "_neg_view")  # noqa: B009 (its type is unknown)
    (x,) = needs_grad(normal(2, 3))
    assert torch.equal(gt.softmax(view(x)), gt.softmax(-x))
    p = gt.softmax(x)
    v = normal(2, 3, seed=2)
    given, expected = (grad_of(p, x, u, retain_graph=True)[0] for u in (view(v), -v))
    assert torch.equal(given, expected)


class Tagged(Tensor):
    """A subclass that notes what it is called with."""

    seen: ClassVar[set[str]] = set()

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        cls.seen.add(str(func))
        above: Any = super()
        return above.__torch_function__(func, types, args, kwargs or {})


def test_a_subclass_of_tensor_sees_the_operator_and_keeps_its_type() -> None:
    assert isinstance(gt.log_softmax(normal(2, 3).as_subclass(Tagged)), Tagged)
    assert any("gibbs.log_softmax" in name for name in Tagged.seen)
    assert type(gt.log_softmax(torch.nn.Parameter(normal(2, 3)))) is Tensor


def test_a_profiler_finds_the_operator_by_its_name() -> None:
    (x,) = needs_grad(normal(2, 3))
    profile: Any = torch.autograd.profiler.profile()
    with profile:
        gt.entmax15(x).sum().backward()
    names = {event.name for event in profile.function_events}
    assert {"gibbs::entmax", "gibbs::entmax_vjp"} <= names


def test_gradients_of_a_batch_of_upstreams_are_those_of_each() -> None:
    (x,) = needs_grad(normal(2, 3))
    p, v = gt.entmax15(x), normal(5, 2, 3, seed=2)
    (together,) = grad_of(p, x, v, retain_graph=True, is_grads_batched=True)
    for given, upstream in zip(together, v, strict=True):
        assert torch.equal(given, grad_of(p, x, upstream, retain_graph=True)[0])
