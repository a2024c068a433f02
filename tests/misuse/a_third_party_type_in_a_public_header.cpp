// The public headers bring no type of the libraries behind them: neither a vector nor a task.
// refused: hwy
#include "gibbs/gibbs.hpp"

#ifdef MISUSE
using Leaked = hwy::float16_t;
#else
using Leaked = gibbs::float16;
#endif

Leaked* leaked = nullptr;
