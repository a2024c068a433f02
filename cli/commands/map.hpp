#pragma once
// `gibbs map`: a table of scores in, probabilities out.

#include "commands/map_request.hpp"

namespace gibbs::cli {

// throws    BadRequest, BadData; nothing is written then
void run_map(const MapRequest& request);

}  // namespace gibbs::cli
