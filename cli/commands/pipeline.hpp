#pragma once
// Reading, computing and writing at the same time.

#include <oneapi/tbb/info.h>
#include <oneapi/tbb/parallel_pipeline.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "io/block.hpp"
#include "io/problem.hpp"
#include "io/writer.hpp"

namespace gibbs::cli {

// Blocks that wait to be used again.
template <class T>
class Pool {
 public:
  T* take() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) {
      all_.push_back(std::make_unique<T>());
      return all_.back().get();
    }
    T* const block = idle_.back();
    idle_.pop_back();
    return block;
  }
  void give_back(T* block) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(block);
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<T>> all_;
  std::vector<T*> idle_;
};

// How many blocks may be under way: enough to keep the threads busy, few enough for large rows.
inline std::size_t blocks_under_way(int threads, std::int64_t block_bytes) {
  constexpr std::int64_t kMostBytes = std::int64_t{1} << 25;  // of input; the rest is 4 to 10 times
  const std::int64_t affordable = kMostBytes / std::max<std::int64_t>(block_bytes, 1);
  return static_cast<std::size_t>(std::clamp<std::int64_t>(affordable, 2, 2 * threads + 2));
}

template <Score T, class Table>
class Pipeline {
 public:
  using Step = std::function<void(Block<T>&)>;

  // `map` and the writer's `format` run in parallel, the writer's `write` and `done` in order.
  // Without a writer the last two steps are `done` alone.
  Pipeline(Table& table, Step map, Writer<T>* writer, Step done)
      : table_(table), map_(std::move(map)), writer_(writer), done_(std::move(done)) {}

  // throws    BadData: the first problem of the table, with its place; whatever a step throws
  void run(int threads) {
    // More than there are processors gains nothing, and oneTBB says so on standard error.
    tbb::task_arena arena(std::min(threads, tbb::info::default_concurrency()));
    arena.execute([this, threads] {
      using tbb::filter_mode;
      tbb::parallel_pipeline(
          blocks_under_way(threads, table_.block_bytes()),
          tbb::make_filter<void, Block<T>*>(
              filter_mode::serial_in_order,
              [this](tbb::flow_control& flow) { return read(flow); }) &
              tbb::make_filter<Block<T>*, Block<T>*>(
                  filter_mode::parallel, [this](Block<T>* block) { return compute(block); }) &
              tbb::make_filter<Block<T>*, Block<T>*>(
                  filter_mode::serial_in_order, [this](Block<T>* block) { return number(block); }) &
              tbb::make_filter<Block<T>*, Block<T>*>(
                  filter_mode::parallel, [this](Block<T>* block) { return format(block); }) &
              tbb::make_filter<Block<T>*, void>(filter_mode::serial_in_order,
                                                [this](Block<T>* block) { write(block); }));
    });
  }

 private:
  Block<T>* read(tbb::flow_control& flow) {
    Block<T>* const block = pool_.take();
    if (table_.next(*block)) return block;
    flow.stop();
    return nullptr;
  }

  // Isolated: a thread that waits inside the map must not begin another block of ours.
  Block<T>* compute(Block<T>* block) const {
    table_.load(*block);
    if (!block->problem) tbb::this_task_arena::isolate([this, block] { map_(*block); });
    return block;
  }

  // Only here is it known how many rows and lines came before.
  Block<T>* number(Block<T>* block) {
    if (block->problem) {
      Problem problem = *block->problem;
      if (problem.line > 0) problem.line += lines_;
      throw bad_data(table_.name(), problem);
    }
    block->first_row = rows_;
    rows_ += block->rows;
    lines_ += block->lines;
    return block;
  }

  Block<T>* format(Block<T>* block) const {
    if (writer_ != nullptr) writer_->format(*block);
    return block;
  }

  void write(Block<T>* block) {
    if (writer_ != nullptr) writer_->write(*block);
    done_(*block);
    pool_.give_back(block);
  }

  Table& table_;
  Step map_;
  Writer<T>* writer_;
  Step done_;
  Pool<Block<T>> pool_;
  std::int64_t rows_ = 0;
  std::int64_t lines_ = 0;
};

}  // namespace gibbs::cli
