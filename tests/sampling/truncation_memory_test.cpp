// A step of sampling allocates nothing, once its thread has seen a row as long.

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <gibbs/gibbs.hpp>
#include <new>
#include <vector>

#include "support/random.hpp"

// The sanitizers bring an operator new of their own.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define GIBBS_COUNTS_ALLOCATIONS 1
#endif
#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#undef GIBBS_COUNTS_ALLOCATIONS
#endif
#endif

#ifdef GIBBS_COUNTS_ALLOCATIONS

static std::atomic<std::int64_t> allocations{0};

static void* allocate(std::size_t size, std::size_t alignment) {
  ++allocations;
  const std::size_t rounded = (size + alignment - 1) / alignment * alignment;
  if (void* const memory = std::aligned_alloc(alignment, rounded)) return memory;
  throw std::bad_alloc();
}

// Not inlined: where delete is and new is not, g++ 12 takes free for a mismatch.
[[gnu::noinline]] static void release(void* memory) { std::free(memory); }

void* operator new(std::size_t size) { return allocate(size, alignof(std::max_align_t)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { release(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { release(memory); }

namespace gibbs::testing {
namespace {

TEST(TruncationMemory, AStepAllocatesNothing) {
  const auto row = normal_scores<float>(20000, 2, 1);
  const std::vector<std::int64_t> said{1, 2, 3, 4, 1, 2, 3};
  const std::vector<Chain> chains{
      {{TopP{0.9}}},
      {{TopK{40}, TypicalP{0.9}, TopH{0.7}}},
      {{Penalties{1.2, 0.1, 0.1, count_tokens(said)}, Dry{1, 1.75, 2, -1, said, {}}, MinP{0.05}}},
      {{LogitBias{{{5, 1}}}, Xtc{0.5, 0.01}, PLess{}, EtaCutoff{1e-3}}},
      {{Temperature{0.7}, DynamicTemperature{0.5, 1.5, 1}, TopNSigma{2}, MirostatV2{}}},
      {{Mirostat{}}}};
  std::vector<std::int64_t> token(1), kept(1);
  std::vector<double> log_p(1), full(1), mass(1);
  std::vector<MirostatState> state{MirostatState::start(5)};
  const auto step = [&](const Chain& chain, std::uint64_t number) {
    TruncationOptions options{.first_draw = number};
    options.log_probability = log_p;
    options.full_log_probability = full;
    options.kept_mass = mass;
    options.kept = kept;
    for (const Filter& filter : chain.filters) {
      if (std::holds_alternative<Mirostat>(filter)) options.mirostat = state;
      if (std::holds_alternative<MirostatV2>(filter)) options.mirostat = state;
    }
    sample_truncated(row, chain, Rows<std::int64_t>(token), options);
  };
  for (const Chain& chain : chains) {
    for (std::uint64_t i = 0; i < 3; ++i) step(chain, i);
    const std::int64_t before = allocations;
    for (std::uint64_t i = 3; i < 30; ++i) step(chain, i);
    EXPECT_EQ(allocations - before, 0);
  }
}

}  // namespace
}  // namespace gibbs::testing

#endif
