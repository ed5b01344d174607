//! How far the polynomials are off, in units of the last place, at each level.

use super::{Formula, Visitor, at_each_level, formula, map};
use crate::num::primitives::of_one;

/// Visits the rows whose lanes are polynomials.
macro_rules! visited {
    ([$visitor:ident] $(
        $(#[$doc:meta])*
        $name:ident($x:ident) = $y:ident: $single:path, $double:path, $lanes:ident, $kind:ident $($slope:expr)?;
    )*) => { $(visited!(@ $lanes $visitor $name);)* };
    (@ polynomial $visitor:ident $name:ident) => {
        $visitor.visit(stringify!($name), formula!(|x, y| x.$name()))
    };
    (@ $other:ident $visitor:ident $name:ident) => {};
}

fn each_polynomial(visitor: &mut impl Visitor) {
    of_one!(visited[visitor]);
    visitor.visit("sigmoid", formula!(|x, y| x.sigmoid()));
    visitor.visit("softplus", formula!(|x, y| x.softplus()));
}

/// Bounds a little above the largest errors that `poly.rs` documents.
fn allowed(name: &str) -> f64 {
    match name {
        "exp" | "exp2" | "ln" => 1.1,
        "sigmoid" => 2.5,
        "exp_m1" => 2.1,
        "erfc" => 4.1,
        _ => 1.9,
    }
}

/// The distance of `found` from `wanted` in units of the last place of a type with these digits and least exponent.
fn ulps(found: f64, wanted: f64, digits: i32, least: i32) -> f64 {
    if found == wanted || (found.is_nan() && wanted.is_nan()) {
        return 0.0;
    }
    let exponent = wanted.abs().log2().floor().max(f64::from(least));
    (found - wanted).abs() / (exponent - f64::from(digits)).exp2()
}

/// Compares `f32` results with the formula in `f64`.
struct Single<'a>(&'a [f32]);

impl Visitor for Single<'_> {
    fn visit(&mut self, name: &'static str, formula: impl Formula) {
        at_each_level(|level| {
            for (&x, &y) in self.0.iter().zip(&map(formula, self.0, self.0)) {
                let wanted = formula.at(f64::from(x), 0.0);
                // A result that `f32` rounds to inf may also be the largest finite number's neighbour.
                let bounded = wanted.clamp(-2.0_f64.powi(128), 2.0_f64.powi(128));
                let found = f64::from(y).clamp(-2.0_f64.powi(128), 2.0_f64.powi(128));
                let error = ulps(found, bounded, 23, -126);
                assert!(error <= allowed(name), "{level:?} {name}({x:e}) = {y:e}, not {wanted:e}: {error} ulp");
            }
        });
    }
}

#[test]
fn single_precision() {
    let every = |step| (0..=u32::MAX).step_by(step).map(f32::from_bits);
    let near = |count: i32, scale: f32| (-count..count).map(move |i| i as f32 * scale);
    let arguments: Vec<f32> = every(65_521).chain(near(8_000, 1.3e-3)).chain(near(4_000, 25.0)).collect();
    each_polynomial(&mut Single(&arguments));
}

/// Compares `f64` results with the standard library and `libm`, which may be off by one unit themselves.
struct Double<'a>(&'a [f64]);

impl Visitor for Double<'_> {
    fn visit(&mut self, name: &'static str, formula: impl Formula) {
        at_each_level(|level| {
            for (&x, &found) in self.0.iter().zip(&map(formula, self.0, self.0)) {
                let wanted = formula.at(x, 0.0);
                let error = ulps(found, wanted, 52, -1022);
                assert!(
                    error <= allowed(name) + 1.1,
                    "{level:?} {name}({x:e}) = {found:e}, not {wanted:e}: {error} ulp"
                );
            }
        });
    }
}

#[test]
fn double_precision() {
    let every = (0..20_000_u64).map(|i| f64::from_bits(i.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
    let near = |count: i32, scale: f64| (-count..count).map(move |i| f64::from(i) * scale);
    let arguments: Vec<f64> =
        every.chain(near(8_000, 1.3e-3)).chain(near(4_000, 25.03)).chain(near(4_000, 0.19)).collect();
    each_polynomial(&mut Double(&arguments));
}

/// Compares `f64` results with values that were computed in 200 bits.
struct Exact;

impl Visitor for Exact {
    fn visit(&mut self, name: &'static str, formula: impl Formula) {
        for (_, x, wanted) in EXACT.iter().filter(|(function, ..)| *function == name) {
            at_each_level(|level| {
                let found = map(formula, &[*x], &[*x])[0];
                let error = ulps(found, *wanted, 52, -1022);
                // The value itself is rounded, by half a unit at most.
                assert!(
                    error <= allowed(name) + 0.5,
                    "{level:?} {name}({x:e}) = {found:e}, not {wanted:e}: {error} ulp"
                );
            });
        }
    }
}

#[test]
fn double_precision_of_known_values() {
    each_polynomial(&mut Exact);
}

/// The function, the argument and the value.
#[expect(clippy::approx_constant, reason = "an argument like any other, not the constant")]
const EXACT: &[(&str, f64, f64)] = &[
    ("exp", -708.3, 2.450295530965988e-308),
    ("exp", -50.123, 1.7055234047242045e-22),
    ("exp", -0.3465, 0.7071588192872713),
    ("exp", 1e-9, 1.000000001),
    ("exp", 0.34, 1.4049475905635938),
    ("exp", 5.2, 181.27224187515122),
    ("exp", 700.7, 2.0424125462260529e304),
    ("exp2", -1030.25, 7.30881496599e-311),
    ("exp2", -0.625, 0.6484197773255048),
    ("exp2", 0.499, 1.4132336438827295),
    ("exp2", 710.515, 7.697104258615588e213),
    ("exp_m1", -30.0, -0.9999999999999064),
    ("exp_m1", -0.41, -0.3363497498636806),
    ("exp_m1", -1e-12, -9.999999999995e-13),
    ("exp_m1", 1e-5, 1.0000050000166668e-5),
    ("exp_m1", 0.3612, 0.4350504422679139),
    ("exp_m1", 0.7, 1.0137527074704764),
    ("exp_m1", 24.9, 65152727201.37932),
    ("exp_m1", 300.5, 3.202519714603633e130),
    ("ln", 1e-310, -713.8013788281542),
    ("ln", 0.69890665, -0.3582380935922531),
    ("ln", 0.9999999, -1.0000000494736474e-7),
    ("ln", 1.0000001, 9.999999505838704e-8),
    ("ln", 1.4069757, 0.34144250719419766),
    ("ln", 3.0, 1.0986122886681098),
    ("ln", 1e300, 690.7755278982137),
    ("log2", 0.7081, -0.4979749784823046),
    ("log2", 0.99999, -1.4427022544056922e-5),
    ("log2", 1.40584, 0.49143240924572235),
    ("log2", 11.0, 3.4594316186372973),
    ("log2", 1e-300, -996.5784284662087),
    ("log10", 0.93, -0.03151705144606486),
    ("log10", 1.3290463, 0.12354011072772793),
    ("log10", 2.5, 0.3979400086720376),
    ("log10", 12345.678, 4.091514945509202),
    ("log10", 1e-300, -300.0),
    ("ln_1p", -0.999, -6.907755278982136),
    ("ln_1p", -0.29, -0.3424903089467759),
    ("ln_1p", -1e-10, -1.00000000005e-10),
    ("ln_1p", 1e-17, 1e-17),
    ("ln_1p", 0.42173, 0.35187443993508816),
    ("ln_1p", 3.7, 1.547562508716013),
    ("ln_1p", 1e18, 41.44653167389282),
    ("sin", 1e-8, 1e-8),
    ("sin", 0.785, 0.706825181105366),
    ("sin", 355.0, -3.014435335948845e-5),
    ("sin", -411.0295, -0.4961315634959321),
    ("sin", 38758.3332, -0.48348592348008584),
    ("sin", 99999.5, 0.5104916150747798),
    ("sin", 1000000.0, -0.34999350217129294),
    ("sin", 1e22, -0.8522008497671888),
    ("cos", 1e-8, 1.0),
    ("cos", 4.71238898038469, -1.8369701987210297e-16),
    ("cos", -30352.2454, -0.2493632300909885),
    ("cos", 99999.5, -0.8598827309222711),
    ("cos", 1000000.0, 0.9367521275331447),
    ("cos", 1e22, 0.523214785395139),
    ("tanh", 1e-10, 1e-10),
    ("tanh", 0.2166, 0.21327507887189542),
    ("tanh", 0.5599, 0.5079032332362015),
    ("tanh", 0.5601, 0.508051625021623),
    ("tanh", -2.5, -0.9866142981514303),
    ("tanh", 18.9, 0.9999999999999999),
    ("erf", 1e-12, 1.1283791670955126e-12),
    ("erf", 0.5, 0.5204998778130465),
    ("erf", 0.98535, 0.8365299448741588),
    ("erf", 0.99999, 0.8426966418332298),
    ("erf", 1.0001, 0.8427422995485203),
    ("erf", -2.2, -0.9981371537020182),
    ("erf", 5.5, 0.9999999999999927),
    ("erfc", -3.1, 1.9999883513426329),
    ("erfc", -0.2, 1.2227025892104784),
    ("erfc", 1e-10, 0.999999999887162),
    ("erfc", 0.47, 0.5062549491139179),
    ("erfc", 0.9273, 0.1897225790281924),
    ("erfc", 1.3, 0.06599205505934755),
    ("erfc", 3.14159, 8.876301241364415e-06),
    ("erfc", 7.75, 5.939747859517146e-28),
    ("erfc", 15.123, 1.7598160499658648e-101),
    ("erfc", 26.2, 1.643250792438946e-300),
    ("sigmoid", -700.0, 9.85967654375977e-305),
    ("sigmoid", -36.9, 9.430476078526807e-17),
    ("sigmoid", -3.457176, 0.030555574792152262),
    ("sigmoid", 0.1, 0.52497918747894),
    ("sigmoid", 30.0, 0.9999999999999064),
    ("softplus", -700.0, 9.85967654375977e-305),
    ("softplus", -0.7562, 0.3848860988858418),
    ("softplus", 0.339453, 0.8772085955806201),
    ("softplus", 25.0, 25.000000000013888),
    ("softplus", 800.0, 800.0),
];
