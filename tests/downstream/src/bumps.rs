//! A pointwise operation that the library does not have: one row of a table.

use congruent::elementwise;

elementwise! {
    /// Functions that are large near the origin only.
    pub trait Bumps;

    /// A bell around 0. `y = e^(-sharpness · x²)`; 0 at ±inf, NaN gives NaN.
    Bump {
        /// How fast it falls.
        sharpness: f64 = 2.0
    }: bump(x) = (x * x * -sharpness).exp(),
        for x in -2.0..2.0;
}
