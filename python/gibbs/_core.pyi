"""The extension module: arguments by position, arrays of any kind in and out."""

from typing import Any, Protocol

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
def set_num_threads(threads: int, /) -> None: ...
def num_threads() -> int: ...
def simd_target() -> str: ...
def simd_targets() -> list[str]: ...
def set_simd_target(name: str, /) -> None: ...
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
    """Loss, Gradients, probabilities, entropy, what the gradients are yet to be multiplied by.

    alpha is 1 where the loss has none.
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
