#pragma once
// The memory of large results, which is kept when they are freed and used again (docs/python.md).

#include "refusal.hpp"

namespace gibbs::python {

// As long as this lives, NumPy takes the memory of such an array from what is kept; the array owns
// it like any other (NEP 49). Does nothing for small arrays, for those beyond the limit, and where
// the program has told NumPy to take memory elsewhere.
class FromKeptMemory {
 public:
  FromKeptMemory(int ndim, const npy_intp* shape, PyArray_Descr* descr);
  FromKeptMemory(const FromKeptMemory&) = delete;
  FromKeptMemory& operator=(const FromKeptMemory&) = delete;
  ~FromKeptMemory();

 private:
  nanobind::object before_;  // NumPy's handler, if ours is in its place
};

// At most so many bytes are kept; None: the default, which is GIBBS_KEEP_BYTES or else 64 MiB.
void set_keep_bytes(nanobind::handle limit);
std::size_t keep_bytes();

// For the import of the module.
void start_keeping_memory();

}  // namespace gibbs::python
