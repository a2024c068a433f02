#pragma once
// What a second thread is worth on this machine.

namespace gibbs::bench {

// How many times faster two threads compute exponentials than one, sharing nothing. 2 on two cores;
// near 1 where the "processors" are the two hyperthreads of one core.
double speedup_of_two_threads();

}  // namespace gibbs::bench
