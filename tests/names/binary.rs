//! Rows of elementwise operations of two tensors and more.
//!
//! Apart from `masks`: these give numbers.

use congruent::prelude::*;

rows! {
    "elementwise binary";
    given { let (x, y) = (Cpu.tensor([-3.0, 1.0, 5.0]), Cpu.tensor([2.0, 2.0, -2.0])); }
    "add": "x + y | np.add", "x + y | torch.add" => "&x + &y",
        "NumPy's broadcasting, checked by the compiler; with numbers: `&x + 1.0`" {
        assert_eq!((&x + &y).eval(), Cpu.tensor([-1.0, 3.0, 3.0]));
    }
    "sub": "x - y | np.subtract", "x - y | torch.sub" => "&x - &y", "" {
        assert_eq!((&x - &y).eval(), Cpu.tensor([-5.0, -1.0, 7.0]));
    }
    "mul": "x * y | np.multiply", "x * y | torch.mul" => "&x * &y", "" {
        assert_eq!((&x * &y).eval(), Cpu.tensor([-6.0, 2.0, -10.0]));
    }
    "div": "x / y | np.divide", "x / y | torch.div" => "&x / &y", "" {
        assert_eq!((&x / &y).eval(), Cpu.tensor([-1.5, 0.5, -2.5]));
    }
    "pow": "x ** y | np.power", "x ** y | torch.pow" => "x.pow(&y)", "a number as the exponent: `powf`" {
        assert_eq!(x.pow(&y).eval(), Cpu.tensor([9.0, 1.0, 0.04]));
    }
    "rem": "x % y | np.mod | np.remainder", "x % y | torch.remainder" => "x.rem(&y)", "the sign of the divisor" {
        assert_eq!(x.rem(&y).eval(), Cpu.tensor([1.0, 1.0, -1.0]));
    }
    "fmod": "np.fmod", "torch.fmod" => "x.fmod(&y)", "the sign of the dividend" {
        assert_eq!(x.fmod(&y).eval(), Cpu.tensor([-1.0, 1.0, 1.0]));
    }
    "floor_div": "x // y | np.floor_divide", "torch.floor_divide" => "x.floor_div(&y)", "" {
        assert_eq!(x.floor_div(&y).eval(), Cpu.tensor([-2.0, 0.0, -3.0]));
    }
    "maximum": "np.maximum", "torch.maximum" => "x.maximum(&y)", "" {
        assert_eq!(x.maximum(&y).eval(), Cpu.tensor([2.0, 2.0, 5.0]));
    }
    "minimum": "np.minimum", "torch.minimum" => "x.minimum(&y)", "" {
        assert_eq!(x.minimum(&y).eval(), Cpu.tensor([-3.0, 1.0, -2.0]));
    }
    "atan2": "np.arctan2 | np.atan2", "torch.atan2" => "y.atan2(&x)", "" {
        assert!(y.atan2(&x).allclose(&Cpu.tensor([2.5536, 1.10715, -0.38051]), 1e-4, 0.0));
    }
    "hypot": "np.hypot", "torch.hypot" => "Cpu.tensor([3.0]).hypot(&Cpu.tensor([4.0]))", "" {
        assert_eq!(Cpu.tensor([3.0]).hypot(&Cpu.tensor([4.0])).eval().as_slice(), [5.0]);
    }
    "cross": "np.cross", "torch.linalg.cross" => "x.cross(&y)", "" {
        assert_eq!(x.cross(&y).eval(), Cpu.tensor([-12.0, 4.0, -8.0]));
    }
    "lerp": "", "torch.lerp" => "x.lerp(&y, 0.25)", "with a tensor of weights: `lerp_with`" {
        assert_eq!(x.lerp(&y, 0.25).eval(), Cpu.tensor([-1.75, 1.25, 3.25]));
    }
    "addcmul": "x + 0.5 * y * z", "torch.addcmul" => "x.addcmul(&y, &y, 0.5)", "" {
        assert_eq!(x.addcmul(&y, &y, 0.5).eval(), Cpu.tensor([-1.0, 3.0, 7.0]));
    }
    "addcdiv": "x + 0.5 * y / z", "torch.addcdiv" => "x.addcdiv(&y, &y, 0.5)", "" {
        assert_eq!(x.addcdiv(&y, &y, 0.5).eval(), Cpu.tensor([-2.5, 1.5, 5.5]));
    }
    "fma": "", "torch.addcmul" => "x.fma(&y, &y)", "`x · y + z` in one rounding" {
        assert_eq!(x.fma(&y, &y).eval(), Cpu.tensor([-4.0, 4.0, -12.0]));
    }
    "copysign": "np.copysign", "torch.copysign" => "x.copysign(&y)", "" {
        assert_eq!(x.copysign(&y).eval(), Cpu.tensor([3.0, 1.0, -5.0]));
    }
    "logaddexp": "np.logaddexp", "torch.logaddexp" => "x.logaddexp(&x)", "" {
        assert!(x.logaddexp(&x).allclose(&x + 2f64.ln(), 1e-6, 0.0));
    }
    "xlogy": "scipy.special.xlogy", "torch.xlogy" => "z.xlogy(&z)", "0 where the first is 0" {
        let z = Cpu.tensor([0.0, 1.0]);
        assert_eq!(z.xlogy(&z).eval(), Cpu.tensor([0.0, 0.0]));
    }
    "heaviside": "np.heaviside", "torch.heaviside" => "x.heaviside(&y)", "" {
        assert_eq!(x.heaviside(&y).eval(), Cpu.tensor([0.0, 1.0, 1.0]));
    }
    "in-place": "x += y | np.add(.., out=x)", "x.add_(y)" =>
        "y += &x", "also `-=`, `*=`, `/=`; what others hold of the memory stays as it is; into memory of yours: \
         `eval_into`" {
        let mut y = x.clone();
        y += &x;
        assert_eq!(y, (&x * 2.0).eval());
    }
}
