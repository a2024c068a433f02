#pragma once
// The tokens of a block, drawn when it is known how many rows came before, and how they are
// written.

#include <string>
#include <vector>

#include "commands/sample_draws.hpp"
#include "commands/sample_request.hpp"
#include "io/writer.hpp"

namespace gibbs::cli {

// What a table is called and what its columns are.
struct SampleTable {
  std::vector<std::string> kept;    // names of the kept columns
  std::vector<std::string> tokens;  // names of the score columns, or their numbers from 0
  bool kept_as_is = true;
};

// Lines of kept fields, row, draw, token, log_probability; of relaxed draws all columns in place of
// the last two. A chain of filters adds full_log_probability, kept_mass and kept, the last two
// empty where a coin decides what is kept.
template <Score T>
class SampleWriter : public Writer<T> {
 public:
  SampleWriter(const SampleRequest& request, const SampleTable& table, OutputFile& file);

  void start() override;
  void format(Block<T>& block) const override;
  void write(const Block<T>& block) override;
  // Of the rows so far, those that had no token.
  std::int64_t rows_without_token() const { return without_; }

 private:
  void draw_tokens(Block<T>& block) const;
  void draw_relaxed(Block<T>& block) const;
  // What follows the number of the draw.
  std::string drawn(const Draws& draws, std::size_t row, std::size_t at) const;
  std::string start_of_line(const Block<T>& block, std::int64_t row, std::int64_t draw) const;

  const SampleRequest& request_;
  const SampleTable& table_;
  OutputFile& file_;
  char separator_;
  std::int64_t without_ = 0;
};

// For each row the frequencies of its draws beside their law.
template <Score T>
class HistogramWriter : public Writer<T> {
 public:
  HistogramWriter(const SampleRequest& request, const SampleTable& table, OutputFile& file)
      : request_(request), table_(table), file_(file) {}

  void format(Block<T>& block) const override;
  void write(const Block<T>& block) override;

 private:
  std::string histogram(const Block<T>& block, std::int64_t row) const;

  const SampleRequest& request_;
  const SampleTable& table_;
  OutputFile& file_;
};

}  // namespace gibbs::cli
