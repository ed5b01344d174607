//! Examples one by one, and how some of them become a batch.
//!
//! Apart from `tensors`, whose examples lie in memory beside each other: what is read or computed one by one, or comes
//! from a stream, is put together here.

use super::Dataset;
use crate::device::{Cpu, Device};
use crate::dims::Dim;
use crate::dtype::Elem;
use crate::elements::for_each_number;
use crate::error::room;
use crate::ops::{Evaluate, JoiningLists};
use crate::shape::InsertAxis;
use crate::tensor::{Create, Tensor};

/// One example, of which a batch can be made: a number, a tensor, a tuple of one to six of them, or a result.
///
/// Numbers become a tensor `(B,)` on the CPU, tensors of shape `S` one of `(B, S..)` on their device; a tuple becomes
/// the tuple of these. A batch of results is the first error, or a result of the batch.
///
/// ```
/// use congruent::{data::Example, prelude::*};
/// let batch = Example::collate(vec![(Cpu.tensor([1.0, 2.0]), 7i64), (Cpu.tensor([3.0, 4.0]), 8)], D::<2>);
/// assert_eq!(batch, (Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]), Cpu.tensor([7, 8])));
/// let error: Result<Tensor<Shape![2], i64>, _> = Example::collate(vec!["1".parse::<i64>(), "two".parse()], D::<2>);
/// assert!(error.is_err());
/// ```
#[diagnostic::on_unimplemented(
    message = "no batch can be made of `{Self}`",
    label = "expected a number, a tensor, a tuple of them, or a `Result` of these",
    note = "a type of your own implements `data::Example`, or a `Dataset` whose `batch` makes the batch"
)]
pub trait Example: Sized {
    /// Some examples, `B` of them.
    type Batch<B: Dim>;

    /// The examples as one batch; `size` is their number.
    ///
    /// Tensors whose run-time sizes differ raise [`Error::Sizes`](crate::Error::Sizes), no tensors at all
    /// [`Error::Empty`](crate::Error::Empty).
    #[track_caller]
    fn collate<B: Dim>(examples: Vec<Self>, size: B) -> Self::Batch<B>;
}

macro_rules! numbers {
    ($($E:ty),*) => {$(
        impl Example for $E {
            type Batch<B: Dim> = Tensor<(B,), $E>;

            fn collate<B: Dim>(examples: Vec<Self>, size: B) -> Tensor<(B,), $E> {
                Cpu.from_fn((size,), |i| examples[i])
            }
        }
    )*};
}
for_each_number!(numbers);
numbers! { bool }

impl<S: InsertAxis<0>, E: Elem, D: Device> Example for Tensor<S, E, D> {
    type Batch<B: Dim> = Tensor<S::With<B>, E, D>;

    #[track_caller]
    fn collate<B: Dim>(examples: Vec<Self>, size: B) -> Self::Batch<B> {
        examples.iter().stack_as::<0, _>(|_| size).eval()
    }
}

/// The first error, or all that is good.
impl<X: Example, Cause> Example for Result<X, Cause> {
    type Batch<B: Dim> = Result<X::Batch<B>, Cause>;

    #[track_caller]
    fn collate<B: Dim>(examples: Vec<Self>, size: B) -> Self::Batch<B> {
        Ok(X::collate(examples.into_iter().collect::<Result<_, _>>()?, size))
    }
}

macro_rules! tuples {
    ($(($($X:ident $x:ident $i:tt),+))*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($X: Example),+> Example for ($($X,)+) {
            type Batch<B: Dim> = ($($X::Batch<B>,)+);

            #[track_caller]
            fn collate<B: Dim>(examples: Vec<Self>, size: B) -> Self::Batch<B> {
                $(let mut $x = Vec::with_capacity(examples.len());)+
                for example in examples {
                    $($x.push(example.$i);)+
                }
                ($($X::collate($x, size),)+)
            }
        }
    )*};
}
tuples! {
    (X0 x0 0)
    (X0 x0 0, X1 x1 1)
    (X0 x0 0, X1 x1 1, X2 x2 2)
    (X0 x0 0, X1 x1 1, X2 x2 2, X3 x3 3)
    (X0 x0 0, X1 x1 1, X2 x2 2, X3 x3 3, X4 x4 4)
    (X0 x0 0, X1 x1 1, X2 x2 2, X3 x3 3, X4 x4 4, X5 x5 5)
}

/// A data set whose examples a function makes by number: reads a file, draws a picture.
///
/// Where the function returns a `Result`, batches are results: [`checked`](super::Pipeline::checked) takes them apart.
/// The function is called anew whenever an example is asked for, by whichever thread.
///
/// ```
/// use congruent::{data::FnDataset, prelude::*};
/// dims! { Batch = ? }
/// let squares = FnDataset::new(100, |i| (Cpu.full((D::<2>,), i as f32), (i * i) as i64));
/// let (train, _) = squares.split(0.9, Key::new(0))?;
/// for (x, y) in Loader::new(train, Batch(32))?.epoch(Key::new(1)) {
///     let x: Tensor<(Batch, D<2>)> = x;
///     assert_eq!(i64::from(x.as_slice()[0] as i32).pow(2), y.as_slice()[0]);
/// }
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct FnDataset<F> {
    len: usize,
    make: F,
}

impl<X: Example, F: Fn(usize) -> X> FnDataset<F> {
    /// `len` examples, of which `make(i)` makes number `i`.
    pub fn new(len: usize, make: F) -> Self {
        Self { len, make }
    }
}

impl<X: Example, F: Fn(usize) -> X> Dataset for FnDataset<F> {
    type Batch<B: Dim> = X::Batch<B>;

    fn len(&self) -> usize {
        self.len
    }

    fn batch<B: Dim>(&self, rows: &[usize], size: B) -> X::Batch<B> {
        let mut examples = room(rows.len());
        for &row in rows {
            assert!(row < self.len, "example {row} of {}", self.len);
            examples.push((self.make)(row));
        }
        X::collate(examples, size)
    }
}
