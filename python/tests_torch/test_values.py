"""The values are those of the library, whatever the shape, the strides and the dimension."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

import gibbs
import gibbs.torch as gt
from torch_support import DTYPES, EVERY, MAPS, normal


@pytest.mark.parametrize("dim", range(-4, 4))
@pytest.mark.parametrize("dtype", DTYPES)
def test_softmax_and_its_logarithm_are_those_of_pytorch(dim: int, dtype: torch.dtype) -> None:
    x = normal(3, 4, 2, 5).to(dtype)
    ulp = 2 * torch.finfo(dtype).eps
    torch.testing.assert_close(
        gt.softmax(x, dim), torch.softmax(x.double(), dim).to(dtype), rtol=ulp, atol=ulp
    )
    log_p = torch.log_softmax(x.double(), dim).to(dtype)
    torch.testing.assert_close(gt.log_softmax(x, dim), log_p, rtol=ulp, atol=ulp)
    log_z = torch.logsumexp(x.double(), dim).to(dtype)
    torch.testing.assert_close(gt.logsumexp(x, dim), log_z, rtol=ulp, atol=ulp)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16])
@pytest.mark.parametrize("alpha", [0.5, 1.0, 1.5, 2.0, 3.0])
def test_entmax_is_that_of_the_numpy_door_to_the_bit(dtype: torch.dtype, alpha: float) -> None:
    x = normal(3, 4, 50).to(dtype)
    log_g = normal(50, seed=2).to(dtype)
    mask = normal(4, 50, seed=3) > -1
    temperature = normal(3, 1, seed=4).exp()
    p = gt.entmax(x, alpha, temperature=temperature, log_degeneracy=log_g, mask=mask)
    of_numpy = gibbs.entmax(
        x.numpy(),
        alpha,
        temperature=temperature.numpy(),
        log_degeneracy=log_g.float().numpy() if dtype is torch.float16 else log_g.numpy(),
        mask=mask.numpy(),
    )
    assert torch.equal(p, torch.as_tensor(of_numpy))


@pytest.mark.parametrize("name", EVERY)
def test_strides_change_nothing(name: str) -> None:
    whole = normal(5, 6, 7, 4)
    views = [
        whole.transpose(0, 2),
        whole[::2, :, 1::3],
        whole[:, :1].expand(5, 3, 7, 4),
        whole.permute(3, 1, 0, 2),
    ]
    for view in views:
        for dim in range(4):
            result = EVERY[name](view, dim=dim)
            assert torch.equal(result, EVERY[name](view.contiguous(), dim=dim))
            assert result.is_contiguous()


@pytest.mark.parametrize("name", MAPS)
def test_a_scalar_is_a_row_of_one_state(name: str) -> None:
    x = torch.tensor(3.0, requires_grad=True)
    p: Tensor = MAPS[name](x, dim=0)
    assert p.shape == ()
    assert torch.equal(p, torch.tensor(1.0))
    assert torch.autograd.grad(p, x)[0] == 0


def test_log_z_of_a_scalar_is_the_scalar() -> None:
    assert gt.logsumexp(torch.tensor(3.0)) == 3
    assert gt.log_softmax(torch.tensor(3.0)) == 0


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0), (2, 0, 3)])
def test_empty_tensors_have_empty_results_and_gradients(name: str, shape: tuple[int, ...]) -> None:
    x = torch.empty(shape, requires_grad=True)
    result = EVERY[name](x, dim=1)
    expected = torch.logsumexp(x, 1) if name == "logsumexp" else torch.softmax(x, 1)
    assert result.shape == expected.shape
    assert (result == -torch.inf).all()
    assert torch.autograd.grad(result.sum(), x)[0].shape == x.shape


@pytest.mark.parametrize("dim", [(0,), (0, 2), (-1, 0, 1), ()])
@pytest.mark.parametrize("keepdim", [False, True])
def test_logsumexp_goes_over_several_dims_as_that_of_pytorch(
    dim: tuple[int, ...], keepdim: bool
) -> None:
    x = normal(3, 4, 5)
    torch.testing.assert_close(
        gt.logsumexp(x, dim, keepdim),
        torch.logsumexp(x, dim, keepdim) if dim else x,
    )


def test_over_several_dims_mask_and_log_degeneracy_go_with_their_scores() -> None:
    x, log_g, mask = normal(3, 4, 5), normal(4, 1, seed=2), normal(3, 1, 5, seed=3) > 0
    log_z = gt.logsumexp(x, (0, 2), log_degeneracy=log_g, mask=mask)
    weighted = torch.where(mask, x + log_g, -torch.inf)
    torch.testing.assert_close(log_z, torch.logsumexp(weighted, (0, 2)))


def per_row(of: list[float], keep: bool) -> Tensor:
    numbers = torch.tensor(of, dtype=torch.float64)
    return numbers.unsqueeze(1) if keep else numbers


@pytest.mark.parametrize("keep", [False, True])
def test_alpha_and_temperature_may_be_one_per_row(keep: bool) -> None:
    x = normal(3, 6)
    alphas, temperatures = [0.7, 1.0, 2.0], [0.5, 1.0, 4.0]
    p = gt.entmax(x, per_row(alphas, keep), temperature=per_row(temperatures, keep))
    for i in range(3):
        alone = gt.entmax(x[i], alphas[i], temperature=temperatures[i])
        assert torch.equal(p[i], alone)


@pytest.mark.parametrize("name", EVERY)
def test_every_parameter_changes_the_answer(name: str) -> None:
    x = normal(2, 5)
    plain = EVERY[name](x)
    if name != "argmax":
        assert not torch.equal(plain, EVERY[name](x, temperature=2.0))
    best = x.argmax(1, keepdim=True)
    log_g = torch.zeros_like(x).scatter(1, best, -torch.inf)
    assert not torch.equal(plain, EVERY[name](x, log_degeneracy=log_g))
    mask = torch.ones_like(x, dtype=torch.bool).scatter(1, best, False)
    assert not torch.equal(plain, EVERY[name](x, mask=mask))
    same = EVERY[name](x, log_degeneracy=log_g)
    torch.testing.assert_close(same, EVERY[name](x, mask=mask), rtol=1e-14, atol=1e-14)


def test_the_input_is_left_as_it_was() -> None:
    x = normal(3, 4)
    before = x.clone()
    for of in EVERY.values():
        of(x)
    assert torch.equal(x, before)
