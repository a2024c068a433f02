// A view of const numbers does not become a view of writable ones.
// refused: conversion
// refused: could not convert
#include "gibbs/gibbs.hpp"

#ifdef MISUSE
using Scores = gibbs::Rows<const float>;
#else
using Scores = gibbs::Rows<float>;
#endif

gibbs::Rows<float> f(Scores scores) { return scores; }
