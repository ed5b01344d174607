// Elements of type E as unsigned integers of their size and order, as src/device/cpu/keys.rs has them: NaN above every
// number, -0 equal to 0. What compares such keys need not know what an element is.

template <class U> HERE U turned_over(U bits) { return (U)(bits ^ (U)((U)1 << (8 * sizeof(U) - 1))); }

// Of a float by its bits, above whose infinity those of NaN are: negative numbers run backwards.
template <class U> HERE U key_of_bits(U bits, U infinity) {
  const U unsigned_twice = (U)(bits << 1);
  if (unsigned_twice > (U)(infinity << 1)) return (U)~(U)0;
  if (unsigned_twice == 0) return turned_over(unsigned_twice);
  return bits >> (8 * sizeof(U) - 1) ? (U)~bits : turned_over(bits);
}
HERE bool is_nan(f16 x) { return (x.bits & 0x7fff) > 0x7c00; }
HERE bool is_nan(bf16 x) { return (x.bits & 0x7fff) > 0x7f80; }
template <class T> HERE bool is_nan(T x) { return x != x; }
HERE u16 key_of(f16 x) { return key_of_bits<u16>(x.bits, 0x7c00); }
HERE u16 key_of(bf16 x) { return key_of_bits<u16>(x.bits, 0x7f80); }
HERE u32 key_of(float x) { return key_of_bits<u32>(bits_of(x), 0x7f800000u); }
HERE u64 key_of(double x) { return key_of_bits<u64>(bits_of(x), 0x7ff0000000000000ull); }
HERE u8 key_of(bool x) { return x ? 1 : 0; }
// Of integers with a sign the bits are in order once it is turned over.
HERE u8 key_of(u8 x) { return x; }
HERE u16 key_of(u16 x) { return x; }
HERE u32 key_of(u32 x) { return x; }
HERE u64 key_of(u64 x) { return x; }
HERE u8 key_of(i8 x) { return turned_over((u8)x); }
HERE u16 key_of(short x) { return turned_over((u16)x); }
HERE u32 key_of(int x) { return turned_over((u32)x); }
HERE u64 key_of(i64 x) { return turned_over((u64)x); }

typedef decltype(key_of(E())) K;
