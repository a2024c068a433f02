"""Writes the rovibrational levels of carbon monoxide, 12C16O: v <= 17, J <= 150.

E(v, J) = sum_kl Y_kl (v + 1/2)^k (J (J + 1))^l, in cm-1 above v = 0, J = 0, with the Dunham
coefficients of Guelachvili, de Villeneuve, Farrenq, Urban and Verges, "Dunham coefficients for
seven CO isotopic species", Journal of Molecular Spectroscopy 98, 64 (1983). g = 2 J + 1: neither
nucleus has a spin.

    python3 examples/carbon_monoxide/make_levels.py > levels.csv
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# Y[k][l] in cm-1, as published.
Y = [
    ["0", "1.931280862", "-0.000006120747566", "5.335386989E-12"],
    ["2169.813079", "-0.01750410135", "9.449843093E-10", "-1.512462732E-13"],
    ["-13.28790587", "5.422101371E-7", "-1.430768382E-10", "-1.4712951E-15"],
    ["0.01041444739", "1.311844382E-8", "-2.027592559E-12"],
    ["0.00006921598529", "1.401093703E-9", "1.660533203E-13"],
    ["1.657890319E-7", "-3.829907475E-12", "-4.714582132E-15"],
    ["2.466226718E-9", "-1.434127145E-12"],
    ["-8.630071431E-10"],
    ["1.261536024E-11"],
    ["-8.363842545E-14"],
]
HIGHEST_V, HIGHEST_J = 17, 150


def polynomial(coefficients: Sequence[Decimal], x: Decimal) -> Decimal:
    """Return sum_n c_n x^n, by Horner's rule."""
    value = Decimal(0)
    for coefficient in reversed(coefficients):
        value = value * x + coefficient
    return value


def term(v: int, j: int) -> Decimal:
    """Return E(v, J) in cm-1, above the minimum of the potential."""
    square = Decimal(j * (j + 1))
    rows = [polynomial([Decimal(y) for y in row], square) for row in Y]
    return polynomial(rows, v + Decimal("0.5"))


def levels() -> list[tuple[int, int, int, Decimal]]:
    """Return v, J, g and E of each level, E to 8 decimals."""
    ground = term(0, 0)
    return [
        (v, j, 2 * j + 1, round(term(v, j) - ground, 8))
        for v in range(HIGHEST_V + 1)
        for j in range(HIGHEST_J + 1)
    ]


def main() -> None:
    """Print the table."""
    print("v,J,g,E")
    for v, j, g, energy in levels():
        print(f"{v},{j},{g},{energy:f}")


if __name__ == "__main__":
    main()
