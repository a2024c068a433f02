#pragma once
// How many threads the library may use.

namespace gibbs {

// Sets the bound on threads for the whole process; 0 returns to the default, which is the
// environment variable GIBBS_NUM_THREADS, else the number of processors this process may run on.
// More than there are processors bring nothing, and no more are started. The results do not depend
// on it, to the bit.
// throws    std::invalid_argument: threads < 0; a GIBBS_NUM_THREADS that is no positive number is
//           ignored
void set_num_threads(int threads);

// The bound in force, at least 1.
int num_threads();

}  // namespace gibbs
