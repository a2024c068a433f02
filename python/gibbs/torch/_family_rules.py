"""The derivatives of the wider family's operators, reverse and forward."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gibbs.torch import _family_jacobians
from gibbs.torch._autograd import Rule, call, forward_of, jvp_of, save, saved
from gibbs.torch._family_jacobians import BUDGET, LOWER, UPPER, Sides
from gibbs.torch._jacobians import ALPHA, LOG_DEGENERACY, TEMPERATURE
from gibbs.torch._rules import Entmax, Vjp, backward_of, reduced, varies

if TYPE_CHECKING:
    from collections.abc import Sequence

# Where each gradient of the operator belongs among the map's arguments, and the bit that asks.
_OF_CONSTRAINED = (
    (3, TEMPERATURE), (4, LOG_DEGENERACY), (1, BUDGET), (5, LOWER), (6, UPPER), (2, ALPHA),
)  # fmt: skip
_WEIGHTS = 7


def _constrained_tangent(saved: Sequence[Any], how: Any, tangents: Sequence[Any]) -> Any:
    p, _, alpha, temperature, *sides = saved
    *of_numbers, d_log_g, d_lower, d_upper = tangents[:7]
    tangent: Any = _family_jacobians.constrained_tangent
    d_sides = Sides(d_log_g, d_lower, d_upper, None, None)
    return tangent(p, alpha, temperature, Sides(*sides), *how, *of_numbers, d_sides)


class Constrained(Rule):
    """p between its bounds; the derivative for scores is symmetric."""

    operator = "constrained"
    forward = forward_of(operator)
    jvp = jvp_of(_constrained_tangent, "how")

    @classmethod
    def start(cls, *args: Any) -> Any:
        """Call the operator with its derivatives."""
        if varies(args[_WEIGHTS]):
            raise ValueError(
                f"{args[-1]}: weights must not require a gradient, as the map has none for them"
            )
        return super().start(*args)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        _, *given, dim, divergence, _ = inputs
        ctx.how = (dim, divergence)
        save(ctx, output, *given)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        p, *given = saved(ctx)
        needed = ctx.needs_input_grad
        wanted = sum(bit for place, bit in _OF_CONSTRAINED if needed[place])
        grad, *others = call(ctx, "constrained_vjp", p, grads[0], *given[1:], *ctx.how, wanted)
        results: list[Any] = [grad, *[None] * (len(needed) - 1)]
        for (place, _), other in zip(_OF_CONSTRAINED, others, strict=True):
            results[place] = reduced(other, given[place - 1], needed[place])
        return tuple(results)


class ConstrainedVjp(Vjp):
    """The derivative of constrained."""

    operator = "constrained_vjp"
    forward = forward_of(operator)
    formula = staticmethod(_family_jacobians.constrained_vjp)
    backward = backward_of(_family_jacobians.constrained_vjp)


def _normmax_tangent(saved: Sequence[Any], dim: int, tangents: Sequence[Any]) -> Any:
    p, alpha, temperature = saved
    return _family_jacobians.normmax_tangent(p, alpha, temperature, dim, *tangents[:3])


class Normmax(Rule):
    """p; its derivative is symmetric."""

    operator = "normmax"
    forward = forward_of(operator)
    jvp = jvp_of(_normmax_tangent)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        _, alpha, temperature, _, ctx.dim = inputs
        save(ctx, output, alpha, temperature)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        p, alpha, temperature = saved(ctx)
        _, by_alpha, by_temperature, *_ = ctx.needs_input_grad
        wanted = TEMPERATURE * by_temperature + ALPHA * by_alpha
        grad, grad_temperature, grad_alpha = call(
            ctx, "normmax_vjp", p, grads[0], alpha, temperature, ctx.dim, wanted
        )
        return (
            grad,
            reduced(grad_alpha, alpha, by_alpha),
            reduced(grad_temperature, temperature, by_temperature),
            None,
            None,
        )


class NormmaxVjp(Vjp):
    """The derivative of normmax."""

    operator = "normmax_vjp"
    forward = forward_of(operator)
    formula = staticmethod(_family_jacobians.normmax_vjp)
    backward = backward_of(_family_jacobians.normmax_vjp)


class TopKEntmax(Entmax):
    """p of the k highest scores: the derivatives of entmax, and none for the others."""

    operator = "top_k_entmax"
    forward = forward_of(operator)


FAMILY_MAPS = (Constrained, Normmax, TopKEntmax)
FAMILY_RULES = (*FAMILY_MAPS, ConstrainedVjp, NormmaxVjp)
