"""The shapes of `make bench` (bench/driver/shapes.cpp), and those of the sparse maps."""

Shape = tuple[int, int]

KI = 1024
MI = 1024 * KI

SOFTMAX = (
    (MI, 8), (512, 10), (256 * KI, 32), (128 * KI, 64), (32 * KI, 256), (8 * KI, 1024),
    (2 * KI, 4096), (256, 32768), (64, 131072), (4, 4 * MI), (64, 64), (16, 1024), (4, 8192),
    (1, 131072),
)  # fmt: skip
SPARSE = ((4096, 1024), (32, 131072))
