#include "gibbs/sampling/penalties.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sampling/apply_filter.hpp"
#include "sampling/portable_scalar.hpp"

namespace gibbs {

std::vector<TokenCount> count_tokens(std::span<const std::int64_t> history, std::int64_t last_n) {
  const auto all = static_cast<std::int64_t>(history.size());
  const std::int64_t n = last_n < 0 ? all : std::min(last_n, all);
  std::vector<std::int64_t> tokens(history.end() - n, history.end());
  std::sort(tokens.begin(), tokens.end());
  std::vector<TokenCount> counts;
  for (const std::int64_t token : tokens) {
    if (counts.empty() || counts.back().token != token) counts.push_back({token, 0});
    ++counts.back().count;
  }
  return counts;
}

namespace sampling {
namespace {

// Sorts the edits, and makes one of those of one token. Amounts are in order too, so that a sum of
// them is the same wherever it is computed; std::stable_sort would allocate.
template <class Merge>
void merge_edits(std::vector<Edit>& edits, const Merge& merge) {
  std::sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) {
    return a.token < b.token || (a.token == b.token && a.amount < b.amount);
  });
  std::size_t kept = 0;
  for (const Edit& edit : edits) {
    if (kept > 0 && edits[kept - 1].token == edit.token) {
      edits[kept - 1].amount = merge(edits[kept - 1].amount, edit.amount);
    } else {
      edits[kept++] = edit;
    }
  }
  edits.resize(kept);
}

// Of numbers a number: only a bias of -inf itself leaves a token out.
double sum(double a, double b) { return std::isinf(a) || std::isinf(b) ? a + b : within(a + b); }
double larger(double a, double b) { return std::max(a, b); }

// lengths[i] = how many numbers from i on are those from 0 on.
// source    Gusfield 1997, the Z algorithm
void prefix_lengths(std::span<const std::int64_t> text, std::vector<std::int64_t>& lengths) {
  const std::size_t n = text.size();
  lengths.assign(n, 0);
  std::size_t from = 0, to = 0;  // the part furthest to the right that repeats the beginning
  for (std::size_t i = 1; i < n; ++i) {
    std::size_t length = i < to ? std::min(to - i, static_cast<std::size_t>(lengths[i - from])) : 0;
    while (i + length < n && text[length] == text[i + length]) ++length;
    if (i + length > to) {
      from = i;
      to = i + length;
    }
    lengths[i] = static_cast<std::int64_t>(length);
  }
}

// How many tokens were said after the last breaker; `backwards`: the last comes first.
std::int64_t since_breaker(std::span<const std::int64_t> backwards, const Dry& dry) {
  const auto n = static_cast<std::int64_t>(backwards.size());
  std::int64_t since = n;
  for (const auto& breaker : dry.breakers) {
    const auto length = static_cast<std::int64_t>(breaker.size());
    if (length == 0) continue;
    const auto found =
        std::search(backwards.begin(), backwards.end(), breaker.rbegin(), breaker.rend());
    since = std::min<std::int64_t>(since, found - backwards.begin());
  }
  return since;
}

bool breaks_alone(const Dry& dry, std::int64_t token) {
  return std::any_of(dry.breakers.begin(), dry.breakers.end(), [&](const auto& breaker) {
    return breaker.size() == 1 && breaker[0] == token;
  });
}

// multiplier base^over, by squaring: the same bits on every machine. At most the largest float.
double dry_penalty(const Dry& dry, std::int64_t over) {
  constexpr double kMost = static_cast<double>(std::numeric_limits<float>::max());
  double penalty = dry.multiplier, power = dry.base;
  for (; over > 0 && penalty < kMost; over >>= 1) {
    if (over & 1) penalty *= power;
    power = std::min(power * power, kMost);
  }
  return std::min(penalty, kMost);
}

}  // namespace

void edits_of(const Penalties& penalties, std::vector<Edit>& edits) {
  edits.clear();
  for (const TokenCount& entry : penalties.counts) {
    if (entry.count > 0) edits.push_back({entry.token, static_cast<double>(entry.count)});
  }
  merge_edits(edits, sum);
}

void edits_of(const LogitBias& bias, std::vector<Edit>& edits) {
  edits.clear();
  for (const TokenBias& entry : bias.biases) edits.push_back({entry.token, entry.bias});
  merge_edits(edits, sum);
}

template <class W>
void edits_of(const Dry& dry, TruncationRoom<W>& room) {
  room.edits.clear();
  const auto all = static_cast<std::int64_t>(dry.history.size());
  const std::int64_t n = dry.last_n < 0 ? all : std::min(dry.last_n, all);
  if (dry.multiplier == 0) return;
  room.backwards.assign(dry.history.rbegin(), dry.history.rbegin() + n);
  const std::int64_t longest = since_breaker(room.backwards, dry);
  prefix_lengths(room.backwards, room.repeated);
  for (std::size_t i = 1; i < room.backwards.size(); ++i) {
    const std::int64_t length = std::min(room.repeated[i], longest);
    const std::int64_t next = room.backwards[i - 1];
    if (length < std::max<std::int64_t>(dry.allowed_length, 1) || breaks_alone(dry, next)) continue;
    room.edits.push_back({next, dry_penalty(dry, length - dry.allowed_length)});
  }
  merge_edits(room.edits, larger);
}

template void edits_of(const Dry&, TruncationRoom<float>&);
template void edits_of(const Dry&, TruncationRoom<double>&);

}  // namespace sampling
}  // namespace gibbs
