// The CSV reader, at every block size.

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "io/csv_blocks.hpp"
#include "io/csv_table.hpp"
#include "io/csv_text.hpp"

namespace gibbs::cli::testing {
namespace {

// All of a table, and the sentence it ends with.
struct Whole {
  std::vector<double> numbers;
  std::vector<std::string> kept;
  std::string refusal;

  bool operator==(const Whole&) const = default;
};

Whole read_whole(std::string_view csv, const ColumnRequest& request, BlockSizes sizes,
                 std::size_t step) {
  Whole whole;
  try {
    MemorySource source(csv, step);
    CsvTable table(source, request, {.sizes = sizes});
    Block<double> block;
    for (std::int64_t lines = 0; table.next(block); lines += block.lines) {
      table.load(block);
      const std::int64_t count = block.rows * std::ssize(table.columns().scores);
      whole.numbers.insert(whole.numbers.end(), block.numbers.begin(),
                           block.numbers.begin() + count);
      for (std::int64_t i = 0; i < block.rows * std::ssize(table.columns().kept); ++i) {
        whole.kept.push_back(decode_field(block.kept[static_cast<std::size_t>(i)]));
      }
      if (block.problem) {
        block.problem->line += lines;
        throw bad_data("csv", *block.problem);
      }
    }
  } catch (const std::runtime_error& error) {
    whole.refusal = error.what();
  }
  return whole;
}

void expect_same_at_every_block_size(std::string_view csv, const ColumnRequest& request) {
  const Whole whole = read_whole(csv, request, {}, SIZE_MAX);
  for (std::size_t size = 1; size <= csv.size() + 2; ++size) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{3}, SIZE_MAX}) {
      const Whole parts = read_whole(csv, request, {.block = size}, step);
      ASSERT_TRUE(parts == whole) << "block " << size << " step " << step << ": " << parts.refusal
                                  << " instead of " << whole.refusal;
    }
  }
}

TEST(Csv, BlocksDoNotChangeTheTable) {
  expect_same_at_every_block_size("a,b\n1,2\n3.25,-4e2\ninf,nan1\n", {});
  expect_same_at_every_block_size("1,2\r\n3,4\r\n\r\n5,6", {});
  expect_same_at_every_block_size("i,\"a\nb\"\n\"x\n\"\"y\"\"\n,z\",1\n\"\",2\nu\"v\",3\n",
                                  {{}, {"i"}});
  expect_same_at_every_block_size("i,a\n\"never\n1,2\n3,4\n", {{}, {"i"}});
  expect_same_at_every_block_size("1,2\n3,4\n5\n", {});
  expect_same_at_every_block_size("1,2\n\"3\",\"4\"\n\"5\"6,7\n", {});
  expect_same_at_every_block_size("\xEF\xBB\xBF\"i\n,\",a\nx,1\n", {{}, {"1"}});
  expect_same_at_every_block_size("\n\r\n\n1,2\n3,x\n", {});
  expect_same_at_every_block_size(std::string_view("1,2\n3,4\n5,\0\n", 12), {});
}

TEST(Csv, QuotesOpenAFieldOnlyAtItsStart) {
  const Whole whole = read_whole("5\" pipe,1\n\"a\"\"b\",2\n", {{"2"}, {"1"}}, {}, SIZE_MAX);
  EXPECT_EQ(whole.kept, (std::vector<std::string>{"5\" pipe", "a\"b"}));
  EXPECT_EQ(whole.numbers, (std::vector<double>{1, 2}));
}

TEST(Csv, ALineLongerThanTheLimitIsRefusedWithoutReadingItAll) {
  const std::string endless = "1,2\n\"" + std::string(std::size_t{4} << 20, 'x');
  const Whole whole =
      read_whole(endless, {}, {.block = 1 << 10, .longest_record = std::size_t{1} << 20}, SIZE_MAX);
  EXPECT_EQ(whole.refusal, "csv:2: a line of more than 1 MiB");
}

TEST(Csv, EachBlockEndsWithALine) {
  const std::string csv = "1,2\n\"a\nb\",4\n5,6";
  MemorySource source(csv);
  CsvBlocks blocks(source, ',', {.block = 5});
  std::string text;
  std::vector<std::string> all;
  while (blocks.next(text)) all.push_back(text);
  EXPECT_EQ(all, (std::vector<std::string>{"1,2\n", "\"a\nb\",4\n", "5,6\n"}));
}

// A writer that is slower than the reader: each read brings a few bytes, and the next would wait.
class SlowSource : public MemorySource {
 public:
  using MemorySource::MemorySource;
  bool ready() const override { return false; }
};

TEST(Csv, ALineThatComesInPiecesTakesTheMemoryOfALine) {
  const std::string line = std::string(3'000'000, '1') + "\n";
  SlowSource source(line, 1000);
  CsvBlocks blocks(source, ',', {});
  std::string text;
  ASSERT_TRUE(blocks.next(text));
  EXPECT_TRUE(text == line);
  EXPECT_LT(text.capacity(), 3 * line.size());
  EXPECT_FALSE(blocks.next(text));
}

TEST(Csv, LinesThatComeSlowlyDoNotWaitForABlock) {
  SlowSource source("1,2\n3,4\n5,6\n", 6);
  CsvBlocks blocks(source, ',', {});
  std::string text;
  std::vector<std::string> all;
  while (blocks.next(text)) all.push_back(text);
  EXPECT_EQ(all, (std::vector<std::string>{"1,2\n", "3,4\n5,6\n"}));
}

TEST(Csv, FieldsAreEncodedOnlyWhereTheyMustBe) {
  EXPECT_EQ(encode_field("plain", ','), "plain");
  EXPECT_EQ(encode_field("a,b", ','), "\"a,b\"");
  EXPECT_EQ(encode_field("a,b", '\t'), "a,b");
  EXPECT_EQ(encode_field("say \"a\"\n", ','), "\"say \"\"a\"\"\n\"");
  for (const std::string value : {"", "\"", "a\"\"b", "\r\n,", "\t"}) {
    EXPECT_EQ(decode_field(encode_field(value, ',')), value);
  }
}

TEST(Csv, PlacesAreLinesAndFields) {
  const std::string text = "a,b\n\"c\nd,e\",f\n";
  const auto place = [&text](char c) {
    const Problem found = locate(text, text.find(c), ',');
    return std::to_string(found.line) + ":" + std::to_string(found.field);
  };
  EXPECT_EQ(place('a'), "1:1");
  EXPECT_EQ(place('b'), "1:2");
  EXPECT_EQ(place('c'), "2:1");
  EXPECT_EQ(place('e'), "3:1");
  EXPECT_EQ(place('f'), "3:2");
}

}  // namespace
}  // namespace gibbs::cli::testing
