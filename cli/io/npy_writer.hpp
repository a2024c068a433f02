#pragma once
// Arrays and arrays of triples as .npy.

#include <cstdint>

#include "io/writer.hpp"

namespace gibbs::cli {

// rows x (probabilities and extras), all of type T; the header is written again when the number of
// rows is known.
template <Score T>
class NpyWriter : public Writer<T> {
 public:
  NpyWriter(const OutputLayout& layout, OutputFile& file) : layout_(layout), file_(file) {}

  void start() override;
  void format(Block<T>& block) const override;
  void write(const Block<T>& block) override;
  void finish() override;

 private:
  std::string header() const;
  T extra_number(const Block<T>& block, Extra extra, std::size_t row) const;

  OutputLayout layout_;
  OutputFile& file_;
  std::int64_t rows_ = 0;
};

// An array of records with the fields row, column and value.
template <Score T>
class NpyTripleWriter : public Writer<T> {
 public:
  explicit NpyTripleWriter(OutputFile& file) : file_(file) {}

  void start() override;
  void format(Block<T>& block) const override;
  void write(const Block<T>& block) override;
  void finish() override;

 private:
  std::string header() const;

  OutputFile& file_;
  std::int64_t entries_ = 0;
};

}  // namespace gibbs::cli
