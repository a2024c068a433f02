#pragma once
// `gibbs sample`: a table of scores in, tokens out.

#include <cstdint>
#include <optional>

#include "commands/sample_request.hpp"

namespace gibbs::cli {

// throws    BadRequest: no such column; BadData: a bad row
void run_sample(const SampleRequest& request);

// Prints the battery's table.
// throws    BadRequest: a value out of its range; BadData: a test has failed
void run_self_test(const SampleWords& words);

}  // namespace gibbs::cli
