#pragma once
// The file of the wider family.

namespace known {

// Writes tests/known/family.txt on standard output.
void print_family();

}  // namespace known
