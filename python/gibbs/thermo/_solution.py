"""How a solver ended."""

from __future__ import annotations

from typing import NamedTuple


class SolveReport(NamedTuple):
    """What a solver can prove of its answer.

    Attributes
    ----------
    status
        "converged"; "disconnected": some states share no samples with others, and there is no free
        energy between them; "iteration limit"; "stalled": no step improves any more.
    converged
        Whether the status is "converged".
    iterations
        Newton steps.
    gradient_norm
        The largest abs(sum_n N_k W_nk - N_k) / N_k of a state with samples, at the answer.
    newton_step
        By how much another step would still change a free energy.
    components
        The states that share samples, directly or through others. Empty if the iteration ended too
        far from the minimum to know; errors between states may then be nan.
    message
        The same in a sentence, which names the states.
    """

    status: str
    converged: bool
    iterations: int
    gradient_norm: float
    newton_step: float
    components: tuple[tuple[int, ...], ...]
    message: str
