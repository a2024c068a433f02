"""Derivatives of the operators, reverse and forward.

They are attached at the operators' Autograd key, below the transforms of torch.func: so one rule
serves backward, torch.func.grad, jvp, their nestings, and the tracing of torch.compile.
torch.library.register_autograd offers neither forward mode nor torch.func; hence the single-level
functions that torch.func itself is made of, whose names are private (seen in PyTorch 2.5 to 2.15).
"""

# pyright: reportPrivateUsage=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch._functorch.utils import enable_single_level_autograd_function
from torch.autograd import forward_ad
from torch.autograd.forward_ad import _set_fwd_grad_enabled
from torch.autograd.function import _SingleLevelFunction

from gibbs.torch._direct import dispatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gibbs.torch._arguments import Number

_ops: Any = torch.ops
_forward_ad: Any = forward_ad


def attach(library: torch.library.Library, rules: Iterable[type[Rule]]) -> None:
    """Give operators their derivatives."""
    for rule in rules:
        library.impl(rule.operator, _differentiable(rule), "Autograd")


def _differentiable(rule: type[Rule]) -> Callable[..., Any]:
    def kernel(*args: Any) -> Any:
        tensors = [arg for arg in args if isinstance(arg, Tensor)]
        is_dual = any(tangent_of(tensor) is not None for tensor in tensors)
        if is_dual and rule.formula is not None:
            return rule.formula(*args)
        if is_dual or (torch.is_grad_enabled() and any(t.requires_grad for t in tensors)):
            with enable_single_level_autograd_function():
                return rule.start(*args)
        return _call_below(rule.operator, *args)

    return kernel


def _unpacked(tensor: Tensor) -> Any:
    # PyTorch has the one level 0; a compiled graph does not tell its Python side that it is on.
    return _forward_ad.unpack_dual(tensor, level=0)


def tangent_of(tensor: Tensor) -> Tensor | None:
    """Return the tangent of a dual tensor."""
    return _unpacked(tensor).tangent


def dual(tensor: Tensor, tangent: Tensor) -> Tensor:
    """Give a tensor a tangent."""
    return _forward_ad.make_dual(tensor, tangent, level=0)


def _call_below(operator: str, *args: Any) -> Any:
    with torch._C._AutoDispatchBelowAutograd():
        return getattr(_ops.gibbs, operator)(*args)


class Rule(_SingleLevelFunction):
    """The derivatives of one operator, as a Function has them.

    Forward mode is `formula`, which PyTorch can differentiate itself, or else `jvp`.
    """

    operator: str
    formula: Callable[..., Any] | None = None
    call = staticmethod(dispatch)

    @classmethod
    def start(cls, *args: Any) -> Any:
        """Call the operator with its derivatives."""
        apply: Any = getattr(cls, "apply")  # noqa: B009 (its type is unknown)
        return apply(*args)


def save(ctx: Any, *given: Number | None) -> None:
    """Save what the derivatives are formed of: tensors, and floats in the place of tensors."""
    ctx.numbers = [one if isinstance(one, float) else None for one in given]
    tensors = [None if isinstance(one, float) else one for one in given]
    ctx.save_for_backward(*tensors)
    ctx.save_for_forward(*tensors)


def saved(ctx: Any) -> list[Any]:
    """Return what was saved."""
    pairs = zip(ctx.saved_tensors, ctx.numbers, strict=True)
    return [number if tensor is None else tensor for tensor, number in pairs]


def call(ctx: Any, operator: str, *args: Any) -> Any:
    """Call an operator as the rule was: through PyTorch, or at once where that is the same."""
    return ctx._forward_cls.call(operator, *args)


def forward_of(operator: str) -> Any:
    """Return the forward of a rule."""

    @staticmethod
    def forward(*args: Any) -> Any:
        # A Function turns both off, and an outer level of torch.func may need them.
        with torch.enable_grad(), _set_fwd_grad_enabled(True):
            return _call_below(operator, *args)

    return forward


def jvp_of(tangent: Callable[..., Any], setting: str = "dim") -> Any:
    """Return the jvp of a rule: tangent(saved tensors, what ctx has of this name, tangents)."""

    @staticmethod
    def jvp(ctx: Any, *tangents: Any) -> Any:
        saved = [t if t is None else _unpacked(t).primal for t in ctx.saved_tensors]
        # A Function turns it off here, and an outer level would be lost silently.
        with _set_fwd_grad_enabled(True):
            return tangent(saved, getattr(ctx, setting), tangents)

    return jvp
