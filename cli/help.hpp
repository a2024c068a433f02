#pragma once
// What `gibbs --help`, `gibbs COMMAND --help` and `gibbs map --help-family` print: each fits a
// terminal of 80 x 24.

namespace gibbs::cli {

extern const char* const kHelp;
extern const char* const kMapHelp;
extern const char* const kFamilyHelp;
extern const char* const kLossHelp;

}  // namespace gibbs::cli
