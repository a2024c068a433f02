#pragma once
// Made by tools/make_polynomials.py; do not edit. Lowest power first.

namespace gibbs::kernels {

// e^r = 1 + r + r^2 q(r), |r| <= log(2) / 2: relative error 2^-28.3
inline constexpr float kExpTailFloat[] = {0x1.fffffc0000000p-2f, 0x1.5554900000000p-3f,
                                          0x1.5558f40000000p-5f, 0x1.123a680000000p-7f,
                                          0x1.6a23540000000p-10f};

// e^r = 1 + r + r^2 q(r), |r| <= log(2) / 2: relative error 2^-57.9
inline constexpr double kExpTailDouble[] = {
    0x1.000000000000ap-1,  0x1.55555555554f9p-3,  0x1.55555555507f5p-5,  0x1.1111111127e80p-7,
    0x1.6c16c1844a065p-10, 0x1.a01a0129b324dp-13, 0x1.a01999b08bf32p-16, 0x1.71df2633ae799p-19,
    0x1.28adcbd5129bep-22, 0x1.ad7eefe74eba8p-26};

// log(1 + f) = f - f^2/2 + f^3 q(f), sqrt(1/2) <= 1 + f <= sqrt(2): error 2^-30.4 of f
inline constexpr float kLogTailFloat[] = {
    0x1.5555460000000p-2f,  -0x1.ffffee0000000p-3f, 0x1.99a5460000000p-3f,
    -0x1.5562e20000000p-3f, 0x1.2332c00000000p-3f,  -0x1.fb433a0000000p-4f,
    0x1.e650b60000000p-4f,  -0x1.e2e95e0000000p-4f, 0x1.1b42300000000p-4f};

// log((1 + s) / (1 - s)) = 2 s + s^3 q(s^2), the same range: error 2^-58.5 of s
inline constexpr double kLogTailDouble[] = {
    0x1.5555555555592p-1, 0x1.999999997fdb3p-2, 0x1.24924941f1561p-2, 0x1.c71c520938efdp-3,
    0x1.74663eef560abp-3, 0x1.39a1ba0e582cep-3, 0x1.2f0569e8960ecp-3};

// log2(1 + f) = f q(f), sqrt(1/2) <= 1 + f <= sqrt(2): relative error 2^-27.9
inline constexpr float kLog2Quotient[] = {
    0x1.7154760000000p+0f, -0x1.7154700000000p-1f, 0x1.ec70960000000p-2f, -0x1.715a760000000p-2f,
    0x1.277e360000000p-2f, -0x1.eabc880000000p-3f, 0x1.a305b40000000p-3f, -0x1.874bf20000000p-3f,
    0x1.7d48fc0000000p-3f, -0x1.c259840000000p-4f};

// 2^r = 1 + r q(r), |r| <= 1/2: relative error 2^-28.9
inline constexpr float kExp2Quotient[] = {0x1.62e4300000000p-1f,  0x1.ebfbdc0000000p-3f,
                                          0x1.c6aee60000000p-5f,  0x1.3b2d500000000p-7f,
                                          0x1.5f3f2c0000000p-10f, 0x1.41fb380000000p-13f};

// log2(1 + f) = f q(f), sqrt(1/2) <= 1 + f <= sqrt(2): relative error 2^-14.3
inline constexpr float kLog2QuotientRough[] = {0x1.7151440000000p+0f, -0x1.70ec940000000p-1f,
                                               0x1.f0f4300000000p-2f, -0x1.90461c0000000p-2f,
                                               0x1.04ddb00000000p-2f};

// 2^r = 1 + r q(r), |r| <= 1/2: relative error 2^-13.3
inline constexpr float kExp2QuotientRough[] = {0x1.62f60c0000000p-1f, 0x1.f00e540000000p-3f,
                                               0x1.c2a0180000000p-5f};

}  // namespace gibbs::kernels
