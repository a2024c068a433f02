#pragma once
// Rows and triples as CSV or TSV.

#include <string>

#include "io/writer.hpp"

namespace gibbs::cli {

// Kept fields, probabilities, extras; with a header where the input has one.
template <Score T>
class CsvWriter : public Writer<T> {
 public:
  CsvWriter(const OutputLayout& layout, OutputFile& file);

  void start() override;
  void format(Block<T>& block) const override;
  void write(const Block<T>& block) override { file_.write({block.out.data(), block.out_size}); }

 private:
  std::size_t room(const Block<T>& block) const;
  char* write_kept(char* to, const Block<T>& block, std::size_t row) const;
  char* write_extra(char* to, const Block<T>& block, Extra extra, std::size_t row) const;

  OutputLayout layout_;
  OutputFile& file_;
  char separator_;
};

// One line "row,column,value" for each entry of the support.
template <Score T>
class CsvTripleWriter : public Writer<T> {
 public:
  CsvTripleWriter(const OutputLayout& layout, OutputFile& file)
      : file_(file), separator_(layout.format == FileFormat::kTsv ? '\t' : ',') {}

  void start() override;
  void format(Block<T>& block) const override;
  void write(const Block<T>& block) override { file_.write({block.out.data(), block.out_size}); }

 private:
  OutputFile& file_;
  char separator_;
};

}  // namespace gibbs::cli
