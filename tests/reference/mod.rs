//! What the tests of operations share: tensors that are computed by plain loops over indices, in `f64`.
#![allow(dead_code, reason = "each test file uses a part of it")]

use congruent::graph::Boxed;
use congruent::prelude::*;

/// Values with their sizes, in row-major order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plain {
    pub(crate) dims: Vec<usize>,
    pub(crate) values: Vec<f64>,
}

impl<S: Shape, E: Elem> From<&Tensor<S, E>> for Plain {
    fn from(x: &Tensor<S, E>) -> Self {
        Plain { dims: x.dims().to_vec(), values: x.to_vec().into_iter().map(Elem::as_f64).collect() }
    }
}

/// Every index of these sizes, the last axis fastest.
pub(crate) fn indices(dims: &[usize]) -> impl Iterator<Item = Vec<usize>> {
    (0..dims.iter().product()).map(|mut place: usize| {
        let mut index = vec![0; dims.len()];
        for (axis, &size) in dims.iter().enumerate().rev() {
            (index[axis], place) = (place % size, place / size);
        }
        index
    })
}

/// The sizes in which two tensors meet by NumPy's rule.
pub(crate) fn joined(a: &[usize], b: &[usize]) -> Vec<usize> {
    let rank = a.len().max(b.len());
    let size = |dims: &[usize], axis: usize| (axis + dims.len()).checked_sub(rank).map_or(1, |own| dims[own]);
    (0..rank).map(|axis| if size(a, axis) == 1 { size(b, axis) } else { size(a, axis) }).collect()
}

impl Plain {
    pub(crate) fn from_fn(dims: &[usize], f: impl FnMut(Vec<usize>) -> f64) -> Self {
        Plain { dims: dims.to_vec(), values: indices(dims).map(f).collect() }
    }

    pub(crate) fn zeros(dims: &[usize]) -> Self {
        Self::from_fn(dims, |_| 0.0)
    }

    /// Where an index of a larger shape lies: missing axes are dropped, axes of one element stretch.
    pub(crate) fn place(&self, index: &[usize]) -> usize {
        let own = &index[index.len() - self.dims.len()..];
        own.iter().zip(&self.dims).fold(0, |place, (&i, &size)| place * size + if size == 1 { 0 } else { i })
    }

    pub(crate) fn at(&self, index: &[usize]) -> f64 {
        self.values[self.place(index)]
    }

    pub(crate) fn add(&mut self, index: &[usize], value: f64) {
        let place = self.place(index);
        self.values[place] += value;
    }

    /// Axis `i` of the result is axis `order[i]` of this one.
    pub(crate) fn permuted(&self, order: &[usize]) -> Self {
        let dims: Vec<usize> = order.iter().map(|&from| self.dims[from]).collect();
        Self::from_fn(&dims, |index| {
            let mut own = vec![0; index.len()];
            order.iter().zip(&index).for_each(|(&from, &i)| own[from] = i);
            self.at(&own)
        })
    }

    /// Undoes [`permuted`](Plain::permuted).
    pub(crate) fn unpermuted(&self, order: &[usize]) -> Self {
        let mut inverse = vec![0; order.len()];
        order.iter().enumerate().for_each(|(to, &from)| inverse[from] = to);
        self.permuted(&inverse)
    }

    pub(crate) fn reshaped(&self, dims: &[usize]) -> Self {
        assert_eq!(self.values.len(), dims.iter().product::<usize>());
        Plain { dims: dims.to_vec(), values: self.values.clone() }
    }

    pub(crate) fn expanded(&self, dims: &[usize]) -> Self {
        Self::from_fn(dims, |index| self.at(&index))
    }
}

/// Asserts that two lists agree within `tolerance`, relative to the larger of `floor` and what was expected.
#[track_caller]
pub(crate) fn assert_near(what: &str, found: &[f64], expected: &[f64], tolerance: f64, floor: f64) {
    assert_eq!(found.len(), expected.len(), "{what}: the lengths differ");
    for (place, (found, expected)) in found.iter().zip(expected).enumerate() {
        let equal = found == expected || (found.is_nan() && expected.is_nan());
        let near = equal || (found - expected).abs() <= tolerance * expected.abs().max(floor);
        assert!(near, "{what}: at {place} found {found:e}, expected {expected:e}");
    }
}

/// A tensor, and the gradients of `Σ y · cotangent` by each operand.
pub(crate) struct Outcome {
    pub(crate) y: Plain,
    pub(crate) cotangent: Plain,
    pub(crate) gradients: Vec<Plain>,
}

/// What the library computes for a function of one parameter.
pub(crate) fn outcome1<S: Shape, T: Shape, E: Real>(
    x: &Tensor<S, E>,
    apply: impl FnOnce(Param<S, Traced<E>>) -> Boxed<T, E, Cpu>,
) -> Outcome {
    let model: Param<S, Weights<E>> = x.clone().into();
    let mut seen = None;
    let result = model.value_and_grad(|x| weighed(apply(x), &mut seen));
    let gradients = vec![Plain::from(&result.expect("the sizes agree").1.tensor())];
    let (y, cotangent) = seen.expect("the closure has run");
    Outcome { y, cotangent, gradients }
}

/// What the library computes for a function of two parameters.
pub(crate) fn outcome2<S: Shape, S2: Shape, T: Shape, E: Real>(
    (a, b): (&Tensor<S, E>, &Tensor<S2, E>),
    apply: impl FnOnce(Param<S, Traced<E>>, Param<S2, Traced<E>>) -> Boxed<T, E, Cpu>,
) -> Outcome {
    let model: (Param<S, Weights<E>>, Param<S2, Weights<E>>) = (a.clone().into(), b.clone().into());
    let mut seen = None;
    let (_, grads) = model.value_and_grad(|(a, b)| weighed(apply(a, b), &mut seen)).expect("the sizes agree");
    let gradients = vec![Plain::from(&grads.0.tensor()), Plain::from(&grads.1.tensor())];
    let (y, cotangent) = seen.expect("the closure has run");
    Outcome { y, cotangent, gradients }
}

/// `Σ y · cotangent` for random cotangents, and a look at both.
fn weighed<T: Shape, E: Real>(y: Boxed<T, E, Cpu>, seen: &mut Option<(Plain, Plain)>) -> Boxed<(), E, Cpu> {
    let cotangent: Tensor<T, E> = Cpu.uniform_of(y.shape(), Key::new(99), 0.5, 1.5);
    y.with(|y| {
        *seen = Some((Plain::from(&y.eval()), Plain::from(&cotangent)));
        (y * &cotangent).sum()
    })
    .boxed()
}

/// Uniform numbers in `[-1, 1)`.
pub(crate) fn uniform<S: Shape, E: Elem>(shape: S, seed: u64) -> Tensor<S, E> {
    Cpu.uniform_of(shape, Key::new(seed), -1.0, 1.0)
}
