#include "gibbs/parallel.hpp"

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/partitioner.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>

#include "base/check.hpp"
#include "maps/threads.hpp"

// The thread sanitizer does not see the order that libtbb keeps (src/CMakeLists.txt): it is told.
// NOLINTBEGIN(*-identifier*)
#ifdef GIBBS_THREAD_SANITIZER
extern "C" void __tsan_acquire(void* address);
extern "C" void __tsan_release(void* address);
#else
static void __tsan_acquire(void* /*address*/) {}
static void __tsan_release(void* /*address*/) {}
#endif
// NOLINTEND(*-identifier*)

namespace gibbs {
namespace {

// Below this many elements (about 20 microseconds) a second thread costs more than it brings.
constexpr std::int64_t kSmallWork = 32768;

int default_threads() {
  const char* text = std::getenv("GIBBS_NUM_THREADS");
  int threads = 0;
  if (text) {
    const auto result = std::from_chars(text, text + std::strlen(text), threads);
    if (result.ec == std::errc() && *result.ptr == '\0' && threads > 0) return threads;
  }
  return tbb::this_task_arena::max_concurrency();
}

// As many as the process lets the task library have; it would warn on stderr of more.
int most_workers() {
  return static_cast<int>(
      tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism));
}

// The bound and the arena that keeps it; the arena is made anew when the bound changes, and lives
// on in the calls that hold it.
struct Pool {
  std::mutex mutex;
  int threads = default_threads();
  std::shared_ptr<tbb::task_arena> arena;

  std::shared_ptr<tbb::task_arena> current() {
    const std::lock_guard lock(mutex);
    if (!arena) arena = std::make_shared<tbb::task_arena>(std::min(threads, most_workers()));
    return arena;
  }
};

Pool& pool() {
  static Pool instance;
  return instance;
}

}  // namespace

void set_num_threads(int threads) {
  if (threads < 0) {
    base::refuse("set_num_threads", "threads must not be negative, got " + std::to_string(threads));
  }
  Pool& shared = pool();
  const std::lock_guard lock(shared.mutex);
  shared.threads = threads == 0 ? default_threads() : threads;
  shared.arena.reset();
}

int num_threads() {
  Pool& shared = pool();
  const std::lock_guard lock(shared.mutex);
  return shared.threads;
}

namespace maps {

bool worth_threads(std::int64_t cost) { return cost >= kSmallWork && num_threads() > 1; }

void for_each_task(std::int64_t count, std::int64_t cost,
                   const std::function<void(std::int64_t)>& body) {
  if (count <= 1 || !worth_threads(cost)) {
    for (std::int64_t i = 0; i < count; ++i) body(i);
    return;
  }
  const auto arena = pool().current();
  char before = 0, after = 0;
  const auto task = [&](std::int64_t i) {
    __tsan_acquire(&before);
    body(i);
    __tsan_release(&after);
  };
  __tsan_release(&before);
  arena->execute(
      [&] { tbb::parallel_for(std::int64_t{0}, count, task, tbb::simple_partitioner()); });
  __tsan_acquire(&after);
}

}  // namespace maps
}  // namespace gibbs
