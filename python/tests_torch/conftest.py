"""Warnings are errors, but for those that PyTorch raises about itself."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    of_pytorch = ("ignore:`torch.jit.script` is deprecated:FutureWarning",)
    for warning in of_pytorch:
        config.addinivalue_line("filterwarnings", warning)
