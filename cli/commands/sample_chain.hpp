#pragma once
// The chain of filters that the options of `gibbs sample` make.

#include <gibbs/sampling/chain.hpp>
#include <string>
#include <vector>

#include "commands/sample_request.hpp"

namespace gibbs::cli {

// Filters in the order of the words, or those of a preset with its settings changed by the words.
// throws    BadRequest: a value that is no number, an option that the preset does not have
Chain read_chain(const std::string& preset, const std::vector<FilterWord>& words);

}  // namespace gibbs::cli
