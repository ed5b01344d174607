//! Rows of initialisers: what a weight starts as.
//!
//! Apart from `layers`, which each have a default.

use congruent::nn::{Init, Initialiser};
use congruent::prelude::*;

rows! {
    "initialisers";
    given {
        let (key, fans, shape) = (Key::new(1), (100, 50), (D::<100>, D::<50>));
        let within = |w: Tensor<Shape![100, 50], f64>, bound: f64|
            (0.9 * bound..=bound).contains(&w.abs().max().eval().item());
        let spread = |w: Tensor<Shape![100, 50], f64>, std: f64| (w.std(0).eval().item() / std - 1.0).abs() < 0.05;
    }
    "zeros, ones, const": "", "nn.init.zeros_ | nn.init.ones_ | nn.init.constant_" =>
        "Cpu.initialised(shape, Init::Constant(0.5), fans, key)", "" {
        assert!(within(Cpu.initialised(shape, Init::Constant(0.5), fans, key), 0.5));
    }
    "uniform": "", "nn.init.uniform_" => "Cpu.initialised(shape, Init::Uniform { low: -0.1, high: 0.1 }, fans, key)",
        "" {
        assert!(within(Cpu.initialised(shape, Init::Uniform { low: -0.1, high: 0.1 }, fans, key), 0.1));
    }
    "normal": "", "nn.init.normal_" => "Cpu.initialised(shape, Init::Normal { mean: 0.0, std: 0.02 }, fans, key)", "" {
        assert!(spread(Cpu.initialised(shape, Init::Normal { mean: 0.0, std: 0.02 }, fans, key), 0.02));
    }
    "kaiming uniform": "", "nn.init.kaiming_uniform_" => "Cpu.initialised(shape, Init::RELU, fans, key)",
        "`Init::KaimingUniform { gain }` with another gain" {
        assert!(within(Cpu.initialised(shape, Init::RELU, fans, key), 0.06f64.sqrt()));
    }
    "kaiming normal": "", "nn.init.kaiming_normal_" =>
        "Cpu.initialised(shape, Init::KaimingNormal { gain: 1.0 }, fans, key)", "" {
        assert!(spread(Cpu.initialised(shape, Init::KaimingNormal { gain: 1.0 }, fans, key), 0.1));
    }
    "xavier uniform": "", "nn.init.xavier_uniform_" =>
        "Cpu.initialised(shape, Init::XavierUniform { gain: 1.0 }, fans, key)", "" {
        assert!(within(Cpu.initialised(shape, Init::XavierUniform { gain: 1.0 }, fans, key), 0.2));
    }
    "xavier normal": "", "nn.init.xavier_normal_" =>
        "Cpu.initialised(shape, Init::XavierNormal { gain: 1.0 }, fans, key)", "" {
        assert!(spread(Cpu.initialised(shape, Init::XavierNormal { gain: 1.0 }, fans, key), (2.0f64 / 150.0).sqrt()));
    }
    "orthogonal": "", "nn.init.orthogonal_" => "Cpu.orthogonal((D::<5>, D::<3>), key)", "" {
        let q = Cpu.orthogonal((D::<5>, D::<3>), key);
        assert!(q.t().matmul(&q).allclose(&Cpu.eye(D::<3>), 0.0, 1e-6));
    }
    "trunc_normal": "", "nn.init.trunc_normal_" => "Cpu.truncated_normal(shape, key, 0.0, 1.0, -2.0, 2.0)", "" {
        assert!(Cpu.truncated_normal(shape, key, 0.0, 1.0, -2.0, 2.0)?.abs().le(2.0).all());
    }
    "sparse": "", "nn.init.sparse_" => "", "not yet: sparse starts; `bernoulli` times `normal`" {}
    "dirac": "", "nn.init.dirac_" => "", "not yet: one element of a kernel set to 1" {}
}
