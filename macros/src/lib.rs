//! The doors of congruent's procedural macros; each leads to a folder that parses, checks and prints.
//!
//! Apart from `congruent` because rustc wants procedural macros in a crate of their own; users reach them through it.

mod einsum;
mod elementwise;
mod mistakes;
mod model;
mod shape;
mod slice;
mod text;

use einsum::pattern::Kind;
use proc_macro::TokenStream;

/// Makes a struct a model: a tree of parameters that can be mapped, visited and zipped.
///
/// The struct has one type parameter `P: Part`, which says what its tensors are (weights, gradients, variables, ..). A
/// field belongs to the model exactly when its type mentions `P`; every other field is plain data, which rides along
/// and must be `Copy`. A field marked `#[model(skip)]` rides along too, by `Clone`; where it is not `Copy`, `forward`
/// can use the model only once. A parameter marked `#[model(transposed)]` is a matrix that PyTorch keeps as
/// `(out, in)`, which matters to its files alone. A type parameter `L: Tree<P>` stands for any layer; where `P` occurs
/// in no other field, a `PhantomData<P>` holds it. `Clone` and `Copy` follow where all fields have them.
///
/// `Affine::PARAMETERS` is the number of parameters, a constant: a budget is `const _: () = assert!(..)`. Asking for it
/// does not compile where only the run knows it, in a `Vec` or an axis `Name = ?`. An `Option` counts as if it were
/// there.
///
/// ```ignore
/// #[derive(Model)]
/// struct Affine<Features: Dim, P: Part = Weights> {
///     weight: Param<(Features,), P>,
///     rest: Vec<Linear<Features, Features, P>>,
///     rate: f64,
/// }
/// ```
#[proc_macro_derive(Model, attributes(model))]
pub fn model(input: TokenStream) -> TokenStream {
    model::expand(input.into()).into()
}

/// Defines pointwise operations: a trait of methods, one row an operation.
///
/// A row names the type, the method and its operands, gives the formula over any number type `V: Num`, and a range for
/// each operand from which tests draw. Constants are `f64` and stand in braces with the value that examples use.
/// Clauses after the formula: `derivative = ..` where dual numbers are not wanted (a tuple for several operands), or
/// give NaN: the slope of `x * y` at `x = inf` is infinity times the 0 that `y` is differentiated to,
/// `flat` where the derivative is zero everywhere, `except_at = [..]` for kinks that finite differences must avoid,
/// `integers = ..` for what the operation is of integers, over any `V: Int<E>` of elements `E: Integer`: without it
/// they have no such method. Constants of such a row are of the operands' own kind of number, and a formula without a
/// value for some operands gives `V::Partial`.
///
/// ```ignore
/// elementwise! {
///     /// Pointwise functions of one tensor.
///     pub trait Unary;
///
///     /// Raises *e* to each element; NaN gives NaN.
///     Exp: exp(x) = x.exp(), for x in -4.0..4.0;
///
///     /// `x` where positive, `slope · x` elsewhere.
///     LeakyRelu { slope: f64 = 0.01 }: leaky_relu(x) = V::select_gt(x, V::c(0.0), x, x * slope),
///         except_at = [0.0], for x in -3.0..3.0;
///
///     /// The absolute value.
///     Abs: abs(x) = x.abs(), integers = x.absolute(), except_at = [0.0], for x in -3.0..3.0;
/// }
/// ```
#[proc_macro]
pub fn elementwise(input: TokenStream) -> TokenStream {
    elementwise::expand(input.into()).into()
}

/// A slice in NumPy's grammar, one item an axis: `x.slice(s![1.., ..-1, ::2, 3, new, ..., i])`.
///
/// | item | takes |
/// |---|---|
/// | `..` or `:` | the whole axis |
/// | `2..5`, `2..=4`, `2:5`, `-3..`, `..4` | these elements |
/// | `1:7:2`, `::2`, `::-1` | every second one; backwards |
/// | `1..7; 2`, `..; -1` | the same: a step behind Rust's ranges |
/// | `Inner = 1..-1`, `Part = a..b`, `Half = ..; k` | these elements, as an axis of this name |
/// | `3`, `-1`, any expression of an integer | one element; the axis goes |
/// | `new` | a further axis `D<1>` |
/// | `...` | all axes that are not named; at the end it may be left out |
///
/// Literal bounds are checked against static axes by the compiler, which also computes the lengths. Where only the run
/// knows a bound, or the size of the axis, the part has a name, a dim from `dims!`: the run computes its size.
#[proc_macro]
pub fn s(input: TokenStream) -> TokenStream {
    slice::expand(input.into()).into()
}

/// Prints the impls of the named shape laws for tuples of rank 0 to 6.
#[proc_macro]
pub fn rank_impls(input: TokenStream) -> TokenStream {
    shape::rank_impls(input.into()).into()
}

/// Sums of products over labelled axes, NumPy's `einsum`.
///
/// `einsum!("ij, jk -> ik", &a, &b)` takes one to four operands. A label names an axis: the axes that bear it have one
/// dim, and it is summed over unless it stands behind the arrow. `y[out] = Σ Π operands`, and `dx` of an operand is the
/// same sum over the other operands and `dy`. An axis of the result has the very dim of the operand that it comes from.
///
/// - Letters run together are a label each, `"bhqd"`. Where a space stands between labels of one term, all labels are
///   words: `"batch head query f, batch head key f -> batch head query key"`.
/// - `...` stands for the axes that have no label, however many there are: `"...ij, ...jk -> ...ik"`. Those of several
///   operands broadcast by NumPy's rule, from the last one backwards, where labels do not; the result has them, too.
/// - Without an arrow the result has `...`, if an operand has, and the labels that occur once, sorted.
/// - A label twice in one operand takes the diagonal: `"ii -> i"`, `"ii ->"`.
/// - Two operands that share a summed label are one batched matrix product, read in place where strides allow; where
///   nothing is summed they are multiplied element by element, which fuses. More operands meet from left to right.
///
/// Operands are floats or integers, and the result is of their type: integers wrap around, as in NumPy. What is neither
/// multiplied nor summed may be of any type. Over no terms the sum is 0; NaN spreads as in sums. What does not fit does
/// not compile; run-time sizes of one label that differ raise `Error::Sizes`.
///
/// ```ignore
/// use congruent::prelude::*;
/// dims! { Batch = ?, Query = 2, Item = 3 }
/// let q = Cpu.full((Batch(5), Query, D::<4>), 1.0f32);
/// let k = Cpu.full((Batch(5), Item, D::<4>), 0.5f32);
/// let scores: Tensor<(Batch, Query, Item)> = einsum!("bqd, bkd -> bqk", &q, &k).eval();
/// assert_eq!(scores.as_slice(), [2.0; 30]);
/// ```
#[proc_macro]
pub fn einsum(input: TokenStream) -> TokenStream {
    einsum::expand(input.into()).into()
}

/// The same elements, of any type, under other axes, by a pattern as in einops: axes are moved, cut and joined.
///
/// Names stand between spaces; an axis in parentheses is made of several, the last one the fastest; `1` is an axis
/// `D<1>`; `...` stands for all axes that are not named, and `(...)` on the right side for these made one. An axis that
/// is cut needs the sizes of all parts but one, the last follows by division, which the compiler checks; joined axes
/// have the product. Sizes that only the run knows have neither: give all parts, `b = Batch(2), t = Time(3)`, or the
/// length of the joined axes, `(b t) = Rows(6)`, and the run checks it, which may raise `Error::Sizes`. `dx` is `dy`
/// moved back. Moving is a view; cutting and joining copy only what does not lie in order.
///
/// ```ignore
/// use congruent::prelude::*;
/// let x = Cpu.tensor([[0.0, 1.0, 2.0, 3.0]]);
/// let y: Tensor<Shape![2, 1, 2]> = rearrange!(&x, "b (h w) -> w b h", h = D::<2>).eval();
/// assert_eq!(y.as_slice(), [0.0, 2.0, 1.0, 3.0]);
/// let z: Tensor<Shape![4]> = rearrange!(&y, "w ... -> (... w)").eval();
/// assert_eq!(z.as_slice(), [0.0, 1.0, 2.0, 3.0]);
/// ```
#[proc_macro]
pub fn rearrange(input: TokenStream) -> TokenStream {
    einsum::pattern::expand(Kind::Rearrange, input.into()).into()
}

/// [`rearrange!`](macro@rearrange) that also reduces: over the axes that the right side leaves out.
///
/// The reduction is `sum`, `mean`, `max`, `min` or `prod`. NaN, no elements and gradients are as in the method of that
/// name.
///
/// ```ignore
/// use congruent::prelude::*;
/// let image = Cpu.tensor([[1.0, 2.0, 5.0, 6.0], [3.0, 4.0, 7.0, 8.0]]);
/// let pooled = reduce!(&image, max, "(h a) (w b) -> h w", a = D::<2>, b = D::<2>).eval();
/// assert_eq!(pooled.as_slice(), [4.0, 8.0]);
/// ```
#[proc_macro]
pub fn reduce(input: TokenStream) -> TokenStream {
    einsum::pattern::expand(Kind::Reduce, input.into()).into()
}

/// [`rearrange!`](macro@rearrange) that also adds axes, along which the elements are repeated.
///
/// A name on the right side alone is a new axis, whose size is given. `dx` is the sum of `dy` over the new axes.
///
/// ```ignore
/// use congruent::prelude::*;
/// let x = Cpu.tensor([1.0, 2.0]);
/// let y = repeat!(&x, "w -> (w n)", n = D::<3>).eval();
/// assert_eq!(y.as_slice(), [1.0, 1.0, 1.0, 2.0, 2.0, 2.0]);
/// ```
#[proc_macro]
pub fn repeat(input: TokenStream) -> TokenStream {
    einsum::pattern::expand(Kind::Repeat, input.into()).into()
}
