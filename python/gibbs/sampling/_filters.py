"""Filters that change the law of a row: by a temperature, or by leaving states out.

Below, p are the probabilities that a filter meets: those of the states that the filters before it
have kept, renormalised, at the temperature that they have set; H is their entropy in nats. At
least one state is always kept. "Off" keeps all. Of which value is refused and what happens at a
boundary, `Boundaries` decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from gibbs import _core

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gibbs._types import Numbers

    Pairs: TypeAlias = Mapping[int, Any] | Iterable[tuple[int, Any]]


def pairs_of(given: Pairs) -> tuple[tuple[int, Any], ...]:
    """Return a mapping, or pairs, as pairs."""
    if isinstance(given, Mapping):
        return tuple(cast("Mapping[int, Any]", given).items())
    return tuple(given)


@dataclass(frozen=True)
class Temperature:
    """Scores divided by `temperature`. 0: all mass on the maxima; infinity: all alike."""

    temperature: float


@dataclass(frozen=True)
class DynamicTemperature:
    """A temperature of low + (high - low) (H / log n)^exponent, n the number of states left."""

    low: float
    high: float
    exponent: float = 1.0


@dataclass(frozen=True)
class TopK:
    """The k highest scores, of equal ones those in the lower columns: exactly k. 0: off.

    Fan, Lewis & Dauphin 2018.
    """

    k: int


@dataclass(frozen=True)
class TopP:
    """The fewest states, in the order of p and then of the columns, whose mass is >= p. 1: off.

    Holtzman, Buys, Du, Forbes & Choi 2020.
    """

    p: float


@dataclass(frozen=True)
class MinP:
    """States of at least p times the highest probability. 0: off.

    Nguyen, Baker, Neo, Roush, Kirsch & Shwartz-Ziv 2024.
    """

    p: float


@dataclass(frozen=True)
class TypicalP:
    """The fewest states, those of the smallest |log p_i + H| first, whose mass is >= p. 1: off.

    Meister, Pimentel, Wiher & Cotterell 2023.
    """

    p: float


@dataclass(frozen=True)
class EpsilonCutoff:
    """States of p_i >= epsilon. 0: off. Hewitt, Manning & Liang 2022."""

    epsilon: float


@dataclass(frozen=True)
class EtaCutoff:
    """States of p_i >= min(epsilon, sqrt(epsilon) exp(-H)). 0: off. Hewitt et al. 2022."""

    epsilon: float


@dataclass(frozen=True)
class TopNSigma:
    """Scores at most n standard deviations, of the population left, below the highest. inf: off.

    Tang, Liu, Xu & Huang 2024.
    """

    n: float


@dataclass(frozen=True)
class TopH:
    """The most states, in the order of p, whose own law has an entropy of at most alpha H. 1: off.

    Baghaei Potraghloo, Azizi, Kundu & Pedram 2025.
    """

    alpha: float


@dataclass(frozen=True)
class PLess:
    """States of p_i >= sum_j p_j^2, the probability that two draws agree. Tan, Wu & Howard 2025."""


@dataclass(frozen=True)
class Xtc:
    """With `probability`, all states of p_i >= threshold but the least likely of them are left out.

    The coin is noise of the row and the draw. Weidmann 2024, "Exclude Top Choices".
    """

    probability: float
    threshold: float = 0.1


@dataclass(frozen=True)
class Mirostat:
    """The k highest scores, k by a law of Zipf fitted to the `fitted` most likely states.

    So that draws have a surprise of mu bits on the average; mu is given with the draw and becomes
    mu - eta (S - tau) after one of surprise S. Basu, Ramachandran, Keskar & Varshney 2021.
    """

    tau: float = 5.0
    eta: float = 0.1
    fitted: int = 100


@dataclass(frozen=True)
class MirostatV2:
    """States of at most mu bits of surprise; mu as in `Mirostat`."""

    tau: float = 5.0
    eta: float = 0.1


@dataclass(frozen=True)
class Penalties:
    """Lowers the score s of every token that was said c > 0 times.

    To (s / repetition where s > 0, else s repetition) - c frequency - presence. `counts`:
    (token, c) pairs or a mapping, as `count_tokens` makes them; those of one token add up.
    Keskar, McCann, Varshney, Xiong & Socher 2019 (repetition).
    """

    repetition: float = 1.0
    frequency: float = 0.0
    presence: float = 0.0
    counts: Pairs = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "counts", pairs_of(self.counts))


@dataclass(frozen=True)
class Dry:
    """Takes multiplier base^(L - allowed_length) from tokens that would go on repeating L tokens.

    What followed the last L >= allowed_length tokens of the history where they stood before. A
    repetition does not reach over a breaker, a sequence of tokens. `last_n`: how much of the
    history is looked at, -1 all. multiplier 0: off. Weidmann 2024, "Don't Repeat Yourself".
    """

    multiplier: float
    base: float = 1.75
    allowed_length: int = 2
    last_n: int = -1
    history: Sequence[int] = ()
    breakers: Sequence[Sequence[int]] = ()


@dataclass(frozen=True)
class LogitBias:
    """Adds to the scores of tokens: (token, bias) pairs or a mapping. -inf leaves a token out."""

    biases: Pairs

    def __post_init__(self) -> None:
        object.__setattr__(self, "biases", pairs_of(self.biases))


Filter: TypeAlias = (
    Temperature | DynamicTemperature | TopK | TopP | MinP | TypicalP | EpsilonCutoff | EtaCutoff
    | TopNSigma | TopH | PLess | Xtc | Mirostat | MirostatV2 | Penalties | Dry | LogitBias
)  # fmt: skip

FILTERS: tuple[type[Filter], ...] = (
    Temperature, DynamicTemperature, TopK, TopP, MinP, TypicalP, EpsilonCutoff, EtaCutoff,
    TopNSigma, TopH, PLess, Xtc, Mirostat, MirostatV2, Penalties, Dry, LogitBias,
)  # fmt: skip


def count_tokens(history: Numbers, last_n: int = -1) -> tuple[tuple[int, int], ...]:
    """Return how often each of the last `last_n` tokens was said, ascending; -1: all of them.

    Raises
    ------
    TypeError
        A history that is no sequence of integers.

    Examples
    --------
    >>> from gibbs.sampling import Penalties, count_tokens
    >>> count_tokens([5, 3, 5, 9], last_n=3)
    ((3, 1), (5, 1), (9, 1))
    >>> Penalties(1.1, counts=count_tokens([5, 3, 5]))
    Penalties(repetition=1.1, frequency=0.0, presence=0.0, counts=((3, 1), (5, 2)))
    """
    return _core.count_tokens(history, last_n)
