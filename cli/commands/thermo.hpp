#pragma once
// `gibbs thermo`: levels in, what follows from their partition function out.

#include "commands/thermo_request.hpp"

namespace gibbs::cli {

// throws    BadRequest, BadData
void run_thermo(const ThermoRequest& request);

}  // namespace gibbs::cli
