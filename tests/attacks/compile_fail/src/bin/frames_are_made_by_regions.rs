//! error[E0624]: associated function `flat` is private
use congruent::loops::Frame;

fn main() {
    let _ = Frame::flat(1, 1);
}
