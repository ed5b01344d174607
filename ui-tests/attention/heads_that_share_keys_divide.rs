//! Heads of queries are a multiple of those of keys.
use congruent::prelude::*;

dims! { Heads = 6, Groups = 4, PerGroup = 2 }

fn main() {
    let q = Cpu.ones::<Shape![2, Heads, 5, 8]>();
    let k = Cpu.ones::<Shape![2, Groups, 7, 8]>();
    let _ = q.unflatten::<1, _, _>(Groups, PerGroup).attention(&k, &k).eval();
}
