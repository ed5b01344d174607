use congruent::device::Buf;

fn main() {
    let _ = Buf::<std::num::NonZeroU8>::zeros(1);
}
