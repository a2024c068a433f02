"""Types that the functions share."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol, TypeAlias, TypedDict, TypeVar

from numpy.typing import ArrayLike


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
