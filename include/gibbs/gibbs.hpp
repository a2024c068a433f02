#pragma once
// All of gibbs: scores to probabilities.

#include "gibbs/entmax.hpp"
#include "gibbs/entropy.hpp"
#include "gibbs/log_softmax.hpp"
#include "gibbs/log_sum.hpp"
#include "gibbs/log_sum_exp.hpp"
#include "gibbs/options.hpp"
#include "gibbs/parallel.hpp"
#include "gibbs/per_row.hpp"
#include "gibbs/rows.hpp"
#include "gibbs/signed_log_sum_exp.hpp"
#include "gibbs/simd.hpp"
#include "gibbs/softmax.hpp"
#include "gibbs/sparse.hpp"
#include "gibbs/types.hpp"
#include "gibbs/version.hpp"
