"""Rows along several axes, and what goes with them: one number per row, or one per state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gibbs import _core
from gibbs._axes import merged

if TYPE_CHECKING:
    from numpy.typing import NDArray


class MergedRows(NamedTuple):
    """Scores whose axes are read as one, the last.

    Attributes
    ----------
    function
        In whose name arguments are refused.
    scores
        As they came, as an array of NumPy.
    axes
        Counted from the front, in order.
    """

    function: str
    scores: NDArray[Any]
    axes: tuple[int, ...]

    def together(self) -> NDArray[Any]:
        """Return the scores with one axis for all."""
        return merged(self.scores, self.axes)

    def per_row(self, value: Any) -> Any:
        """Return numbers per row without the axes, where they keep each as a dimension of one."""
        shape = tuple(np.shape(value))
        if len(shape) < self.scores.ndim or not shape:
            return value
        if any(shape[one] != 1 for one in self.axes):
            return value  # refused by its shape
        return np.squeeze(np.asarray(value), self.axes)

    def log_degeneracy(self, value: Any) -> NDArray[Any] | None:
        """Return log g of every state of the merged rows."""
        if value is None:
            return None
        array = _core.as_numpy(self.function, "log_degeneracy", value)
        return self._per_state("log_degeneracy", array)

    def mask(self, value: Any) -> NDArray[Any] | None:
        """Return the mask of every state of the merged rows."""
        return None if value is None else self._per_state("mask", np.asarray(value))

    def _per_state(self, argument: str, array: NDArray[Any]) -> NDArray[Any]:
        shape = self.scores.shape
        try:
            return merged(np.broadcast_to(array, shape), self.axes)
        except ValueError as error:
            raise ValueError(
                f"{self.function}: {argument} of shape {array.shape} does not broadcast to {shape}"
            ) from error
