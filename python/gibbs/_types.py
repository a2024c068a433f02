"""Types that the functions share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, TypeAlias, TypedDict, TypeVar

from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from typing_extensions import Required


class SpeaksDLPack(Protocol):
    """An array of any library: NumPy, PyTorch, JAX."""

    def __dlpack__(self, *args: Any, **kwargs: Any) -> Any:
        """Export the array."""
        ...

    def __dlpack_device__(self) -> Any:
        """Name the device whose memory the array lies in."""
        ...


A = TypeVar("A", bound=SpeaksDLPack)
"""A function of an array returns an array of the same kind."""

Numbers: TypeAlias = ArrayLike | SpeaksDLPack


class MapOptions(TypedDict, total=False):
    """The keyword arguments of every map."""

    temperature: Numbers
    log_degeneracy: Numbers | None
    mask: Numbers | None


class DenseOptions(MapOptions, total=False):
    """Those of a map that returns an array."""

    out: SpeaksDLPack | None


class PlainOptions(DenseOptions, total=False):
    """Those of a sparse map that returns its probabilities alone."""

    return_support: Literal[False]
    sparse: Literal[False]


class SupportOptions(DenseOptions, total=False):
    """Those of a sparse map that also returns the sizes of the support."""

    return_support: Required[Literal[True]]
    sparse: Literal[False]


class SparseOptions(MapOptions, total=False):
    """Those of a sparse map that returns a csr_array."""

    sparse: Required[Literal[True]]


class LossDetails(NamedTuple):
    """A loss with its derivatives and the prediction.

    Attributes
    ----------
    loss
        As `fenchel_young_loss` returns it.
    grad_scores
        In the shape of the scores.
    grad_temperature, grad_log_degeneracy, grad_alpha
        In the shape of the argument: summed over what it was broadcast over.
    probabilities
        p, as `entmax` returns it.
    entropy
        H_alpha(p; g), one number per row.
    """

    loss: Any
    grad_scores: Any
    grad_temperature: Any
    grad_log_degeneracy: Any
    grad_alpha: Any
    probabilities: Any
    entropy: Any


class Details(NamedTuple):
    """A map with the numbers it knows beside its probabilities, one per row each.

    Attributes
    ----------
    probabilities
        p, in the shape of the scores.
    log_partition
        log Z = max over p of <p, x> / T + H(p; g); at alpha 1 log sum g exp(x / T).
    entropy
        H(p; g), the Tsallis entropy of index alpha.
    support
        How many states have p > 0.
    threshold
        p > 0 only where x exceeds it (argmax: x equals it); -inf where no score is too low.
    """

    probabilities: Any
    log_partition: Any
    entropy: Any
    support: Any
    threshold: Any
