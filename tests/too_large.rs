//! More than there is memory for is an error from every maker of tensors, for every element type.
//!
//! Apart from the tests of the makers because the fault is one kind: a size that only the run knows reaches memory. All
//! sizes here are beyond every address space, so that nothing is ever allocated.

use congruent::data::{Dataset, Loader};
use congruent::prelude::*;

dims! { Batch = ?, Other = ?, Classes = ? }

/// No system gives so many elements, not even of one byte.
const HUGE: [usize; 8] =
    [1 << 50, 1 << 60, 1 << 61, (1 << 62) - 1, usize::MAX / 8 + 1, usize::MAX / 2, usize::MAX - 1, usize::MAX];

/// The largest axis of a tensor without elements.
const MOST: usize = isize::MAX as usize;

#[track_caller]
fn refused<T>(what: &str, len: usize, make: impl FnOnce() -> T) {
    match attempt(make) {
        Err(Error::TooLarge { .. }) => {}
        Err(other) => panic!("{what} of {len}: {other}"),
        Ok(_) => panic!("{what} of {len} was made"),
    }
}

/// As [`refused`], of a call that returns a `Result`: the error comes out there.
#[track_caller]
fn returned<T>(what: &str, len: usize, result: Result<T, Error>) {
    assert!(matches!(result, Err(Error::TooLarge { .. })), "{what} of {len}");
}

/// Every maker, for one element type. Not generic: what elements take part in differs between floats and the others.
macro_rules! makers {
    ($E:ty: $value:expr) => {
        for len in HUGE {
            let (shape, value) = ((Batch(len),), $value);
            let told = |what: &str| format!("{what} of {}", stringify!($E));
            refused(&told("zeros"), len, || Cpu.zeros_of::<$E, _>(shape));
            refused(&told("ones"), len, || Cpu.ones_of::<$E, _>(shape));
            refused(&told("full"), len, || Cpu.full(shape, value));
            refused(&told("from_fn"), len, || Cpu.from_fn(shape, |_| value));
            refused(&told("from_index_fn"), len, || Cpu.from_index_fn((Batch(len), D::<1>), |_| value));
            returned(&told("from_iter"), len, Cpu.from_iter(shape, std::iter::repeat(value)));
            refused(&told("uniform"), len, || Cpu.uniform_of::<$E, _>(shape, Key::new(1), 0.0, 1.0));
            refused(&told("normal"), len, || Cpu.normal_of::<$E, _>(shape, Key::new(1), 0.0, 1.0));
            refused(&told("eye"), len, || Cpu.eye_of::<$E, _>(Batch(len)));
            refused(&told("tri"), len, || Cpu.tri_of::<$E, _, _>((Batch(len), Other(2)), 0));
            let one = Cpu.full((D::<1>,), value);
            refused(&told("expand"), len, || one.expand(shape).eval());
            refused(&told("index_select"), len, || one.expand(shape).index_select::<0>(&Cpu.tensor([0])).eval());
            returned(&told("one_hot"), len, Cpu.tensor([0]).one_hot_of::<$E, _>(Classes(len)));
            returned(&told("choice"), len, one.choice(Batch(len), true, Key::new(1)));
            returned(&told("diag_offset"), len, one.diag_offset(len.min(1 << 62) as isize, Batch));
            let empty = Cpu.full((Batch(len.min(MOST)), D::<0>), value);
            refused(&told("unbind"), len, || empty.unbind::<0>().len());
            assert_eq!(empty.roll::<0>(1).eval().len() + empty.shuffled(Key::new(1)).len(), 0);
            assert_eq!(empty.unfold::<1, 0, 1>().eval().len(), 0);
        }
    };
}

#[test]
fn makers_of_elements_without_gradients() {
    makers! { bool: true }
    makers! { u8: 7 }
    makers! { i64: 7 }
}

#[test]
fn makers_of_floats() {
    makers! { f16: f16::ONE }
    makers! { f32: 1.5 }
    makers! { f64: 1.5 }
}

#[test]
fn makers_of_numbers_that_only_some_types_have() {
    let one = Cpu.tensor([1.0]);
    for len in HUGE {
        let (axis, shape) = (Batch(len), (Batch(len),));
        refused("arange", len, || Cpu.arange_of::<i64, _>(axis));
        refused("linspace", len, || Cpu.linspace_of::<f32, _>(axis, 0.0, 1.0));
        refused("logspace", len, || Cpu.logspace_of::<f64, _>(axis, 0.0, 1.0, 10.0));
        returned("geomspace", len, Cpu.geomspace_of::<f64, _>(axis, 1.0, 2.0));
        returned("randint", len, Cpu.randint(shape, Key::new(1), 0u8, 7));
        returned("bernoulli", len, Cpu.bernoulli_of::<bool, _>(shape, Key::new(1), 0.5));
        refused("permutation", len, || Cpu.permutation(axis, Key::new(1)));
        returned("multinomial", len, one.multinomial(axis, true, Key::new(1)));
        refused("vander", len, || one.vander(axis));
        refused("fused", len, || (one.expand(shape) * 2.0 + 1.0).exp().eval());
        refused("mask", len, || one.expand(shape).eq(0.0).eval());
        refused("comparison", len, || one.expand(shape).lt(2.0).where_(&one, 0.0).eval());
        refused("roll", len, || one.expand(shape).roll::<0>(1).eval());
        refused("flip", len, || one.expand(shape).flip::<0>().eval());
        refused("softmax", len, || one.expand(shape).softmax().eval());
        refused("cumsum", len, || one.expand(shape).cumsum_axis::<0>().eval());
        refused("argsort", len, || one.expand(shape).argsort());
        refused("cast", len, || one.expand(shape).eval().convert::<u8>());
        refused("boxed", len, || one.expand(shape).boxed());
        refused("with", len, || one.expand(shape).with(|x| x * 2.0).eval());
        refused("concat", len, || [one.expand(shape), one.expand(shape)].stack::<0>().eval());
        refused("diag_embed", len, || one.expand(shape).diag_embed().eval());
        refused("an axis beside one of no elements", len, || Cpu.zeros_of::<u8, _>((axis, D::<0>, axis)));
        returned("arange_until", len, Cpu.arange_until(Batch, 0u64, len as u64, 1));
    }
    returned("bincount", usize::MAX, Cpu.tensor([i64::MAX]).bincount(Batch, 0));
    returned("histogram", usize::MAX, one.histogram(Batch(usize::MAX), None));
    refused("zeros of a static shape", 0, || Cpu.zeros::<Shape![9_000_000_000, 9_000_000_000]>());
}

/// Neither operand is large, but the result is.
#[test]
fn products_of_tensors_without_elements() {
    for len in HUGE {
        let tall = Cpu.zeros_of::<f32, _>((Batch(len.min(MOST)), D::<0>));
        let wide = Cpu.zeros_of::<f32, _>((D::<0>, Other(len.min(MOST))));
        refused("matmul", len, || tall.matmul(&wide).eval());
        refused("a product of integers", len, || {
            let (a, b) = (tall.convert::<i64>(), wide.convert::<i64>());
            a.matmul(&b).eval()
        });
        refused("sum over no elements", len, || tall.sum_axis::<1>().eval());
        refused("sum of integers", len, || tall.convert::<i64>().sum_axis::<1>().eval());
        refused("sum over no rows", len, || wide.sum_axis::<0>().eval());
        refused("all over no elements", len, || tall.ne(0.0).all_axis::<1>());
        refused("argmax of rows", len, || tall.softmax().sum_axis::<1>().eval());
    }
}

/// An error by size comes out of a training step as every other.
#[test]
fn a_training_step_returns_it() {
    let model: Param<Shape![1]> = Cpu.tensor([1.0]).into();
    for len in HUGE {
        let step = model.value_and_grad(|w| (w.expand((Batch(len),)).softmax() * w).sum());
        assert!(matches!(step, Err(Error::TooLarge { .. })), "{len}");
        let run = model.infer(|w| w.expand((Batch(len),)).eval());
        assert!(matches!(run, Err(Error::TooLarge { .. })), "{len}");
    }
    let error = attempt(|| Cpu.zeros_of::<f32, _>((Batch(1 << 60),))).map(drop).unwrap_err();
    let words = "a tensor of shape (1152921504606846976,) takes 4611686018427387904 bytes, more than the system gives";
    assert_eq!(error.to_string(), words);
}

/// A data set that says that it is large.
#[derive(Clone, Debug)]
struct Endless;

impl Dataset for Endless {
    type Batch<B: Dim> = usize;
    fn len(&self) -> usize {
        1 << 60
    }
    fn batch<B: Dim>(&self, rows: &[usize], _: B) -> usize {
        rows.len()
    }
}

#[test]
fn orders_of_a_data_set() {
    let loader = Loader::new(Endless, Batch(7)).unwrap();
    refused("an epoch", 1 << 60, || loader.epoch(Key::new(1)).count());
    refused("an epoch in order", 1 << 60, || loader.in_order().count());
    returned("a split", 1 << 60, Endless.split(0.5, Key::new(1)));
    returned("one batch", 1 << 60, Endless.all::<Batch>());
}
