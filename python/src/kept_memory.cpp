#include "kept_memory.hpp"

#include <pthread.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "arguments.hpp"
#include "kept_blocks.hpp"
#include "memory_block.hpp"

namespace gibbs::python {

namespace nb = nanobind;

namespace {

// Where malloc begins to give memory back that it will need again: beside temporaries of NumPy,
// softmax of 256 KiB takes 0.25 ns a float either way, of 512 KiB 1.4 against 0.3.
constexpr std::size_t kLarge = std::size_t{1} << 19;

// Linux lets a process have 65530 mappings. One that holds so many results has no use for more.
constexpr std::size_t kMostBlocks = 4096;

// As much as malloc of glibc keeps at the top of its heap: twice the 32 MiB from which it maps.
constexpr std::size_t kDefaultLimit = std::size_t{64} << 20;

constinit KeptBlocks kept;

std::size_t default_limit() {
  const char* text = std::getenv("GIBBS_KEEP_BYTES");
  if (!text) return kDefaultLimit;
  std::size_t limit = 0;
  const auto result = std::from_chars(text, text + std::strlen(text), limit);
  return result.ec == std::errc() && *result.ptr == '\0' ? limit : kDefaultLimit;
}

// Of a shape that NumPy will refuse it may be any number.
std::size_t elements_of(int ndim, const npy_intp* shape) {
  std::size_t count = 1;
  for (int d = 0; d < ndim; ++d) count *= static_cast<std::size_t>(shape[d]);
  return count;
}

// What NumPy calls. The sizes it passes are not needed: a block knows its own.
void* new_memory(void* /*context*/, std::size_t bytes) { return kept.take(bytes); }

void* new_zeroes(void* /*context*/, std::size_t count, std::size_t size) {
  if (size > 0 && count > SIZE_MAX / size) return nullptr;
  void* block = kept.take(count * size);
  return block ? std::memset(block, 0, count * size) : nullptr;
}

void free_memory(void* /*context*/, void* block, std::size_t /*bytes*/) {
  if (block) kept.give(block);
}

void* renew_memory(void* /*context*/, void* block, std::size_t bytes) {
  if (block && fits_block(block, bytes)) return block;
  void* fresh = kept.take(bytes);
  if (!block || !fresh) return fresh;
  std::memcpy(fresh, block, std::min(bytes, size_of_block(block)));
  kept.give(block);
  return fresh;
}

PyDataMem_Handler handler = {
    "gibbs", 1, {nullptr, new_memory, new_zeroes, renew_memory, free_memory}};

// Never released: arrays outlive the module.
PyObject* capsule = nullptr;

}  // namespace

FromKeptMemory::FromKeptMemory(int ndim, const npy_intp* shape, PyArray_Descr* descr) {
  const auto bytes = static_cast<std::size_t>(PyDataType_ELSIZE(descr)) * elements_of(ndim, shape);
  if (bytes < kLarge || bytes > kept.limit() || mapped_blocks() >= kMostBlocks) return;
  const nb::object now = nb::steal(PyDataMem_GetHandler());
  if (!now.is_valid()) throw nb::python_error();
  if (now.ptr() != PyDataMem_DefaultHandler) return;
  before_ = nb::steal(PyDataMem_SetHandler(capsule));
  if (!before_.is_valid()) throw nb::python_error();
}

FromKeptMemory::~FromKeptMemory() {
  if (!before_.is_valid()) return;
  const nb::object ours = nb::steal(PyDataMem_SetHandler(before_.ptr()));
  if (!ours.is_valid()) PyErr_WriteUnraisable(capsule);
}

void set_keep_bytes(nb::handle limit) {
  const Where where{"set_keep_bytes", "limit"};
  if (limit.is_none()) return kept.set_limit(default_limit());
  if (PyBool_Check(limit.ptr())) refuse_type(where, "must be an integer, got bool");
  kept.set_limit(static_cast<std::size_t>(take_count(where, limit)));
}

std::size_t keep_bytes() { return kept.limit(); }

void start_keeping_memory() {
  if (capsule) return;  // imported twice
  kept.set_limit(default_limit());
  capsule = PyCapsule_New(&handler, "mem_handler", nullptr);
  if (!capsule) throw nb::python_error();
  pthread_atfork([] { kept.before_fork(); }, [] { kept.after_fork(); },
                 [] { kept.after_fork_in_child(); });
}

}  // namespace gibbs::python
