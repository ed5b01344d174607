//! The numbers in the polynomials, for each element type.
//!
//! Apart from `poly.rs` because the algorithms are the same for `f32` and `f64`; only lengths and limits differ. The
//! tables are minimax fits (Remez exchange in 250 bits, relative error of the finished function), highest power first.

use super::Real;
use super::bits::Bits;

/// What the polynomials of an element type are made of.
pub(super) trait Coefficients: Real + Bits {
    /// Where `eˣ` has become 0, and where it has become inf.
    const EXP_RANGE: (Self, Self);
    /// `ln 2` in two parts; the first times any exponent is exact.
    const LN_2: (Self, Self);
    /// `log₁₀ 2` in two parts, alike.
    const LOG10_2: (Self, Self);
    /// `log₂ e` in two parts.
    const LOG2_E: (Self, Self);
    /// `log₁₀ e` in two parts.
    const LOG10_E: (Self, Self);
    /// `π/2` in three parts, for a fused multiply-add.
    const HALF_PI: [Self; 3];
    /// `π/2` in parts, of which all but the last two give exact products with the quarter turns below the limit.
    const HALF_PI_SHORT: &'static [Self];
    /// The largest angle that these parts reduce well, with and without a fused multiply-add.
    const ANGLE_LIMIT: (Self, Self);
    /// From here on `erf` is computed as `1 - erfc`.
    const ERF_SPLIT: Self;
    /// From here on `erf` is 1.
    const ERF_END: Self;
    /// From here on `erfc` is 0.
    const ERFC_END: Self;
    /// A multiple of its inverse, up to the end of `erfc`, has an exact square.
    const SQUARE_STEPS: Self;

    /// `q` in `eʳ = 1 + r + r² q(r)` for `|r| <= ln(2)/2`.
    const EXP: &'static [Self];
    /// `q` in `ln((1 + s)/(1 - s)) = 2s + s z q(z)` with `z = s²`, for arguments within [√½, √2].
    const LN: &'static [Self];
    /// `q` in `sin r = r + r z q(z)` with `z = r²`, for `|r| <= π/4`.
    const SIN: &'static [Self];
    /// `q` in `cos r = 1 - z/2 + z² q(z)` with `z = r²`, for `|r| <= π/4`.
    const COS: &'static [Self];
    /// `q` in `tanh x = x + x z q(z)` with `z = x²`, for `|x| <= 0.56`.
    const TANH: &'static [Self];
    /// `q` in `erf x = x + x q(x²)` up to the split.
    const ERF: &'static [Self];
    /// `q` in `erfc x = e^(x q(x))` from the split to the end.
    const ERFC: &'static [Self];
    /// `p` in `erfc x = e^(-x²) p(t) / (1 + 2x)` with `t = (x - 3) / (x + 3)`, from 0 to the end of `erfc`.
    const ERFC_SCALED: &'static [Self];
}

impl Coefficients for f32 {
    const EXP_RANGE: (Self, Self) = (-104.0, 89.0);
    const LN_2: (Self, Self) = (0.693_115_23, 3.194_618_3e-5);
    const LOG10_2: (Self, Self) = (0.301_025_4, 4.605_039e-6);
    const LOG2_E: (Self, Self) = (std::f32::consts::LOG2_E, 1.925_963e-8);
    const LOG10_E: (Self, Self) = (std::f32::consts::LOG10_E, -1.010_305e-8);
    const HALF_PI: [Self; 3] = [std::f32::consts::FRAC_PI_2, -4.371_139e-8, -1.715_124_5e-15];
    const HALF_PI_SHORT: &'static [Self] = &[1.570_312_5, 4.837_513e-4, 7.549_533_6e-8, 2.563_344e-12];
    const ANGLE_LIMIT: (Self, Self) = (1e5, 8000.0);
    const ERF_SPLIT: Self = 0.93;
    const ERF_END: Self = 4.0;
    const ERFC_END: Self = 10.1;
    const SQUARE_STEPS: Self = 256.0;

    const EXP: &'static [Self] = &[0.0013814433, 0.008368797, 0.041668396, 0.1666652, 0.49999994];
    const LN: &'static [Self] = &[0.2987173, 0.39977542, 0.66666776];
    const SIN: &'static [Self] = &[-0.00019514016, 0.008332155, -0.16666655];
    const COS: &'static [Self] = &[2.443477e-5, -0.0013887336, 0.041666646];
    const TANH: &'static [Self] = &[-0.006123021, 0.020967437, -0.053827822, 0.13332362, -0.3333331];
    const ERF: &'static [Self] =
        &[8.316782e-5, -0.0008130015, 0.005199907, -0.02685894, 0.112836875, -0.37612632, 0.12837917];
    const ERFC: &'static [Self] =
        &[-1.1231293e-5, 0.00032280374, -0.0036424587, 0.023762062, -0.106236875, -0.6351513, -1.1286485];
    const ERFC_SCALED: &'static [Self] = &[
        -0.00026812736,
        -0.0007775822,
        0.002001813,
        0.0025673767,
        -0.02379753,
        0.06829577,
        -0.11927097,
        0.12964642,
        -0.047562398,
        -0.13562115,
        1.253008,
    ];
}

impl Coefficients for f64 {
    const EXP_RANGE: (Self, Self) = (-746.0, 710.0);
    const LN_2: (Self, Self) = (0.6931471805582987, 1.6465949582897082e-12);
    const LOG10_2: (Self, Self) = (0.30102999566224755, 1.7336659603752853e-12);
    const LOG2_E: (Self, Self) = (std::f64::consts::LOG2_E, 2.0355273740931033e-17);
    const LOG10_E: (Self, Self) = (std::f64::consts::LOG10_E, 1.098319650216765e-17);
    const HALF_PI: [Self; 3] = [std::f64::consts::FRAC_PI_2, 6.123233995736766e-17, -1.4973849048591698e-33];
    const HALF_PI_SHORT: &'static [Self] = &[1.5707963267341256, 6.077100506303966e-11, 2.0222662487959506e-21];
    const ANGLE_LIMIT: (Self, Self) = (1e5, 1e5);
    const ERF_SPLIT: Self = 1.0;
    const ERF_END: Self = 6.0;
    const ERFC_END: Self = 27.3;
    const SQUARE_STEPS: Self = 1_048_576.0;

    const EXP: &'static [Self] = &[
        2.511460846301884e-8,
        2.7626483072961985e-7,
        2.7557227558451074e-6,
        2.4801504069725544e-5,
        0.00019841269903431012,
        0.00138888889326753,
        0.00833333333331443,
        0.04166666666657278,
        0.16666666666666685,
        0.5000000000000006,
    ];
    const LN: &'static [Self] = &[
        0.14795949925952007,
        0.1531405053178179,
        0.18183564326769608,
        0.2222219857317663,
        0.2857142874238763,
        0.3999999999941468,
        0.6666666666666734,
    ];
    const SIN: &'static [Self] = &[
        1.5895179672206967e-10,
        -2.505073104056123e-8,
        2.755731352456643e-6,
        -0.00019841269829342961,
        0.008333333333321856,
        -0.1666666666666663,
    ];
    const COS: &'static [Self] = &[
        -1.135854183756502e-11,
        2.0875702559776564e-9,
        -2.755731420508167e-7,
        2.4801587288991756e-5,
        -0.0013888888888873372,
        0.041666666666666595,
    ];
    const TANH: &'static [Self] = &[
        -1.855308498492705e-5,
        8.177277079335943e-5,
        -0.00023229185380730567,
        0.0005880112832547864,
        -0.001455436373934976,
        0.0035920753145201874,
        -0.008863230928957553,
        0.021869488282716384,
        -0.053968253960120435,
        0.13333333333320288,
        -0.3333333333333326,
    ];
    const ERF: &'static [Self] = &[
        -7.779474676801994e-10,
        1.3710983599377339e-8,
        -1.6206314466019376e-7,
        1.6447131658340476e-6,
        -1.4924712308516927e-5,
        0.00012055293577201953,
        -0.0008548325929322861,
        0.005223977606118597,
        -0.026866170643111472,
        0.11283791670944185,
        -0.3761263890318352,
        0.12837916709551256,
    ];
    const ERFC: &'static [Self] = &[
        1.5462048506721763e-12,
        -6.853816312731678e-11,
        1.4225860632036393e-9,
        -1.8360357402720906e-8,
        1.6482732586529864e-7,
        -1.088494806737823e-6,
        5.430406056352451e-6,
        -2.0503686547325236e-5,
        5.644121730424226e-5,
        -9.632581627487014e-5,
        2.3538823378316007e-6,
        0.0005728822334265111,
        -0.0016908356984930767,
        0.0002106958653003159,
        0.01912570728889909,
        -0.10277111100544035,
        -0.6366201857707242,
        -1.1283791181768486,
    ];
    const ERFC_SCALED: &'static [Self] = &[
        -3.9483062242350685e-09,
        -7.901550666200167e-09,
        3.240842642037403e-08,
        8.989634078382051e-08,
        -1.310638238502326e-07,
        -6.022399098316862e-07,
        3.496587231454404e-07,
        3.4618220649612033e-06,
        -7.283842357358894e-07,
        -2.0095580711801816e-05,
        4.9485975910935656e-06,
        0.00012509783090005884,
        -0.00010515963509878902,
        -0.000779831976228333,
        0.001888690339307467,
        0.0025293917810728147,
        -0.02377051491712838,
        0.0683080273462716,
        -0.1192736634153749,
        0.1296451587026914,
        -0.0475622943534495,
        -0.13562110612458056,
        1.2530080582697296,
    ];
}
