//! error[E0599]: the function or associated item `zeros` exists for struct `Buf<std::num::NonZero<u8>>`
use congruent::device::Buf;

fn main() {
    let _ = Buf::<std::num::NonZeroU8>::zeros(1);
}
