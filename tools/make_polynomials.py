#!/usr/bin/env python3
"""Makes src/kernels/polynomials.hpp: minimax coefficients by the Remez exchange at 60 digits.

Usage: tools/make_polynomials.py > src/kernels/polynomials.hpp      (needs mpmath)
"""

import math
import struct

import mpmath as mp

mp.mp.dps = 60


def remez(target, weight, low, high, degree):
    """Coefficients c of sum c_k x^k that minimise the largest |weight (target - p)|."""
    count = degree + 2
    middle, half = (low + high) / 2, (high - low) / 2
    nodes = [middle - half * mp.cos(mp.pi * k / (count - 1)) for k in range(count)]
    error = mp.mpf(0)
    for _ in range(12):
        matrix = mp.matrix(count, count)
        right = mp.matrix(count, 1)
        for i, x in enumerate(nodes):
            for k in range(degree + 1):
                matrix[i, k] = x**k
            matrix[i, degree + 1] = (-1) ** i / weight(x)
            right[i] = target(x)
        solution = mp.lu_solve(matrix, right)
        coefficients = [solution[k] for k in range(degree + 1)]

        def residual(x, c=tuple(coefficients)):
            return weight(x) * (target(x) - mp.polyval(list(reversed(c)), x))

        grid = [low + (high - low) * mp.mpf(k) / 1200 for k in range(1201)]
        values = [residual(x) for x in grid]
        nodes = alternating_extrema(grid, values, count)
        error = max(abs(v) for v in values)
    return coefficients, error


def alternating_extrema(grid, values, count):
    """The largest |value| of each run of one sign; the `count` of them that stand together."""
    runs = []
    for x, v in zip(grid, values):
        if runs and (runs[-1][1] > 0) == (v > 0):
            if abs(v) > abs(runs[-1][1]):
                runs[-1] = (x, v)
        else:
            runs.append((x, v))
    while len(runs) > count:
        runs.pop(0 if abs(runs[0][1]) < abs(runs[-1][1]) else -1)
    if len(runs) != count:
        raise SystemExit(f"Remez lost the alternation: {len(runs)} of {count}")
    return [x for x, _ in runs]


def exp_tail(x):
    """(e^x - 1 - x) / x^2, by its series near 0."""
    if abs(x) < mp.mpf(10) ** -8:
        return mp.mpf(1) / 2 + x / 6 + x * x / 24
    return (mp.e**x - 1 - x) / x**2


def log_tail(x):
    """(log(1 + x) - x + x^2 / 2) / x^3, by its series near 0."""
    if abs(x) < mp.mpf(10) ** -8:
        return mp.mpf(1) / 3 - x / 4 + x * x / 5
    return (mp.log1p(x) - x + x * x / 2) / x**3


def atanh_tail(y):
    """(2 atanh(s) - 2 s) / s^3 with y = s^2."""
    if y < mp.mpf(10) ** -16:
        return mp.mpf(2) / 3 + 2 * y / 5
    s = mp.sqrt(y)
    return (2 * mp.atanh(s) - 2 * s) / s**3


def log2_quotient(x):
    """log2(1 + x) / x, by its series near 0."""
    if abs(x) < mp.mpf(10) ** -8:
        return (1 - x / 2 + x * x / 3) / mp.log(2)
    return mp.log1p(x) / x / mp.log(2)


def exp2_quotient(x):
    """(2^x - 1) / x, by its series near 0."""
    if abs(x) < mp.mpf(10) ** -8:
        return mp.log(2) * (1 + x * mp.log(2) / 2)
    return mp.expm1(x * mp.log(2)) / x


def as_float(value):
    """value rounded to binary32, as a C hexadecimal literal."""
    single = struct.unpack("f", struct.pack("f", float(value)))[0]
    return f"{single.hex()}f"


def as_double(value):
    return float(value).hex()


def array(kind, name, values, comment):
    write = as_float if kind == "float" else as_double
    body = ",\n    ".join(write(v) for v in values)
    print(f"// {comment}")
    print(f"inline constexpr {kind} {name}[] = {{\n    {body}}};\n")


def main():
    half = mp.log(2) / 2 * (1 + mp.mpf(2) ** -10)
    root = mp.sqrt(2)
    print("#pragma once")
    print("// Made by tools/make_polynomials.py; do not edit. Lowest power first.\n")
    print("namespace gibbs::kernels {\n")

    def exp_weight(x):
        return (x * x + mp.mpf(10) ** -12) / mp.e**x

    for kind, name, degree in (("float", "kExpTailFloat", 4), ("double", "kExpTailDouble", 9)):
        c, error = remez(exp_tail, exp_weight, -half, half, degree)
        array(kind, name, c, f"e^r = 1 + r + r^2 q(r), |r| <= log(2) / 2: "
              f"relative error 2^{float(mp.log(error, 2)):.1f}")

    def log_weight(x):
        return abs(x * x) + mp.mpf(10) ** -12

    c, error = remez(log_tail, log_weight, 1 / root - 1, root - 1, 8)
    array("float", "kLogTailFloat", c, "log(1 + f) = f - f^2/2 + f^3 q(f), sqrt(1/2) <= 1 + f <= "
          f"sqrt(2): error 2^{float(mp.log(error, 2)):.1f} of f")
    top = ((root - 1) / (root + 1)) ** 2 * (1 + mp.mpf(2) ** -20)
    c, error = remez(atanh_tail, lambda y: y + mp.mpf(10) ** -14, mp.mpf(0), top, 6)
    array("double", "kLogTailDouble", c, "log((1 + s) / (1 - s)) = 2 s + s^3 q(s^2), the same "
          f"range: error 2^{float(mp.log(error, 2)):.1f} of s")

    def exp2_weight(x):
        return (abs(x) + mp.mpf(10) ** -12) / mp.power(2, x)

    limit = mp.mpf(1) / 2 * (1 + mp.mpf(2) ** -10)
    for rough, log_degree, exp_degree in (("", 9, 5), ("Rough", 4, 2)):
        c, error = remez(log2_quotient, lambda x: 1 / log2_quotient(x), 1 / root - 1, root - 1,
                         log_degree)
        array("float", f"kLog2Quotient{rough}", c, "log2(1 + f) = f q(f), sqrt(1/2) <= 1 + f <= "
              f"sqrt(2): relative error 2^{float(mp.log(error, 2)):.1f}")
        c, error = remez(exp2_quotient, exp2_weight, -limit, limit, exp_degree)
        array("float", f"kExp2Quotient{rough}", c, "2^r = 1 + r q(r), |r| <= 1/2: "
              f"relative error 2^{float(mp.log(error, 2)):.1f}")
    print("}  // namespace gibbs::kernels")


if __name__ == "__main__":
    assert math.isclose(float(exp_tail(mp.mpf(0))), 0.5)
    main()
