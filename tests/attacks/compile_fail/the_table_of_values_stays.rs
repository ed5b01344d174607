use congruent::prelude::*;

fn main() {
    let _ = <f32 as Real>::table(std::mem::take);
}
