#pragma once
// What `gibbs --help` and `gibbs map --help` print: each fits a terminal of 80 x 24.

namespace gibbs::cli {

extern const char* const kHelp;
extern const char* const kMapHelp;

}  // namespace gibbs::cli
