// .npy in and out.

#include <cstring>
#include <gibbs/types.hpp>
#include <limits>
#include <string>
#include <vector>

#include "command.hpp"
#include "io/byte_source.hpp"
#include "io/npy_header.hpp"
#include "io/problem.hpp"

namespace gibbs::cli::testing {
namespace {

class Npy : public CommandTest {};

std::string dictionary(const std::string& type, const std::string& order,
                       const std::string& shape) {
  return "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
}

template <class Number>
std::vector<Number> data_of(const std::string& bytes) {
  const std::string data = split_npy(bytes).data;
  std::vector<Number> numbers(data.size() / sizeof(Number));
  std::memcpy(numbers.data(), data.data(), data.size());
  return numbers;
}

std::string refusal(const std::string& bytes) {
  try {
    read_npy_header(MemorySource(bytes));
    return "accepted";
  } catch (const BadData& error) {
    return error.what();
  }
}

TEST_F(Npy, KeepsTheTypeAndTheShapeOfTheFile) {
  write("d.npy", npy_of({1, 0.5, -3, 0, 0, 9}, 2, 3));
  EXPECT_EQ(gibbs({"map", "d.npy", "--alpha", "2", "-o", "p.npy"}).err, "");
  EXPECT_EQ(data_of<double>(read("p.npy")), (std::vector<double>{0.75, 0.25, 0, 0, 0, 1}));
  EXPECT_EQ(split_npy(read("p.npy")).header.substr(0, 56),
            "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3)");

  write("f.npy", npy(dictionary("<f4", "False", "(1, 2)"), bytes_of<float>({0, 0})));
  gibbs({"map", "f.npy", "-o", "p.npy"});
  EXPECT_EQ(data_of<float>(read("p.npy")), (std::vector<float>{0.5F, 0.5F}));

  write("h.npy", npy(dictionary("<f2", "False", "(1, 2)"), bytes_of<std::uint16_t>({0, 0})));
  gibbs({"map", "h.npy", "-o", "p.npy"});
  EXPECT_EQ(data_of<std::uint16_t>(read("p.npy")), (std::vector<std::uint16_t>{0x3800, 0x3800}));
}

TEST_F(Npy, TheHeaderIsAsNumPyWantsIt) {
  write("d.npy", npy_of({1, 2}, 1, 2));
  gibbs({"map", "d.npy", "-o", "p.npy"});
  const std::string bytes = read("p.npy");
  EXPECT_EQ(bytes.substr(0, 8), std::string("\x93NUMPY\1\0", 8));
  EXPECT_EQ((bytes.find('\n') + 1) % 64, 0U);
  EXPECT_EQ(static_cast<std::size_t>(bytes[8]) % 256 + 10, 256 - 64U);
}

TEST_F(Npy, FortranOrderIsTheSameTable) {
  write("c.npy", npy_of({1, 0.5, -3, 0, 0, 9}, 2, 3));
  write("f.npy", npy(dictionary("<f8", "True", "(2, 3)"), bytes_of<double>({1, 0, 0.5, 0, -3, 9})));
  const Result c = gibbs({"map", "c.npy"});
  EXPECT_EQ(c.status, 0);
  EXPECT_EQ(gibbs({"map", "f.npy"}).out, c.out);
}

TEST_F(Npy, FortranOrderIsTheSameTableOverManyBlocks) {
  std::vector<double> rows;
  std::vector<double> columns(3 * 50000);
  for (std::size_t i = 0; i < 3 * 50000; ++i)
    rows.push_back(static_cast<double>(i * 7919 % 1000) / 64);
  for (std::size_t i = 0; i < rows.size(); ++i) columns[i % 3 * 50000 + i / 3] = rows[i];
  write("c.npy", npy_of(rows, 50000, 3));
  write("f.npy", npy(dictionary("<f8", "True", "(50000, 3)"), bytes_of(columns)));
  EXPECT_EQ(gibbs({"map", "c.npy", "-o", "pc.npy"}).err, "");
  EXPECT_EQ(gibbs({"map", "f.npy", "-o", "pf.npy"}).err, "");
  EXPECT_TRUE(read("pc.npy") == read("pf.npy"));
}

TEST_F(Npy, OneDimensionIsOneRowAndStaysOneDimension) {
  write("v.npy", npy(dictionary("<f8", "False", "(2,)"), bytes_of<double>({0, 0})));
  gibbs({"map", "v.npy", "-o", "p.npy"});
  EXPECT_NE(split_npy(read("p.npy")).header.find("(2,)"), std::string::npos);
  EXPECT_EQ(gibbs({"map", "v.npy"}).out, "0.5,0.5\n");
}

TEST_F(Npy, ColumnsAndKeepTakeNumbers) {
  write("d.npy", npy_of({7, 1, 2, 8, 3, 3}, 2, 3));
  EXPECT_EQ(gibbs({"map", "d.npy", "--columns", "3,2", "--keep", "1", "--alpha", "inf"}).out,
            "7,1,0\n8,0.5,0.5\n");
}

TEST_F(Npy, DtypeConvertsOnTheWay) {
  write("d.npy", npy_of({0, 0, 0}, 1, 3));
  gibbs({"map", "d.npy", "--dtype", "float32", "-o", "p.npy"});
  EXPECT_EQ(data_of<float>(read("p.npy")), std::vector<float>(3, 1.0F / 3));
  write("d.npy", npy_of({0, 1, 2, 1e39}, 2, 2));
  const Result result = gibbs({"map", "d.npy", "--dtype", "float32", "-o", "q.npy"});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.err, "gibbs: d.npy:2:2: 1e39 is out of the range of float32\n");
  EXPECT_EQ(files(), (std::vector<std::string>{"d.npy", "p.npy"}));
}

TEST_F(Npy, CsvBecomesNpyWithTheRowsCounted) {
  std::string scores = "a,b\n";
  for (int i = 0; i < 200000; ++i) scores += "0,0\n";
  EXPECT_EQ(gibbs({"map", "-", "-o", "p.npy"}, scores).err, "");
  const std::string bytes = read("p.npy");
  EXPECT_NE(split_npy(bytes).header.find("(200000, 2)"), std::string::npos);
  EXPECT_TRUE(data_of<double>(bytes) == std::vector<double>(400000, 0.5));
}

TEST_F(Npy, WithAddsColumnsOfTheSameType) {
  write("d.npy", npy_of({1, 0.5, -3, 0, 0, 9}, 2, 3));
  gibbs({"map", "d.npy", "--alpha", "2", "--with", "support,threshold", "-o", "p.npy"});
  EXPECT_EQ(data_of<double>(read("p.npy")),
            (std::vector<double>{0.75, 0.25, 0, 2, 0.25, 0, 0, 1, 1, 8}));
}

TEST_F(Npy, SparseIsAnArrayOfRecords) {
  write("d.npy", npy_of({1, 0.5, -3, 0, 0, 9}, 2, 3));
  gibbs({"map", "d.npy", "--alpha", "2", "--sparse", "-o", "p.npy"});
  const std::string bytes = read("p.npy");
  EXPECT_NE(split_npy(bytes).header.find("'descr': [('row', '<i8'), ('column', '<i8'), ('value', "
                                         "'<f8')], 'fortran_order': False, 'shape': (3,)"),
            std::string::npos);
  const std::string second = split_npy(bytes).data.substr(24, 24);
  EXPECT_EQ(second, bytes_of<std::int64_t>({0, 1}) + bytes_of<double>({0.25}));
}

TEST_F(Npy, VersionsTwoAndThreeAreRead) {
  for (const int major : {1, 2, 3}) {
    const std::string bytes =
        npy(dictionary("<f8", "False", "(1, 2)"), bytes_of<double>({1, 2}), major);
    const NpyHeader header = read_npy_header(MemorySource(bytes));
    EXPECT_EQ(header.cols, 2);
    EXPECT_EQ(header.data_begins, std::ssize(bytes) - 16);
  }
  EXPECT_EQ(refusal(npy(dictionary("<f8", "False", "(1, 2)"), "", 4)),
            "memory: version 4.0 of .npy is unknown");
}

TEST_F(Npy, AHeaderThatLiesAboutItsSizeIsRefused) {
  const std::string data = bytes_of<double>({1, 2, 3});
  EXPECT_EQ(refusal(npy(dictionary("<f8", "False", "(2, 2)"), data)),
            "memory: the header promises 2 x 2 numbers, 32 bytes, and 24 follow");
  EXPECT_EQ(refusal(npy(dictionary("<f8", "False", "(1, 2)"), data)),
            "memory: the header promises 1 x 2 numbers, 16 bytes, and 24 follow");
  EXPECT_EQ(refusal(npy(dictionary("<f8", "False", "(4611686018427387904, 4)"), data)),
            "memory: a shape of 4611686018427387904 x 4 is too large");
  EXPECT_EQ(refusal(npy(dictionary("<f8", "False", "(0, 4611686018427387904)"), "")),
            "memory: a shape of 0 x 4611686018427387904 is too large");
  EXPECT_EQ(refusal(npy(dictionary("<f8", "False", "(99999999999999999999,)"), data)),
            "memory: the shape holds something that is not a size");
  EXPECT_EQ(refusal(npy(dictionary("<f8", "False", "(-3, -1)"), data)),
            "memory: the shape holds something that is not a size");
}

TEST_F(Npy, ATruncatedFileIsRefusedWhereverItEnds) {
  const std::string whole = npy_of({1, 2, 3, 4}, 2, 2);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_NE(refusal(whole.substr(0, size)), "accepted") << size;
  }
  EXPECT_EQ(refusal(whole), "accepted");
}

TEST_F(Npy, OtherArraysAreRefusedInASentence) {
  const auto refuse = [](const std::string& type, const std::string& shape) {
    return refusal(npy(dictionary(type, "False", shape), ""));
  };
  EXPECT_EQ(refuse(">f8", "(1, 2)"),
            "memory: the numbers are big-endian; array.astype(\"<f8\") in NumPy turns them round");
  EXPECT_EQ(refuse("<i8", "(1, 2)"),
            "memory: the numbers are of type \"<i8\", not float16, float32 or float64");
  EXPECT_EQ(refuse("<f8", "()"), "memory: the array has 0 dimensions, not 1 or 2");
  EXPECT_EQ(refuse("<f8", "(1, 2, 3)"), "memory: the array has 3 dimensions, not 1 or 2");
  EXPECT_EQ(refuse("<f8", "(3, 0)"), "memory: the array has no columns");
  EXPECT_EQ(refusal(npy("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,)}", "")),
            "memory: the array is of records, not of numbers");
  EXPECT_EQ(refusal("a,b\n1,2\n"), "memory: this is not a .npy file");
  EXPECT_EQ(refusal(""), "memory: the file is empty");
}

TEST_F(Npy, ABrokenDictionaryIsRefused) {
  const auto refuse = [](const std::string& text) { return refusal(npy(text, "")); };
  EXPECT_EQ(refuse("{'descr': '<f8'}"),
            "memory: the header lacks one of descr, fortran_order, shape");
  EXPECT_EQ(refuse("{'descr': '<f8"), "memory: the header ends inside a string");
  EXPECT_EQ(refuse("[1]"), "memory: the header is not a dictionary as NumPy writes it");
  EXPECT_EQ(refuse("{'colour': 'red'}"), "memory: the header has an unknown entry \"colour\"");
  EXPECT_EQ(refuse("{'fortran_order': 1}"), "memory: fortran_order is neither True nor False");
}

TEST_F(Npy, AnEmptyArrayStaysEmpty) {
  write("e.npy", npy(dictionary("<f8", "False", "(0, 3)"), ""));
  EXPECT_EQ(gibbs({"map", "e.npy", "-o", "p.npy"}).err, "");
  EXPECT_NE(split_npy(read("p.npy")).header.find("(0, 3)"), std::string::npos);
}

TEST_F(Npy, ComesFromARegularFileAndGoesToOne) {
  write("d.npy", npy_of({1, 2}, 1, 2));
  const Result in = shell("mkfifo f.npy; cat d.npy > f.npy & gibbs map f.npy; echo $?");
  EXPECT_EQ(in.out, "1\n");
  EXPECT_EQ(in.err,
            "gibbs: f.npy: .npy is read at many places at once and cannot come through a pipe\n");
}

}  // namespace
}  // namespace gibbs::cli::testing
