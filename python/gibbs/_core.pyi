"""The extension module: arguments by position, arrays of any kind in and out."""

from typing import Any, Protocol, TypeAlias

__version__: str

class Map(Protocol):
    def __call__(
        self,
        scores: object,
        axis: object,
        temperature: object,
        log_degeneracy: object,
        mask: object,
        out: object,
        /,
    ) -> Any: ...

softmax: Map
log_softmax: Map

def entmax(
    function: str,
    scores: object,
    alpha: object,
    axis: object,
    temperature: object,
    log_degeneracy: object,
    mask: object,
    out: object,
    return_support: bool,
    /,
) -> Any: ...
def constrained(
    function: str,
    scores: object,
    divergence: object,
    alpha: object,
    axis: object,
    budget: object,
    temperature: object,
    lower: object,
    upper: object,
    weights: object,
    log_degeneracy: object,
    mask: object,
    out: object,
    details: bool,
    /,
) -> Any: ...
def normmax(
    scores: object,
    alpha: object,
    axis: object,
    temperature: object,
    mask: object,
    out: object,
    details: bool,
    /,
) -> Any: ...
def top_k_entmax(
    function: str,
    scores: object,
    k: object,
    alpha: object,
    axis: object,
    temperature: object,
    log_degeneracy: object,
    mask: object,
    out: object,
    details: bool,
    /,
) -> Any: ...

class MapOfOneNumber(Protocol):
    """A map with one parameter of its own: t, or the sink."""

    def __call__(
        self,
        scores: object,
        parameter: object,
        axis: object,
        temperature: object,
        log_degeneracy: object,
        mask: object,
        out: object,
        details: bool,
        /,
    ) -> Any: ...

tempered_softmax: MapOfOneNumber
sink_softmax: MapOfOneNumber

def details(
    scores: object,
    alpha: object,
    axis: object,
    temperature: object,
    log_degeneracy: object,
    mask: object,
    /,
) -> tuple[Any, Any, Any, Any, Any]: ...

class Draw(Protocol):
    """Draws of rows; `noise`: (seed, stream, row_ids, first_row, first_category, first_draw)."""

    def __call__(
        self,
        scores: object,
        draws: object,
        axis: object,
        alpha: object,
        temperature: object,
        log_degeneracy: object,
        mask: object,
        noise: object,
        log_probability: bool,
        status: bool,
        /,
    ) -> Any: ...

sample: Draw
gumbel_max: Draw

def gumbel_top_k(
    scores: object,
    k: object,
    axis: object,
    alpha: object,
    temperature: object,
    log_degeneracy: object,
    mask: object,
    noise: object,
    log_probability: bool,
    status: bool,
    perturbed: bool,
    /,
) -> Any: ...
def inclusion_probabilities(
    scores: object,
    k: object,
    axis: object,
    alpha: object,
    temperature: object,
    log_degeneracy: object,
    mask: object,
    /,
) -> Any: ...
def gumbel_max_pieces(
    scores: object,
    axis: object,
    alpha: object,
    temperature: object,
    log_degeneracy: object,
    mask: object,
    noise: object,
    /,
) -> tuple[Any, Any, Any, Any, Any, Any, Any]: ...
def merge_winners(
    one: tuple[Any, ...], other: tuple[Any, ...], /
) -> tuple[Any, Any, Any, Any, Any, Any, Any]: ...
def told_of_winners(winners: tuple[Any, ...], /) -> tuple[Any, Any]: ...
def fill_noise(function: str, out: object, axis: object, noise: object, /) -> Any: ...
def gumbel_entmax(
    function: str,
    scores: object,
    alpha: object,
    axis: object,
    tau: object,
    temperature: object,
    log_degeneracy: object,
    mask: object,
    noise: object,
    out: object,
    /,
) -> Any: ...
def log_gumbel_softmax(
    scores: object,
    axis: object,
    tau: object,
    temperature: object,
    log_degeneracy: object,
    mask: object,
    noise: object,
    out: object,
    /,
) -> Any: ...
def straight_through(
    scores: object,
    axis: object,
    tau: object,
    temperature: object,
    log_degeneracy: object,
    mask: object,
    noise: object,
    out: object,
    return_relaxed: bool,
    /,
) -> Any: ...
def binary_concrete(
    scores: object,
    axis: object,
    tau: object,
    temperature: object,
    mask: object,
    noise: object,
    out: object,
    return_logits: bool,
    /,
) -> Any: ...

class RelaxedVjp(Protocol):
    """The derivative of a relaxation; gives (scores, temperature, log_degeneracy, alpha, tau)."""

    def __call__(
        self,
        function: str,
        given: object,
        upstream: object,
        alpha: object,
        axis: object,
        tau: object,
        temperature: object,
        scores: object,
        wanted: int,
        /,
    ) -> tuple[Any, Any, Any, Any, Any]: ...

WANTS_TAU: int
WANTS_POINT: int
gumbel_entmax_vjp: RelaxedVjp
log_gumbel_softmax_vjp: RelaxedVjp
binary_concrete_vjp: RelaxedVjp

def concrete_log_density(
    scores: object,
    log_relaxed: object,
    axis: object,
    tau: object,
    temperature: object,
    log_degeneracy: object,
    measure: object,
    /,
) -> Any: ...
def binary_concrete_log_density(
    scores: object,
    logits: object,
    axis: object,
    tau: object,
    temperature: object,
    measure: object,
    /,
) -> Any: ...
def concrete_log_density_vjp(
    scores: object,
    log_relaxed: object,
    upstream: object,
    axis: object,
    tau: object,
    temperature: object,
    log_degeneracy: object,
    measure: object,
    wanted: int,
    /,
) -> tuple[Any, Any, Any, Any, Any]: ...
def binary_concrete_log_density_vjp(
    scores: object,
    logits: object,
    upstream: object,
    axis: object,
    tau: object,
    temperature: object,
    measure: object,
    wanted: int,
    /,
) -> tuple[Any, Any, Any, Any, Any]: ...

class Chain:
    def __len__(self) -> int: ...

def make_chain(filters: list[tuple[Any, ...]], boundaries: int, /) -> Chain: ...
def llama_cpp(settings: tuple[Any, ...], /) -> tuple[list[tuple[Any, ...]], int]: ...
def hugging_face(settings: tuple[Any, ...], /) -> tuple[list[tuple[Any, ...]], int]: ...
def count_tokens(history: object, last_n: object, /) -> tuple[tuple[int, int], ...]: ...
def sample_truncated(
    scores: object,
    chain: Chain | list[Chain],
    draws: object,
    axis: object,
    mask: object,
    noise: object,
    full: object,
    mirostat: object,
    return_full: bool,
    return_kept_columns: bool,
    /,
) -> tuple[Any, Any, Any, Any, Any, Any, Any, Any]: ...
def truncate(
    scores: object,
    chain: Chain | list[Chain],
    axis: object,
    mask: object,
    noise: object,
    full: object,
    mirostat: object,
    out: object,
    as_scores: bool,
    details: bool,
    return_kept_columns: bool,
    /,
) -> Any: ...
def conditional_gumbels(
    scores: object, winners: object, axis: object, maximum: object, noise: object, /
) -> Any: ...
def conditional_gumbels_vjp(
    scores: object,
    winners: object,
    perturbed: object,
    upstream: object,
    axis: object,
    maximum_given: bool,
    /,
) -> tuple[Any, Any]: ...

Estimate = tuple[Any, Any, float, int, int, int]
"""(gradient, variance, value, estimates, evaluations, draws); what is called `noise` below is
(seed, stream, row, first_draw, estimates)."""

def score_function_gradient(
    scores: object, f: object, samples: object, noise: object, /
) -> Estimate: ...
def straight_through_gradient(scores: object, f: object, noise: object, /) -> Estimate: ...
def gumbel_straight_through_gradient(
    scores: object, f: object, tau: object, noise: object, /
) -> Estimate: ...
def gumbel_rao_gradient(
    scores: object, f: object, tau: object, samples: object, noise: object, /
) -> Estimate: ...
def relax_gradient(scores: object, f: object, control: object, noise: object, /) -> Estimate: ...
def rebar_gradient(
    scores: object, f: object, tau: object, eta: object, noise: object, /
) -> Estimate: ...
def rebar_eta(scores: object, f: object, tau: object, noise: object, /) -> float: ...
def arm_gradient(scores: object, f: object, noise: object, /) -> Estimate: ...

class Mbar: ...

SolverTuple: TypeAlias = tuple[object, object, object]
ReportTuple: TypeAlias = tuple[str, bool, int, float, float, tuple[tuple[int, ...], ...], str]

def mbar_of_matrix(u_kn: object, n_k: object, initial: object, options: SolverTuple, /) -> Mbar: ...
def mbar_of_linear(
    lambdas: object, x: object, n_k: object, initial: object, options: SolverTuple, /
) -> Mbar: ...
def mbar_of_blocks(
    block: object, n_k: object, initial: object, options: SolverTuple, /
) -> Mbar: ...
def mbar_told(mbar: Mbar, /) -> tuple[Any, Any, Any, Any, ReportTuple]: ...
def mbar_weights(mbar: Mbar, samples: object, /) -> Any: ...
def mbar_expectations(
    mbar: Mbar, observables: object, state: object, potential: object, /
) -> tuple[Any, Any]: ...
def mbar_new_states(mbar: Mbar, u_ln: object, /) -> tuple[Any, Any]: ...
def mbar_bootstrap(mbar: Mbar, replicates: object, seed: object, /) -> tuple[Any, Any, int]: ...
def bar(
    forward: object, reverse: object, options: SolverTuple, /
) -> tuple[float, float, float, ReportTuple]: ...
def exponential_average(work: object, /) -> tuple[float, float]: ...
def wham(
    counts: object, bias: object, options: SolverTuple, /
) -> tuple[Any, Any, Any, Any, Any, ReportTuple]: ...

class AliasTable:
    def __len__(self) -> int: ...

def alias_table(weights: object, /) -> AliasTable: ...
def alias_table_of_scores(
    scores: object,
    alpha: object,
    temperature: object,
    log_degeneracy: object,
    mask: object,
    /,
) -> AliasTable: ...
def draw_of_table(
    table: AliasTable,
    draws: object,
    seed: object,
    stream: object,
    row: object,
    first_draw: object,
    /,
) -> Any: ...
def chi_square_test(counts: object, probabilities: object, /) -> tuple[float, float, float]: ...
def uniformity_test(values: object, /) -> tuple[float, float, float]: ...

class Levels:
    def __len__(self) -> int: ...

def levels_of_numbers(energies: object, degeneracies: object, /) -> Levels: ...
def levels_of_text(energies: object, degeneracies: list[str], /) -> Levels: ...
def levels_of_logs(energies: object, log_degeneracies: object, states: str, /) -> Levels: ...
def energies_of(levels: Levels, /) -> Any: ...
def degeneracies_of(levels: Levels, /) -> Any: ...
def log_degeneracies_of(levels: Levels, /) -> Any: ...
def bounds_of(levels: Levels, /) -> tuple[float, float, float]: ...
def product_of_levels(a: Levels, b: Levels, /) -> Levels: ...
def two_level(gap: object, ground: object, excited: object, /) -> Levels: ...
def harmonic_oscillator(quantum: object, count: object, zero_point: bool, /) -> Levels: ...
def rigid_rotor(constant: object, count: object, even: object, odd: object, /) -> Levels: ...
def particle_in_box(unit: object, count: object, /) -> Levels: ...
def ising_chain(spins: object, coupling: object, field: object, /) -> Levels: ...
def ising_square(length: object, coupling: object, /) -> Levels: ...
def hydrogen_like(rydberg: object, last: object, /) -> Levels: ...
def model_count(model: str, unit: object, thermal_energy: object, tail: object, /) -> int: ...
def default_constants() -> tuple[float, float, float, float, float, float, float]: ...
def constants_text(constants: list[float], /) -> str: ...
def boltzmann_constant(unit: object, constants: list[float], /) -> float: ...

class CountableLevels:
    def __len__(self) -> int: ...

def countable_levels(
    quanta: object, degeneracies: object, quantum: object, /
) -> CountableLevels: ...
def countable_levels_of(levels: Levels, quantum: object, /) -> CountableLevels: ...
def fields_of_countable_levels(levels: CountableLevels, /) -> tuple[Any, Any, float]: ...
def quanta_of(levels: CountableLevels, energy: object, /) -> int: ...
def countable_probabilities(levels: CountableLevels, beta: object, /) -> Any: ...
def arrangements(occupation: object, degeneracies: object, /) -> str: ...
def log_arrangements(occupation: object, degeneracies: object, /) -> float: ...
def log_factorial(n: object, /) -> float: ...
def stirling(n: object, /) -> tuple[Any, ...]: ...
def stirling_of_occupation(occupation: object, degeneracies: object, /) -> tuple[Any, ...]: ...
def macrostates(levels: CountableLevels, count: object, energy: object, /) -> str: ...
def microcanonical(
    levels: CountableLevels, count: object, energy: object, /
) -> tuple[str, float, Any]: ...
def most_probable_occupation(
    levels: CountableLevels, count: object, energy: object, max_steps: object, /
) -> tuple[Any, float, bool, float, int]: ...
def most_probable_occupation_at(
    levels: CountableLevels, count: object, beta: object, /
) -> tuple[Any, float, bool, float, int]: ...
def boltzmann_occupation(
    levels: CountableLevels, count: object, energy: object, /
) -> tuple[float, float, Any]: ...
def convergence(
    levels: CountableLevels,
    count: object,
    energy: object,
    multiples: object,
    max_steps: object,
    /,
) -> list[tuple[Any, ...]]: ...
def maximum_entropy(
    functions: object, moments: object, degeneracies: object, max_iterations: object, /
) -> tuple[Any, float, float, Any, int, bool, bool, int, float]: ...
def mean_number(statistics: object, x: object, /) -> Any: ...
def quantum_gas(
    statistics: object, levels: Levels, particles: object, beta: object, /
) -> tuple[float, float, float, Any, float, float, bool, int, float]: ...
def metropolis(
    energy: object,
    propose: object,
    state: object,
    options: tuple[object, ...],
    uniforms: object,
    keep_states: bool,
    /,
) -> tuple[Any, list[Any], int, int, Any, tuple[float, float, float, int, float]]: ...
def autocorrelation(series: object, /) -> tuple[float, float, float, int, float]: ...

class Ensemble:
    def boltzmann(self) -> float: ...

def ensemble_of(levels: Levels, unit: object, boltzmann: object, /) -> Ensemble: ...
def levels_of(ensemble: Ensemble, /) -> Levels: ...
def states_of(ensemble: Ensemble, function: str, temperatures: object, inverse: bool, /) -> Any: ...
def populations_of(ensemble: Ensemble, temperatures: object, /) -> Any: ...
def most_probable_occupations(
    ensemble: Ensemble, temperatures: object, systems: object, /
) -> Any: ...
def temperatures_of(ensemble: Ensemble, mean_energy: object, /) -> Any: ...
def tails_of(
    ensemble: Ensemble, temperatures: object, cut: object, growth: object, states: str, /
) -> Any: ...
def levels_drawn(
    ensemble: Ensemble,
    temperatures: object,
    draws: object,
    seed: object,
    stream: object,
    first_row: object,
    first_draw: object,
    /,
) -> tuple[Any, Any]: ...
def peak_of(ensemble: Ensemble, low: object, high: object, /) -> Any: ...
def combined_states(a: object, b: object, /) -> Any: ...
def multi_temperature_populations(
    parts: object, temperatures: object, degeneracies: Levels, unit: object, boltzmann: object, /
) -> Any: ...
def translation_of(
    mass: object,
    volume: object,
    temperature: object,
    count: object,
    boltzmann: float,
    planck: float,
    /,
) -> Any: ...
def umbrella_bias(x: object, centres: object, stiffness: object, period: object, /) -> Any: ...
def ising_square_limit(temperatures: object, coupling: object, /) -> Any: ...
def ising_critical_temperature(coupling: object, /) -> float: ...
def set_num_threads(threads: int, /) -> None: ...
def num_threads() -> int: ...
def set_keep_bytes(limit: object, /) -> None: ...
def keep_bytes() -> int: ...
def simd_target() -> str: ...
def simd_targets() -> list[str]: ...
def set_simd_target(name: object, /) -> None: ...
def sparse_entmax(
    function: str,
    scores: object,
    alpha: object,
    axis: object,
    temperature: object,
    log_degeneracy: object,
    mask: object,
    /,
) -> tuple[Any, Any, Any, tuple[int, int], bool]: ...
def log_sum_exp(
    scores: object,
    axis: object,
    temperature: object,
    log_degeneracy: object,
    mask: object,
    keepdims: bool,
    /,
) -> Any: ...
def signed_log_sum_exp(
    scores: object, axis: object, weights: object, signs: bool, /
) -> tuple[Any, Any]: ...
def entropy(
    probabilities: object, alpha: object, axis: object, log_degeneracy: object, /
) -> Any: ...

WANTS_TEMPERATURE: int
WANTS_LOG_DEGENERACY: int
WANTS_ALPHA: int
WANTS_SCORES: int
WANTS_PREDICTION: int
WANTS_UNSCALED: int
WANTS_BUDGET: int
WANTS_LOWER: int
WANTS_UPPER: int

Gradients = tuple[Any, Any, Any, Any]

class Vjp(Protocol):
    """A derivative; alpha is 1 where the map has none, of a sink its probability."""

    def __call__(
        self,
        function: str,
        given: object,
        upstream: object,
        alpha: object,
        axis: object,
        temperature: object,
        log_degeneracy: object,
        wanted: int,
        /,
    ) -> Gradients: ...

entmax_vjp: Vjp
log_softmax_vjp: Vjp
log_sum_exp_vjp: Vjp
normmax_vjp: Vjp
sink_softmax_vjp: Vjp

def constrained_vjp(
    function: str,
    probabilities: object,
    upstream: object,
    divergence: object,
    alpha: object,
    axis: object,
    budget: object,
    temperature: object,
    lower: object,
    upper: object,
    weights: object,
    log_degeneracy: object,
    mask: object,
    wanted: int,
    /,
) -> tuple[Any, Any, Any, Any, Any, Any, Any]: ...
def entmax_hvp(
    probabilities: object,
    upstream: object,
    direction: object,
    alpha: object,
    axis: object,
    temperature: object,
    log_degeneracy: object,
    /,
) -> Any: ...

LossResults = tuple[Any, Any, Any, Any, Any, Any, Any, float]

class Loss(Protocol):
    """Loss, Gradients, probabilities, entropy, the share of a row in the loss.

    alpha is 1 where the loss has none. With WANTS_UNSCALED the gradients lack the share.
    """

    def __call__(
        self,
        function: str,
        scores: object,
        targets: object,
        alpha: object,
        axis: object,
        temperature: object,
        log_degeneracy: object,
        mask: object,
        class_weights: object,
        sample_weights: object,
        label_smoothing: object,
        ignore_index: object,
        z_loss: object,
        reduction: object,
        wanted: int,
        /,
    ) -> LossResults: ...

fenchel_young_loss: Loss
cross_entropy: Loss

def fenchel_young_hvp(
    scores: object,
    targets: object,
    direction: object,
    alpha: object,
    axis: object,
    temperature: object,
    log_degeneracy: object,
    mask: object,
    class_weights: object,
    sample_weights: object,
    label_smoothing: object,
    ignore_index: object,
    z_loss: object,
    reduction: object,
    /,
) -> Any: ...
def one_versus_all_loss(
    scores: object,
    targets: object,
    axis: object,
    temperature: object,
    mask: object,
    sample_weights: object,
    ignore_index: object,
    reduction: object,
    wanted: int,
    /,
) -> LossResults: ...
def hinge_loss(
    scores: object,
    targets: object,
    cost: object,
    axis: object,
    mask: object,
    sample_weights: object,
    ignore_index: object,
    reduction: object,
    wanted: int,
    /,
) -> LossResults: ...
def squared_loss(
    scores: object,
    targets: object,
    axis: object,
    mask: object,
    sample_weights: object,
    ignore_index: object,
    reduction: object,
    wanted: int,
    /,
) -> LossResults: ...
def distillation_loss(
    scores: object,
    teacher_scores: object,
    axis: object,
    temperature: object,
    log_degeneracy: object,
    mask: object,
    sample_weights: object,
    reduction: object,
    wanted: int,
    /,
) -> LossResults: ...
def as_numpy(function: str, argument: str, value: object, /) -> Any: ...
def as_kind_of(result: Any, like: object, same_dtype: bool, /) -> Any: ...
