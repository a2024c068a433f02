"""The support alone, as a sparse matrix of SciPy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gibbs import _core

if TYPE_CHECKING:
    from scipy.sparse import csr_array


def sparse_map(
    function: str,
    scores: object,
    alpha: object,
    axis: object,
    temperature: object,
    log_degeneracy: object,
    mask: object,
    out: object,
    return_support: bool,
) -> csr_array:
    """Return entmax as a csr_array of the shape of the scores (one row for one dimension)."""
    if out is not None or return_support:
        raise ValueError(f"{function}: sparse=True goes with neither out nor return_support")
    csr_array = _import_csr_array(function)
    values, columns, offsets, shape, transposed = _core.sparse_entmax(
        function, scores, alpha, axis, temperature, log_degeneracy, mask
    )
    matrix = csr_array((values, columns, offsets), shape=shape)
    return matrix.T.tocsr() if transposed else matrix


def _import_csr_array(function: str) -> Any:
    try:
        from scipy.sparse import csr_array
    except ImportError as error:
        raise ImportError(f"{function}: sparse=True needs SciPy, pip install scipy") from error
    return csr_array
