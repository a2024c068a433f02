#include "commands/map.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <gibbs/parallel.hpp>
#include <memory>
#include <optional>

#include "commands/column_numbers.hpp"
#include "commands/pipeline.hpp"
#include "commands/row_map.hpp"
#include "commands/summary.hpp"
#include "io/byte_source.hpp"
#include "io/csv_table.hpp"
#include "io/npy_table.hpp"
#include "io/number.hpp"
#include "io/output_file.hpp"
#include "io/progress.hpp"

namespace gibbs::cli {

namespace {

int terminal_width() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  const char* const columns = std::getenv("COLUMNS");
  const int width = columns != nullptr ? std::atoi(columns) : 0;
  return width > 0 ? width : 80;
}

bool wants_colour() {
  const char* const no_colour = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  const bool dumb = terminal != nullptr && std::strcmp(terminal, "dumb") == 0;
  return isatty(STDOUT_FILENO) == 1 && (no_colour == nullptr || *no_colour == '\0') && !dumb;
}

// The summary goes to standard output, or to standard error where the table itself is there.
void show_summary(const MapRequest& request, const Summary& summary, double seconds) {
  const bool json = request.summary == SummaryForm::kJson;
  const std::string text =
      json ? summary.json(seconds) : summary.text(terminal_width(), wants_colour());
  const bool table_on_output = request.output == "-";
  if (table_on_output) {
    fmt::print(stderr, "{}", text);
    return;
  }
  print(text);
}

template <Score T, class Table>
class MapRun {
 public:
  MapRun(const MapRequest& request, Table& table, char input_separator)
      : request_(request),
        table_(table),
        names_(names_of(table.columns(), table.columns().scores)),
        summary_({.input = table.name(),
                  .family = request.family,
                  .temperature = request.temperature,
                  .dtype = dtype_name<T>(),
                  .names = names_,
                  .kept = names_of(table.columns(), table.columns().kept),
                  .logarithms = request.log,
                  .sparse = request.sparse}),
        input_separator_(input_separator) {}

  void run(std::optional<std::int64_t> total_bytes, bool one_dimension) {
    const RowMap<T> map(request_, std::ssize(names_), column_numbers());
    open_output(one_dimension);
    const bool visible = !request_.quiet && isatty(STDERR_FILENO) == 1 &&
                         !(request_.output == "-" && isatty(STDOUT_FILENO) == 1);
    double seconds = 0;
    {
      Progress progress(visible, total_bytes);
      const auto done = [this, &progress](const Block<T>& block) {
        if (request_.summary != SummaryForm::kNone) summary_.add(block);
        progress.add(block.bytes);
      };
      const auto map_block = [&map](Block<T>& block) { map(block); };
      Pipeline<T, Table>(table_, map_block, writer_.get(), done).run(num_threads());
      seconds = progress.seconds();
    }
    close_output();
    if (request_.summary != SummaryForm::kNone) show_summary(request_, summary_, seconds);
  }

 private:
  ColumnNumbers column_numbers() const {
    const bool named = !table_.columns().names.empty();
    return read_column_numbers(request_.family.files, named ? names_ : std::vector<std::string>{},
                               names_.size());
  }

  void open_output(bool one_dimension) {
    if (!request_.output) return;
    file_.emplace(*request_.output);
    const bool npy = request_.output_format == FileFormat::kNpy;
    if (npy && !file_->can_rewrite()) {
      throw BadRequest(fmt::format("--output: {} must be a regular file to hold .npy",
                                   in_quotes(*request_.output)));
    }
    const char separator = request_.output_format == FileFormat::kTsv ? '\t' : ',';
    writer_ = make_writer<T>({.format = request_.output_format,
                              .has_header = !table_.columns().names.empty(),
                              .kept = names_of(table_.columns(), table_.columns().kept),
                              .names = names_,
                              .extras = request_.extras,
                              .sparse = request_.sparse,
                              .one_dimension = one_dimension,
                              .kept_as_is = separator == input_separator_},
                             *file_);
    writer_->start();
  }

  void close_output() {
    if (!file_) return;
    writer_->finish();
    file_->commit();
  }

  const MapRequest& request_;
  Table& table_;
  std::vector<std::string> names_;
  Summary summary_;
  char input_separator_;
  std::optional<OutputFile> file_;
  std::unique_ptr<Writer<T>> writer_;
};

template <class Run>
void with_dtype(Dtype dtype, const Run& run) {
  switch (dtype) {
    case Dtype::kFloat64:
      return run.template operator()<double>();
    case Dtype::kFloat32:
      return run.template operator()<float>();
    case Dtype::kFloat16:
      return run.template operator()<float16>();
    case Dtype::kBfloat16:
      return run.template operator()<bfloat16>();
  }
}

void map_csv(const MapRequest& request, FileSource& source) {
  const char separator = request.input_format == FileFormat::kTsv ? '\t' : ',';
  CsvTable table(source, request.columns,
                 {.separator = separator,
                  .header = request.header,
                  .empty_is_masked = request.empty_is_masked});
  with_dtype(request.dtype.value_or(Dtype::kFloat64), [&]<Score T>() {
    MapRun<T, CsvTable>(request, table, separator).run(source.size(), false);
  });
}

Dtype dtype_of(const NpyHeader& header) {
  if (header.bytes == 8) return Dtype::kFloat64;
  return header.bytes == 4 ? Dtype::kFloat32 : Dtype::kFloat16;
}

void map_npy(const MapRequest& request, const FileSource& source) {
  NpyTable table(source, request.columns);
  const Dtype dtype = request.dtype.value_or(dtype_of(table.header()));
  const bool npy_of_float16 = request.output && request.output_format == FileFormat::kNpy &&
                              dtype == Dtype::kFloat16 && !request.extras.empty();
  if (npy_of_float16) {
    throw BadRequest("--with in a .npy of float16 would round them; add --dtype float32");
  }
  with_dtype(dtype, [&]<Score T>() {
    MapRun<T, NpyTable>(request, table, ',').run(source.size(), table.header().one_dimension);
  });
}

}  // namespace

void run_map(const MapRequest& request) {
  if (request.threads) set_num_threads(*request.threads);
  FileSource source(request.input);
  if (request.input_format == FileFormat::kNpy) {
    map_npy(request, source);
  } else {
    map_csv(request, source);
  }
}

}  // namespace gibbs::cli
