//! Where a token stands, said by numbers: added to its features, or as an angle that its features are turned by.
//!
//! Apart from attention because nothing here is learned, and neither asks the other.

use crate::device::{Buf, Device};
use crate::dims::{D, Dim, DivDim, dims};
use crate::dtype::Real;
use crate::error::{Error, raise};
use crate::graph::{Constant, Ex, Viewed};
use crate::layout::{Axes, Strided};
use crate::ops::{Evaluate, Function};
use crate::shape::{Sequence, Shape};
use crate::tensor::{Create, Tensor};

dims! {
    /// Sequences, over all axes before that of tokens.
    Heads = ?,
    /// Tokens of each.
    Length = ?,
    /// Pairs of features of a token.
    Pairs = ?
}

/// The angle of pair `pair` of `pairs` at place `place`: `place / base^(pair / pairs)`.
fn angle(place: f64, pair: usize, pairs: usize, base: f64) -> f64 {
    place * base.powf(-(pair as f64) / pairs as f64)
}

/// Sines and cosines of places, `(N, W)`, to be added to the features of tokens.
///
/// Feature `2i` of place `t` is `sin(t / 10000^(2i / W))`, feature `2i + 1` the cosine of that. Vaswani and others
/// 2017, arXiv:1706.03762.
///
/// ```
/// use congruent::{nn::sinusoidal, prelude::*};
/// let places: Tensor<_> = sinusoidal(Cpu, (D::<3>, D::<4>));
/// assert_eq!(places.as_slice()[..4], [0.0, 1.0, 0.0, 1.0]);
/// assert!((places.as_slice()[4] - 1.0_f32.sin()).abs() < 1e-6);
/// ```
pub fn sinusoidal<E: Real, A: Device, N: Dim, W: Dim>(device: A, shape: (N, W)) -> Tensor<(N, W), E, A> {
    let width = shape.1.size();
    device.from_fn(shape, |i| {
        let (place, feature) = (i / width, i % width);
        let angle = place as f64 * 10_000.0_f64.powf(-((feature / 2 * 2) as f64) / width as f64);
        E::of_f64(if feature % 2 == 0 { angle.sin() } else { angle.cos() })
    })
}

/// What is added to scores so that each head prefers near keys, `(H, N, M)`: ALiBi, for [`Attend::bias`].
///
/// `-slope · distance` between query and key, where the last query stands at the last key, as in [`Attend::causal`].
/// Head `h` of `H`, a power of 2, counted from 0, has the slope `2^(-8 (h + 1) / H)`; of another number the greatest
/// power of 2 below it comes first, then every second slope of twice as many. What comes after a query is as far as
/// what came before; [`Attend::causal`] hides it, `Attend::causal().bias(&biases)`. Press, Smith and Lewis 2021,
/// arXiv:2108.12409.
///
/// [`Attend::bias`]: crate::ops::Attend::bias
/// [`Attend::causal`]: crate::ops::Attend::causal
///
/// ```
/// use congruent::{nn::alibi, prelude::*};
/// let biases: Tensor<_> = alibi(Cpu, (D::<2>, D::<3>, D::<3>));
/// assert_eq!(biases.as_slice()[6..9], [-2.0 / 16.0, -1.0 / 16.0, 0.0]); // the last query of the first head
/// let x = Cpu.ones::<Shape![1, 2, 3, 4]>();
/// let y = x.attention_with(&x, &x, Attend::causal().bias(&biases)).eval();
/// assert_eq!(y.shape(), x.shape());
/// ```
pub fn alibi<E: Real, A: Device, H: Dim, N: Dim, M: Dim>(device: A, shape: (H, N, M)) -> Tensor<(H, N, M), E, A> {
    let [heads, queries, keys] = [shape.0.size(), shape.1.size(), shape.2.size()];
    device.from_fn(shape, |i| {
        let (head, query, key) = (i / (queries * keys), i / keys % queries, i % keys);
        E::of_f64(-slope(head, heads) * (query + keys).abs_diff(key + queries) as f64)
    })
}

/// The slope of a head: those of a power of 2 are a geometric series that ends at `2^-8`.
fn slope(head: usize, heads: usize) -> f64 {
    let whole = if heads.is_power_of_two() { heads } else { heads.next_power_of_two() / 2 };
    let (head, heads) = if head < whole { (head + 1, whole) } else { (2 * (head - whole) + 1, 2 * whole) };
    2.0_f64.powf(-8.0 * head as f64 / heads as f64)
}

/// Turns pairs of features by angles of their places, `(.., N, K)` with an even `K`: the scores of queries and keys
/// that were turned depend on how far they stand apart.
///
/// With `θ = t / base^(2i / K)` at place `t`, `y[i] = x[i] · cos θ - x[i + K/2] · sin θ` and
/// `y[i + K/2] = x[i + K/2] · cos θ + x[i] · sin θ`; the gradient is turned back. Pairs are the halves of the features,
/// as in Llama's and GPT-NeoX's weights. A base that is not positive and finite raises
/// [`Error::Value`](crate::Error::Value). Applied by [`apply`](crate::ops::Apply::apply). Su and others 2021,
/// arXiv:2104.09864.
///
/// ```
/// use congruent::{nn::Rotary, prelude::*};
/// let x = Cpu.uniform((D::<2>, D::<5>, D::<8>), Key::new(1), -1.0, 1.0);
/// let scores = |from| {
///     let turned = x.apply(Rotary { base: 10_000.0, from }).eval();
///     turned.matmul_t(&turned).eval()
/// };
/// assert!(scores(0).allclose(&scores(100), 1e-4, 1e-4)); // all places moved: nothing changes between them
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rotary {
    /// By which power the angles of later pairs are smaller: mostly 10 000.
    pub base: f64,
    /// The place of the first token: how many came before it.
    pub from: usize,
}

impl<S, E, A> Function<S, E, A> for Rotary
where
    S: Sequence<Width: DivDim<D<2>>>,
    E: Real,
    A: Device,
{
    type Out = S;
    fn forward(&self, x: &Tensor<S, E, A>) -> Tensor<S, E, A> {
        if !(self.base > 0.0 && self.base.is_finite()) {
            let (what, found) = ("base of rotary positions", self.base.to_string());
            raise(Error::Value { what, found, rule: "it is positive and finite" });
        }
        self.turned(x, 1.0)
    }
    fn backward(self, _: &Tensor<S, E, A>, _: &Tensor<S, E, A>, dy: Tensor<S, E, A>) -> Tensor<S, E, A> {
        self.turned(&dy, -1.0)
    }
}

impl Rotary {
    /// Turned by the angles times `way`, which is 1 or -1.
    fn turned<S: Sequence, E: Real, A: Device>(self, x: &Tensor<S, E, A>, way: f64) -> Tensor<S, E, A> {
        let (heads, length, width) = x.shape.sequence();
        let (rows, pairs) = (length.size(), width.size() / 2);
        let shape = (Heads(heads.dims().iter().product()), Length(rows), Pairs(pairs));
        let table = |of: fn(f64) -> f64| -> Tensor<_, E, A> {
            x.device.from_fn((shape.1, shape.2), |i| {
                E::of_f64(of(way * angle(self.from as f64 + (i / pairs) as f64, i % pairs, pairs, self.base)))
            })
        };
        let (sine, cosine) = (table(f64::sin), table(f64::cos));
        let strides = [rows * 2 * pairs, 2 * pairs, 1].map(|stride| stride as isize);
        let axes = Axes::last([shape.0.size(), rows, pairs], strides);
        let half = |offset| -> Ex<_, E, A, Viewed<Constant<E>, (), E>> {
            Ex::new(Viewed::of_memory(Strided { buf: x.buf.clone(), offset, axes }), shape, x.device)
        };
        let first = (half(0) * &cosine - half(pairs) * &sine).eval();
        let second = (half(pairs) * &cosine + half(0) * &sine).eval();
        let mut buf: Buf<E> = x.device.unwritten(x.buf.len());
        if !buf.is_empty() {
            x.device.put_strided(&mut buf, 0, &axes, &first.buf);
            x.device.put_strided(&mut buf, pairs, &axes, &second.buf);
        }
        Tensor { buf, shape: x.shape, device: x.device }
    }
}
