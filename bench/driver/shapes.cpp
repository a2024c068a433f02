#include "driver/shapes.hpp"

namespace gibbs::bench {
namespace {

constexpr std::int64_t kKi = 1024;
constexpr std::int64_t kMi = 1024 * kKi;

// 1024 x 512: 2 MiB in and 2 MiB out, in the shared cache and worth splitting.
constexpr Shape kShapes[] = {
    {"1Mi x 8", kMi, 8},
    {"512 x 10", 512, 10},
    {"256Ki x 32", 256 * kKi, 32},
    {"128Ki x 64", 128 * kKi, 64},
    {"32Ki x 256", 32 * kKi, 256},
    {"8Ki x 1024", 8 * kKi, 1024},
    {"2Ki x 4096", 2 * kKi, 4096},
    {"256 x 32768", 256, 32768},
    {"64 x 131072", 64, 131072},
    {"4 x 4Mi", 4, 4 * kMi},
    {"64 x 64", 64, 64},
    {"16 x 1024", 16, 1024},
    {"4 x 8192", 4, 8192},
    {"1 x 131072", 1, 131072},
    {"1024 x 512", 1024, 512, Roster::kThreads},
    {"1e6 levels, 100 temperatures", 1000000, 1, Roster::kSweeps},
};

}  // namespace

std::span<const Shape> shapes() { return kShapes; }

}  // namespace gibbs::bench
