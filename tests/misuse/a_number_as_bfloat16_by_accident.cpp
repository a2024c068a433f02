// bfloat16 keeps 8 bits of a float: rounding to it is written out.
// refused: conversion
// refused: could not convert
#include "gibbs/gibbs.hpp"

#ifdef MISUSE
gibbs::bfloat16 f(float value) { return value; }
#else
gibbs::bfloat16 f(float value) { return gibbs::bfloat16(value); }
#endif
