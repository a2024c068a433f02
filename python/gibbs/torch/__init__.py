"""softmax, entmax and sparsemax and their losses for PyTorch, with every derivative.

The maps and losses of `gibbs` as registered operators (`torch.ops.gibbs`): gradients for scores,
temperature, log_degeneracy and alpha to any order, forward mode, vmap, `torch.compile`. Tensors on
the CPU.
`gibbs.torch.entmax` is a function, and also the name of a package that stands in for the one
called `entmax`.
"""

from gibbs.torch import _operators as _operators  # registers them
from gibbs.torch import entmax as _entmax_package
from gibbs.torch._beside import (
    normmax,
    sink_softmax,
    tempered_softmax,
    top_k_entmax,
    top_k_softmax,
    top_k_sparsemax,
)
from gibbs.torch._binary import binary_concrete
from gibbs.torch._draws import gumbel_max, sample, sample_truncated
from gibbs.torch._family import (
    box_section,
    budget,
    capped_softmax,
    capped_sparsemax,
    constrained,
    f_softargmax,
    fermi_dirac,
)
from gibbs.torch._losses import (
    cross_entropy,
    entmax15_loss,
    entmax_loss,
    fenchel_young_loss,
    perceptron_loss,
    sparsemax_loss,
)
from gibbs.torch._maps import entmax, entmax15, log_softmax, logsumexp, softmax, sparsemax
from gibbs.torch._relaxed import gumbel_entmax, gumbel_softmax
from gibbs.torch._score_losses import (
    distillation_loss,
    hinge_loss,
    one_versus_all_loss,
    squared_loss,
)
from gibbs.torch._without_replacement import gumbel_top_k, inclusion_probabilities

# The import of the package above has set this module's `entmax` to it; the function comes after.
# `import gibbs.torch.entmax as entmax` reads that attribute, so the function carries the names.
for _name in (*_entmax_package.__all__, "activations", "losses", "root_finding"):
    setattr(entmax, _name, getattr(_entmax_package, _name))

__all__ = [
    "binary_concrete",
    "box_section",
    "budget",
    "capped_softmax",
    "capped_sparsemax",
    "constrained",
    "cross_entropy",
    "distillation_loss",
    "entmax",
    "entmax15",
    "entmax15_loss",
    "entmax_loss",
    "f_softargmax",
    "fenchel_young_loss",
    "fermi_dirac",
    "gumbel_entmax",
    "gumbel_max",
    "gumbel_softmax",
    "gumbel_top_k",
    "hinge_loss",
    "inclusion_probabilities",
    "log_softmax",
    "logsumexp",
    "normmax",
    "one_versus_all_loss",
    "perceptron_loss",
    "sample",
    "sample_truncated",
    "sink_softmax",
    "softmax",
    "sparsemax",
    "sparsemax_loss",
    "squared_loss",
    "tempered_softmax",
    "top_k_entmax",
    "top_k_softmax",
    "top_k_sparsemax",
]
