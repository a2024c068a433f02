#pragma once
// The memory in which a task turns blocks of samples into probabilities of states.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

#include "kernels/mixture.hpp"
#include "maps/workspace.hpp"
#include "thermo/mixture.hpp"

namespace gibbs::thermo::detail {

class BlockRoom {
 public:
  // With room for `extra` rows after those of p.
  BlockRoom(const Mixture& mixture, std::int64_t extra)
      : m_(mixture),
        extra_(extra),
        u_(mixture.source->states * kernels::kMixtureStride),
        p_((mixture.states() + extra) * kernels::kMixtureStride),
        reference_(kernels::kMixtureBlock),
        log_denominator_(kernels::kMixtureBlock),
        all_(static_cast<std::size_t>(mixture.source->states)),
        rows_(mixture.index.size()),
        counts_(std::make_unique<bool[]>(mixture.index.size())),
        sums_(mixture.index.size()) {
    for (std::size_t k = 0; k < mixture.index.size(); ++k) {
      score_.push_back(std::log(mixture.counts[k]) + mixture.rest[k]);
    }
  }

  // Computes p of the block from `first` on. Returns its part of the objective's first sum.
  kernels::MixtureSum run(std::int64_t first) {
    const std::int64_t count = std::min(kernels::kMixtureBlock, m_.source->samples - first);
    m_.source->block(first, count, u_.data(), all_.data());
    for (std::size_t k = 0; k < rows_.size(); ++k) {
      rows_[k] = all_[static_cast<std::size_t>(m_.index[k])];
    }
    view_ = {first,
             count,
             m_.roots ? m_.roots + first : nullptr,
             reference_.data(),
             log_denominator_.data(),
             p_.data()};
    kernels::MixtureBlock block;
    block.u = rows_.data();
    block.states = m_.states();
    block.samples = count;
    block.centre = m_.centre.data();
    block.score = score_.data();
    block.roots = view_.roots;
    block.p = p_.data();
    block.reference = reference_.data();
    block.log_denominator = log_denominator_.data();
    block.counts = counts_.get();
    block.row_sums = sums_.data();
    return kernels::mixture_block(block);
  }

  const BlockView& view() const { return view_; }
  const std::vector<double>& sums() const { return sums_; }
  // The potentials of the block, of all states of the source.
  const std::vector<const double*>& potentials() const { return all_; }
  double* extra_rows() const { return row(m_.states()); }

  // Adds the products of all pairs of rows; those of states that no sample of the block can come
  // from are left out.
  void add_products(double* gram) {
    live_.clear();
    places_.clear();
    for (std::int64_t k = 0; k < m_.states() + extra_; ++k) {
      if (k < m_.states() && !counts_[static_cast<std::size_t>(k)]) continue;
      live_.push_back(row(k));
      places_.push_back(k);
    }
    kernels::add_gram({live_.data(), places_.data(), std::ssize(live_), view_.count}, gram,
                      m_.states() + extra_);
  }

 private:
  double* row(std::int64_t k) const { return p_.data() + k * kernels::kMixtureStride; }

  const Mixture& m_;
  const std::int64_t extra_;
  const maps::Buffer<double> u_, p_, reference_, log_denominator_;
  std::vector<const double*> all_, rows_, live_;
  std::vector<std::int64_t> places_;
  std::unique_ptr<bool[]> counts_;
  std::vector<double> sums_, score_;
  BlockView view_;
};

}  // namespace gibbs::thermo::detail
