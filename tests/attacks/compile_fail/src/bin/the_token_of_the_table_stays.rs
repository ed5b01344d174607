//! error[E0603]: struct `Inside` is private
use congruent::dtype::Inside;
use congruent::prelude::*;

fn main() {
    let _ = <f32 as Real>::table(Inside::here(), std::mem::take);
}
