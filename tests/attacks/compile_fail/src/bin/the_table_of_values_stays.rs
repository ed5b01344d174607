//! error[E0061]: this function takes 2 arguments but 1 argument was supplied
use congruent::prelude::*;

fn main() {
    let _ = <f32 as Real>::table(std::mem::take);
}
