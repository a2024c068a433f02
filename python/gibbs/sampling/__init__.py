"""Draws that are exact and reproducible: tokens, their log-probabilities, the noise itself.

Every draw is a pure function of (seed, stream, row, category, draw): the same on every machine,
whatever the number of threads, the order of memory and the rows beside it.
"""

from gibbs.sampling._alias import AliasTable
from gibbs.sampling._binary import (
    binary_concrete,
    binary_concrete_log_density,
    binary_concrete_log_density_vjp,
    binary_concrete_vjp,
)
from gibbs.sampling._chain import Boundaries, Chain, hugging_face, llama_cpp
from gibbs.sampling._conditional import conditional_gumbels, conditional_gumbels_vjp
from gibbs.sampling._density import concrete_log_density, concrete_log_density_vjp
from gibbs.sampling._draws import gumbel_max, sample
from gibbs.sampling._estimators import (
    GradientEstimate,
    arm_gradient,
    gumbel_rao_gradient,
    gumbel_straight_through_gradient,
    rebar_eta,
    rebar_gradient,
    relax_gradient,
    score_function_gradient,
    straight_through_gradient,
)
from gibbs.sampling._filters import (
    Dry,
    DynamicTemperature,
    EpsilonCutoff,
    EtaCutoff,
    Filter,
    LogitBias,
    MinP,
    Mirostat,
    MirostatV2,
    Penalties,
    PLess,
    Temperature,
    TopH,
    TopK,
    TopNSigma,
    TopP,
    TypicalP,
    Xtc,
    count_tokens,
)
from gibbs.sampling._goodness import GoodnessOfFit, chi_square_test, uniformity_test
from gibbs.sampling._noise import exponential_noise, gumbel_noise, uniform_noise
from gibbs.sampling._options import DrawStatus
from gibbs.sampling._pieces import GumbelWinner, gumbel_max_pieces, merge
from gibbs.sampling._relaxed import (
    gumbel_entmax,
    gumbel_softmax,
    gumbel_sparsemax,
    log_gumbel_softmax,
)
from gibbs.sampling._relaxed_derivatives import (
    gumbel_entmax_vjp,
    gumbel_softmax_vjp,
    gumbel_sparsemax_vjp,
    log_gumbel_softmax_vjp,
)
from gibbs.sampling._straight_through import straight_through
from gibbs.sampling._truncation import (
    KeptColumns,
    TruncatedDraw,
    TruncatedLaw,
    sample_truncated,
    truncate,
)
from gibbs.sampling._without_replacement import gumbel_top_k, inclusion_probabilities

__all__ = [
    "AliasTable",
    "Boundaries",
    "Chain",
    "DrawStatus",
    "Dry",
    "DynamicTemperature",
    "EpsilonCutoff",
    "EtaCutoff",
    "Filter",
    "GoodnessOfFit",
    "GradientEstimate",
    "GumbelWinner",
    "KeptColumns",
    "LogitBias",
    "MinP",
    "Mirostat",
    "MirostatV2",
    "PLess",
    "Penalties",
    "Temperature",
    "TopH",
    "TopK",
    "TopNSigma",
    "TopP",
    "TruncatedDraw",
    "TruncatedLaw",
    "TypicalP",
    "Xtc",
    "arm_gradient",
    "binary_concrete",
    "binary_concrete_log_density",
    "binary_concrete_log_density_vjp",
    "binary_concrete_vjp",
    "chi_square_test",
    "concrete_log_density",
    "concrete_log_density_vjp",
    "conditional_gumbels",
    "conditional_gumbels_vjp",
    "count_tokens",
    "exponential_noise",
    "gumbel_entmax",
    "gumbel_entmax_vjp",
    "gumbel_max",
    "gumbel_max_pieces",
    "gumbel_noise",
    "gumbel_rao_gradient",
    "gumbel_softmax",
    "gumbel_softmax_vjp",
    "gumbel_sparsemax",
    "gumbel_sparsemax_vjp",
    "gumbel_straight_through_gradient",
    "gumbel_top_k",
    "hugging_face",
    "inclusion_probabilities",
    "llama_cpp",
    "log_gumbel_softmax",
    "log_gumbel_softmax_vjp",
    "merge",
    "rebar_eta",
    "rebar_gradient",
    "relax_gradient",
    "sample",
    "sample_truncated",
    "score_function_gradient",
    "straight_through",
    "straight_through_gradient",
    "truncate",
    "uniform_noise",
    "uniformity_test",
]
