"""Arrays of other libraries come back as their own kind."""

from __future__ import annotations

from typing import Any

import array_api_strict as xp
import numpy as np
import pytest

import gibbs
import gibbs.special
from support import normal


def foreign(array: Any) -> Any:
    return xp.asarray(array)


def test_every_function_gives_back_the_kind_it_was_given() -> None:
    x = normal(3, 4)
    a = foreign(x)
    for found, exact in [
        (gibbs.softmax(a), gibbs.softmax(x)),
        (gibbs.log_softmax(a, 0), gibbs.log_softmax(x, 0)),
        (gibbs.sparsemax(a), gibbs.sparsemax(x)),
        (gibbs.entmax(a, foreign(np.array([1.0, 1.5, 2.0]))), gibbs.entmax(x, [1.0, 1.5, 2.0])),
        (gibbs.logsumexp(a), gibbs.logsumexp(x)),
        (gibbs.logsumexp(a, -1), gibbs.logsumexp(x, -1)),
        (gibbs.logsumexp(a, (0, 1), return_sign=True)[1], 1),
        (gibbs.entropy(gibbs.softmax(a)), gibbs.entropy(gibbs.softmax(x))),
        (gibbs.special.softmax(a), gibbs.special.softmax(x)),
        (gibbs.softmax_vjp(gibbs.softmax(a), a), gibbs.softmax_vjp(gibbs.softmax(x), x)),
        (gibbs.details(a).entropy, gibbs.details(x).entropy),
        (gibbs.entmax(a, return_support=True)[1], gibbs.entmax(x, return_support=True)[1]),
    ]:
        assert type(found) is type(a)
        assert np.asarray(found) == pytest.approx(exact)


def test_gradients_of_every_parameter_are_of_that_kind() -> None:
    p = foreign(gibbs.softmax(normal(3, 4)))
    found = gibbs.softmax_vjp(p, p, wrt=["temperature", "log_degeneracy"])
    assert all(type(g) is type(p) for g in found[:3])


def test_losses_and_their_gradients_are_of_that_kind() -> None:
    x, k, y = normal(3, 4), np.array([0, 3, -100]), gibbs.softmax(normal(3, 4, seed=2))
    for targets in (k, y):
        loss, grad = gibbs.sparsemax_loss(foreign(x), foreign(targets), return_grad=True)
        expected = gibbs.sparsemax_loss(x, targets, return_grad=True)
        assert type(loss) is float
        assert loss == expected[0]
        assert type(grad) is type(foreign(x))
        assert (np.asarray(grad) == expected[1]).all()
    found = gibbs.loss_details(foreign(x), k, reduction="none")
    assert all(type(one) is type(foreign(x)) for one in found)


def test_options_may_be_of_that_kind() -> None:
    x, log_g, mask = normal(3, 4), normal(4, seed=2), normal(4, seed=3) > 0
    found = gibbs.softmax(foreign(x), log_degeneracy=foreign(log_g), mask=foreign(mask))
    assert np.asarray(found) == pytest.approx(gibbs.softmax(x, log_degeneracy=log_g, mask=mask))


def test_the_result_may_be_written_to_such_an_array() -> None:
    x = normal(3, 4)
    out = foreign(np.zeros((3, 4)))
    assert gibbs.softmax(foreign(x), out=out) is out
    assert np.asarray(out) == pytest.approx(gibbs.softmax(x))


def test_it_is_read_without_a_copy_and_with_its_strides() -> None:
    x = normal(8, 6)
    a = foreign(x)[::-2, ::3]
    assert np.asarray(gibbs.softmax(a)) == pytest.approx(gibbs.softmax(x[::-2, ::3]))


class OnAnotherDevice:
    """An array that lies in the memory of a GPU."""

    def __dlpack_device__(self) -> tuple[int, int]:
        return (2, 0)

    def __dlpack__(self, **options: Any) -> Any:
        raise AssertionError("a device array must not be read")


class WithGradients:
    """A tensor that an automatic derivative is taken through."""

    requires_grad = True

    def __dlpack_device__(self) -> tuple[int, int]:
        return (1, 0)

    def __dlpack__(self, **options: Any) -> Any:
        raise AssertionError("gradients would be lost")


class OfNoDevice(WithGradients):
    """A tensor without memory, as PyTorch's on the device meta."""

    def __dlpack_device__(self) -> tuple[int, int]:
        raise ValueError("unknown device type meta")


class Constant:
    """An array that must never change, like those of JAX."""

    def __init__(self) -> None:
        self.array = np.zeros((3, 4))

    def __dlpack_device__(self) -> Any:
        return self.array.__dlpack_device__()

    def __dlpack__(self, **options: Any) -> Any:
        return self.array.__dlpack__()

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.broadcast_to(self.array, (3, 4))


def test_an_array_that_must_never_change_is_not_written_to() -> None:
    out = Constant()
    with pytest.raises(ValueError, match="softmax: out must not be read-only"):
        gibbs.softmax(normal(3, 4), out=out)
    assert (out.array == 0).all()


class Broken:
    def __dlpack_device__(self) -> tuple[int, int]:
        return (1, 0)

    def __dlpack__(self, **options: Any) -> Any:
        return "no capsule"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (OnAnotherDevice(), "must be in the memory of the CPU, got a OnAnotherDevice on another"),
        (WithGradients(), "must not require gradients; use gibbs.torch, or detach"),
        (OfNoDevice(), "must be in the memory of the CPU: unknown device type meta"),
        (Broken(), "could not be read through DLPack, of type Broken"),
        (foreign(np.array([1j])), "must be float64, .* or integers, got a Array of another dtype"),
    ],
)
def test_what_cannot_be_read_is_refused(value: Any, words: str) -> None:
    for function in (gibbs.softmax, gibbs.special.softmax):
        with pytest.raises(TypeError, match=words):
            function(value)
