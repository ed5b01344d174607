//! error[E0200]: the trait `Host` requires an `unsafe impl` declaration
use congruent::device::Host;

#[derive(Clone, Copy, Debug, PartialEq)]
struct Mine;
impl Host for Mine {}

fn main() {}
