"""The gradients of the losses of rows in closed form, as differentiable functions.

With V(x) = max over q of Phi(q), Phi(q) = <q, x> + T H_alpha(q; g), and p the q of the maximum, a
row's Fenchel-Young loss and its gradient are

    loss      = w (V - Phi(y) + z V^2)
    gradient  = w ((1 + 2 z V) dPhi(p) - dPhi(y)),   dPhi at fixed q (Danskin's theorem)

where dPhi is by scores, temperature, log g and alpha: q, H(q), T dH / dlog g, T dH / dalpha. The
losses that need no map have a prediction less y for a gradient, too. First derivatives come from
the library: what is here is only differentiated, so terms whose derivatives are 0 are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor

from gibbs.torch import _distillation, _jacobians
from gibbs.torch._jacobians import SCORES, TEMPERATURE, working_dtype
from gibbs.torch._targets import Targets, row_weights, weighed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_ops: Any = torch.ops


class Variables(NamedTuple):
    """What a loss is differentiable for."""

    scores: Tensor
    temperature: Tensor
    log_degeneracy: Tensor | None
    alpha: Tensor


class Setting(NamedTuple):
    """What is fixed; the strengths are those of the operator."""

    function: str
    targets: Targets
    mask: Tensor | None
    strengths: Sequence[float]


class _Rows(NamedTuple):
    x: Tensor  # 0 in rows that do not count, which may hold anything
    y: Tensor
    weight: Tensor
    present: Tensor


def gradients(at: Variables, setting: Setting, wanted: int) -> tuple[Tensor | None, ...]:
    """Return the gradients for the variables, up to terms whose derivatives are 0."""
    of = _FORMULAS.get(setting.function, _fenchel_young)
    by_scores, *others = of(at, setting, wanted)
    by_scores = by_scores.to(at.scores.dtype) if by_scores is not None and wanted & SCORES else None
    return by_scores, *others, *[None] * (len(at) - 1 - len(others))


def _rows(at: Variables, setting: Setting, label_smoothing: float = 0.0) -> _Rows:
    dtype, present = working_dtype(at.scores.dtype), _present(at, setting)
    y, weight = weighed(setting.targets, label_smoothing, present, dtype)
    return _Rows(torch.where(weight == 0, 0.0, at.scores.to(dtype)), y, weight, present)


def _present(at: Variables, setting: Setting) -> Tensor:
    present = at.scores != -torch.inf
    if setting.mask is not None:
        present = present & setting.mask.bool()
    if at.log_degeneracy is not None:
        present = present & (at.log_degeneracy != -torch.inf)
    return present


def _fenchel_young(at: Variables, setting: Setting, wanted: int) -> list[Tensor | None]:
    _, temperature, log_g, alpha = at
    label_smoothing, z_loss = setting.strengths
    dim, (x, y, weight, _) = setting.targets.dim, _rows(at, setting, label_smoothing)
    p = _ops.gibbs.entmax(x, alpha, temperature, log_g, setting.mask, dim, "loss")
    weight_of_p = weight
    if z_loss > 0:
        value = _jacobians.optimal_value(p, x, alpha, temperature, log_g, dim)
        weight_of_p = weight * (1 + 2 * z_loss * value)
    grads: list[Tensor | None] = [weight_of_p * p]
    of_p, of_y = (
        _jacobians.entropy_slopes(q, alpha, temperature, log_g, dim, wanted) for q in (p, y)
    )
    for by_p, by_y in zip(of_p, of_y, strict=True):
        grads.append(None if by_p is None or by_y is None else weight_of_p * by_p - weight * by_y)
    return grads


def _of_states(at: Variables, setting: Setting) -> _Rows:
    """Return rows for a loss that is a sum over states: one NaN is in the weight of its row."""
    rows, dim = _rows(at, setting), setting.targets.dim
    is_nan = (rows.present & (rows.x + rows.y).isnan()).any(dim, keepdim=True)
    return rows._replace(weight=torch.where(is_nan, torch.nan, rows.weight))


def _one_versus_all(at: Variables, setting: Setting, wanted: int) -> list[Tensor | None]:
    """p_i and sum_i h(p_i), with p_i = 1 / (1 + exp(-z)), z = x_i / T."""
    x, _, weight, present = _of_states(at, setting)
    # What is infinite does not move.
    moves = present & ~x.isinf()
    z = torch.where(moves, x, 0.0) * _jacobians.inverse_temperature(at.temperature.to(x.dtype))
    yes, no = torch.sigmoid(z), torch.sigmoid(-z)
    grads: list[Tensor | None] = [weight * torch.where(moves, yes, 0.0)]
    if wanted & TEMPERATURE:
        log_yes, log_no = (torch.nn.functional.logsigmoid(u) for u in (z, -z))
        entropy = torch.where(moves, -(yes * log_yes + no * log_no), 0.0)
        grads.append(weight * entropy.sum(setting.targets.dim, keepdim=True))
    return grads


def _hinge(at: Variables, setting: Setting, wanted: int) -> list[Tensor | None]:
    """Nothing that moves, and NaN where the row is."""
    rows = _of_states(at, setting)
    return [rows.weight * (0.0 * rows.x)]


def _squared(at: Variables, setting: Setting, wanted: int) -> list[Tensor | None]:
    rows = _of_states(at, setting)
    return [rows.weight * torch.where(rows.present, rows.x, 0.0)]


def _of_teacher(at: Variables, setting: Setting, wanted: int) -> list[Tensor | None]:
    targets = setting.targets
    weight = row_weights(targets, at.scores)
    x, z = (torch.where(weight == 0, 0.0, s.double()) for s in (at.scores, targets.values))
    grads = _distillation.gradients(
        x, z.expand(x.shape), at.temperature, at.log_degeneracy, setting.mask, targets.dim,
        bool(wanted & TEMPERATURE),
    )  # fmt: skip
    return [weight * grad for grad in grads]


_FORMULAS: dict[str, Callable[[Variables, Setting, int], list[Tensor | None]]] = {
    "one_versus_all_loss": _one_versus_all,
    "hinge_loss": _hinge,
    "squared_loss": _squared,
    "distillation_loss": _of_teacher,
}
