"""Filters in a row, and the chains of llama.cpp and of Hugging Face."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gibbs import _core
from gibbs.sampling._filters import FILTERS, Filter, pairs_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gibbs.sampling._filters import Pairs

_BY_NAME: dict[str, Any] = {kind.__name__: kind for kind in FILTERS}


class Boundaries(IntEnum):
    """Whose rules decide at the boundaries of filters: docs/truncation.md has the table.

    Attributes
    ----------
    GIBBS
        Exactly k for top-k, ties to the lower column; the smallest set of mass >= p; >= at every
        threshold; parameters out of their range are refused.
    LLAMA_CPP
        As llama.cpp, which turns filters off where their parameter is out of its range.
    HUGGING_FACE
        As Hugging Face transformers, where top-k keeps all that equal the k-th.
    """

    GIBBS = 0
    LLAMA_CPP = 1
    HUGGING_FACE = 2


@dataclass(frozen=True)
class Chain:
    """Filters, applied one after the other, in any order and number (one mirostat at most).

    Attributes
    ----------
    filters
        A tuple of `Filter`.
    boundaries
        Whose rules decide at their boundaries.

    Raises
    ------
    TypeError
        What is no filter; a parameter of another type than its filter's.

    Examples
    --------
    >>> from gibbs.sampling import Chain, MinP, Temperature, TopK
    >>> Chain([TopK(40), MinP(0.05), Temperature(0.8)]).filters
    (TopK(k=40), MinP(p=0.05), Temperature(temperature=0.8))
    """

    filters: Sequence[Filter] = ()
    boundaries: Boundaries = Boundaries.GIBBS

    def __post_init__(self) -> None:
        object.__setattr__(self, "filters", tuple(self.filters))
        object.__setattr__(self, "boundaries", Boundaries(self.boundaries))
        for one in self.filters:
            if not isinstance(one, FILTERS):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise TypeError(f"Chain: filters must be filters, got {type(one).__name__}")
        _ = self.compiled

    @cached_property
    def compiled(self) -> _core.Chain:
        """The chain as the library has it."""
        told = [(type(one).__name__, *vars(one).values()) for one in self.filters]
        return _core.make_chain(told, self.boundaries.value)

    def __reduce__(self) -> tuple[Any, ...]:
        """Leave out what is compiled."""
        return Chain, (self.filters, self.boundaries)


def _chain_of(found: tuple[list[tuple[Any, ...]], int]) -> Chain:
    filters, boundaries = found
    return Chain([_BY_NAME[name](*fields) for name, *fields in filters], Boundaries(boundaries))


def llama_cpp(
    *,
    logit_bias: Pairs = (),
    history: Sequence[int] = (),
    penalty_last_n: int = 64,
    repeat_penalty: float = 1.0,
    frequency_penalty: float = 0.0,
    presence_penalty: float = 0.0,
    dry_multiplier: float = 0.0,
    dry_base: float = 1.75,
    dry_allowed_length: int = 2,
    dry_penalty_last_n: int = -1,
    dry_sequence_breakers: Sequence[Sequence[int]] = (),
    top_n_sigma: float = -1.0,
    top_k: int = 40,
    typical_p: float = 1.0,
    top_p: float = 0.95,
    min_p: float = 0.05,
    xtc_probability: float = 0.0,
    xtc_threshold: float = 0.1,
    temperature: float = 0.8,
    dynatemp_range: float = 0.0,
    dynatemp_exponent: float = 1.0,
    mirostat: int = 0,
    mirostat_tau: float = 5.0,
    mirostat_eta: float = 0.1,
) -> Chain:
    """Return the chain of llama.cpp, in its order and with its boundaries, names and defaults.

    logit bias, penalties, DRY, top-n-sigma, top-k, typical, top-p, min-p, XTC, temperature; with a
    mirostat: logit bias, temperature, mirostat.

    Parameters
    ----------
    history
        The tokens so far: penalties look at the last `penalty_last_n` of them (0: none, -1: all).
    mirostat
        0, 1 or 2.

    Raises
    ------
    ValueError
        Another mirostat.
    TypeError
        A parameter that is no number, or no sequence of tokens.

    Examples
    --------
    >>> from gibbs.sampling import llama_cpp
    >>> [type(one).__name__ for one in llama_cpp(top_k=0, temperature=1).filters]
    ['LogitBias', 'Penalties', 'TopNSigma', 'TopK', 'TypicalP', 'TopP', 'MinP', 'Temperature']
    """
    return _chain_of(
        _core.llama_cpp(
            (
                pairs_of(logit_bias), history, penalty_last_n, repeat_penalty, frequency_penalty,
                presence_penalty, dry_multiplier, dry_base, dry_allowed_length, dry_penalty_last_n,
                dry_sequence_breakers, top_n_sigma, top_k, typical_p, top_p, min_p,
                xtc_probability, xtc_threshold, temperature, dynatemp_range, dynatemp_exponent,
                mirostat, mirostat_tau, mirostat_eta,
            )
        )
    )  # fmt: skip


def hugging_face(
    *,
    sequence_bias: Pairs = (),
    history: Sequence[int] = (),
    repetition_penalty: float = 1.0,
    temperature: float = 1.0,
    top_h: float | None = None,
    top_k: int = 50,
    top_p: float = 1.0,
    min_p: float | None = None,
    typical_p: float = 1.0,
    epsilon_cutoff: float = 0.0,
    eta_cutoff: float = 0.0,
) -> Chain:
    """Return the chain of Hugging Face transformers, with the names of its GenerationConfig.

    bias, repetition penalty, temperature, top-h, top-k, top-p, min-p, typical, epsilon, eta; None:
    not applied. `history` is the prompt and what was generated.

    Raises
    ------
    TypeError
        A parameter that is no number, or no sequence of tokens.

    Examples
    --------
    >>> from gibbs.sampling import hugging_face
    >>> [type(one).__name__ for one in hugging_face(temperature=0.7, top_p=0.9).filters]
    ['LogitBias', 'Temperature', 'TopK', 'TopP']
    """
    return _chain_of(
        _core.hugging_face(
            (
                pairs_of(sequence_bias), history, repetition_penalty, temperature, top_h, top_k,
                top_p, min_p, typical_p, epsilon_cutoff, eta_cutoff,
            )
        )
    )  # fmt: skip
