// The types of 16 bits, and their conversions: rounded to the nearest, ties to even.
#pragma once

namespace cusim {

inline float half_to_float(uint16_t bits) {
    _Float16 value;
    memcpy(&value, &bits, 2);
    return float(value);
}
inline uint16_t half_of(float number) {
    _Float16 value = _Float16(number);
    uint16_t bits;
    memcpy(&bits, &value, 2);
    return bits;
}
// From `double` in one step: rounding twice may end elsewhere.
inline uint16_t half_of(double number) {
    _Float16 value = _Float16(number);
    uint16_t bits;
    memcpy(&bits, &value, 2);
    return bits;
}
inline float bfloat_to_float(uint16_t bits) {
    uint32_t wide = uint32_t(bits) << 16;
    float value;
    memcpy(&value, &wide, 4);
    return value;
}
inline uint16_t bfloat_of(float number) {
    uint32_t wide;
    memcpy(&wide, &number, 4);
    if ((wide & 0x7fffffff) > 0x7f800000) {
        return 0x7fff;
    }
    return uint16_t((wide + 0x7fff + (wide >> 16 & 1)) >> 16);
}

}  // namespace cusim

struct __half {
    uint16_t bits;
    __half() = default;
    __half(float value) : bits(cusim::half_of(value)) {}
    operator float() const { return cusim::half_to_float(bits); }
};
struct __nv_bfloat16 {
    uint16_t bits;
    __nv_bfloat16() = default;
    __nv_bfloat16(float value) : bits(cusim::bfloat_of(value)) {}
    operator float() const { return cusim::bfloat_to_float(bits); }
};
typedef __half half;
typedef __nv_bfloat16 nv_bfloat16;

inline float __half2float(__half value) { return value; }
inline __half __float2half(float value) { return value; }
inline __half __float2half_rn(float value) { return value; }
inline __half __double2half(double value) {
    __half result;
    result.bits = cusim::half_of(value);
    return result;
}
inline unsigned short __half_as_ushort(__half value) { return value.bits; }
inline __half __ushort_as_half(unsigned short bits) {
    __half result;
    result.bits = bits;
    return result;
}
inline float __bfloat162float(__nv_bfloat16 value) { return value; }
inline __nv_bfloat16 __float2bfloat16(float value) { return value; }
inline __nv_bfloat16 __float2bfloat16_rn(float value) { return value; }
inline unsigned short __bfloat16_as_ushort(__nv_bfloat16 value) { return value.bits; }
inline __nv_bfloat16 __ushort_as_bfloat16(unsigned short bits) {
    __nv_bfloat16 result;
    result.bits = bits;
    return result;
}
#define CUSIM_HALF_ARITHMETIC(T)                                                \
    inline T __hadd(T a, T b) { return float(a) + float(b); }                   \
    inline T __hsub(T a, T b) { return float(a) - float(b); }                   \
    inline T __hmul(T a, T b) { return float(a) * float(b); }                   \
    inline T __hdiv(T a, T b) { return float(a) / float(b); }                   \
    inline T __hfma(T a, T b, T c) { return fmaf(float(a), float(b), float(c)); }
CUSIM_HALF_ARITHMETIC(__half)
CUSIM_HALF_ARITHMETIC(__nv_bfloat16)
