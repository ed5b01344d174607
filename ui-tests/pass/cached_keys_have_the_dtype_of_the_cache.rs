//! A cache keeps keys and values of one element type.
use congruent::nn::KvCache;
use congruent::prelude::*;

dims! { Past = ?, Now = ? }

pub fn main() {
    let mut cache = KvCache::new((Past(0), D::<4>));
    let x = Cpu.zeros_of::<f32, _>((Now(2), D::<4>));
    cache.push(&x, &Cpu.zeros_of::<f32, _>((Now(2), D::<4>))).unwrap();
}
