"""The multistate Bennett acceptance ratio."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from gibbs import _core
from gibbs.thermo._solution import SolveReport

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gibbs._types import Numbers

Block: TypeAlias = "Callable[[int, int], Numbers]"
"""Potentials of samples first ... first + count - 1: states x count."""


class Differences(NamedTuple):
    """f_j - f_i in row i, column j, and one standard deviation of each."""

    values: Any
    errors: Any


class Expectation(NamedTuple):
    """Means, and one standard deviation of each."""

    values: Any
    errors: Any


class NewStates(NamedTuple):
    """Free energies of new states, f of the first old one 0.

    The errors are of the differences among all states, the old ones first.
    """

    free_energies: Any
    errors: Any


class Bootstrap(NamedTuple):
    """Free energies of replicates, NaN where one failed.

    The errors are the standard deviations of f_j - f_i over the others.
    """

    free_energies: Any
    errors: Any
    failed: int


class MBAR:
    """Free energies of all states from the samples of all.

    f_k = -ln sum_n exp(-u_k(n)) / sum_l N_l exp(f_l - u_l(n)), f_0 = 0: the minimum of a convex
    function, found by Newton's method. Failure is a status, never silent: look at `converged`.

    Parameters
    ----------
    u_kn
        Reduced potentials, states x samples: those of state 0 first, then those of state 1, and so
        on; they must be independent. inf: the state forbids the sample. Not copied if float64.
    n_k
        How many samples each state has; 0: its free energy follows from the others'.
    initial
        A first guess. By default from the medians of the differences between states.
    tolerance
        Of abs(sum_n N_k W_nk - N_k) / N_k in every state.
    max_iterations
        Newton steps.
    least_shared
        States are connected if sum_n p_i(n) p_j(n) is at least this, p_k(n) being the probability
        that sample n comes from state k: below it an error is above 1 / sqrt of it, in k T.

    Attributes
    ----------
    free_energies
        f_k, f_0 = 0.
    uncertainty
        Standard deviations of f_j - f_i; inf between states that share no samples.
    effective_samples
        1 / sum_n W_nk^2 of each state.
    report
        How the solver ended.

    Raises
    ------
    ValueError
        NaN, -inf or a finite size beyond 1e300 in u_kn, by its place; a sample that no sampled
        state allows; n_k that do not sum to the samples; wrong shapes.
    TypeError
        Arguments that are no real numbers; n_k that are no integers.

    Examples
    --------
    >>> import gibbs
    >>> import numpy as np
    >>> x = np.linspace(-2, 2, 41)
    >>> u = np.stack([x**2 / 2, x**2 / 2 + 3])
    >>> mbar = gibbs.thermo.MBAR(u, [20, 21])
    >>> mbar.status
    'converged'
    >>> mbar.free_energies.round(6)
    array([0., 3.])
    """

    def __init__(
        self,
        u_kn: Numbers,
        n_k: Numbers,
        *,
        initial: Numbers | None = None,
        tolerance: float = 1e-12,
        max_iterations: int = 200,
        least_shared: float = 1e-3,
    ) -> None:
        options = (tolerance, max_iterations, least_shared)
        self._take(_core.mbar_of_matrix(u_kn, n_k, initial, options), n_k)

    @classmethod
    def from_linear(
        cls,
        lambdas: Numbers,
        x: Numbers,
        n_k: Numbers,
        *,
        initial: Numbers | None = None,
        tolerance: float = 1e-12,
        max_iterations: int = 200,
        least_shared: float = 1e-3,
    ) -> MBAR:
        """Solve for u_k(n) = sum_i lambdas[k, i] x[i, n], which is never made as a whole.

        Temperatures, fields and couplings are such families: [[beta_k]] and [energies] take the
        memory of one row of u_kn.

        Raises
        ------
        ValueError, TypeError
            As `MBAR`; lambdas or x that are not finite.

        Examples
        --------
        >>> import gibbs
        >>> mbar = gibbs.thermo.MBAR.from_linear([[1.0], [1.1]], [[0.5, 1.0, 1.5]], [2, 1])
        >>> mbar.converged
        True
        """
        options = (tolerance, max_iterations, least_shared)
        made = cls.__new__(cls)
        made._take(_core.mbar_of_linear(lambdas, x, n_k, initial, options), n_k)
        return made

    @classmethod
    def from_blocks(
        cls,
        block: Block,
        n_k: Numbers,
        *,
        initial: Numbers | None = None,
        tolerance: float = 1e-12,
        max_iterations: int = 200,
        least_shared: float = 1e-3,
    ) -> MBAR:
        """Solve for potentials that `block(first, count)` makes or reads when they are needed.

        It gives states x count, for any samples in any order, from several threads, and the same
        each time.

        Raises
        ------
        ValueError, TypeError
            As `MBAR`; a block of another shape; whatever `block` raises.

        Examples
        --------
        >>> import gibbs
        >>> import numpy as np
        >>> u = np.array([[0.0, 1.0, 0.5], [1.0, 0.0, 0.5]])
        >>> mbar = gibbs.thermo.MBAR.from_blocks(lambda first, count: u[:, first:first + count],
        ...                                      [1, 2])
        >>> mbar.converged
        True
        """
        options = (tolerance, max_iterations, least_shared)
        made = cls.__new__(cls)
        made._take(_core.mbar_of_blocks(block, n_k, initial, options), n_k)
        return made

    def _take(self, solved: _core.Mbar, n_k: Numbers) -> None:
        self._solved = solved
        self._samples = int(np.sum(np.asarray(n_k)))
        told = _core.mbar_told(solved)
        self.free_energies: NDArray[np.float64] = told[0]
        self.uncertainty: NDArray[np.float64] = told[1]
        self._overlap: NDArray[np.float64] = told[2]
        self.effective_samples: NDArray[np.float64] = told[3]
        self.report = SolveReport(*told[4])

    @property
    def converged(self) -> bool:
        """Whether the gradient is below the tolerance and all states are connected."""
        return self.report.converged

    @property
    def status(self) -> str:
        """One word of how the solver ended; `report.message` says more."""
        return self.report.status

    def __repr__(self) -> str:
        """Tell how it ended."""
        return f"MBAR({len(self.free_energies)} states, {self._samples} samples: {self.status})"

    def differences(self) -> Differences:
        """Return f_j - f_i of all pairs of states, and their errors."""
        f = self.free_energies
        return Differences(f[None, :] - f[:, None], self.uncertainty)

    def overlap(self) -> NDArray[np.float64]:
        """Return N_j sum_n W_ni W_nj: how likely a sample of state i is one of j. Rows sum to 1."""
        return self._overlap

    def weights(self) -> NDArray[np.float64]:
        """Return W_nk as states x samples; each row sums to 1."""
        return _core.mbar_weights(self._solved, self._samples)

    def expectation(
        self, observables: Numbers, *, state: int = 0, potential: Numbers | None = None
    ) -> Expectation:
        """Return sum_n W_nk A(n) of observables in a state, or at potentials of a new one.

        Parameters
        ----------
        observables
            A(n), or many of them: observables x samples.
        state
            Of those given.
        potential
            u(n) of a state that was not given, instead.

        Raises
        ------
        ValueError
            Another number of samples; numbers that are not finite; no such state.
        TypeError
            Arguments that are no real numbers.

        Examples
        --------
        >>> import gibbs
        >>> import numpy as np
        >>> x = np.linspace(-2, 2, 41)
        >>> mbar = gibbs.thermo.MBAR([x**2 / 2], [41])
        >>> mean, error = mbar.expectation(x)
        >>> abs(mean) < 1e-12
        np.True_
        """
        a = np.asarray(observables)
        row = None if potential is None else np.atleast_2d(np.asarray(potential))
        values, errors = _core.mbar_expectations(self._solved, np.atleast_2d(a), state, row)
        return Expectation(values[0], errors[0]) if a.ndim < 2 else Expectation(values, errors)

    def free_energies_of(self, u_ln: Numbers) -> NewStates:
        """Return the free energies of states that were not given: new states x samples.

        Raises
        ------
        ValueError
            Another number of samples; NaN or -inf.
        TypeError
            Potentials that are no real numbers.
        """
        return NewStates(*_core.mbar_new_states(self._solved, u_ln))

    def bootstrap(self, replicates: int = 100, *, seed: int = 0) -> Bootstrap:
        """Draw samples again within each state, and solve from the answer.

        The replicates are the same on every machine, and with any number of threads.

        Raises
        ------
        ValueError
            Fewer than 2 replicates; a seed that is no number of 64 bits.
        TypeError
            One of them that is no integer.
        """
        return Bootstrap(*_core.mbar_bootstrap(self._solved, replicates, seed))
