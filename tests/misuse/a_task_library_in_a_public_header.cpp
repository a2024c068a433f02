// Threads are bounded by gibbs::set_num_threads; the task library behind it does not show.
// refused: tbb
#include "gibbs/gibbs.hpp"

#ifdef MISUSE
void f() {
  tbb::global_control* control = nullptr;
  (void)control;
}
#else
void f() { gibbs::set_num_threads(2); }
#endif
