//! Rows of operations on the bits of integers.
//!
//! Apart from `masks`, whose operators are the same.

rows! {
    "elementwise binary";
    "bitwise and": "a & b | np.bitwise_and", "a & b | torch.bitwise_and" => "",
        "not yet: bits of integers; masks have `&`" {}
    "bitwise or": "a | b | np.bitwise_or", "torch.bitwise_or" => "", "not yet: bits of integers; masks have `|`" {}
    "bitwise xor": "a ^ b | np.bitwise_xor", "torch.bitwise_xor" => "", "not yet: bits of integers; masks have `^`" {}
    "bitwise not": "~a | np.bitwise_not", "torch.bitwise_not" => "", "not yet: bits of integers; masks have `!`" {}
    "shl": "a << b | np.left_shift", "torch.bitwise_left_shift" => "", "not yet: bits of integers" {}
    "shr": "a >> b | np.right_shift", "torch.bitwise_right_shift" => "", "not yet: bits of integers" {}
}
