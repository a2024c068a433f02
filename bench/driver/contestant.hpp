#pragma once
// One way of doing one task on one shape.

#include <functional>
#include <string>

#include "driver/arena.hpp"

namespace gibbs::bench {

struct Contestant {
  std::string name;               // task/rival
  std::function<void()> run;      // what is timed
  std::function<double()> error;  // how far from the exact answer the last run was
  double tolerance;               // the largest error with which the contestant may start
  int threads = 1;
  // The processor time of one thread leaves out what a busy machine gives to others; two threads
  // need the clock on the wall.
  bool by_the_wall = false;
};

}  // namespace gibbs::bench
