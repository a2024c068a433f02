"""The operators gibbs::* of PyTorch: schemas, kernels, shapes, batching."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from gibbs.torch import _direct, _family_kernels, _kernels, _loss_kernels, _sampling_kernels
from gibbs.torch._autograd import attach
from gibbs.torch._batching import batched, batched_loss
from gibbs.torch._family_rules import FAMILY_MAPS, FAMILY_RULES
from gibbs.torch._jacobians import working_dtype
from gibbs.torch._kernels import Gradients
from gibbs.torch._loss_rules import Loss
from gibbs.torch._rules import MAPS, RULES
from gibbs.torch._sampling_rules import RELAXATIONS

_SIDES = "Tensor temperature, Tensor? log_degeneracy, Tensor? mask, int dim"
_GIVEN = "Tensor temperature, Tensor? log_degeneracy, int dim, int wanted"
_LOSS = (
    "Tensor temperature, Tensor? log_degeneracy, Tensor? mask, Tensor? sample_weights, int dim, "
    "Tensor? class_weights, float[] strengths, int ignore_index, str reduction, str function, "
    "int wanted"
)
_BOUNDS = (
    "Tensor? alpha, Tensor temperature, Tensor? log_degeneracy, Tensor? lower, Tensor? upper, "
    "Tensor? weights, Tensor? mask, int dim, str divergence"
)
_RELAXED = (
    "(Tensor scores, Tensor alpha, Tensor tau, Tensor temperature, Tensor? log_degeneracy, "
    "Tensor? mask, Tensor? row_ids, Tensor seed, int dim, int[] noise, str function)"
)
_MAP = f"(Tensor scores, {_SIDES}) -> Tensor"

library = torch.library.Library("gibbs", "DEF")
ops: Any = torch.ops


def _define(
    name: str,
    schema: str,
    kernel: Callable[..., Any],
    shape: Callable[..., Any],
    tensors: int,
    full: int = 1,
    batching: Callable[..., Any] = batched,
) -> None:
    library.define(name + schema)
    library.impl(name, kernel, "CPU")
    torch.library.register_fake(f"gibbs::{name}", shape, lib=library)
    _define_batching(name, tensors, full, batching)


def _define_batching(
    name: str, tensors: int, full: int = 1, batching: Callable[..., Any] = batched
) -> None:
    rule = batching(getattr(ops.gibbs, name), tensors, full)
    torch.library.register_vmap(f"gibbs::{name}", rule, lib=library)


def _in_full(kernel: Callable[..., Gradients]) -> Callable[..., tuple[Tensor, ...]]:
    """Return what an operator must: tensors of no entries for what is not wanted."""

    def full(given: Tensor, *args: Any) -> tuple[Tensor, ...]:
        dtype = working_dtype(given.dtype)
        grads = kernel(given, *args)
        return tuple(torch.empty(0, dtype=dtype) if grad is None else grad for grad in grads)

    return full


def _define_member(name: str, alpha: float) -> None:
    """Define a member of the family by its index, as entmax at that alpha."""

    def member(
        scores: Tensor,
        temperature: Tensor,
        log_degeneracy: Tensor | None,
        mask: Tensor | None,
        dim: int,
    ) -> Tensor:
        index = torch.full((), alpha, dtype=torch.float64)
        return ops.gibbs.entmax(scores, index, temperature, log_degeneracy, mask, dim, name)

    library.define(name + _MAP)
    library.impl(name, member, "CompositeImplicitAutograd")
    _define_batching(name, tensors=4)


_define(
    "entmax",
    f"(Tensor scores, Tensor alpha, {_SIDES}, str function) -> Tensor",
    _kernels.entmax,
    _kernels.entmax_shape,
    tensors=5,
)
_define(
    "entmax_vjp",
    f"(Tensor p, Tensor upstream, Tensor alpha, {_GIVEN}) -> (Tensor, Tensor, Tensor, Tensor)",
    _in_full(_kernels.entmax_vjp),
    _kernels.entmax_vjp_shape,
    tensors=5,
    full=2,
)
_define("log_softmax", _MAP, _kernels.log_softmax, _kernels.entmax_shape, tensors=4)
_define(
    "log_softmax_vjp",
    f"(Tensor log_p, Tensor upstream, {_GIVEN}) -> (Tensor, Tensor, Tensor)",
    _in_full(_kernels.log_softmax_vjp),
    _kernels.log_softmax_vjp_shape,
    tensors=4,
    full=2,
)
_define("logsumexp", _MAP, _kernels.logsumexp, _kernels.logsumexp_shape, tensors=4)
_define(
    "loss",
    f"(Tensor scores, Tensor targets, Tensor alpha, {_LOSS}) -> "
    "(Tensor, Tensor, Tensor, Tensor, Tensor, Tensor)",
    _in_full(_loss_kernels.loss),
    _loss_kernels.loss_shape,
    tensors=7,
    batching=batched_loss,
)
_define(
    "constrained",
    f"(Tensor scores, Tensor budget, {_BOUNDS}, str function) -> Tensor",
    _family_kernels.constrained,
    _kernels.entmax_shape,
    tensors=9,
)
_define(
    "constrained_vjp",
    f"(Tensor p, Tensor upstream, {_BOUNDS}, int wanted) -> "
    "(Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor)",
    _in_full(_family_kernels.constrained_vjp),
    _family_kernels.constrained_vjp_shape,
    tensors=9,
    full=2,
)
_define(
    "normmax",
    "(Tensor scores, Tensor alpha, Tensor temperature, Tensor? mask, int dim) -> Tensor",
    _family_kernels.normmax,
    _kernels.entmax_shape,
    tensors=4,
)
_define(
    "normmax_vjp",
    "(Tensor p, Tensor upstream, Tensor alpha, Tensor temperature, int dim, int wanted) -> "
    "(Tensor, Tensor, Tensor)",
    _in_full(_family_kernels.normmax_vjp),
    _family_kernels.normmax_vjp_shape,
    tensors=4,
    full=2,
)
_define(
    "top_k_entmax",
    f"(Tensor scores, Tensor alpha, {_SIDES}, str function, int k) -> Tensor",
    _family_kernels.top_k_entmax,
    _kernels.entmax_shape,
    tensors=5,
)
_define(
    "gumbel_entmax",
    f"{_RELAXED} -> Tensor",
    _sampling_kernels.gumbel_entmax,
    _kernels.entmax_shape,
    tensors=8,
)
_define(
    "gumbel_straight_through",
    f"{_RELAXED} -> (Tensor, Tensor)",
    _sampling_kernels.gumbel_straight_through,
    _sampling_kernels.straight_through_shape,
    tensors=8,
)
_define(
    "binary_concrete",
    "(Tensor scores, Tensor tau, Tensor temperature, Tensor? mask, Tensor? row_ids, Tensor seed, "
    "int dim, int[] noise, bool hard, bool with_logits) -> (Tensor, Tensor)",
    _sampling_kernels.binary_concrete,
    _sampling_kernels.binary_concrete_shape,
    tensors=6,
)
_define_member("softmax", 1.0)
_define_member("entmax15", 1.5)
_define_member("sparsemax", 2.0)
attach(library, (*RULES, *FAMILY_RULES, *RELAXATIONS, Loss))
_direct.attach((*MAPS, *FAMILY_MAPS, *RELAXATIONS, Loss))
