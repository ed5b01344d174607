//! Products along a row, and their gradient.
//!
//! Apart from the other programs because a product may leave the range of its type on the way to a result inside: what
//! comes near to an end is computed again with exponents that have none.

use super::reducer::{Reducer, program};
use crate::device::{Buf, Device};
use crate::dtype::Real;
use crate::loops::{Combine, MAX_STATS, RowProgram, Rows};
use crate::num::{Ends, Factors, Num};

type Values<V> = [V; MAX_STATS];

/// The reduction of [`prod`](super::Reductions::prod).
#[derive(Clone, Copy, Debug)]
pub struct Prod;

/// Products of small numbers above this have lost no digit in any element type that is computed with.
const SAFE: f64 = 1e-37;

program! {
    /// The product of the elements from 1 on, then of those below. Neither turns back, so the ends tell whether one has
    /// left the range on the way: NaN where that is so.
    ProdParts {} 2 passes;
    combine [Combine::Product, Combine::Product];
    term |self, pass, x, _s| {
        let (x, one) = (x[0], V::c(1.0));
        if pass == 0 { V::select_gt(one, x.abs(), one, x) } else { V::select_gt(one, x.abs(), x, one) }
    };
    close |self, pass, total, _len, s| if pass == 0 {
        total
    } else {
        let whole = V::select_eq(s[0].is_finite(), V::c(1.0), s[0] * total, V::c(f64::NAN));
        V::select_gt(total.abs(), V::c(SAFE), whole, V::c(f64::NAN))
    };
}

program! {
    /// `dx = dy · y / x`, where the product has all its digits; the quotient may leave the range, and `dy` lead back.
    ProdGradient {} 0 passes;
    combine [Combine::Product];
    term |self, _pass, x, _s| x[0];
    finish |self, x, _s| {
        let ([x, dy, y, ..], one, Ends { least, up, down }) = (x, V::c(1.0), Ends::of());
        let far = (y / x).abs();
        let chosen = |low, high| V::select_gt(least, far, low, V::select_eq(far.is_inf(), one, high, one));
        // Of far quotients both numbers are brought nearer to 1, and the rest follows in two steps.
        let (nearer, back) = (chosen(up, down), chosen(down, up));
        y * nearer / (x * back) * (dy * back) * back
    };
}

impl Reducer for Prod {
    type Forward = ProdParts;
    type Backward = ProdGradient;
    const NAME: &'static str = "prod";

    fn forward(self) -> ProdParts {
        ProdParts {}
    }

    fn backward(self, _: usize) -> ProdGradient {
        ProdGradient {}
    }

    fn mended<E: Real, D: Device>(self, device: D, rows: Rows, values: &Buf<E>, out: Buf<E>) -> Buf<E> {
        let mut products = device.download(&out);
        let marked: Vec<usize> = (0..products.len()).filter(|&row| products[row].as_f64().is_nan()).collect();
        if marked.is_empty() {
            return out;
        }
        let values = device.download(values);
        marked.into_iter().for_each(|row| products[row] = E::of_f64(factors(rows, &values, row).value()));
        device.upload(&products)
    }

    fn mended_gradient<E: Real, D: Device>(self, device: D, rows: Rows, inputs: [&Buf<E>; 3], out: Buf<E>) -> Buf<E> {
        let products = device.download(inputs[2]);
        // A number of two bytes has few digits, and one of `f16` few exponents.
        let sure = |y: f64| !E::NARROW && y.abs() > SAFE && y.is_finite();
        let marked: Vec<usize> = (0..products.len()).filter(|&row| !sure(products[row].as_f64())).collect();
        if marked.is_empty() {
            return out;
        }
        let [values, gradient] = [0, 1].map(|input: usize| device.download(inputs[input]));
        let mut slope = device.download(&out);
        for row in marked {
            let (all, dy) = (factors(rows, &values, row), gradient[row].as_f64());
            for place in places(rows, row) {
                slope[place] = E::of_f64(all.with_instead(dy, values[place].as_f64()));
            }
        }
        device.upload(&slope)
    }
}

/// Where the elements of a row lie.
fn places(rows: Rows, row: usize) -> impl Iterator<Item = usize> {
    let Rows { len, inner, .. } = rows;
    let start = row / inner * len * inner + row % inner;
    (0..len).map(move |i| start + i * inner)
}

fn factors<E: Real>(rows: Rows, values: &[E], row: usize) -> Factors {
    let mut all = Factors::NONE;
    places(rows, row).for_each(|place| all.add(values[place].as_f64()));
    all
}
