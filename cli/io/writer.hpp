#pragma once
// Tables out: CSV, TSV and .npy; whole rows or the support only.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/block.hpp"
#include "io/output_file.hpp"

namespace gibbs::cli {

enum class FileFormat { kCsv, kTsv, kNpy };

struct OutputLayout {
  FileFormat format = FileFormat::kCsv;
  bool has_header = false;
  std::vector<std::string> kept;   // names of the kept columns, which come first
  std::vector<std::string> names;  // of the probabilities
  std::vector<Extra> extras;       // come last
  bool sparse = false;             // triples (row, column, value), counted from 0
  bool one_dimension = false;      // .npy: one row becomes an array of one dimension
  bool kept_as_is = true;          // kept fields were read with the separator of the output
};

// Turns blocks into bytes (`format`, in parallel) and writes them (`write`, in order).
template <Score T>
class Writer {
 public:
  Writer() = default;
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  virtual ~Writer() = default;

  virtual void start() {}
  virtual void format(Block<T>& block) const = 0;
  virtual void write(const Block<T>& block) = 0;
  virtual void finish() {}
};

template <Score T>
std::unique_ptr<Writer<T>> make_writer(const OutputLayout& layout, OutputFile& file);

}  // namespace gibbs::cli
