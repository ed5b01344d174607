//! The normal distribution function and its inverse.
//!
//! Apart from the draws because it is a function of a number alone: M. Wichura, "Algorithm AS 241: The percentage
//! points of the normal distribution" (1988), of 16 digits.
#![allow(clippy::excessive_precision, reason = "coefficients stand as they were published")]

/// `P(Z <= x)`, with all its digits in the lower tail.
pub(super) fn normal_below(x: f64) -> f64 {
    0.5 * libm::erfc(-x * core::f64::consts::FRAC_1_SQRT_2)
}

/// The `x` with `P(Z <= x) = p`; the ends are the infinities.
pub(super) fn normal_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        return q * quotient(r, &CENTRE);
    }
    let r = (-libm::log(if q < 0.0 { p } else { 1.0 - p })).sqrt();
    let x = match r {
        _ if r == f64::INFINITY => r,
        _ if r <= 5.0 => quotient(r - 1.6, &SIDES),
        _ => quotient(r - 5.0, &TAILS),
    };
    if q < 0.0 { -x } else { x }
}

/// Two polynomials, lowest power first, and the one divided by the other.
type Quotient = [[f64; 8]; 2];

fn quotient(x: f64, [above, below]: &Quotient) -> f64 {
    let at = |polynomial: &[f64; 8]| polynomial.iter().rev().fold(0.0, |sum, c| sum * x + c);
    at(above) / at(below)
}

const CENTRE: Quotient = [
    [
        3.387_132_872_796_366_608,
        133.141_667_891_784_377_45,
        1_971.590_950_306_551_442_7,
        13_731.693_765_509_461_125,
        45_921.953_931_549_871_457,
        67_265.770_927_008_700_853,
        33_430.575_583_588_128_105,
        2_509.080_928_730_122_672_7,
    ],
    [
        1.0,
        42.313_330_701_600_911_252,
        687.187_007_492_057_908_3,
        5_394.196_021_424_751_107_7,
        21_213.794_301_586_595_867,
        39_307.895_800_092_710_61,
        28_729.085_735_721_942_674,
        5_226.495_278_852_854_561,
    ],
];

const SIDES: Quotient = [
    [
        1.423_437_110_749_683_577_34,
        4.630_337_846_156_545_295_9,
        5.769_497_221_460_691_405_5,
        3.647_848_324_763_204_605_04,
        1.270_458_252_452_368_382_58,
        0.241_780_725_177_450_611_77,
        0.022_723_844_989_269_184_583_3,
        7.745_450_142_783_414_076_4e-4,
    ],
    [
        1.0,
        2.053_191_626_637_758_821_87,
        1.676_384_830_183_803_849_4,
        0.689_767_334_985_100_004_55,
        0.148_103_976_427_480_074_59,
        0.015_198_666_563_616_457_196_6,
        5.475_938_084_995_344_946e-4,
        1.050_750_071_644_416_843_24e-9,
    ],
];

const TAILS: Quotient = [
    [
        6.657_904_643_501_103_777_2,
        5.463_784_911_164_114_369_9,
        1.784_826_539_917_291_335_8,
        0.296_560_571_828_504_891_23,
        0.026_532_189_526_576_123_093,
        1.242_660_947_388_078_438_6e-3,
        2.711_555_568_743_487_578_15e-5,
        2.010_334_399_292_288_132_65e-7,
    ],
    [
        1.0,
        0.599_832_206_555_887_937_69,
        0.136_929_880_922_735_805_31,
        0.014_875_361_290_850_614_852_5,
        7.868_691_311_456_132_591e-4,
        1.846_318_317_510_054_681_8e-5,
        1.421_511_758_316_445_888_7e-7,
        2.044_263_103_389_939_785_64e-15,
    ],
];

#[cfg(test)]
mod tests {
    use super::{normal_below, normal_quantile};

    #[test]
    fn quantiles_are_those_of_scipy() {
        // scipy.special.ndtri
        let cases = [
            (1e-300, -37.0470962993612),
            (1e-50, -14.933337534788487),
            (3e-10, -6.190430811394768),
            (0.001, -3.090232306167813),
            (0.02425, -1.972961051311885),
            (0.07, -1.4757910281791706),
            (0.0749, -1.4402382675279635),
            (0.0751, -1.4388253927525403),
            (0.3, -0.5244005127080409),
            (0.45, -0.12566134685507402),
            (0.51, 0.02506890825871106),
            (0.7, 0.5244005127080407),
            (0.925, 1.4395314709384563),
            (0.93, 1.475791028179171),
            (0.99, 2.3263478740408408),
            (0.999999, 4.753424308817087),
        ];
        for (p, x) in cases {
            assert!((normal_quantile(p) - x).abs() <= 4e-15 * x.abs().max(0.1), "{p}: {} {x}", normal_quantile(p));
        }
        assert_eq!([0.0, 0.5, 1.0].map(normal_quantile), [f64::NEG_INFINITY, 0.0, f64::INFINITY]);
        assert!(normal_quantile(f64::NAN).is_nan() && normal_quantile(-0.1).is_nan());
    }

    #[test]
    fn quantiles_undo_the_distribution_function() {
        for x in (-370..=50).map(|x| f64::from(x) / 10.0) {
            let back = normal_quantile(normal_below(x));
            assert!((back - x).abs() < 1e-12 * x.abs().max(1.0) || x > 3.0 && (back - x).abs() < 1e-8, "{x} {back}");
        }
    }
}
