//! Rows of products of vectors and matrices.
//!
//! Apart from `decompositions`, which need a feature.

use congruent::prelude::*;

rows! {
    "linear algebra";
    given {
        let a = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
        let v = Cpu.tensor([1.0, 10.0]);
    }
    "matmul": "a @ b | np.matmul", "a @ b | torch.matmul" => "a.matmul(&a)", "leading axes broadcast" {
        assert_eq!(a.matmul(&a).eval(), Cpu.tensor([[7.0, 10.0], [15.0, 22.0]]));
    }
    "mm, bmm": "np.matmul", "torch.mm | torch.bmm" => "batch.matmul(&a)", "the same `matmul`" {
        let batch = [&a, &a].stack::<0>();
        assert_eq!(batch.matmul(&a).eval().as_slice()[4..], [7.0, 10.0, 15.0, 22.0]);
    }
    "mv": "np.matvec", "torch.mv" => "a.matmul(&v)", "" {
        assert_eq!(a.matmul(&v).eval(), Cpu.tensor([21.0, 43.0]));
    }
    "dot": "np.dot", "torch.dot" => "v.dot(&v)", "of all elements, `np.vdot`: `vdot`; `np.inner`: `inner`" {
        assert_eq!(v.dot(&v).eval().item(), 101.0);
    }
    "outer": "np.outer", "torch.outer" => "v.outer(&v)", "" {
        assert_eq!(v.outer(&v).eval(), Cpu.tensor([[1.0, 10.0], [10.0, 100.0]]));
    }
    "trace": "np.trace", "torch.trace" => "a.trace()", "" {
        assert_eq!(a.trace().eval().item(), 5.0);
    }
    "matrix_power": "np.linalg.matrix_power", "torch.linalg.matrix_power" => "a.matrix_power(2)", "" {
        assert_eq!(a.matrix_power(2).eval(), a.matmul(&a).eval());
    }
    "matrix_norm": "np.linalg.norm(a, 'fro')", "torch.linalg.matrix_norm" => "a.matrix_norm()",
        "Frobenius; also `matrix_norm_one`, `matrix_norm_inf`" {
        assert!((a.matrix_norm().eval().item() - 30f32.sqrt()).abs() < 1e-6);
    }
    "kron": "np.kron", "torch.kron" => "v.kron(&v)", "" {
        assert_eq!(v.kron(&v).eval(), Cpu.tensor([1.0, 10.0, 10.0, 100.0]));
    }
    "cross": "np.linalg.cross", "torch.linalg.cross" => "x.cross(&y)", "" {
        let (x, y) = (Cpu.tensor([1.0, 0.0, 0.0]), Cpu.tensor([0.0, 1.0, 0.0]));
        assert_eq!(x.cross(&y).eval(), Cpu.tensor([0.0, 0.0, 1.0]));
    }
    "norm": "np.linalg.norm(v)", "torch.linalg.norm" => "v.norm(1.0)", "" {
        assert_eq!(v.norm(1.0).eval().item(), 11.0);
    }
    "cdist": "scipy.spatial.distance.cdist", "torch.cdist" => "x.cdist(&y)", "" {
        let (x, y) = (Cpu.tensor([[0.0, 0.0], [3.0, 0.0]]), Cpu.tensor([[3.0, 4.0]]));
        assert_eq!(x.cdist(&y).eval(), Cpu.tensor([[5.0], [4.0]]));
    }
}
