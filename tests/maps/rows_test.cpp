// Batches at any strides, any alignment, in place, and beyond 32 bits.

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <gibbs/gibbs.hpp>
#include <gibbs/rows.hpp>

#include "support/bars.hpp"
#include "support/batches.hpp"
#include "support/bits.hpp"
#include "support/random.hpp"
#include "support/run_map.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

struct Size {
  std::int64_t rows, cols;
};
constexpr Size kSizes[] = {{1, 1},  {1, 5},   {3, 2},  {7, 10},   {17, 4},  {33, 17},
                           {5, 67}, {70, 33}, {9, 67}, {2, 1000}, {300, 81}};

// Whether float rows that lie across memory are read where they lie: their sums then run in
// another order than those of rows along it.
template <Score T>
bool in_panels(const Layout& layout, Size size) {
  // A vector holds several columns of a few rows with nothing between them.
  const bool fills_vectors =
      (size.rows == 2 || size.rows == 4) && layout.step == 1 && layout.gap == 0;
  return sizeof(working_t<T>) == 4 && layout.columns_first && size.cols > 32 &&
         (size.rows >= 8 || fills_vectors);
}

// Whether probabilities have the bits expected; rows in panels are each
// within the bar, so up to twice as far apart.
template <Score T>
::testing::AssertionResult same_in_layout(const std::vector<T>& p, const std::vector<T>& expected,
                                          const Layout& layout, Size size, double alpha) {
  if (!in_panels<T>(layout, size) || alpha != 1) return same_bits(p, expected);
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (ulps(p[i], to_double(expected[i])) > 2 * softmax_bar<T>()) {
      return ::testing::AssertionFailure()
             << "element " << i << ": " << to_double(p[i]) << " and " << to_double(expected[i]);
    }
  }
  return ::testing::AssertionSuccess();
}

// The answer in a layout of scores and one of probabilities, row after row.
template <Score T>
std::vector<T> in_layouts(const std::vector<T>& scores, Size size, double alpha, const Layout& from,
                          const Layout& to) {
  Batch<T> in(size.rows, size.cols, from), out(size.rows, size.cols, to);
  fill(in, scores);
  entmax(in.input(), out.view(), {.alpha = alpha});
  EXPECT_EQ(in.guards_touched(), 0) << from.name;
  EXPECT_EQ(out.guards_touched(), 0) << to.name;
  return values_of(out);
}

TEST(Rows, TheAnswerDoesNotDependOnTheLayoutToTheBitButInPanels) {
  on_every_target_and_type([]<Score T>() {
    for (const Size size : kSizes) {
      const auto scores = normal_scores<T>(size.rows * size.cols, 2, 171);
      for (const double alpha : {1.0, 1.25, 1.5, 2.0, 0.5}) {
        const auto expected = in_layouts(scores, size, alpha, kLayouts[0], kLayouts[0]);
        for (const Layout& layout : kLayouts) {
          ASSERT_TRUE(same_in_layout(in_layouts(scores, size, alpha, layout, layout), expected,
                                     layout, size, alpha))
              << layout.name << " " << size.rows << " x " << size.cols << " alpha " << alpha;
          ASSERT_TRUE(same_bits(in_layouts(scores, size, alpha, kLayouts[0], layout), expected))
              << "rows to " << layout.name << " " << size.rows << " x " << size.cols;
        }
      }
    }
  });
}

TEST(Rows, TheOutputMayBeTheInput) {
  on_every_target_and_type([]<Score T>() {
    for (const Size size : kSizes) {
      const auto scores = normal_scores<T>(size.rows * size.cols, 2, 172);
      for (const double alpha : kAlphas) {
        const auto expected = in_layouts(scores, size, alpha, kLayouts[0], kLayouts[0]);
        for (const Layout& layout : kLayouts) {
          Batch<T> both(size.rows, size.cols, layout);
          fill(both, scores);
          entmax(both.input(), both.view(), {.alpha = alpha});
          ASSERT_TRUE(same_in_layout(values_of(both), expected, layout, size, alpha))
              << layout.name << " alpha " << alpha;
        }
      }
    }
  });
}

TEST(Rows, LogarithmsDoNotDependOnTheLayoutToTheBitButInPanels) {
  on_every_target_and_type([]<Score T>() {
    using W = working_t<T>;
    for (const Size size : kSizes) {
      const auto scores = normal_scores<T>(size.rows * size.cols, 2, 173);
      std::vector<T> expected(scores.size());
      std::vector<W> expected_z(static_cast<std::size_t>(size.rows)), log_z(expected_z.size());
      const Rows<const T> plain(scores.data(), size.rows, size.cols);
      log_softmax(plain, Rows<T>(expected.data(), size.rows, size.cols));
      log_sum_exp(plain, expected_z);
      for (const Layout& layout : kLayouts) {
        Batch<T> both(size.rows, size.cols, layout);
        fill(both, scores);
        log_sum_exp(both.input(), log_z);
        log_softmax(both.input(), both.view());
        if (in_panels<T>(layout, size)) {
          for (std::size_t i = 0; i < log_z.size(); ++i) {
            ASSERT_LE(ulps_of_log(log_z[i], static_cast<long double>(expected_z[i])),
                      2 * softmax_bar<W>())
                << layout.name << " row " << i;
          }
        } else {
          ASSERT_TRUE(same_bits(log_z, expected_z)) << layout.name;
          ASSERT_TRUE(same_bits(values_of(both), expected)) << layout.name;
        }
        EXPECT_EQ(both.guards_touched(), 0) << layout.name;
      }
    }
  });
}

TEST(Rows, DerivativesDoNotDependOnTheLayoutToTheBit) {
  on_every_target_and_type([]<Score T>() {
    for (const Size size : kSizes) {
      const auto scores = normal_scores<T>(size.rows * size.cols, 1, 174);
      const auto v = normal_scores<T>(size.rows * size.cols, 1, 175);
      for (const double alpha : {0.5, 1.0, 1.5, 2.0}) {
        const EntmaxVjpOptions<T> options{.alpha = alpha};
        const auto p = in_layouts(scores, size, alpha, kLayouts[0], kLayouts[0]);
        std::vector<T> expected(p.size());
        entmax_vjp(Rows<const T>(p.data(), size.rows, size.cols),
                   Rows<const T>(v.data(), size.rows, size.cols),
                   Rows<T>(expected.data(), size.rows, size.cols), options);
        for (const Layout& layout : kLayouts) {
          Batch<T> up(size.rows, size.cols, layout), both(size.rows, size.cols, layout);
          fill(up, v);
          fill(both, p);
          entmax_vjp(both.input(), up.input(), both.view(), options);
          ASSERT_TRUE(same_bits(values_of(both), expected)) << layout.name << " alpha " << alpha;
          EXPECT_EQ(both.guards_touched(), 0) << layout.name;
        }
      }
    }
  });
}

TEST(Rows, DegeneracyAndMaskMayHaveAnyLayout) {
  on_every_target_and_type([]<Score T>() {
    using W = working_t<T>;
    const std::int64_t rows = 6, cols = 35;
    const auto scores = normal_scores<T>(rows * cols, 1, 176);
    const auto log_g = normal_scores<W>(rows * cols, 1, 177);
    std::vector<bool> on(scores.size());
    for (std::size_t i = 0; i < on.size(); ++i) on[i] = i % 4 != 2;
    // The mask with its columns first.
    std::vector<bool> turned(on.size());
    for (std::size_t i = 0; i < on.size(); ++i) turned[(i % 35) * 6 + i / 35] = on[i];
    const Mask mask(on), turned_mask(turned);
    EntmaxOptions<T> plain;
    plain.log_degeneracy = Rows<const W>(log_g.data(), rows, cols);
    plain.mask = mask.view(rows);
    const Rows<const T> view(scores.data(), rows, cols);
    const auto expected = map_rows<T>(view, plain).probabilities;
    const Rows<const bool> turned_view(turned_mask.view().data, rows, cols, 1, rows);
    for (const Layout& layout : kLayouts) {
      Batch<W> weights(rows, cols, layout);
      fill(weights, log_g);
      EntmaxOptions<T> options;
      options.log_degeneracy = weights.input();
      options.mask = turned_view;
      ASSERT_TRUE(same_bits(map_rows<T>(view, options).probabilities, expected)) << layout.name;
    }
  });
}

TEST(Rows, AnInputOfStrideZeroIsOneRowRepeated) {
  on_every_target_and_type([]<Score T>() {
    for (const double alpha : {1.0, 1.5, 2.0}) {
      const auto row = normal_scores<T>(20, 1, 178);
      const auto once = map_rows<T>(Rows<const T>(row), {.alpha = alpha}).probabilities;
      const auto p = map_rows<T>(Rows<const T>(row.data(), 9, 20, 0, 1), {.alpha = alpha});
      for (std::int64_t i = 0; i < 9; ++i) {
        const auto first = p.probabilities.begin() + 20 * i;
        EXPECT_TRUE(same_bits(std::vector<T>(first, first + 20), once)) << alpha;
      }
      const auto flat = map_rows<T>(Rows<const T>(row.data(), 1, 16, 0, 0), {.alpha = alpha});
      for (const T p_i : flat.probabilities) EXPECT_EQ(to_double(p_i), 0.0625) << alpha;
    }
  });
}

TEST(Rows, OfZeroRowsOrColumnsAreFine) {
  on_every_target_and_type([]<Score T>() {
    T none[4] = {};
    softmax(Rows<const T>(none, 0, 4), Rows<T>(none, 0, 4));
    softmax(Rows<const T>(none, 4, 0), Rows<T>(none, 4, 0));
    entmax(Rows<const T>(none, 0, 0), Rows<T>(none, 0, 0));
    for (const T value : none) EXPECT_EQ(to_double(value), 0);
  });
}

// Memory that is reserved and never touched but for a few pages.
class Reserved {
 public:
  explicit Reserved(std::size_t bytes)
      : bytes_(bytes),
        data_(mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) {}
  Reserved(const Reserved&) = delete;
  Reserved& operator=(const Reserved&) = delete;
  ~Reserved() {
    if (data_ != MAP_FAILED) munmap(data_, bytes_);
  }
  float* floats() const { return data_ == MAP_FAILED ? nullptr : static_cast<float*>(data_); }

 private:
  std::size_t bytes_;
  void* data_;
};

// Strides of more than 2^31 elements, so that any 32-bit product or index would go astray.
TEST(Rows, StridesMayExceedThirtyTwoBits) {
  constexpr std::int64_t kFar = (std::int64_t{1} << 31) + 5;
  const Reserved memory(3 * kFar * sizeof(float) + 4096);
  ASSERT_NE(memory.floats(), nullptr) << "26 GB of address space are needed, no memory";
  on_every_target([&] {
    const std::vector<float> row{1, 3, 2};
    std::vector<float> expected(3);
    softmax(row, expected);
    for (const auto& [row_stride, col_stride] : {std::pair{kFar, std::int64_t{1}}, {1, kFar}}) {
      const Rows<float> view(memory.floats(), 3, 3, row_stride, col_stride);
      for (std::int64_t i = 0; i < 3; ++i) {
        for (std::int64_t j = 0; j < 3; ++j) view(i, j) = row[static_cast<std::size_t>(j)];
      }
      softmax(Rows<const float>(view), view);
      for (std::int64_t i = 0; i < 3; ++i) {
        for (std::int64_t j = 0; j < 3; ++j) {
          EXPECT_EQ(view(i, j), expected[static_cast<std::size_t>(j)]) << i << ", " << j;
        }
      }
    }
  });
}

}  // namespace
}  // namespace gibbs::testing
