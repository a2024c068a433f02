"""What the tests of draws share."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.stats

from gibbs.sampling import chi_square_test, gumbel_max, sample

# SciPy has no types.
stats: Any = scipy.stats

# Both ways to draw have the same arguments.
DRAWS: dict[str, Any] = {"sample": sample, "gumbel_max": gumbel_max}
WAYS = pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)


def is_chance(p_value: float) -> bool:
    """Tell whether a p-value is neither too low nor too good."""
    return 1e-4 < p_value < 1 - 1e-4


def expect_law(tokens: Any, probabilities: Any) -> None:
    """Tokens are drawn with these probabilities, by our test and by SciPy's."""
    p = np.asarray(probabilities, np.float64)
    counts = np.bincount(np.ravel(tokens), minlength=len(p))
    assert is_chance(chi_square_test(counts, p).p_value)
    assert not counts[p == 0].any()
    likely = p * counts.sum() >= 10
    expected = p[likely] / p[likely].sum() * counts[likely].sum()
    assert is_chance(stats.chisquare(counts[likely], expected).pvalue)
