"""Operators of plain tensors at once: their kernels, without PyTorch's dispatcher.

A map that goes through the dispatcher into Python and back takes 90 microseconds (2.5 GHz Xeon,
4 x 8 entries), its kernel called at once 22. The dispatcher is for whoever has a part in a call:
transforms, modes, tracers, compilers, subclasses of Tensor. Where there is none the kernel gives
the same bits.
"""

# pyright: reportPrivateUsage=false

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.autograd import forward_ad
from torch.autograd.profiler import record_function
from torch.nn import Parameter

from gibbs.torch import _family_kernels, _kernels, _loss_kernels, _sampling_kernels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gibbs.torch._autograd import Rule

_C: Any = torch._C
_ops: Any = torch.ops
_forward_ad: Any = forward_ad
_KERNELS = (_kernels, _loss_kernels, _family_kernels, _sampling_kernels)
_functions: dict[str, Callable[..., Any]] = {}
# PyTorch 2.5 does not tell.
_keeps_graph: Any = getattr(_C._autograd, "_get_current_graph_task_keep_graph", lambda: True)


def _keys(tensor: Tensor) -> int:
    return _C._dispatch_keys(tensor).raw_repr()


def _plain_keys(inference: bool) -> int:
    with torch.inference_mode(inference):
        return _keys(torch.empty(0, device="cpu"))


# Lazy negation, zero tensors, other devices and the wrappers of transforms have other keys.
_PLAIN = {_plain_keys(inference) for inference in (False, True)}


def attach(rules: Iterable[type[Rule]]) -> None:
    """Give kernels the derivatives of their operators."""
    for rule in rules:
        own = {"forward": _kernel(rule.operator), "call": call}
        members = {name: staticmethod(member) for name, member in own.items()}
        function: Any = type(rule.__name__, (rule,), members)
        _functions[rule.operator] = function.start


def _kernel(operator: str) -> Callable[..., Any]:
    return next(getattr(room, operator) for room in _KERNELS if hasattr(room, operator))


def call(operator: str, *args: Any) -> Any:
    """Call an operator; among its arguments floats stand for tensors of one number."""
    return run(operator, *args) if is_direct(args) else dispatch(operator, *args)


def is_direct(args: Iterable[Any]) -> bool:
    """Tell whether nobody but the kernel has a part in a call."""
    # Compilers trace the first and drop the rest, which they do not know.
    if torch.compiler.is_compiling() or _is_watched():
        return False
    for arg in args:
        if isinstance(arg, Tensor) and not (
            type(arg) in (Tensor, Parameter) and _keys(arg) in _PLAIN
        ):
            return False
    return True


def _is_watched() -> bool:
    return (
        _C._len_torch_dispatch_stack() > 0
        or _C._len_torch_function_stack() > 0
        or _C._are_functorch_transforms_active()
        or _forward_ad._current_level >= 0
        or _C._get_tracing_state() is not None
    )


def is_last_use(saved: Tensor, upstream: Tensor) -> bool:
    """Tell whether backward may write its result where it saved this tensor."""
    if torch.is_grad_enabled() or _keeps_graph():
        return False
    return is_direct((saved, upstream))


def run(operator: str, *args: Any) -> Any:
    """Call the kernel of an operator, with its derivatives where they are needed."""
    function = _function(operator, args)
    if not _C._autograd._profiler_enabled():
        return function(*args)
    with record_function("gibbs::" + operator):
        return function(*args)


def _function(operator: str, args: Iterable[Any]) -> Callable[..., Any]:
    if torch.is_grad_enabled():
        for arg in args:
            if isinstance(arg, Tensor) and arg.requires_grad:
                return _functions.get(operator) or partial(dispatch, operator)
    return _kernel(operator)


def dispatch(operator: str, *args: Any) -> Any:
    """Call an operator through PyTorch."""
    return getattr(_ops.gibbs, operator)(*[as_tensor(arg, args[0]) for arg in args])


def as_tensor(arg: Any, like: Tensor) -> Any:
    """Make a float a tensor of one number."""
    if isinstance(arg, float):
        return torch.full((), arg, dtype=torch.float64, device=like.device)
    return arg
