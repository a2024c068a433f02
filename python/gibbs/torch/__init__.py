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
from gibbs.torch._family import (
    box_section,
    budget,
    capped_softmax,
    capped_sparsemax,
    f_softargmax,
    fermi_dirac,
)
from gibbs.torch._losses import (
    cross_entropy,
    entmax15_loss,
    entmax_loss,
    fenchel_young_loss,
    sparsemax_loss,
)
from gibbs.torch._maps import entmax, entmax15, log_softmax, logsumexp, softmax, sparsemax

# The import of the package above has set this module's `entmax` to it; the function comes after.
# `import gibbs.torch.entmax as entmax` reads that attribute, so the function carries the names.
for _name in (*_entmax_package.__all__, "activations", "losses", "root_finding"):
    setattr(entmax, _name, getattr(_entmax_package, _name))

__all__ = [
    "box_section",
    "budget",
    "capped_softmax",
    "capped_sparsemax",
    "cross_entropy",
    "entmax",
    "entmax15",
    "entmax15_loss",
    "entmax_loss",
    "f_softargmax",
    "fenchel_young_loss",
    "fermi_dirac",
    "log_softmax",
    "logsumexp",
    "normmax",
    "sink_softmax",
    "softmax",
    "sparsemax",
    "sparsemax_loss",
    "tempered_softmax",
    "top_k_entmax",
    "top_k_softmax",
    "top_k_sparsemax",
]
