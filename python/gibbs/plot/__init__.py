"""The pictures by which people understand these maps. Needs matplotlib: `gibbs[plot]`.

Each is one function that returns a figure of matplotlib, or an animation; the numbers are the
library's. `write_figures`, or `python -m gibbs figures DIR`, writes them all.
"""

from importlib.util import find_spec

if find_spec("matplotlib") is None:
    raise ImportError("gibbs.plot needs matplotlib, pip install 'gibbs[plot]'")

from gibbs.plot._entropies import entropies
from gibbs.plot._files import write_figures
from gibbs.plot._gumbel_draws import gumbel_draws
from gibbs.plot._level_occupation import level_occupation
from gibbs.plot._normalisation import normalisation
from gibbs.plot._sparse_regions import sparse_regions
from gibbs.plot._temperature_bars import temperature_bars
from gibbs.plot._two_states import two_states

__all__ = [
    "entropies",
    "gumbel_draws",
    "level_occupation",
    "normalisation",
    "sparse_regions",
    "temperature_bars",
    "two_states",
    "write_figures",
]
