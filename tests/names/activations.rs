//! Rows of activation functions.
//!
//! Apart from `unary` because these have PyTorch's names alone.

use congruent::prelude::*;
use std::f64::consts::LN_2;

rows! {
    "elementwise unary";
    given {
        let x = Cpu.tensor_of::<f64, _>([-2.0, 0.0, 1.0]);
        let is = |found: Tensor<Shape![3], f64>, expected: [f64; 3]|
            found.allclose(&Cpu.tensor_of(expected), 1e-9, 1e-12);
    }
    "sigmoid": "scipy.special.expit", "torch.sigmoid" => "x.sigmoid()", "" {
        assert!(is(x.sigmoid().eval(), [0.119202922, 0.5, 0.7310585786]));
    }
    "logsigmoid": "scipy.special.log_expit", "F.logsigmoid" => "x.logsigmoid()", "" {
        assert!(is(x.logsigmoid().eval(), [-2.126928011, -LN_2, -0.3132616875]));
    }
    "logit": "scipy.special.logit", "torch.logit" => "p.logit()", "" {
        let p = Cpu.tensor_of::<f64, _>([0.25, 0.5, 0.75]);
        assert!(is(p.logit().eval(), [-1.098612289, 0.0, 1.098612289]));
    }
    "relu": "np.maximum(x, 0)", "F.relu" => "x.relu()", "" {
        assert!(is(x.relu().eval(), [0.0, 0.0, 1.0]));
    }
    "relu6": "", "F.relu6" => "(&x * 7.0).relu6()", "" {
        assert!(is((&x * 7.0).relu6().eval(), [0.0, 0.0, 6.0]));
    }
    "gelu": "", "F.gelu" => "x.gelu()", "`approximate='tanh'` is `gelu_tanh`" {
        assert!(is(x.gelu().eval(), [-0.0455002639, 0.0, 0.8413447461]));
        assert!((x.gelu_tanh().eval().as_slice()[2] - 0.8411919906).abs() < 1e-9);
    }
    "silu": "", "F.silu" => "x.silu()", "also known as swish" {
        assert!(is(x.silu().eval(), [-0.238405844, 0.0, 0.7310585786]));
    }
    "mish": "", "F.mish" => "x.mish()", "" {
        assert!(is(x.mish().eval(), [-0.2525014827, 0.0, 0.8650983883]));
    }
    "softplus": "np.logaddexp(x, 0)", "F.softplus" => "x.softplus()", "" {
        assert!(is(x.softplus().eval(), [0.126928011, LN_2, 1.313261688]));
    }
    "elu": "", "F.elu" => "x.elu(1.0)", "" {
        assert!(is(x.elu(1.0).eval(), [-0.8646647168, 0.0, 1.0]));
    }
    "selu": "", "F.selu" => "x.selu()", "" {
        assert!(is(x.selu().eval(), [-1.520166469, 0.0, 1.050700987]));
    }
    "celu": "", "F.celu" => "x.celu(2.0)", "" {
        assert!(is(x.celu(2.0).eval(), [-1.264241118, 0.0, 1.0]));
    }
    "hardtanh": "np.clip(x, -1, 1)", "F.hardtanh" => "x.hardtanh(-1.0, 1.0)", "" {
        assert!(is(x.hardtanh(-1.0, 1.0).eval(), [-1.0, 0.0, 1.0]));
    }
    "hardsigmoid": "", "F.hardsigmoid" => "x.hardsigmoid()", "" {
        assert!(is(x.hardsigmoid().eval(), [1.0 / 6.0, 0.5, 2.0 / 3.0]));
    }
    "hardswish": "", "F.hardswish" => "x.hardswish()", "" {
        assert!(is(x.hardswish().eval(), [-1.0 / 3.0, 0.0, 2.0 / 3.0]));
    }
    "leaky_relu": "", "F.leaky_relu" => "x.leaky_relu(0.01)", "" {
        assert!(is(x.leaky_relu(0.01).eval(), [-0.02, 0.0, 1.0]));
    }
    "prelu": "", "F.prelu" => "x.prelu(&slope)", "the slope is a tensor, which broadcasts" {
        let slope = Cpu.tensor_of::<f64, _>([0.25]);
        assert!(is(x.prelu(&slope).eval(), [-0.5, 0.0, 1.0]));
    }
    "tanhshrink": "", "F.tanhshrink" => "x.tanhshrink()", "" {
        assert!(is(x.tanhshrink().eval(), [-1.03597242, 0.0, 0.238405844]));
    }
    "softsign": "", "F.softsign" => "x.softsign()", "" {
        assert!(is(x.softsign().eval(), [-2.0 / 3.0, 0.0, 0.5]));
    }
    "hardshrink": "", "F.hardshrink" => "x.hardshrink(1.0)", "" {
        assert!(is(x.hardshrink(1.0).eval(), [-2.0, 0.0, 0.0]));
    }
    "softshrink": "", "F.softshrink" => "x.softshrink(0.5)", "" {
        assert!(is(x.softshrink(0.5).eval(), [-1.5, 0.0, 0.5]));
    }
    "threshold": "", "F.threshold" => "x.threshold(0.0, -9.0)", "" {
        assert!(is(x.threshold(0.0, -9.0).eval(), [-9.0, -9.0, 1.0]));
    }
    "softmax": "scipy.special.softmax", "F.softmax" => "x.softmax()",
        "the last axis; `softmax_axis::<0>()` for others" {
        assert!(is(x.softmax().eval(), [0.03511902696, 0.2594964603, 0.7053845127]));
    }
    "log_softmax": "scipy.special.log_softmax", "F.log_softmax" => "x.log_softmax()", "" {
        assert!(is(x.log_softmax().eval(), [-3.349012217, -1.349012217, -0.3490122168]));
    }
}
