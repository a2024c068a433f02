"""Bad input is refused in one sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

import gibbs.torch as gt
import gibbs.torch.entmax as package
from torch_loss_support import SCORE_LOSSES
from torch_support import EVERY, NAN, entmax, normal

X = normal(3, 5)
Error = type[Exception]
softmax: Any = gt.softmax
func: Any = torch.func
logsumexp: Any = gt.logsumexp
loss: Any = gt.fenchel_young_loss
hinge: Any = gt.hinge_loss
distillation: Any = gt.distillation_loss
K = torch.tensor([0, 4, 2])


def with_gradient(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.clone().requires_grad_()


def weighed(class_weights: torch.Tensor) -> Any:
    return loss(X, K, class_weights=class_weights)


def loss_that_learns(**options: Any) -> Any:
    return loss(with_gradient(X), **{"targets": K, **options})


REFUSALS: list[tuple[Callable[[], Any], Error, str]] = [
    (lambda: softmax(X, temperature=-1), ValueError, "temperature must not be negative, got -1"),
    (lambda: softmax(X, temperature=NAN), ValueError, "temperature must not be NaN, got nan"),
    (
        lambda: softmax(X, temperature=torch.tensor([1.0, -2.0, 1.0])),
        ValueError,
        "temperature must not be negative, got -2 in row 1",
    ),
    (
        lambda: softmax(X, temperature=torch.ones(2)),
        ValueError,
        "temperature of shape (2,) does not broadcast to the rows, (3,)",
    ),
    (
        lambda: softmax(X, temperature=torch.ones(3, 2)),
        ValueError,
        "temperature of shape (3, 2) does not broadcast to the rows, (3,)",
    ),
    (
        lambda: softmax(X, temperature="cold"),
        TypeError,
        "temperature must be a number or a tensor, got str",
    ),
    (
        lambda: softmax(X, temperature=torch.ones(3) * 1j),
        TypeError,
        "temperature must be real, got torch.complex64",
    ),
    (
        lambda: softmax(X, temperature=10**400),
        ValueError,
        "temperature must lie within the range of a double, got an integer of 1329 bits",
    ),
    (
        lambda: entmax(X, 10**400),
        ValueError,
        "alpha must lie within the range of a double, got an integer of 1329 bits",
    ),
    (lambda: logsumexp(X, keepdim="x"), TypeError, "keepdim must be True or False, got 'x'"),
    (lambda: logsumexp(X, keepdim=2), ValueError, "keepdim must be True or False, got 2"),
    (
        lambda: loss(X, K, label_smoothing=10**400),
        ValueError,
        "label_smoothing must lie within the range of a double, got an integer of 1329 bits",
    ),
    (lambda: softmax(X, 2), ValueError, "dim must lie between -2 and 1, got 2"),
    (lambda: softmax(X, 0.5), TypeError, "dim must be an integer, got float"),
    (lambda: softmax([1.0, 2.0]), TypeError, "scores must be a tensor, got list"),
    (
        lambda: softmax(X.int()),
        TypeError,
        "scores must be float64, float32, float16 or bfloat16, got torch.int32",
    ),
    (
        lambda: softmax(X.to_sparse()),
        TypeError,
        "scores must be a dense tensor, got torch.sparse_coo",
    ),
    (lambda: softmax(X, mask=torch.ones(5)), TypeError, "mask must be bool, got torch.float32"),
    (lambda: softmax(X, mask=[True] * 5), TypeError, "mask must be a tensor, got list"),
    (
        lambda: softmax(X, mask=torch.ones(4) > 0),
        ValueError,
        "mask of shape (4,) does not broadcast to (3, 5)",
    ),
    (
        lambda: softmax(X, log_degeneracy=torch.ones(2, 3, 5)),
        ValueError,
        "log_degeneracy of shape (2, 3, 5) does not broadcast to (3, 5)",
    ),
    (
        lambda: softmax(X, log_degeneracy=X * 1j),
        TypeError,
        "log_degeneracy must be real, got torch.complex128",
    ),
    (lambda: entmax(X, 0.0), ValueError, "alpha must be positive, got 0"),
    (lambda: entmax(X, NAN), ValueError, "alpha must be positive, got nan"),
    (
        lambda: logsumexp(X, (0, -2)),
        ValueError,
        "dim must not name a dimension twice, got (0, -2)",
    ),
    (
        lambda: loss(X, X[0]),
        ValueError,
        "targets of floats must have the shape of scores, (3, 5), got (5,)",
    ),
    (
        lambda: loss(X, K[:2]),
        ValueError,
        "targets of integers must have the shape of the rows, (3,), got (2,)",
    ),
    (lambda: loss(X, [0, 1, 2]), TypeError, "targets must be a tensor, got list"),
    (
        lambda: loss(X, K > 1),
        TypeError,
        "targets must be labels (int64 to int8, uint8) or probabilities (floats), got torch.bool",
    ),
    (
        lambda: loss(X, K.to(torch.uint64)),
        TypeError,
        "targets must be labels (int64 to int8, uint8) or probabilities (floats), got torch.uint64",
    ),
    (
        lambda: loss(X, K + 3),
        ValueError,
        "targets[1] must be a class from 0 to 4 or ignore_index -100, got 7",
    ),
    (lambda: loss(X, K, 0), ValueError, "alpha must be positive, got 0"),
    (
        lambda: loss(X, K, class_weights=torch.ones(3)),
        ValueError,
        "class_weights must be one per class, of shape (5,), got (3,)",
    ),
    (
        lambda: loss(X, K, class_weights=[1.0] * 5),
        TypeError,
        "class_weights must be a tensor, got list",
    ),
    (
        lambda: loss(X, K, class_weights=-torch.ones(5)),
        ValueError,
        "class_weights[0] must not be negative, got -1",
    ),
    (
        lambda: loss(X, K, sample_weights=torch.ones(5)),
        ValueError,
        "sample_weights of shape (5,) does not broadcast to the rows, (3,)",
    ),
    (
        lambda: loss(X, K, sample_weights=torch.tensor([1, NAN, 1])),
        ValueError,
        "sample_weights[1] must not be NaN, got nan",
    ),
    (
        lambda: loss(X, K, label_smoothing=1.5),
        ValueError,
        "label_smoothing must be from 0 to 1, got 1.5",
    ),
    (lambda: loss(X, K, z_loss=-1), ValueError, "z_loss must not be negative, got -1"),
    (
        lambda: loss(X, K, label_smoothing=None),
        TypeError,
        "label_smoothing must be a number, got NoneType",
    ),
    (lambda: loss(X, K, z_loss=X), TypeError, "z_loss must be a number, got Tensor"),
    (
        lambda: loss(X, K, ignore_index=1.0),
        TypeError,
        "ignore_index must be an integer, got float",
    ),
    (
        lambda: loss(X, K, reduction="max"),
        ValueError,
        "reduction must be mean, sum or none, got max",
    ),
    (
        lambda: loss_that_learns(targets=with_gradient(X)),
        ValueError,
        "targets must not require a gradient, as the losses have none for them",
    ),
    (
        lambda: loss_that_learns(class_weights=with_gradient(X[0])),
        ValueError,
        "class_weights must not require a gradient, as the losses have none for them",
    ),
    (
        lambda: loss_that_learns(sample_weights=with_gradient(X[:, 0])),
        ValueError,
        "sample_weights must not require a gradient, as the losses have none for them",
    ),
    (lambda: hinge(X, K, cost=-1.0), ValueError, "cost must not be negative, got -1"),
    (lambda: hinge(X, K, cost=X), TypeError, "cost must be a number, got Tensor"),
    (
        lambda: distillation(X, [1.0]),
        TypeError,
        "teacher_scores must be a tensor, got list",
    ),
    (
        lambda: distillation(X, X.float()),
        TypeError,
        "teacher_scores must be torch.float64 like scores, got torch.float32",
    ),
    (
        lambda: distillation(X, X[0]),
        ValueError,
        "teacher_scores must have the shape of scores, (3, 5), got (5,)",
    ),
    (
        lambda: distillation(X, with_gradient(X)),
        ValueError,
        "teacher_scores must not require a gradient, as the losses have none for them",
    ),
    (
        lambda: distillation(X, X, log_degeneracy=with_gradient(X)),
        ValueError,
        "log_degeneracy must not require a gradient, as the losses have none for them",
    ),
    (
        lambda: func.vmap(weighed)(X),
        NotImplementedError,
        "vmap must not run over class_weights",
    ),
    (
        lambda: package.sparsemax_loss(X, torch.zeros(2, dtype=torch.int64)),
        ValueError,
        "X must be of shape (n, classes) and target of shape (n,), got (3, 5) and (2,)",
    ),
    (
        lambda: package.SparsemaxLoss(reduction="mean"),  # pyright: ignore[reportArgumentType]
        ValueError,
        "reduction must be elementwise_mean, sum or none, got mean",
    ),
]


@pytest.mark.parametrize(("call", "error", "sentence"), REFUSALS, ids=[r[2] for r in REFUSALS])
def test_bad_input_is_refused_in_a_sentence(
    call: Callable[[], Any], error: Error, sentence: str
) -> None:
    with pytest.raises(error) as refusal:
        call()
    said = str(refusal.value)
    assert said.endswith(sentence)
    assert said.count(": ") == 1


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "logsumexp", "sparsemax", "entmax15"])
def test_a_refusal_begins_with_the_name_of_the_function(name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name}: temperature must not be negative"):
        EVERY[name](X, temperature=-1.0)
    with pytest.raises(ValueError, match=r"^entmax: temperature must not be negative"):
        entmax(X, temperature=-1.0)


LOSSES = [
    "fenchel_young_loss",
    "cross_entropy",
    "entmax15_loss",
    "sparsemax_loss",
    "perceptron_loss",
    *SCORE_LOSSES,
]


@pytest.mark.parametrize("name", LOSSES)
def test_a_refusal_of_a_loss_begins_with_its_name(name: str) -> None:
    of: Any = getattr(gt, name)
    with pytest.raises(ValueError, match=rf"^{name}: targets\[1\] must be a class"):
        of(X, K + 1)
    with pytest.raises(ValueError, match=f"^{name}: reduction must be mean, sum or none"):
        of(X, K, reduction="max")
    with pytest.raises(ValueError, match=r"^Entmax15Loss: targets\[1\] must be a class"):
        package.Entmax15Loss()(X, K + 1)


@pytest.mark.parametrize("name", EVERY)
def test_a_tensor_on_another_device_is_refused_and_never_copied(name: str) -> None:
    sentence = "must be on the CPU, got cuda:0"
    with FakeTensorMode():  # tensors of any device, without one
        on_device = torch.empty(3, 5, device="cuda")
        with pytest.raises(NotImplementedError, match=f"scores {sentence}"):
            EVERY[name](on_device)
        with pytest.raises(NotImplementedError, match=f"temperature {sentence}"):
            EVERY[name](torch.empty(3, 5), temperature=on_device[:, :1])
        with pytest.raises(NotImplementedError, match=f"log_degeneracy {sentence}"):
            EVERY[name](torch.empty(3, 5), log_degeneracy=on_device)


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_refuses_tensors_on_another_device(name: str) -> None:
    of: Any = getattr(gt, name)
    with FakeTensorMode():
        x, on_device = torch.empty(3, 5), torch.empty(3, 5, device="cuda")
        labels = torch.zeros(3, dtype=torch.int64)
        for argument, given in (
            ("scores", {"scores": on_device, "targets": labels}),
            ("targets", {"scores": x, "targets": on_device}),
            ("class_weights", {"scores": x, "targets": labels, "class_weights": on_device[0]}),
            ("sample_weights", {"scores": x, "targets": labels, "sample_weights": on_device[:, 0]}),
        ):
            if argument == "class_weights" and name in SCORE_LOSSES:
                continue  # they have none
            with pytest.raises(NotImplementedError, match=f"{argument} must be on the CPU"):
                of(**given)


@pytest.mark.parametrize("name", LOSSES)
def test_meta_tensors_give_the_shapes_of_losses(name: str) -> None:
    of: Any = getattr(gt, name)
    x = torch.empty(3, 5, device="meta", dtype=torch.bfloat16, requires_grad=True)
    labels = torch.empty(3, device="meta", dtype=torch.int64)
    for reduction, shape in (("none", (3,)), ("sum", ()), ("mean", ())):
        result = of(x, labels, reduction=reduction)
        assert result.shape == shape
        assert result.dtype is torch.float32
        assert torch.autograd.grad(result.sum(), x)[0].shape == (3, 5)


@pytest.mark.parametrize("name", EVERY)
def test_meta_tensors_give_shapes(name: str) -> None:
    x = torch.empty(3, 5, device="meta", dtype=torch.bfloat16)
    result = EVERY[name](x, dim=0)
    assert result.device.type == "meta"
    assert result.dtype is torch.bfloat16
    assert result.shape == ((5,) if name == "logsumexp" else (3, 5))


def test_integers_are_numbers_for_alpha_and_temperature() -> None:
    assert torch.equal(entmax(X, 2, temperature=1), gt.sparsemax(X))
    assert torch.equal(entmax(X, torch.tensor(2)), gt.sparsemax(X))
    assert torch.equal(
        gt.softmax(X, temperature=torch.tensor([1, 2, 3])),
        gt.softmax(X, temperature=torch.tensor([1.0, 2.0, 3.0])),
    )
