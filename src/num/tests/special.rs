//! The special functions against values that were computed in 200 bits, and against each other.

use crate::num::{Num, Scalar};

/// Whether two numbers are equal to 13 digits.
fn close(found: f64, wanted: f64) -> bool {
    found == wanted || (found - wanted).abs() <= 1e-13 * wanted.abs()
}

#[test]
fn digamma_of_known_values() {
    for &(x, wanted) in DIGAMMA {
        let found = x.digamma();
        assert!(close(found, wanted), "ψ({x:e}) = {found:e}, not {wanted:e}");
    }
    assert_eq!(0.0_f64.digamma(), f64::NEG_INFINITY);
    assert_eq!((-0.0_f64).digamma(), f64::INFINITY);
    assert!((-3.0_f64).digamma().is_nan() && f64::NAN.digamma().is_nan());
    assert_eq!(f64::INFINITY.digamma(), f64::INFINITY);
}

#[test]
fn polygamma_of_known_values() {
    for &(order, x, wanted) in POLYGAMMA {
        let found = x.polygamma(order);
        assert!(close(found, wanted), "ψ^({order})({x:e}) = {found:e}, not {wanted:e}");
    }
    assert_eq!(2.5_f64.polygamma(0), 2.5_f64.digamma());
    assert_eq!((-2.0_f64).polygamma(1), f64::INFINITY);
    assert_eq!(f64::INFINITY.polygamma(1), 0.0);
    assert!(f64::NAN.polygamma(1).is_nan() && f64::NEG_INFINITY.polygamma(3).is_nan());
}

#[test]
fn erfinv_of_known_values() {
    for &(x, wanted) in ERFINV {
        let found = x.erfinv();
        assert!(close(found, wanted), "erfinv({x:e}) = {found:e}, not {wanted:e}");
        assert!(close(libm::erf(found), x), "erf(erfinv({x:e}))");
    }
    assert_eq!((1.0_f64.erfinv(), (-1.0_f64).erfinv()), (f64::INFINITY, f64::NEG_INFINITY));
    assert!(1.1_f64.erfinv().is_nan() && f64::NAN.erfinv().is_nan());
    assert!((-0.0_f64).erfinv().is_sign_negative());
}

#[test]
fn digamma_is_the_slope_of_lgamma() {
    for x in [0.2, 0.9, 1.3, 2.2, 7.5, 31.0, -0.4, -2.6] {
        let difference = ((x + 1e-5).lgamma() - (x - 1e-5).lgamma()) / 2e-5;
        let slope = x.digamma();
        assert!((difference - slope).abs() <= 1e-8 * (1.0 + slope * slope), "at {x}: {slope}, difference {difference}");
    }
}

#[test]
fn single_precision_rounds_double_precision() {
    assert_eq!(Scalar(0.3_f32).digamma().0, f64::from(0.3_f32).digamma() as f32);
    assert_eq!(Scalar(0.3_f32).erfinv().0, f64::from(0.3_f32).erfinv() as f32);
    assert_eq!(Scalar(1.3_f32).polygamma(2).0, f64::from(1.3_f32).polygamma(2) as f32);
}

/// The argument and `ψ` of it.
const DIGAMMA: &[(f64, f64)] = &[
    (1e-9, -1000000000.5772156),
    (0.1, -10.423754940411076),
    (0.5, -1.9635100260214235),
    (1.0, -0.5772156649015329),
    (1.4, -0.06138454458511624),
    (1.42, -0.041072843324024444),
    (1.4616321449683622, -9.241265521729427e-17),
    (1.4616, -3.110625123034165e-5),
    (1.47, 0.008066489011364869),
    (1.52, 0.05502211457955164),
    (2.0, 0.42278433509846713),
    (3.7, 1.1671535393615113),
    (9.99, 2.250700372831201),
    (10.0, 2.251752589066721),
    (55.5, 4.0073469585404435),
    (1000000.0, 13.815510057964191),
    (1e300, 690.7755278982137),
    (-0.1, 9.245073050052948),
    (-0.5, 0.03648997397857652),
    (-1.5, 0.7031566406452432),
    (-7.3, 4.33730730551005),
    (-50.01, 103.88928682099173),
    (-1000.7, 4.626453932621574),
];
/// The order, the argument and the value of `ψ⁽ⁿ⁾`.
const POLYGAMMA: &[(u32, f64, f64)] = &[
    (1, 0.001, 1000001.6425331958),
    (1, 0.3, 12.245364546107732),
    (1, 1.0, 1.6449340668482264),
    (1, 5.5, 0.19934238698962767),
    (1, 40.0, 0.02531510384129103),
    (1, 100000000.0, 1.000000005e-8),
    (1, -0.3, 13.945160267805722),
    (1, -4.7, 14.887691216772538),
    (1, -500.25, 19.737211798349133),
    (2, 0.2, -251.4780361144359),
    (2, 2.5, -0.2362040516417274),
    (2, 30.0, -0.0011487652037286),
    (2, -0.6, -22.979869364319093),
    (2, -3.1, 1998.5839263270764),
    (3, 0.9, 9.739014093776728),
    (3, 12.0, 0.001310093231070826),
    (3, -1.4, 283.34389027483365),
    (5, 0.4, 29313.54246925876),
    (5, 7.0, 0.0020094931750490293),
    (10, 3.3, -7.616805535818377),
    (20, 6.0, -115.54890933857081),
    (20, 0.7, -4.3557784316220093e21),
];
/// The argument and the inverse error function of it.
const ERFINV: &[(f64, f64)] = &[
    (1e-300, 8.86226925452758e-301),
    (1e-20, 8.86226925452758e-21),
    (1e-5, 8.862269254759594e-6),
    (0.05, 0.044340387910005497),
    (0.0999, 0.08876666603046285),
    (0.1001, 0.08894531637601404),
    (0.3, 0.2724627147267543),
    (0.4999, 0.4768250236254278),
    (0.5001, 0.4770475405909757),
    (0.7, 0.7328690779592167),
    (0.9, 1.1630871536766743),
    (0.99, 1.8213863677184494),
    (0.999999, 3.458910737275499),
    (0.9999999999999, 5.261483331372676),
    (-0.25, -0.2253120550121781),
    (-0.97, -1.5344856217777179),
];

#[test]
fn inverse_of_cosh_below_one_is_nan() {
    for x in [-f64::INFINITY, -1e300, -1e9, -10280.0, -2.5, -2.0, -1.0, -0.0, 0.5, 1.0 - f64::EPSILON] {
        assert!(Num::acosh(x).is_nan(), "{x}");
        assert!(Num::acosh(Scalar((x * (1.0 - 1e-7)) as f32)).0.is_nan(), "{x} as f32");
    }
    assert_eq!([Num::acosh(1.0_f64), Num::acosh(f64::INFINITY)], [0.0, f64::INFINITY]);
}
