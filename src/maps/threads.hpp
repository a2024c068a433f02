#pragma once
// Work split over threads: the one place that knows the task library.

#include <cstdint>
#include <functional>

namespace gibbs::maps {

// Calls body(i) for every i in [0, count), on up to num_threads() threads. `cost` is about how many
// elements the whole work touches: small work stays on the calling thread.
void for_each_task(std::int64_t count, std::int64_t cost,
                   const std::function<void(std::int64_t)>& body);

// Whether work of this cost would be split at all.
bool worth_threads(std::int64_t cost);

}  // namespace gibbs::maps
