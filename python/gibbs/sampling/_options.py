"""What every draw can be told, and what it says beside its tokens."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Literal, TypedDict

from gibbs._types import DenseOptions, MapOptions

if TYPE_CHECKING:
    from typing_extensions import Required

    from gibbs._types import Numbers


class DrawStatus(IntEnum):
    """Why a row has a token or none.

    Attributes
    ----------
    DRAWN
        It has.
    NO_STATE
        All scores are -inf, masked or without degeneracy, or there are no columns.
    NAN
        There is a NaN among the scores or log degeneracies.
    """

    DRAWN = 0
    NO_STATE = 1
    NAN = 2


class WhoseNoise(TypedDict, total=False):
    """The keyword arguments that say whose noise the rows get."""

    seed: int
    stream: int
    row_ids: Numbers | None
    first_row: int


class RelaxedOptions(WhoseNoise, DenseOptions, total=False):
    """Those of every relaxation."""

    first_category: int
    draw: int


class DrawOptions(WhoseNoise, MapOptions, total=False):
    """Those of every draw."""

    first_draw: int
    alpha: Numbers


class PlainDraw(DrawOptions, total=False):
    """Those of a draw that returns tokens alone."""

    return_log_probability: Literal[False]
    return_status: Literal[False]


class DrawWithLog(DrawOptions, total=False):
    """Those of a draw that also returns log-probabilities, and what else is asked for."""

    return_log_probability: Required[Literal[True]]
    return_status: bool


class DrawWithStatus(DrawOptions, total=False):
    """Those of a draw that also returns the status of each row."""

    return_log_probability: Literal[False]
    return_status: Required[Literal[True]]


class PlainTopK(PlainDraw, total=False):
    """Those of draws without replacement that return tokens alone."""

    return_perturbed: Literal[False]


class TopKWithLog(DrawWithLog, total=False):
    """Those that also return log-probabilities, and what else is asked for."""

    return_perturbed: bool


class TopKWithStatus(DrawWithStatus, total=False):
    """Those that also return the status of each row."""

    return_perturbed: bool


class TopKWithPerturbed(PlainDraw, total=False):
    """Those that also return the perturbed scores."""

    return_perturbed: Required[Literal[True]]
