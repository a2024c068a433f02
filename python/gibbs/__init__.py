"""Scores in, probabilities out: softmax, entmax, sparsemax, argmax, their derivatives and losses.

p* = argmax over p in the simplex of <p, x> + T H_alpha(p; g), with scores x, a temperature T, a
degeneracy g and the Tsallis entropy of index alpha: one function with one number turned.
"""

from gibbs import special
from gibbs._core import __version__
from gibbs._derivatives import entmax_vjp, softmax_vjp, sparsemax_vjp
from gibbs._details import details, loss_details
from gibbs._distillation import distillation_loss
from gibbs._entmax import argmax_map, entmax, sparsemax
from gibbs._gradients import Gradients
from gibbs._log_derivatives import log_softmax_vjp, logsumexp_vjp
from gibbs._losses import cross_entropy, entmax_loss, fenchel_young_loss
from gibbs._score_losses import hinge_loss, one_versus_all_loss, squared_loss
from gibbs._second_order import entmax_hvp, fenchel_young_hvp
from gibbs._settings import (
    num_threads,
    set_num_threads,
    set_simd_target,
    simd_target,
    simd_targets,
    threads,
)
from gibbs._softmax import log_softmax, softmax
from gibbs._sparse_losses import entmax15_loss, perceptron_loss, sparsemax_loss
from gibbs._sums import entropy, logsumexp
from gibbs._types import Details, LossDetails

__all__ = [
    "Details",
    "Gradients",
    "LossDetails",
    "__version__",
    "argmax_map",
    "cross_entropy",
    "details",
    "distillation_loss",
    "entmax",
    "entmax15_loss",
    "entmax_hvp",
    "entmax_loss",
    "entmax_vjp",
    "entropy",
    "fenchel_young_hvp",
    "fenchel_young_loss",
    "hinge_loss",
    "log_softmax",
    "log_softmax_vjp",
    "logsumexp",
    "logsumexp_vjp",
    "loss_details",
    "num_threads",
    "one_versus_all_loss",
    "perceptron_loss",
    "set_num_threads",
    "set_simd_target",
    "simd_target",
    "simd_targets",
    "softmax",
    "softmax_vjp",
    "sparsemax",
    "sparsemax_loss",
    "sparsemax_vjp",
    "special",
    "squared_loss",
    "threads",
]
