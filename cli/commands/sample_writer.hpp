#pragma once
// The tokens of a block, drawn when it is known how many rows came before, and how they are
// written.

#include <optional>
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

// A block's draws cut so that few numbers are held at a time: some rows with all their draws, or
// some draws of one row.
class Stretches {
 public:
  // Of rows with this many draws of this many numbers each.
  Stretches(std::int64_t rows, std::int64_t draws, std::int64_t numbers);

  bool are_one() const { return step_.rows >= rows_ && step_.draws >= draws_; }
  std::optional<Stretch> next();

 private:
  std::int64_t rows_, draws_, row_ = 0, draw_ = 0;
  Stretch step_;
};

// Lines, and how many of their rows have no token.
struct SampledText {
  std::string text;
  std::int64_t without = 0;
};

// Lines of kept fields, row, draw, token, log_probability; of relaxed draws all columns in place of
// the last two. A chain of filters adds full_log_probability, kept_mass and kept, the last two
// empty where a coin decides what is kept. A block of more draws than are to be held at a time is
// drawn as it is written.
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
  Stretches stretches_of(const Block<T>& block) const;
  SampledText sampled(const Block<T>& block, const Stretch& stretch) const;
  SampledText tokens_of(const Block<T>& block, const Stretch& stretch) const;
  SampledText relaxed_of(const Block<T>& block, const Stretch& stretch) const;
  void write_stretches(const Block<T>& block);
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
