"""The derivatives of the losses.

A loss comes with its gradient: both are results of one operator, so that backward is a product.
Both are differentiable, and what differentiates the gradient is a closed form (`_loss_gradients`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from gibbs.torch._autograd import Rule, dual, forward_of, jvp_of, save, saved, tangent_of
from gibbs.torch._direct import as_tensor, call, is_last_use
from gibbs.torch._jacobians import (
    ALPHA,
    LOG_DEGENERACY,
    SCORES,
    TEMPERATURE,
    UNSCALED,
    working_dtype,
)
from gibbs.torch._loss_gradients import Setting, Variables, gradients
from gibbs.torch._rules import reduced, sum_of, varies
from gibbs.torch._targets import Targets, row_shape

if TYPE_CHECKING:
    from collections.abc import Sequence

_vjp: Any = torch.func.vjp

# What a loss is differentiable for, in the order of its gradients: the place among the arguments
# and the bit that asks for it.
_PLACES = (0, 3, 4, 2)
_BITS = (SCORES, TEMPERATURE, LOG_DEGENERACY, ALPHA)
_NO_GRADIENT = {1: "targets", 6: "sample_weights", 8: "class_weights"}
_NO_GRADIENT_OF = {
    "one_versus_all_loss": {2: "alpha", 4: "log_degeneracy"},
    "hinge_loss": {2: "alpha", 3: "temperature", 4: "log_degeneracy"},
    "squared_loss": {2: "alpha", 3: "temperature", 4: "log_degeneracy"},
    "distillation_loss": {1: "teacher_scores", 2: "alpha", 4: "log_degeneracy"},
}


def _product(
    at: Variables, setting: Setting, cotangents: Sequence[Tensor | None], needed: Sequence[bool]
) -> list[Tensor | None]:
    """Return the product of the losses' Hessian with a vector, for the variables that need it."""
    given = {i: cotangent for i, cotangent in enumerate(cotangents) if cotangent is not None}
    chosen = [i for i, need in enumerate(needed) if need]
    wanted = sum(_BITS[i] for i in given)

    def of_chosen(*tensors: Tensor) -> Any:
        variables: list[Any] = list(at)
        for i, tensor in zip(chosen, tensors, strict=True):
            variables[i] = tensor
        grads = gradients(Variables(*variables), setting, wanted)
        return tuple(grads[i] for i in given)

    products: list[Tensor | None] = [None] * len(at)
    if given and chosen:
        results, pull = _vjp(of_chosen, *(at[i] for i in chosen))
        along = (d.to(result.dtype) for d, result in zip(given.values(), results, strict=True))
        for i, product in zip(chosen, pull(tuple(along)), strict=True):
            products[i] = product
    return products


def _problem(given: Sequence[Any], how: Sequence[Any]) -> tuple[Variables, Setting]:
    scores, values, alpha, temperature, log_g, mask, sample_weights, class_weights = given
    dim, strengths, ignore_index, function = how
    targets = Targets(values, class_weights, sample_weights, ignore_index, dim)
    at = Variables(scores, as_tensor(temperature, scores), log_g, as_tensor(alpha, scores))
    return at, Setting(function, targets, mask, strengths)


def _tangents(saved: Sequence[Any], how: Sequence[Any], tangents: Sequence[Any]) -> Any:
    given, share, grads, (*how, reduction, wanted) = saved[:8], saved[8], saved[9:], how
    done, rest = _parts(share, wanted)
    at, setting = _problem(given, how)
    dim, rows = setting.targets.dim, row_shape(at.scores, setting.targets.dim)
    d_losses = torch.zeros(rows, dtype=share.dtype, device=share.device)
    duals: list[Any] = list(at)
    for i, (place, grad) in enumerate(zip(_PLACES, grads, strict=True)):
        d = tangents[place]
        if d is not None:
            duals[i] = dual(duals[i], d)
            slopes = grad.to(share.dtype) * d.to(share.dtype)
            per_row = _BITS[i] in (TEMPERATURE, ALPHA)
            d_losses = d_losses + (slopes if per_row else slopes.sum(dim, keepdim=True))
    d_loss = d_losses.squeeze(dim) if reduction == "none" else _times(d_losses.sum(), rest)
    slopes = gradients(Variables(*duals), setting, wanted)
    tangents = [_tangent_like(*pair, done) for pair in zip(slopes, grads, strict=True)]
    return d_loss, torch.zeros_like(share), *tangents


def _tangent_like(found: Tensor | None, result: Tensor, done: Tensor | None) -> Tensor:
    tangent = None if found is None else tangent_of(found)
    if tangent is None:
        return torch.zeros_like(result)
    return _times(tangent, done).to(result.dtype)


def _parts(share: Tensor, wanted: int) -> tuple[Tensor | None, Tensor | None]:
    """Return what gradients have been multiplied by, and what they are yet to be; None: 1."""
    return (None, share) if wanted & UNSCALED else (share, None)


def _times(tensor: Tensor, factor: Tensor | None) -> Tensor:
    return tensor if factor is None else tensor * factor


class Loss(Rule):
    """The losses of rows and their gradients."""

    operator = "loss"
    forward = forward_of(operator)
    jvp = jvp_of(_tangents, "how")

    @classmethod
    def start(cls, *args: Any) -> Any:
        """Call the operator for every gradient that is needed, too."""
        *given, reduction, function, wanted = args
        for place, name in {**_NO_GRADIENT, **_NO_GRADIENT_OF.get(function, {})}.items():
            if varies(given[place]):
                raise ValueError(
                    f"{function}: {name} must not require a gradient, as the losses have none "
                    "for them"
                )
        for place, bit in zip(_PLACES, _BITS, strict=True):
            wanted |= bit * varies(given[place])
        if given[0].dtype != working_dtype(given[0].dtype):
            wanted |= UNSCALED
        return super().start(*given, reduction, function, wanted)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        *tensors, dim, class_weights, strengths, ignore_index, reduction, function, wanted = inputs
        ctx.how = (dim, strengths, ignore_index, function, reduction, wanted)
        ctx.set_materialize_grads(False)
        save(ctx, *tensors, class_weights, *output[1:])

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        by_loss, _, *by_gradients = grads
        *how, reduction, wanted = ctx.how
        everything = saved(ctx)
        given, share, gradients = everything[:8], everything[8], everything[9:]
        done, rest = _parts(share, wanted)
        needed = [ctx.needs_input_grad[place] for place in _PLACES]
        found: list[Tensor | None] = [None] * len(_PLACES)
        if by_loss is not None:
            by_row = by_loss.unsqueeze(how[0]) if reduction == "none" else _times(by_loss, rest)
            found = [
                _scaled(ctx, gradient, by_row) if need else None
                for gradient, need in zip(gradients, needed, strict=True)
            ]
        if any(by is not None for by in by_gradients):
            cotangents = [
                _times(by, done) if by is not None and wanted & bit else None
                for by, bit in zip(by_gradients, _BITS, strict=True)
            ]
            products = _product(*_problem(given, how), cotangents, needed)
            found = [sum_of(*pair) for pair in zip(found, products, strict=True)]
        results: list[Tensor | None] = [None] * len(ctx.needs_input_grad)
        for place, grad, need in zip(_PLACES, found, needed, strict=True):
            results[place] = reduced(grad, given[place], need and grad is not None)
        return tuple(results)


def _scaled(ctx: Any, gradient: Tensor, by_row: Tensor) -> Tensor:
    # Of 16 MB new memory costs as much as the product, and the product a third of all.
    if ctx._forward_cls.call is call and is_last_use(gradient, by_row):
        is_one = by_row.dim() == 0 and by_row == 1
        return gradient.detach() if is_one else gradient.detach().mul_(by_row)
    return gradient * by_row
