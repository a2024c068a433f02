"""Scores in, probabilities out: softmax, entmax, sparsemax, argmax, their derivatives and losses.

p* = argmax over p in the simplex of <p, x> + T H_alpha(p; g), with scores x, a temperature T, a
degeneracy g and the Tsallis entropy of index alpha: one function with one number turned.
"""

from gibbs import sampling, special, thermo
from gibbs._core import __version__
from gibbs._derivatives import entmax_vjp, softmax_vjp, sparsemax_vjp
from gibbs._details import details, loss_details
from gibbs._distillation import distillation_loss
from gibbs._entmax import argmax_map, entmax, sparsemax
from gibbs._family.capped import capped_softmax, capped_sparsemax
from gibbs._family.capped_derivatives import capped_softmax_vjp, capped_sparsemax_vjp
from gibbs._family.constrained import constrained, f_softargmax
from gibbs._family.derivatives import constrained_vjp, f_softargmax_vjp
from gibbs._family.normmax import normmax, normmax_vjp
from gibbs._family.sink import sink_softmax, sink_softmax_vjp
from gibbs._family.subset_derivatives import box_section_vjp, budget_vjp, fermi_dirac_vjp
from gibbs._family.subsets import box_section, budget, fermi_dirac
from gibbs._family.tempered import tempered_softmax, tempered_softmax_vjp
from gibbs._family.top_k import (
    top_k_entmax,
    top_k_entmax_vjp,
    top_k_softmax,
    top_k_softmax_vjp,
    top_k_sparsemax,
    top_k_sparsemax_vjp,
)
from gibbs._family.types import ConstrainedDetails, NormmaxDetails, SinkDetails
from gibbs._gradients import Gradients
from gibbs._log_derivatives import log_softmax_vjp, logsumexp_vjp
from gibbs._losses import cross_entropy, entmax_loss, fenchel_young_loss
from gibbs._score_losses import hinge_loss, one_versus_all_loss, squared_loss
from gibbs._second_order import entmax_hvp, fenchel_young_hvp
from gibbs._settings import (
    keep_bytes,
    num_threads,
    set_keep_bytes,
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
from gibbs.sampling import gumbel_max, gumbel_top_k, sample

__all__ = [
    "ConstrainedDetails",
    "Details",
    "Gradients",
    "LossDetails",
    "NormmaxDetails",
    "SinkDetails",
    "__version__",
    "argmax_map",
    "box_section",
    "box_section_vjp",
    "budget",
    "budget_vjp",
    "capped_softmax",
    "capped_softmax_vjp",
    "capped_sparsemax",
    "capped_sparsemax_vjp",
    "constrained",
    "constrained_vjp",
    "cross_entropy",
    "details",
    "distillation_loss",
    "entmax",
    "entmax15_loss",
    "entmax_hvp",
    "entmax_loss",
    "entmax_vjp",
    "entropy",
    "f_softargmax",
    "f_softargmax_vjp",
    "fenchel_young_hvp",
    "fenchel_young_loss",
    "fermi_dirac",
    "fermi_dirac_vjp",
    "gumbel_max",
    "gumbel_top_k",
    "hinge_loss",
    "keep_bytes",
    "log_softmax",
    "log_softmax_vjp",
    "logsumexp",
    "logsumexp_vjp",
    "loss_details",
    "normmax",
    "normmax_vjp",
    "num_threads",
    "one_versus_all_loss",
    "perceptron_loss",
    "sample",
    "sampling",
    "set_keep_bytes",
    "set_num_threads",
    "set_simd_target",
    "simd_target",
    "simd_targets",
    "sink_softmax",
    "sink_softmax_vjp",
    "softmax",
    "softmax_vjp",
    "sparsemax",
    "sparsemax_loss",
    "sparsemax_vjp",
    "special",
    "squared_loss",
    "tempered_softmax",
    "tempered_softmax_vjp",
    "thermo",
    "threads",
    "top_k_entmax",
    "top_k_entmax_vjp",
    "top_k_softmax",
    "top_k_softmax_vjp",
    "top_k_sparsemax",
    "top_k_sparsemax_vjp",
]
