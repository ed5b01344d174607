//! Rows of conversions between element types.
//!
//! Apart from `dtypes`, which names them.

use congruent::prelude::*;

rows! {
    "casting";
    given { let x = Cpu.tensor([1.7, -2.7]); }
    "astype": "x.astype(np.int64)", "x.to(torch.int64) | x.long()" => "x.convert::<i64>()",
        "as Rust's `as`: truncates, saturates, NaN gives 0" {
        assert_eq!(x.convert::<i64>(), Cpu.tensor([1, -2]));
    }
    "to_dtype differentiable": "", "x.to(torch.float64) | x.double()" => "x.cast::<f64>()",
        "inside a graph, with its gradient" {
        assert_eq!((x.cast::<f64>() * 2.0).eval().dims()[..], [2]);
    }
    "promotion rules": "np.result_type", "torch.promote_types" => "x.cast::<f64>() + &y",
        "on purpose none: both sides are converted by hand, the compiler names the side" {
        let y = Cpu.tensor_of::<f64, _>([0.5, 0.5]);
        assert_eq!((x.cast::<f64>() + &y).eval().len(), 2);
    }
}
