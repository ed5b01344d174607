use congruent::graph::Frame;

fn main() {
    let _ = Frame::flat(1, 1);
}
