#include "io/writer.hpp"

#include "io/csv_writer.hpp"
#include "io/npy_writer.hpp"

namespace gibbs::cli {

template <Score T>
std::unique_ptr<Writer<T>> make_writer(const OutputLayout& layout, OutputFile& file) {
  const bool npy = layout.format == FileFormat::kNpy;
  if (npy && layout.sparse) return std::make_unique<NpyTripleWriter<T>>(file);
  if (npy) return std::make_unique<NpyWriter<T>>(layout, file);
  if (layout.sparse) return std::make_unique<CsvTripleWriter<T>>(layout, file);
  return std::make_unique<CsvWriter<T>>(layout, file);
}

template std::unique_ptr<Writer<double>> make_writer(const OutputLayout&, OutputFile&);
template std::unique_ptr<Writer<float>> make_writer(const OutputLayout&, OutputFile&);
template std::unique_ptr<Writer<float16>> make_writer(const OutputLayout&, OutputFile&);
template std::unique_ptr<Writer<bfloat16>> make_writer(const OutputLayout&, OutputFile&);

}  // namespace gibbs::cli
