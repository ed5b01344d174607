use congruent::device::Host;

#[derive(Clone, Copy, Debug, PartialEq)]
struct Mine;
impl Host for Mine {}

fn main() {}
