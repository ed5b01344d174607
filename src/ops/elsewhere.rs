//! What is called otherwise in NumPy and PyTorch: methods that never compile, and say what to write.
//!
//! Apart from the operations because nothing here is one: each method asks for a law that no type obeys. The docs do
//! not show them; `names` says in a table what they say one by one.

use crate::device::Device;
use crate::dtype::Elem;
use crate::graph::Ex;
use crate::shape::Shape;
use crate::tensor::Tensor;

/// `Law: name(arguments), message, what to write;`: a method for tensors and expressions that explains itself.
macro_rules! elsewhere {
    ($($Law:ident: $name:ident $(<$T:ident>)? ($($arg:ident)*), $message:literal, $cure:literal;)*) => {
        /// The laws that no type obeys.
        mod laws {
            $(
                #[diagnostic::on_unimplemented(message = $message, label = $cure)]
                pub trait $Law {
                    /// Nothing.
                    type Out;
                }
            )*
        }

        #[doc(hidden)]
        impl<S: Shape, E: Elem, D: Device> Tensor<S, E, D> {$(
            $crate::ops::elsewhere::method! { $message, $Law: $name $(<$T>)? ($($arg)*) }
        )*}

        #[doc(hidden)]
        impl<S: Shape, E: Elem, D: Device, N> Ex<S, E, D, N> {$(
            $crate::ops::elsewhere::method! { $message, $Law: $name $(<$T>)? ($($arg)*) }
        )*}
    };
}

macro_rules! method {
    ($message:literal, $Law:ident: $name:ident ($($arg:ident)*)) => {
        #[doc = $message]
        #[allow(non_camel_case_types, reason = "an argument is called as its type")]
        pub fn $name<$($arg),*>(&self, $($arg: $arg),*) -> <Self as laws::$Law>::Out
        where
            Self: laws::$Law,
        {
            $(drop($arg);)*
            unreachable!("no type obeys this law")
        }
    };
    ($message:literal, $Law:ident: $name:ident <$T:ident> ()) => {
        #[doc = $message]
        pub fn $name<$T>(&self) -> <Self as laws::$Law>::Out
        where
            Self: laws::$Law,
        {
            unreachable!("no type obeys this law")
        }
    };
}
pub(crate) use method;

elsewhere! {
    Backward: backward(), "a loss has no `backward`: what is differentiated is a model",
        "write `let (loss, grads) = model.value_and_grad(|m| ..)?`";
    Detach: detach(), "`detach` is called `stop_gradient` here", "write `.stop_gradient()`";
    Clip: clip(low high), "`clip` is called `clamp` here", "write `.clamp(low, high)`";
    Astype: astype<To>(), "`astype` is called `cast`, or `convert`, here",
        "write `.cast::<f64>()`, which has a gradient, or `.convert::<i64>()`, which makes a tensor";
    ToDouble: double(), "`double` is called `cast` here", "write `.cast::<f64>()`, or `.convert::<f64>()` of integers";
    ToFloat: float(), "`float` is called `cast` here", "write `.cast::<f32>()`, or `.convert::<f32>()` of integers";
    ToHalf: half(), "`half` is called `cast` here", "write `.cast::<f16>()`, or `.cast::<bf16>()`";
    ToLong: long(), "`long` is called `convert` here", "write `.convert::<i64>()`";
    ToInt: int(), "`int` is called `convert` here", "write `.convert::<i32>()`";
    ToBool: bool(), "`bool` is called `convert` here", "write `.ne(0.0)`, or `.convert::<bool>()`";
    Log: log(), "`log` is called `ln` here", "write `.ln()`; to base 2 `.log2()`, to base 10 `.log10()`";
    Absolute: absolute(), "`absolute` is called `abs` here", "write `.abs()`";
    Power: power(exponent), "`power` is called `pow` here", "write `.pow(&y)`, `.powf(2.5)` or `.powi(2)`";
    Arcsin: arcsin(), "`arcsin` is called `asin` here", "write `.asin()`";
    Arccos: arccos(), "`arccos` is called `acos` here", "write `.acos()`";
    Arctan: arctan(), "`arctan` is called `atan` here", "write `.atan()`";
    Ravel: ravel(), "`ravel` is called `flatten` here", "write `.flatten::<0>()`";
    Nonzero: nonzero(), "`nonzero` is called `argwhere` here", "write `.ne(0.0).argwhere(name)`";
    SizeOf: size(), "`size` is called `dims`, or `len`, here",
        "write `.dims()` for the sizes, `.len()` for the number of elements, `.shape()` for the typed shape";
    Numel: numel(), "`numel` is called `len` here", "write `.len()`";
    Ndim: ndim(), "the number of axes is a part of the shape's type", "write `.dims().len()`, or `S::RANK`";
    Numpy: numpy(), "memory is lent as a slice, as an `ndarray` view, or to a running Python",
        "write `.as_slice()`; `.as_ndarray()` with the feature `ndarray`; see `congruent::interop`";
    ToList: tolist(), "`tolist` is called `to_vec` here", "write `.to_vec()`";
    CopyOf: copy(), "`copy` is called `clone` here", "write `.clone()`, which shares memory until one is written to";
    Contiguous: contiguous(), "tensors lie in memory in order: there is no `contiguous`", "leave it out";
    Mm: mm(other), "`mm` is called `matmul` here", "write `.matmul(&other)`";
    ScaledDotProduct: scaled_dot_product_attention(keys values),
        "`scaled_dot_product_attention` is called `attention` here",
        "write `.attention(&keys, &values)`, or `.attention_with(&keys, &values, Attend::causal())`";
    Bmm: bmm(other), "`bmm` is called `matmul` here", "write `.matmul(&other)`: leading axes are batches";
    ToCpu: cpu(), "`cpu` is called `to` here", "write `.to(&Cpu)`";
    ToCuda: cuda(), "`cuda` is called `to` here",
        "open the device, `let gpu = Cuda::<0>::open()?` (feature `cuda`), and write `.to(&gpu)`";
    RequiresGrad: requires_grad_(flag), "what has a gradient is a type, `Param`, and no flag",
        "write `let w: Param<Shape![..]> = x.into();`";
    ZeroGradient: zero_grad(), "gradients are values of one call, and are not kept", "leave it out";
}

/// What tensors have and expressions have not, before they are computed.
macro_rules! computed_first {
    ($($name:ident)*) => {
        #[doc(hidden)]
        impl<S: Shape, E: Elem, D: Device, N> Ex<S, E, D, N> {$(
            /// Never compiles.
            pub fn $name(&self) -> <Self as ComputedFirst>::Out
            where
                Self: ComputedFirst,
            {
                unreachable!("no type obeys this law")
            }
        )*}
    };
}

/// A law that no expression obeys.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "an expression has no elements in memory before it is computed",
    label = "write `.eval()` in front of this"
)]
pub trait ComputedFirst {
    /// Nothing.
    type Out;
}
computed_first! { as_slice as_mut_slice as_ndarray to_vec into_vec }

/// A law that no tensor obeys.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "tensors are made on a device, which is a value",
    label = "write `Cpu.tensor([[1.0, 2.0]])`, `Cpu.zeros::<Shape![2, 3]>()`, `Cpu.from_vec(shape, values)?`, ..",
    note = "`congruent::names` has a table of creation"
)]
pub trait MadeOnADevice {
    /// Nothing.
    type Out;
}
#[doc(hidden)]
impl<S, E, D> Tensor<S, E, D> {
    /// Never compiles.
    pub fn new<Values>(values: Values) -> <Self as MadeOnADevice>::Out
    where
        Self: MadeOnADevice,
    {
        drop(values);
        unreachable!("no type obeys this law")
    }
}

/// `Law, message, what to write: types; methods`: what a feature brings, where it is off.
#[allow(unused_macros, reason = "with all features nothing is missing")]
macro_rules! featured {
    ($Law:ident, $message:literal, $cure:literal: $($Type:ident<$($P:ident),*>)|*; $($name:ident)*) => {
        #[doc(hidden)]
        #[diagnostic::on_unimplemented(message = $message, label = $cure)]
        pub trait $Law {
            /// Nothing.
            type Out;
        }
        featured! { @ $Law [$($name)*] $([$Type<$($P),*>])* }
    };
    (@ $Law:ident $names:tt $([$($Type:tt)*])*) => {$(
        featured! { @@ $Law $names $($Type)* }
    )*};
    (@@ $Law:ident [$($name:ident)*] $Type:ident<$($P:ident),*>) => {
        #[doc(hidden)]
        impl<$($P),*> $Type<$($P),*> {$(
            /// Never compiles.
            pub fn $name(&self) -> <Self as $Law>::Out
            where
                Self: $Law,
            {
                unreachable!("no type obeys this law")
            }
        )*}
    };
}
#[cfg(not(feature = "linalg"))]
featured! {
    OfFeatureLinalg, "decompositions of matrices come with the feature `linalg`",
    "turn it on: `cargo add congruent --features linalg`": Tensor<S, E, D> | Ex<S, E, D, N>;
    det slogdet inv solve cholesky qr svd svdvals eigh eigvalsh pinv expm
}
#[cfg(not(feature = "ndarray"))]
featured! {
    OfFeatureNdarray, "views of `ndarray` come with the feature `ndarray`",
    "turn it on: `cargo add congruent --features ndarray`": Tensor<S, E, D>; as_ndarray
}
