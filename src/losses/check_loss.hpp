#pragma once
// What the losses refuse, in the name of `function`.

#include "losses/target_rows.hpp"

namespace gibbs::losses {

// Targets and weights: what a mean counts.
template <Score T>
void check_what_counts(const char* function, const Rows<const T>& scores,
                       const TargetRows<T>& targets, const LossOptions<T>& options);

// Those, the map and the shapes of all outputs.
template <Score T>
void check_loss(const char* function, const Rows<const T>& scores, const TargetRows<T>& targets,
                const PerRow& alpha, const LossOptions<T>& options);

}  // namespace gibbs::losses
