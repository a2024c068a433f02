"""Every yes or no is taken alike, by the one rule of gibbs._flags."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import gibbs
import gibbs.special
from gibbs import sampling, thermo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

X = np.array([[3.0, 2.0, 1.0], [1.0, 5.0, 0.0]])
K = np.array([0, 1])
ANY: Any = gibbs
SAMPLING: Any = sampling
THERMO: Any = thermo
SPECIAL: Any = gibbs.special

Call = tuple[str, str, "Callable[..., Any]"]


GIVEN: dict[str, tuple[Any, ...]] = {
    "capped_softmax": (0.9,), "capped_sparsemax": (0.9,), "budget": (1.5,), "fermi_dirac": (1.5,),
    "box_section": (1.0, 1.5), "constrained": ("kl",), "normmax": (), "f_softargmax": ("kl",),
    "top_k_entmax": (2,), "top_k_softmax": (2,), "top_k_sparsemax": (2,),
    "tempered_softmax": (1.5,), "sink_softmax": (),
}  # fmt: skip


def losses() -> Iterator[Call]:
    for name in (
        "fenchel_young_loss", "cross_entropy", "entmax15_loss", "sparsemax_loss",
        "perceptron_loss", "one_versus_all_loss", "hinge_loss", "squared_loss",
    ):  # fmt: skip
        yield name, "return_grad", partial(getattr(ANY, name), X, K)
    yield "distillation_loss", "return_grad", partial(ANY.distillation_loss, X, X)


def maps() -> Iterator[Call]:
    for name in ("entmax", "sparsemax", "argmax_map"):
        for flag in ("return_support", "sparse"):
            yield name, flag, partial(getattr(ANY, name), X)
    for name, given in GIVEN.items():
        yield name, "return_details", partial(getattr(ANY, name), X, *given)


def draws() -> Iterator[Call]:
    top = sampling.TopK(2)
    told = ("return_log_probability", "return_status")
    for name, given, flags in (
        ("sample", (), told),
        ("gumbel_max", (), told),
        ("gumbel_top_k", (2,), (*told, "return_perturbed")),
        ("sample_truncated", (top,), ("return_full", "return_kept_columns")),
        ("truncate", (top,), ("as_scores", "return_details")),
        ("straight_through", (), ("return_relaxed",)),
        ("binary_concrete", (), ("return_logits",)),
    ):
        for flag in flags:
            yield name, flag, partial(getattr(SAMPLING, name), X, *given)
    kept = partial(SAMPLING.truncate, X, top, return_details=True)
    yield "truncate", "return_kept_columns", kept


def doubled(x: float, _: object) -> float:
    return 2 * x


def others() -> Iterator[Call]:
    for flag in ("keepdims", "return_sign"):
        yield "logsumexp", flag, partial(ANY.logsumexp, X)
        yield "logsumexp", flag, partial(SPECIAL.logsumexp, X, 1)
    ensemble: Any = thermo.Ensemble([0, 1])
    yield "sample", "return_log_probability", partial(ensemble.sample, 1.0, 3)
    yield "metropolis", "keep_states", partial(THERMO.metropolis, abs, doubled, 1.0, steps=3)
    yield "harmonic_oscillator", "zero_point", partial(energies, 1.0, 3)


def energies(quantum: float, count: int, **options: Any) -> Any:
    return THERMO.harmonic_oscillator(quantum, count, **options).energies


FLAGS = [*losses(), *maps(), *draws(), *others()]


@pytest.mark.parametrize(("function", "name", "call"), FLAGS)
def test_numpys_bools_and_0_and_1_are_those_of_python(
    function: str, name: str, call: Callable[..., Any]
) -> None:
    for value, likes in ((True, (np.True_, 1, np.int8(1))), (False, (np.False_, 0, np.uint8(0)))):
        told = repr(call(**{name: value}))
        assert [repr(call(**{name: like})) for like in likes] == [told] * 3
    assert repr(call(**{name: True})) != repr(call(**{name: False}))


@pytest.mark.parametrize(("function", "name", "call"), FLAGS)
@pytest.mark.parametrize(
    ("value", "error", "words"),
    [
        ("x", TypeError, "'x'"),
        (None, TypeError, "None"),
        (2.5, TypeError, "2.5"),
        (1.0, TypeError, "1.0"),
        (X, TypeError, "ndarray"),
        (2, ValueError, "2"),
        (-1, ValueError, "-1"),
    ],
)
def test_what_is_neither_yes_nor_no_is_refused(
    function: str,
    name: str,
    call: Callable[..., Any],
    value: Any,
    error: type[Exception],
    words: str,
) -> None:
    with pytest.raises(error) as refusal:
        call(**{name: value})
    assert str(refusal.value) == f"{function}: {name} must be True or False, got {words}"
