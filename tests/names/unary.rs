//! Rows of elementwise functions of one tensor.
//!
//! Apart from `activations`, the elementwise functions that networks are made of.

use congruent::prelude::*;
use std::f64::consts::{LN_2, PI, SQRT_2};

rows! {
    "elementwise unary";
    given {
        let x = Cpu.tensor_of::<f64, _>([-1.5, 0.0, 0.5]);
        let y = Cpu.tensor_of::<f64, _>([0.25, 1.0, 4.0]);
        let is = |found: Tensor<Shape![3], f64>, expected: [f64; 3]|
            found.allclose(&Cpu.tensor_of(expected), 1e-9, 1e-12);
    }
    "abs": "np.abs | np.fabs", "torch.abs" => "x.abs()", "" {
        assert!(is(x.abs().eval(), [1.5, 0.0, 0.5]));
    }
    "neg": "-x | np.negative", "-x | torch.neg" => "-&x", "" {
        assert!(is((-&x).eval(), [1.5, 0.0, -0.5]));
    }
    "sign": "np.sign", "torch.sign" => "x.sign()", "" {
        assert!(is(x.sign().eval(), [-1.0, 0.0, 1.0]));
    }
    "sqrt": "np.sqrt", "torch.sqrt" => "y.sqrt()", "" {
        assert!(is(y.sqrt().eval(), [0.5, 1.0, 2.0]));
    }
    "rsqrt": "1 / np.sqrt(x)", "torch.rsqrt" => "y.rsqrt()", "" {
        assert!(is(y.rsqrt().eval(), [2.0, 1.0, 0.5]));
    }
    "cbrt": "np.cbrt", "" => "x.cbrt()", "" {
        assert!(is((&x * 2.0 - 5.0).cbrt().eval(), [-2.0, -1.709975947, -1.587401052]));
        assert_eq!(x.cbrt().eval().as_slice()[1], 0.0);
    }
    "square": "np.square", "torch.square" => "x.square()", "" {
        assert!(is(x.square().eval(), [2.25, 0.0, 0.25]));
    }
    "recip": "np.reciprocal", "torch.reciprocal" => "y.recip()", "" {
        assert!(is(y.recip().eval(), [4.0, 1.0, 0.25]));
    }
    "powf": "x ** 1.5 | np.float_power", "torch.pow(x, 1.5)" => "y.powf(1.5)",
        "a number as the exponent; of a tensor: `pow`" {
        assert!(is(y.powf(1.5).eval(), [0.125, 1.0, 8.0]));
    }
    "exp": "np.exp", "torch.exp" => "x.exp()", "" {
        assert!(is(x.exp().eval(), [0.2231301601, 1.0, 1.648721271]));
    }
    "exp2": "np.exp2", "torch.exp2" => "x.exp2()", "" {
        assert!(is(x.exp2().eval(), [0.3535533906, 1.0, SQRT_2]));
    }
    "expm1": "np.expm1", "torch.expm1" => "x.expm1()", "" {
        assert!(is(x.expm1().eval(), [-0.7768698399, 0.0, 0.6487212707]));
    }
    "log": "np.log", "torch.log" => "y.ln()", "Rust's name for the natural logarithm" {
        assert!(is(y.ln().eval(), [-1.386294361, 0.0, 1.386294361]));
    }
    "log2": "np.log2", "torch.log2" => "y.log2()", "" {
        assert!(is(y.log2().eval(), [-2.0, 0.0, 2.0]));
    }
    "log10": "np.log10", "torch.log10" => "y.log10()", "" {
        assert!(is(y.log10().eval(), [-0.6020599913, 0.0, 0.6020599913]));
    }
    "log1p": "np.log1p", "torch.log1p" => "y.log1p()", "" {
        assert!(is(y.log1p().eval(), [0.2231435513, LN_2, 1.609437912]));
    }
    "sin": "np.sin", "torch.sin" => "x.sin()", "" {
        assert!(is(x.sin().eval(), [-0.9974949866, 0.0, 0.4794255386]));
    }
    "cos": "np.cos", "torch.cos" => "x.cos()", "" {
        assert!(is(x.cos().eval(), [0.07073720167, 1.0, 0.8775825619]));
    }
    "tan": "np.tan", "torch.tan" => "x.tan()", "" {
        assert!(is(x.tan().eval(), [-14.10141995, 0.0, 0.5463024898]));
    }
    "asin": "np.arcsin | np.asin", "torch.asin" => "z.asin()", "" {
        let z = Cpu.tensor_of::<f64, _>([-1.0, 0.0, 0.5]);
        assert!(is(z.asin().eval(), [-PI / 2.0, 0.0, PI / 6.0]));
    }
    "acos": "np.arccos | np.acos", "torch.acos" => "z.acos()", "" {
        let z = Cpu.tensor_of::<f64, _>([-1.0, 0.0, 0.5]);
        assert!(is(z.acos().eval(), [PI, PI / 2.0, PI / 3.0]));
    }
    "atan": "np.arctan | np.atan", "torch.atan" => "x.atan()", "" {
        assert!(is(x.atan().eval(), [-0.9827937232, 0.0, 0.463647609]));
    }
    "sinc": "np.sinc", "torch.sinc" => "x.sinc()", "" {
        assert!(is(x.sinc().eval(), [-0.2122065908, 1.0, 2.0 / PI]));
    }
    "sinh": "np.sinh", "torch.sinh" => "x.sinh()", "" {
        assert!(is(x.sinh().eval(), [-2.129279455, 0.0, 0.5210953055]));
    }
    "cosh": "np.cosh", "torch.cosh" => "x.cosh()", "" {
        assert!(is(x.cosh().eval(), [2.352409615, 1.0, 1.127625965]));
    }
    "tanh": "np.tanh", "torch.tanh" => "x.tanh()", "" {
        assert!(is(x.tanh().eval(), [-0.9051482536, 0.0, 0.4621171573]));
    }
    "asinh": "np.arcsinh | np.asinh", "torch.asinh" => "x.asinh()", "" {
        assert!(is(x.asinh().eval(), [-1.194763217, 0.0, 0.4812118251]));
    }
    "acosh": "np.arccosh | np.acosh", "torch.acosh" => "z.acosh()", "" {
        let z = Cpu.tensor_of::<f64, _>([1.0, 2.0, 4.0]);
        assert!(is(z.acosh().eval(), [0.0, 1.316957897, 2.063437069]));
    }
    "atanh": "np.arctanh | np.atanh", "torch.atanh" => "z.atanh()", "" {
        let z = Cpu.tensor_of::<f64, _>([-0.5, 0.0, 0.5]);
        assert!(is(z.atanh().eval(), [-0.5493061443, 0.0, 0.5493061443]));
    }
    "erf": "scipy.special.erf", "torch.erf" => "x.erf()", "" {
        assert!(is(x.erf().eval(), [-0.9661051465, 0.0, 0.5204998778]));
    }
    "erfc": "scipy.special.erfc", "torch.erfc" => "x.erfc()", "" {
        assert!(is(x.erfc().eval(), [1.966105146, 1.0, 0.4795001222]));
    }
    "erfinv": "scipy.special.erfinv", "torch.erfinv" => "z.erfinv()", "" {
        let z = Cpu.tensor_of::<f64, _>([-0.5, 0.0, 0.5]);
        assert!(is(z.erfinv().eval(), [-0.4769362762, 0.0, 0.4769362762]));
    }
    "lgamma": "scipy.special.gammaln", "torch.lgamma" => "y.lgamma()", "" {
        assert!(is(y.lgamma().eval(), [1.288022525, 0.0, 1.791759469]));
    }
    "digamma": "scipy.special.digamma", "torch.digamma" => "y.digamma()", "" {
        assert!(is(y.digamma().eval(), [-4.227453533, -0.5772156649, 1.256117668]));
    }
    "floor": "np.floor", "torch.floor" => "x.floor()", "" {
        assert!(is(x.floor().eval(), [-2.0, 0.0, 0.0]));
    }
    "ceil": "np.ceil", "torch.ceil" => "x.ceil()", "" {
        assert!(is(x.ceil().eval(), [-1.0, 0.0, 1.0]));
    }
    "round to decimals": "np.round(x, 1)", "torch.round(x, decimals=1)" => "x.round_to(1)", "" {
        let x = Cpu.tensor_of::<f64, _>([0.25, 1.26, -3.0]);
        assert!(is(x.round_to(1).eval(), [0.2, 1.3, -3.0]));
    }
    "round": "np.round | np.rint", "torch.round" => "x.round()", "halves go to the even number" {
        assert!(is(x.round().eval(), [-2.0, 0.0, 0.0]));
    }
    "trunc": "np.trunc | np.fix", "torch.trunc" => "x.trunc()", "" {
        assert!(is(x.trunc().eval(), [-1.0, 0.0, 0.0]));
    }
    "frac": "np.modf(x)[0]", "torch.frac" => "x.frac()", "NaN of infinities, as in PyTorch; NumPy has 0" {
        assert!(is(x.frac().eval(), [-0.5, 0.0, 0.5]));
    }
    "clamp": "np.clip", "torch.clamp" => "x.clamp(-1.0, 0.25)", "bounds that are tensors: `clamp_tensor(&min, &max)`" {
        assert!(is(x.clamp(-1.0, 0.25).eval(), [-1.0, 0.0, 0.25]));
    }
    "nan_to_num": "np.nan_to_num", "torch.nan_to_num" => "z.nan_to_num(0.0, 9.0, -9.0)", "" {
        let z = Cpu.tensor_of::<f64, _>([f64::NAN, f64::INFINITY, 1.0]);
        assert!(is(z.nan_to_num(0.0, 9.0, -9.0).eval(), [0.0, 9.0, 1.0]));
    }
    "deg2rad": "np.deg2rad | np.radians", "torch.deg2rad" => "z.deg2rad()", "" {
        let z = Cpu.tensor_of::<f64, _>([0.0, 90.0, 180.0]);
        assert!(is(z.deg2rad().eval(), [0.0, PI / 2.0, PI]));
    }
    "rad2deg": "np.rad2deg | np.degrees", "torch.rad2deg" => "x.rad2deg()", "" {
        assert!(is(x.rad2deg().eval(), [-85.94366927, 0.0, 28.64788976]));
    }
    "is_nan": "np.isnan", "torch.isnan" => "z.is_nan()", "masks; also `any`, `all`, `count`" {
        let z = Cpu.tensor([f32::NAN, 1.0]);
        assert_eq!(z.is_nan().eval().as_slice(), [true, false]);
    }
    "is_inf": "np.isinf", "torch.isinf" => "z.is_inf()", "" {
        let z = Cpu.tensor([f32::INFINITY, 1.0]);
        assert_eq!(z.is_inf().eval().as_slice(), [true, false]);
    }
    "is_finite": "np.isfinite", "torch.isfinite" => "z.is_finite()", "" {
        let z = Cpu.tensor([f32::INFINITY, 1.0]);
        assert_eq!(z.is_finite().eval().as_slice(), [false, true]);
    }
    "map": "np.vectorize | np.frompyfunc", "" => "x.map(Cube)",
        "a formula of your own, with its gradient: `elementwise!`" {
        congruent::elementwise! { pub trait Mine; /// The third power.
            Cube: cube(x) = x * x * x, for x in -3.0..3.0; }
        assert!(is(x.map(Cube).eval(), [-3.375, 0.0, 0.125]) && is(x.cube().eval(), [-3.375, 0.0, 0.125]));
    }
}
