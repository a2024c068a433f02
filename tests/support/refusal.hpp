#pragma once
// What a call is refused with.

#include <functional>
#include <stdexcept>
#include <string>

namespace gibbs::testing {

// The sentence of the refusal; empty if it was accepted.
inline std::string refusal(const std::function<void()>& call) {
  try {
    call();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

}  // namespace gibbs::testing
