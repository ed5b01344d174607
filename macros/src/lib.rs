//! The doors of congruent's procedural macros; each leads to a folder that parses, checks and prints.
//!
//! Apart from `congruent` because rustc wants procedural macros in a crate of their own; users reach them through it.

mod einsum;
mod elementwise;
mod mistakes;
mod model;
mod shape;
mod text;

use proc_macro::TokenStream;

/// Makes a struct a model: a tree of parameters that can be mapped, visited and zipped.
///
/// The struct has one type parameter `P: Part`, which says what its tensors are (weights, gradients, variables, ..).
/// A field belongs to the model exactly when its type mentions `P`; every other field is plain data, which rides along
/// and must be `Copy`. A field marked `#[model(skip)]` rides along too, by `Clone`; where it is not `Copy`, `forward`
/// can
/// use the model only once. A type parameter `L: Tree<P>` stands for any layer; where `P` occurs in no other field, a
/// `PhantomData<P>` holds it. `Clone` and `Copy` follow where all fields have them.
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
/// Clauses after the formula: `derivative = ..` where dual numbers are not wanted (a tuple for several operands),
/// `flat` where the derivative is zero everywhere, `except_at = [..]` for kinks that finite differences must avoid.
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
/// }
/// ```
#[proc_macro]
pub fn elementwise(input: TokenStream) -> TokenStream {
    elementwise::expand(input.into()).into()
}

/// Prints the impls of the named shape laws for tuples of rank 0 to 6.
#[proc_macro]
pub fn rank_impls(input: TokenStream) -> TokenStream {
    shape::rank_impls(input.into()).into()
}

/// Sums of products, written by labels as in NumPy.
#[proc_macro]
pub fn einsum(input: TokenStream) -> TokenStream {
    einsum::expand(input.into()).into()
}
