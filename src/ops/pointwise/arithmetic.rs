//! The four operations and what a scalar does: the formulas behind the operators.

use congruent_macros::elementwise;

elementwise! {
    /// Arithmetic as methods; the operators `+ - * /` are the same operations. Integers wrap around.
    pub trait BasicArithmetic;

    /// The sum of two tensors. `z = x + y`, `dx = dz`, `dy = dz`.
    Add: add(x, y) = x + y,
        integers = x.plus(y),
        derivative = (V::c(1.0), V::c(1.0)),
        for x in -3.0..3.0, y in -3.0..3.0;

    /// The difference of two tensors. `z = x - y`, `dx = dz`, `dy = -dz`.
    Sub: sub(x, y) = x - y,
        integers = x.minus(y),
        derivative = (V::c(1.0), V::c(-1.0)),
        for x in -3.0..3.0, y in -3.0..3.0;

    /// The product of two tensors, element by element. `z = x · y`, `dx = dz · y`, `dy = dz · x`.
    Mul: mul(x, y) = x * y,
        integers = x.times(y),
        derivative = (y, x),
        for x in -3.0..3.0, y in -3.0..3.0;

    /// The quotient of two tensors. `z = x / y`, `dx = dz / y`, `dy = -dz · z / y`; IEEE 754 division by zero.
    ///
    /// Of integers it is rounded towards 0, as Rust's; [`floor_div`](crate::ops::BinaryMath::floor_div) rounds down, as
    /// Python's. An integer divided by 0 raises [`Error::Undefined`](crate::Error::Undefined).
    Div: div(x, y) = x / y,
        integers = x.quotient(y),
        derivative = (y.recip(), -(x / y / y)),
        for x in -3.0..3.0, y in 0.5..2.0;

    /// The negative. `y = -x`, `dx = -dy`. Integers wrap around, also those without a sign.
    Neg: neg(x) = -x,
        integers = x.negative(),
        for x in -3.0..3.0;

    /// A line through every element. `y = slope · x + shift`, `dx = slope · dy`.
    Affine { slope: f64 = 1.5, shift: f64 = 0.5 }: affine(x) = V::c(slope).fma(x, V::c(shift)),
        derivative = V::c(slope),
        for x in -3.0..3.0;
}

elementwise! {
    /// Division with a number on one side, as the operator `/`.
    pub trait NumberDivision;

    /// Division by a number. `y = x / divisor`, `dx = dy / divisor`; IEEE 754 division by zero.
    DivideBy { divisor: f64 = 3.0 }: divide_by(x) = x / divisor,
        derivative = V::c(1.0) / divisor,
        for x in -3.0..3.0;

    /// A number divided by each element. `y = numerator / x`, `dx = -dy · y / x`; IEEE 754 division by zero.
    Inverse { numerator: f64 = 2.0 }: inverse(x) = V::c(numerator) / x,
        for x in 0.5..2.0;
}
