#pragma once
// The maps of `gibbs map --family`: which there are, and which options each has.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "commands/column_numbers.hpp"
#include "io/block.hpp"

namespace gibbs::cli {

enum class Family {
  kEntmax,
  kCapped,
  kBudget,
  kFermi,
  kBox,
  kNormmax,
  kTopK,
  kTempered,
  kSink,
  kReverseKl,
  kChiSquare,
  kHellinger,
  kJensenShannon
};

// The words of the options that some families have and others do not.
struct FamilyWords {
  std::string family = "entmax";
  std::string alpha;
  std::string budget;
  std::string k;
  std::string t;
  std::string sink;
  ColumnFiles files;
};

// A number that the map was given, under the name of its option.
struct Setting {
  std::string_view name;
  double value = 0;
};

struct FamilyRequest {
  Family family = Family::kEntmax;
  std::string_view name = "entmax";   // after --family
  std::string_view title = "entmax";  // in a summary
  double alpha = 1;
  double budget = 1;
  std::int64_t k = 0;
  double t = 1;
  double sink = 0;
  ColumnFiles files;
  std::vector<Setting> settings;  // those of the above that the family uses
  std::vector<Extra> extras;      // what --with may ask of it
  std::vector<Extra> means;       // what a summary takes the means of
};

// throws    BadRequest: no such family, an option that it does not have, one that it needs, a
// number
//           out of its range
FamilyRequest read_family(const FamilyWords& words);

}  // namespace gibbs::cli
