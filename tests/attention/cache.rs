//! Keys and values kept while a model writes on.

use congruent::nn::KvCache;
use congruent::prelude::*;

dims! { Batch = ?, Past = ?, Now = ? }

fn numbers<S: Shape, E: Real>(shape: S, seed: u64) -> Tensor<S, E> {
    Cpu.uniform_of(shape, Key::new(seed), -1.0, 1.0)
}

/// Tokens in parts of any number, far beyond the first memory, as heads lie behind a projection.
#[test]
fn what_is_kept_is_what_was_pushed() {
    let (batch, shape) = (Batch(2), |now| (Batch(2), Now(now), D::<3>, D::<4>));
    let mut cache: KvCache<_, _, bf16> =
        KvCache::sized(Cpu, (batch, D::<3>, Past(0), D::<4>), (batch, D::<3>, Past(9), D::<2>));
    assert!(cache.is_empty() && cache.keys().dims()[2] == 0);
    let (mut keys, mut values) = (cache.keys().eval(), cache.values().eval());
    for (i, now) in [1, 0, 5, 20, 1, 1, 70].into_iter().enumerate() {
        let (k, v) = (numbers::<_, bf16>(shape(now), i as u64), numbers::<_, bf16>(shape(now), 10 + i as u64));
        cache.push(k.transpose::<1, 2>(), v.transpose::<1, 2>().slice(s![.., .., .., 1..3])).expect("they fit");
        keys = keys.concat_as::<2, _, _>(k.transpose::<1, 2>(), Past).eval();
        values = values.concat_as::<2, _, _>(v.transpose::<1, 2>().slice(s![.., .., .., 1..3]), Past).eval();
        let len = cache.len();
        assert_eq!(cache.keys().eval(), keys);
        assert_eq!(cache.values().eval(), values);
        assert_eq!(cache.values().shape(), (batch, D::<3>, Past(len), D::<2>));
    }
    assert_eq!(cache.len(), 98);
}

#[test]
fn views_and_copies_stay_what_they_were() {
    let mut cache = KvCache::new((Past(0), D::<2>));
    let x = numbers::<_, f32>((Now(3), D::<2>), 1);
    cache.push(&x, &x).expect("they fit");
    let (held, mut other) = (cache.keys(), cache.clone());
    cache.truncate(1);
    cache.push(&x * 2.0, &x).expect("they fit");
    other.push(&x, &x * 3.0).expect("they fit");
    assert_eq!(held.eval().to_vec(), x.to_vec());
    assert_eq!((cache.len(), other.len()), (4, 6));
    assert_eq!(cache.keys().eval().as_slice()[2..], *(&x * 2.0).eval().as_slice());
    assert_eq!(other.keys().eval().as_slice()[6..], *x.as_slice());
    assert_eq!(other.values().eval().as_slice()[6..], *(&x * 3.0).eval().as_slice());
    cache.truncate(9);
    assert_eq!(cache.len(), 4);
}

/// What is kept has no gradient, and whoever would learn by it alone is told, not left as it was.
#[test]
fn what_learns_through_a_cache_alone_is_told() {
    let weight = |seed| -> Param<Shape![2, 2]> { numbers::<_, f32>((D::<2>, D::<2>), seed).into() };
    let x = numbers::<_, f32>((Now(3), D::<2>), 1);
    let step = (weight(2), weight(3)).value_and_grad(|(query, key)| {
        let mut cache = KvCache::new((Past(0), D::<2>));
        cache.push(x.matmul(key), &x).expect("they fit");
        x.matmul(query).attention(cache.keys(), cache.values()).sum()
    });
    assert!(matches!(step, Err(Error::Cut { .. })), "{step:?}");
}

#[test]
fn what_does_not_fit_is_an_error() {
    let mut cache = KvCache::new((Batch(2), Past(0), D::<2>));
    let of = |batch, now| numbers::<_, f32>((Batch(batch), Now(now), D::<2>), 1);
    cache.push(&of(2, 3), &of(2, 3)).expect("they fit");
    for (k, v) in [(of(2, 1), of(2, 2)), (of(3, 1), of(3, 1)), (of(2, 1), of(3, 1))] {
        assert!(matches!(cache.push(&k, &v), Err(Error::Sizes(_))));
    }
    assert_eq!((cache.len(), cache.keys().eval().to_vec()), (3, of(2, 3).to_vec()));
    // An axis of tokens that has a size of its own does not grow, be it as long as the first memory.
    let mut sixteen = KvCache::new((D::<16>, D::<2>));
    let one = numbers::<_, f32>((Now(1), D::<2>), 1);
    assert!(matches!(sixteen.push(&one, &one), Err(Error::Shape { .. })) && sixteen.is_empty());
    let mut fixed = KvCache::new((D::<3>, D::<2>));
    let error = fixed.push(&numbers::<_, f32>((Now(1), D::<2>), 1), &numbers::<_, f32>((Now(1), D::<2>), 1));
    assert!(matches!(error, Err(Error::Shape { .. })), "{error:?}");
    assert!(matches!(attempt(|| fixed.keys().eval()), Err(Error::Shape { .. })));
}
