#pragma once
// Runs a law on every SIMD target that this machine has, and for every number type.

#include <gtest/gtest.h>

#include <gibbs/simd.hpp>
#include <gibbs/types.hpp>
#include <string>

namespace gibbs::testing {

// Uses one target while it lives.
class TargetInUse {
 public:
  explicit TargetInUse(const std::string& name) { set_simd_target(name); }
  TargetInUse(const TargetInUse&) = delete;
  TargetInUse& operator=(const TargetInUse&) = delete;
  ~TargetInUse() { set_simd_target(""); }
};

// Calls law() once per target; a failure names the target.
template <class Law>
void on_every_target(Law law) {
  for (const std::string& name : simd_targets()) {
    const ::testing::ScopedTrace trace(__FILE__, __LINE__, "SIMD target " + name);
    const TargetInUse in_use(name);
    law();
    if (::testing::Test::HasFatalFailure()) return;
  }
}

template <Score T>
inline constexpr const char* kTypeName = "double";
template <>
inline constexpr const char* kTypeName<float> = "float";
template <>
inline constexpr const char* kTypeName<bfloat16> = "bfloat16";
template <>
inline constexpr const char* kTypeName<float16> = "float16";

// Calls law.template operator()<T>() on every target for each of the types named.
template <Score... Ts, class Law>
void on_every_target_for(Law law) {
  on_every_target([&] {
    const auto one_type = [&]<Score T>() {
      const ::testing::ScopedTrace trace(__FILE__, __LINE__, std::string("type ") + kTypeName<T>);
      law.template operator()<T>();
    };
    (one_type.template operator()<Ts>(), ...);
  });
}

template <class Law>
void on_every_target_and_type(Law law) {
  on_every_target_for<double, float, bfloat16, float16>(law);
}

}  // namespace gibbs::testing
