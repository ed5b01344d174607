//! A cache is made for a shape, in which the number of tokens has a name.
use congruent::nn::KvCache;
use congruent::prelude::*;

dims! { Past = ? }

pub fn main() {
    let x = Cpu.ones_of::<f32, _>((D::<2>, Past(5), D::<8>));
    let mut cache = KvCache::new((D::<2>, Past(0), D::<8>));
    cache.push(&x, &x).unwrap();
}
